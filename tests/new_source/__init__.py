"""A new source's own files, written out of templates: `make new-source NAME=shop`."""

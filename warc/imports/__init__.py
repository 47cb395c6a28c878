"""A store of files becomes an archive: saved pages and raw JSON into `resource` records.

`naming` says which URL and time a file has, `payload` what it holds once its compression is undone,
`page` what a page says of itself; these are pure, or only read. `run` writes, as durably as a crawl
does; `cli` is the command. Each is imported by its full name.
"""

"""What both phases know: WARC records, the reader and the writer, a collection and its manifest.

Modules that touch files are imported by their full name: `from warc.reader import read_records`.
"""

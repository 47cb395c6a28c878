"""Which captures are pages that somebody may want to open, with their titles, on disk.

A page of a known site counts where the site judges it to be content; of other sites, what a browser
would show as a page: HTML that came with status 200, or was saved. A revisit counts where its
original does, and has its title.
"""

from __future__ import annotations

import hashlib
import html
import json
import re
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass

from warc.capture_reader import message_of
from warc.errors import ArchiveError
from warc.head import bare
from warc.http import HttpMessage, decode_body
from warc.record import Record
from warc.sites import SITES
from warc.sites.page import Response

TITLE_CHARS_MAX = 300

# Bytes of a page in which its title is looked for: scripts may stand before it.
_LOOKED_AT_BYTES = 1 << 18
_TITLE = re.compile(rb"<title[^>]*>([^<]*)", re.IGNORECASE)
_CHARSET = re.compile(r"charset=[\"']?([\w-]+)", re.IGNORECASE)
_HTML = frozenset({"text/html", "application/xhtml+xml"})

_TABLES = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
PRAGMA cache_size = -16384;
PRAGMA temp_store = FILE;
CREATE TABLE pages (at TEXT NOT NULL, url TEXT NOT NULL, title TEXT, id TEXT NOT NULL,
                    refers_to TEXT NOT NULL, payload TEXT NOT NULL, file TEXT NOT NULL);
CREATE INDEX by_id ON pages (id);
CREATE INDEX by_payload ON pages (payload, url);
"""
_ORDERED = """
SELECT DISTINCT at, url, coalesce(
    title,
    (SELECT one.title FROM pages AS one WHERE one.id = page.refers_to AND one.title IS NOT NULL),
    (SELECT one.title FROM pages AS one WHERE one.payload = page.payload AND one.url = page.url
     AND one.payload <> '' AND one.title IS NOT NULL)) AS said
FROM pages AS page WHERE said IS NOT NULL ORDER BY at, url
"""


@dataclass(frozen=True, slots=True)
class Titled:
    """A page: `title` is None where it is that of another capture."""

    title: str | None


def page_of(record: Record, base_url: str) -> Titled | None:
    """The page that a capture is, None where it is none.

    base_url  what stands for a site's own address in the record's file, "" if nothing does
    """
    if record.type == "revisit":
        return Titled(None)
    is_web = record.target_uri.startswith(("http://", "https://"))
    if record.type not in {"response", "resource"} or not is_web:
        return None
    try:
        message = message_of(record)
        body = decode_body(message)
    except ArchiveError:
        return None
    if not _is_content(record.target_uri, base_url, message, body):
        return None
    return Titled(_title_of(body, message.fields.first("Content-Type") or ""))


def _is_content(url: str, base_url: str, message: HttpMessage, body: bytes) -> bool:
    """Whether a response is a page to be shown."""
    for site in SITES:
        if page := site.locate(url, stand_in=base_url or None):
            headers = {name.lower(): value for name, value in message.fields}
            response = Response(status=message.status, headers=headers, body=body)
            return site.judge(page, response).verdict == "content"
    mime = (message.fields.first("Content-Type") or "").partition(";")[0].strip().lower()
    return message.status == 200 and mime in _HTML


def _title_of(body: bytes, content_type: str) -> str:
    """The title of a page, "" if it has none."""
    found = _TITLE.search(body, 0, _LOOKED_AT_BYTES)
    if found is None:
        return ""
    named = _CHARSET.search(content_type)
    try:
        text = found.group(1).decode(named.group(1) if named else "utf-8", "replace")
    except LookupError:
        text = found.group(1).decode("utf-8", "replace")
    return " ".join(html.unescape(text).split())[:TITLE_CHARS_MAX]


class Pages:
    """Pages of any number of files, in order of their time and URL."""

    def __init__(self) -> None:
        """Begin with nothing; the file goes when this is closed or the process ends."""
        self._connection = sqlite3.connect("", isolation_level=None)
        self._connection.executescript(_TABLES)
        # One transaction that never ends: nothing of this is to be kept.
        self._connection.execute("BEGIN")

    def close(self) -> None:
        """Forget everything."""
        self._connection.close()

    def add(self, record: Record, page: Titled, *, file: str) -> None:
        """Keep a page of a file."""
        row = (
            record.date.strftime("%Y-%m-%dT%H:%M:%SZ"),
            record.target_uri,
            page.title,
            record.record_id,
            bare(record.fields.first("WARC-Refers-To") or ""),
            record.fields.first("WARC-Payload-Digest") or "",
            file,
        )
        self._connection.execute("INSERT INTO pages VALUES (?, ?, ?, ?, ?, ?, ?)", row)

    def forget(self, file: str) -> None:
        """Drop the pages of a file."""
        self._connection.execute("DELETE FROM pages WHERE file = ?", (file,))

    def lines(self) -> Iterator[str]:
        """Yield the pages as lines of JSON, behind one that says so."""
        head = {"format": "json-pages-1.0", "id": "pages", "title": "All pages"}
        yield json.dumps(head) + "\n"
        for at, url, title in self._connection.execute(_ORDERED):
            key = hashlib.sha256(f"{at} {url}".encode("utf-8", "surrogatepass")).hexdigest()[:20]
            said = {"id": key, "url": url, "ts": at}
            if title:
                said["title"] = title
            yield json.dumps(said) + "\n"

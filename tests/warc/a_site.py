"""A site for tests, and exchanges of it: pages `/p/KEY`, content where the body says CONTENT."""

from __future__ import annotations

import gzip
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from warc.exchange import Body, CrawlInfo, Exchange, Resource
from warc.sites.page import Judgement, PageRef, PageType, Response, Site

BASE = "https://a.example"
INFO = CrawlInfo(software="Warchouse/test", source="a", base_url=BASE, operator="a@a.example")
START = datetime(2026, 11, 21, 20, 5, 12, 123456, tzinfo=UTC)
REQUEST = b"GET /p/1 HTTP/1.1\r\nHost: a.example\r\n\r\n"


def _judge(page: PageRef, response: Response) -> Judgement:
    if response.status in {301, 302}:
        return Judgement("redirect")
    if response.status != 200:
        return Judgement("error", f"status {response.status}")
    good = b"CONTENT " + page.key.encode() in response.body
    return Judgement("content") if good else Judgement("wrong_page", "no marker")


SITE = Site(
    name="a",
    hosts=frozenset({"a.example"}),
    page_types=(PageType(name="p", pattern=re.compile(r"^/p/(\w+)"), example="/p/1"),),
    judge=_judge,
)


RENDERED_SITE = replace(
    SITE, page_types=tuple(replace(one, rendered=True) for one in SITE.page_types)
)
"""The same site; the DOM of its pages is read too."""


def url_of(key: object) -> str:
    return f"{BASE}/p/{key}"


def content(key: object, filler: int = 2000) -> bytes:
    return f"<html>CONTENT {key} {'x' * filler}</html>".encode()


def exchange(
    url: str, body: bytes | Body, *, status: int = 200, second: int = 0, packed: bool = False
) -> Exchange:
    """An exchange as the transport would hand it over; `packed` says Content-Encoding: gzip."""
    if packed:
        assert isinstance(body, bytes)
        body = gzip.compress(body, mtime=0)
    coding = b"Content-Encoding: gzip\r\n" if packed else b""
    return Exchange(
        url=url,
        started_at=START + timedelta(seconds=second),
        request_head=REQUEST,
        response_head=b"HTTP/1.1 %d OK\r\nX-Name: caf\xe9\r\nTransfer-Encoding: chunked\r\n%s\r\n"
        % (status, coding),
        body=body,
        ip="127.0.0.1",
        fetch_time_ms=7,
    )


def made_of(key: object, payload: bytes, *, kind: str = "dom") -> Resource:
    """What a browser makes of a page: its DOM, or `urn:KIND:`."""
    mime = "application/json" if kind == "pageinfo" else "text/html; charset=utf-8"
    return Resource(url=f"urn:{kind}:{url_of(key)}", content_type=mime, payload=payload, at=START)


def not_modified(key: object, *, second: int = 0) -> Exchange:
    """The answer to a conditional request for a page that has not changed."""
    return Exchange(
        url=url_of(key),
        started_at=START + timedelta(seconds=second),
        request_head=REQUEST,
        response_head=b'HTTP/1.1 304 Not Modified\r\nETag: "v2"\r\n\r\n',
        body=b"",
    )


def page_ref(key: object) -> PageRef:
    return PageRef(source="a", page_type="p", key=str(key))

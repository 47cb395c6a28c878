"""One answer of the made-up site: a page, a redirect, a soft error, or a part of a page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from tests.replica import errors

HTML = {"Content-Type": "text/html; charset=UTF-8"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One answer; `key` is the match or map number, or the offset of a listing.

    modified_ms  when the body last changed; None where nothing is said
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    page_type: str
    key: int | None
    modified_ms: int | None = None


class Pages(Protocol):
    """A made-up site."""

    def page(self, target: str) -> Page | None:
        """The answer for a target (path and query); None: there is no such page."""


def content(kind: str, key: int, body: str, modified_ms: int) -> Page:
    """A page of the season."""
    return Page(
        status=200,
        headers=HTML,
        body=body.encode(),
        page_type=kind,
        key=key,
        modified_ms=modified_ms,
    )


def asset(media_type: str, body: bytes, key: int | None = None) -> Page:
    """A script, style sheet, picture, font, or piece of data that a page asks for."""
    headers = {"Content-Type": media_type}
    return Page(status=200, headers=headers, body=body, page_type="asset", key=key)


def soft_error(key: int) -> Page:
    """The site's own error page, for a number it does not know."""
    body = errors.soft_error().encode()
    return Page(status=200, headers=HTML, body=body, page_type="soft_error", key=key)


def redirect(path: str, kind: str, key: int) -> Page:
    """The way to the canonical path; permanent for odd numbers."""
    status = 301 if key % 2 else 302
    headers = {"Location": path, "Content-Type": "text/html"}
    return Page(status=status, headers=headers, body=b"", page_type=f"{kind}_redirect", key=key)

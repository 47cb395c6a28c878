"""What a saved page says of itself: where it came from, and when it was saved. Pure.

A browser leaves a comment in a page that it saves whole (`saved from url=(0025)https://…`); a page
saved as it was sent may have a canonical link; a single-file page (MHTML) names both in its head.
"""

from __future__ import annotations

import email
import email.policy
import html
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import parsedate_to_datetime

LOOKED_AT_BYTES = 1 << 17  # the head of a page: real ones have their canonical link in 20 kB

_SAVED_FROM = re.compile(rb"<!--\s*saved from url=\(\d+\)(\S+?)\s*-->")
_CANONICAL = re.compile(
    rb"""<link\b(?=[^>]*\brel=["']?canonical\b)[^>]*\bhref=["']([^"'>]+)""", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class SinglePage:
    """The page of an MHTML file; "" and None for what its head does not say."""

    body: bytes
    url: str
    saved_at: datetime | None


def address_of(page: bytes) -> str:
    """The URL a saved page says it came from; '' if it does not say."""
    head = page[:LOOKED_AT_BYTES]
    found = _SAVED_FROM.search(head) or _CANONICAL.search(head)
    return html.unescape(found.group(1).decode("utf-8", "replace")) if found else ""


def single_page(data: bytes) -> SinglePage | None:
    """The page of an MHTML file, without its images and frames; None where there is none."""
    message = email.message_from_bytes(data, policy=email.policy.default)
    if not isinstance(message, EmailMessage):
        return None
    url = str(message["Snapshot-Content-Location"] or "").strip()
    pages = [part for part in message.walk() if part.get_content_type() == "text/html"]
    own = [part for part in pages if str(part["Content-Location"] or "").strip() == url]
    found = next(iter(own or pages), None)
    body = found.get_payload(decode=True) if found is not None else None
    if not isinstance(body, bytes) or not body:
        return None
    return SinglePage(body, url, _date(str(message["Date"] or "")))


def _date(text: str) -> datetime | None:
    """The date of a mail head; None where it is none."""
    try:
        at = parsedate_to_datetime(text)
    except ValueError:
        return None
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)

"""Printed values read as numbers and times; anything not understood raises ValueFormatError.

No function turns an unreadable text into a zero or a None: what an absent value looks like is its
caller's business (`is_blank`), and a caller that goes on after an error keeps it as an Issue.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from typing import NoReturn, TypeVar
from urllib.parse import urlsplit

from parse.errors import ParseError, ValueFormatError
from parse.model import Issue, IssueKind

T = TypeVar("T")

FOUND_LENGTH = 40
"""Longest piece of a page that is repeated in an Issue or a message, in characters."""

CACHED = 4096
"""Texts that each reader remembers: a season prints some 3,000 different values over and over."""

_DECIMAL = re.compile(r"\s*([+-]?[0-9]{1,15}(?:\.[0-9]{1,15})?)\s*")
_PERCENT = re.compile(r"\s*([+-]?[0-9]{1,15}(?:\.[0-9]{1,15})?)\s*%\s*")
_BRACKETED = re.compile(r"\s*([0-9]{1,18})\s*(?:\(\s*([0-9]{1,18}|-|null)?\s*\)\s*)?")
_BLANK = re.compile(r"(?:null|[-\u2013:()%]|\s)*")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _refuse(kind: str, text: str) -> NoReturn:
    raise ValueFormatError(f"not {kind}: {text.strip()[:FOUND_LENGTH]!r}")


def is_blank(text: str) -> bool:
    """Whether a cell says that there is no value: nothing, `-`, `null`, `null(null)` and such."""
    return _BLANK.fullmatch(text) is not None


@lru_cache(maxsize=CACHED)
def integer(text: str) -> int:
    """Read a count: '16' gives 16; a sign is refused.

    raises  ValueFormatError on anything else, '-' included
    """
    digits = text.strip()
    if digits.isdigit() and digits.isascii() and len(digits) <= 18:
        return int(digits)
    _refuse("a count", text)


@lru_cache(maxsize=CACHED)
def decimal(text: str) -> float:
    """Read a decimal number: '98.2' gives 98.2."""
    found = _DECIMAL.fullmatch(text)
    return float(found[1]) if found else _refuse("a number", text)


@lru_cache(maxsize=CACHED)
def percent(text: str) -> float:
    """Read a printed percentage: '+5.26%' gives 5.26, the number the tables hold."""
    found = _PERCENT.fullmatch(text)
    return float(found[1]) if found else _refuse("a percentage", text)


@lru_cache(maxsize=CACHED)
def pair(text: str, separator: str) -> tuple[int, int]:
    """Read two counts: '54-33' gives (54, 33), '2 : 5' gives (2, 5)."""
    left, _, right = text.partition(separator)
    return integer(left), integer(right)


@lru_cache(maxsize=CACHED)
def with_bracket(text: str) -> tuple[int, int | None]:
    r"""Read a count and the count in brackets after it: '14\n (9)' gives (14, 9).

    returns  None as the second where there is no bracket, or it says that there is no value
    """
    found = _BRACKETED.fullmatch(text)
    if not found:
        _refuse("a count with a bracket", text)
    inner = found[2]
    return int(found[1]), int(inner) if inner and inner.isdigit() else None


def epoch_ms(text: str) -> int:
    """Read a Unix time in milliseconds that falls between 1990 and 2100.

    A narrower number would be seconds, a wider one microseconds: both are refused.
    """
    value = integer(text)
    return value if 631_152_000_000 <= value < 4_102_444_800_000 else _refuse("a time in ms", text)


def iso_day(unix_ms: int) -> str:
    """The day of a Unix time, UTC: 1765731600000 gives '2025-12-14'."""
    return (_EPOCH + timedelta(milliseconds=unix_ms)).date().isoformat()


@cache
def _id_pattern(folder: str) -> re.Pattern[str]:
    return re.compile(rf"/{re.escape(folder)}/([0-9]{{1,18}})(?![0-9])")


def path_id(url: str | None, folder: str) -> int | None:
    """The number after a folder of a URL's path: '/team/9565/vitality', 'team' gives 9565.

    Searched, not anchored: saved pages hold absolute links. None if there is none, or if it is 0,
    which stands for no one (`/stats/players/0/`, spec/hltv.md section 5.6).
    """
    found = _id_pattern(folder).search(url) if url else None
    return (int(found[1]) or None) if found else None


def path_of(url: str) -> str:
    """The path of a URL without host, query and fragment."""
    if url.startswith("/") and not url.startswith("//"):
        return url.partition("#")[0].partition("?")[0]
    return urlsplit(url).path


class Reading:
    """Reads cells for one page and keeps what went wrong as issues, in the order met.

    table  the table that the fields belong to: the first half of an issue's `field`
    """

    __slots__ = ("issues", "table")

    def __init__(self, table: str) -> None:
        """Begin without issues."""
        self.table = table
        self.issues: list[Issue] = []

    def value(self, field: str, text: str | None, read: Callable[[str], T]) -> T | None:
        """A value, or None with an issue: 'missing' if there is no text, 'unreadable' if garbled.

        A text that says that there is no value (`is_blank`) gives None without an issue.
        """
        if text is None:
            self.missing(field)
            return None
        try:
            return read(text)
        except ValueFormatError:
            if not is_blank(text):
                self.add("unreadable", field, text)
            return None

    def kept(self, field: str, rows: Iterator[T]) -> Iterator[T]:
        """The rows of one part of a page; if it breaks off, an issue, and the page goes on."""
        try:
            yield from rows
        except ParseError as error:
            self.add("unreadable", field, error.problem)

    def only(self, field: str, values: Iterable[T | None]) -> T | None:
        """What all values that are there say alike; None if there is none, or with an issue."""
        distinct = list(dict.fromkeys(value for value in values if value not in {None, ""}))
        if len(distinct) > 1:
            self.unexpected(field, " ".join(map(str, distinct)))
        return distinct[0] if len(distinct) == 1 else None

    def missing(self, field: str) -> None:
        """Say that the layout promises a field that is not there."""
        self.add("missing", field)

    def unexpected(self, field: str, found: str) -> None:
        """Say that a part of the page is of no known kind."""
        self.add("unexpected", field, found)

    def add(self, kind: IssueKind, field: str, found: str = "") -> None:
        """Keep an issue."""
        text = " ".join(found.split())[:FOUND_LENGTH]
        self.issues.append(Issue(kind, f"{self.table}.{field}", text))

"""A reply in JSON as parsers see it: decoded into declared shapes, read field by field.

What a shape declares must be there; the message of a reply that breaks it names the place. Fields
of open sets (the figures of a participant) are read one by one with `Fields`: one that is missing,
null, of another kind or not known is an issue, never a guess.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar

import msgspec

from parse.errors import ParseError
from parse.model import Issue, IssueKind
from parse.values import FOUND_LENGTH

T = TypeVar("T")


class JsonPage:
    """One archived reply, as its parser gets it.

    body       the decoded body
    url        as asked for
    page_type  name of the page type, for instance `match`
    key        the page type's key for this reply
    """

    __slots__ = ("body", "key", "page_type", "url")

    def __init__(self, body: bytes, *, url: str, page_type: str, key: str) -> None:
        """Take the reply; it is decoded when it is read."""
        self.body = body
        self.url = url
        self.page_type = page_type
        self.key = key

    def read(self, decoder: msgspec.json.Decoder[T]) -> T:
        """The reply in the decoder's shape; ParseError names the place where it has another."""
        try:
            return decoder.decode(self.body)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise ParseError(str(error), field="page") from error


class Fields:
    """Reads the fields of one JSON object for a table, and keeps what went wrong as issues.

    A number without fraction is written without one, so a float column takes integers; a boolean
    is no number.
    """

    __slots__ = ("_found", "_issues", "_table")

    def __init__(self, table: str, found: Mapping[str, Any], issues: list[Issue]) -> None:
        """Read an object; `issues` is added to."""
        self._table = table
        self._found = found
        self._issues = issues

    def text(self, name: str, field: str) -> str | None:
        """A text that is not empty; None with an issue if it is no text or not there."""
        value = self._value(name, field)
        if isinstance(value, str):
            return value or None
        self._not(value, field)
        return None

    def count(self, name: str, field: str) -> int | None:
        """A whole number; a float without fraction counts as one."""
        value = self._value(name, field)
        if isinstance(value, float) and value.is_integer():
            return int(value)
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        self._not(value, field)
        return None

    def number(self, name: str, field: str) -> float | None:
        """A number."""
        value = self._value(name, field)
        if isinstance(value, float | int) and not isinstance(value, bool):
            return float(value)
        self._not(value, field)
        return None

    def flag(self, name: str, field: str) -> bool | None:
        """True or false."""
        value = self._value(name, field)
        if isinstance(value, bool):
            return value
        self._not(value, field)
        return None

    def unknown(self, known: frozenset[str], field: str) -> None:
        """Say which fields are there that are not known: a change of the API."""
        for name in self._found:
            if name not in known:
                self._add("unexpected", field, name)

    def _value(self, name: str, field: str) -> object:
        value = self._found.get(name)
        if value is None:
            self._add("missing", field, "null" if name in self._found else "")
        return value

    def _not(self, value: object, field: str) -> None:
        if value is not None:
            self._add("unreadable", field, repr(value))

    def _add(self, kind: IssueKind, field: str, found: str = "") -> None:
        self._issues.append(Issue(kind, f"{self._table}.{field}", found[:FOUND_LENGTH]))


def moment(text: object) -> datetime | None:
    """A time with its zone, `2025-10-14T18:02:11.3540001Z`, in UTC; None if it is none.

    A seventh digit of the second is dropped.
    """
    if not isinstance(text, str):
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found.astimezone(UTC) if found.tzinfo else None

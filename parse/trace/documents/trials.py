"""A document parsed again and again with changes, and what becomes of one row.

Trials are counted in bytes, so that a file of 30 MB takes as long as it may and no longer.
"""

from __future__ import annotations

import copy
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Self

import msgspec

from parse.model import Parser
from parse.trace.documents.units import Document, Edits
from parse.trace.watched import Asked
from warehouse.column import Row
from warehouse.schema import key_of

BYTES_MAX = 600_000_000
"""Bytes that are parsed to find the places of one row: about 8 s on one core."""

NO_EDITS: Edits = {}

COUNTER = "_number"
"""How the names of columns end that are positions: `kill_number` counts the deaths of a match."""


@dataclass(frozen=True, slots=True)
class Effect:
    """What a change does to the row: the fields that differ, or that the row is gone.

    after  the row as it is then, if anything differs
    """

    fields: frozenset[str] = frozenset()
    is_gone: bool = False
    after: Row | None = None

    def __bool__(self) -> bool:
        """Whether it does anything."""
        return self.is_gone or bool(self.fields)

    def value(self, name: str) -> object:
        """What a field is then; None where the row is gone."""
        return getattr(self.after, name) if self.after is not None else None


NOTHING = Effect()
GONE = Effect(is_gone=True)


class Purse:
    """What is left to spend on trials."""

    def __init__(self) -> None:
        """Nothing is spent yet."""
        self.left = BYTES_MAX


class Trials:
    """Trials about one row of a page, and some fields of it."""

    def __init__(
        self, document: Document, parser: Parser, asked: Asked, row: Row, fields: Collection[str]
    ) -> None:
        """Try nothing yet.

        row     as the parser gives it of the whole document
        fields  what is asked about: effects on others do not count
        """
        self.document = document
        self.row = row
        self.fields = frozenset(fields)
        self._parser = parser
        self._asked = asked
        self._purse = Purse()
        self._keys = key_of(type(row))
        self.counters = frozenset(one for one in self._keys if one.endswith(COUNTER))
        """Keys that are positions among others: a row keeps what it says under another one."""

    @property
    def is_spent(self) -> bool:
        """Whether there is nothing left to spend."""
        return self._purse.left <= 0

    def about(self, fields: Collection[str], kept: Collection[int]) -> Self:
        """Trials of the same purse about other fields, and the row as it is of these units alone.

        Where others are left out, it may be counted anew.
        """
        other = copy.copy(self)
        other.fields = frozenset(fields)
        rows = self._rows(self.document.text(kept, NO_EDITS), self._asked)
        if rows:
            other.row = max(rows, key=self._likeness)
        return other

    def effect(self, kept: Collection[int], edits: Edits = NO_EDITS) -> Effect:
        """What becomes of the row if these units alone are there, and some bytes are others."""
        text = self.document.text(kept, edits)
        self._purse.left -= len(text)
        return self._compared(self._rows(text, self._asked), may_move=bool(edits))

    def stands(self, effect: Effect) -> bool:
        """Whether the row is still there, as far as it is asked about, but for its number."""
        return not effect.is_gone and effect.fields <= self.counters

    def of_url(self, kept: Collection[int]) -> frozenset[str]:
        """The fields that follow the page's URL or key."""
        text = self.document.text(kept, NO_EDITS)
        asked = self._asked
        moved = (replace(asked, key=f"{asked.key}1"), replace(asked, url=f"{asked.url}1"))
        effects = [self._compared(self._rows(text, one), may_move=True) for one in moved]
        return frozenset().union(*(one.fields for one in effects))

    def _rows(self, text: bytes, asked: Asked) -> list[Row] | None:
        """The rows of our row's class; None where the parser fails."""
        kind = type(self.row)
        try:
            page = self._parser.page(text, url=asked.url, page_type=asked.page_type, key=asked.key)
            return [one for one in self._parser.parse(page) if type(one) is kind]
        except Exception:  # noqa: BLE001 - a changed page may be unreadable in any way
            return None

    def _compared(self, rows: list[Row] | None, *, may_move: bool) -> Effect:
        """How our row differs from its counterpart, as far as it is asked about."""
        if rows and self.row in rows:
            return NOTHING
        other = self._counterpart(rows or [], may_move=may_move)
        if other is None:
            return GONE
        differ = (one for one in self.fields if getattr(other, one) != getattr(self.row, one))
        return Effect(frozenset(differ), after=other)

    def _counterpart(self, rows: list[Row], *, may_move: bool) -> Row | None:
        """The row of our key; else the one most like ours, if it is so in half of all fields.

        A key that counts does not tell which row it is, and one that was edited is another one.

        may_move  whether our row may have another key
        """
        if not self.counters:
            key = [getattr(self.row, name) for name in self._keys]
            for one in rows:
                if [getattr(one, name) for name in self._keys] == key:
                    return one
            if not may_move:
                return None
        other = max(rows, key=self._likeness, default=None)
        if other is None or self._likeness(other) * 2 < len(self.row.__struct_fields__):
            return None
        return other

    def _likeness(self, other: Row) -> int:
        """In how many fields a row is like ours."""
        ours = msgspec.structs.astuple(self.row)
        theirs = msgspec.structs.astuple(other)
        return sum(one == two for one, two in zip(ours, theirs, strict=True))

"""What is said of where a column comes from, and what is needed to find it out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

from parse.model import Assembled, CaptureRef, Sourced
from warehouse.column import Row

How = Literal["copied", "computed", "joined", "present"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """An extracted field that a column was made of.

    how  copied    the column is the field
         computed  the column depends on it in another way
         joined    the field is what the rows were joined by, and the column has its value
         present   the column says whether the row is there; `field` is empty
    """

    source: Sourced[Row]
    field: str
    how: How

    @property
    def value(self) -> object:
        """What was extracted."""
        return getattr(self.source.row, self.field) if self.field else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Also:
    """Another capture that prints what a column holds.

    found  its value, or how the issue puts it where the values differ
    """

    capture: CaptureRef
    field: str
    found: str
    agrees: bool


@dataclass(slots=True)
class Lineage:
    """Where one column comes from; no origin means that no extracted field changes it."""

    column: str
    value: object
    origins: list[Origin] = field(default_factory=list)
    also: list[Also] = field(default_factory=list)


Edits = Mapping[int, Sourced[Row] | None]
"""By identity of an extracted row: what stands in its place, or None to leave it out."""


class Assembling(Protocol):
    """What can be assembled again with changes: parse/trace/bundle.py, or a test's own."""

    @property
    def rows(self) -> Iterator[Sourced[Row]]:
        """Every extracted row that the assembler may see."""

    @property
    def first(self) -> list[Assembled]:
        """What is assembled without any change."""

    def run(self, edits: Edits) -> list[Assembled] | None:
        """What is assembled with rows replaced, or left out; None if that fails."""

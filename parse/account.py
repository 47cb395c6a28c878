"""The two sums of a build: every capture and every extracted row ends in exactly one place."""

from __future__ import annotations

from dataclasses import dataclass, field

from parse.model import Sourced
from warc.words import counted
from warehouse.column import Row
from warehouse.errors import HeldBackError

LOST_NAMED_MAX = 3


@dataclass(slots=True, kw_only=True)
class CaptureSum:
    """captures = parsed + failed + evidence + revisits + duplicates + not ours."""

    captures: int = 0
    parsed: int = 0
    failed: int = 0
    evidence: int = 0
    revisits: int = 0
    duplicates: int = 0
    not_ours: int = 0

    @property
    def is_right(self) -> bool:
        """Whether the two sides agree."""
        return self.captures == (
            self.parsed
            + self.failed
            + self.evidence
            + self.revisits
            + self.duplicates
            + self.not_ours
        )

    def __str__(self) -> str:
        """The sum in words and numbers."""
        sign = "=" if self.is_right else "≠"
        return (
            f"{counted(self.captures, 'capture', 'captures')} {sign} {self.parsed:,} parsed"
            f" + {self.failed:,} failed + {self.evidence:,} evidence"
            f" + {counted(self.revisits, 'revisit', 'revisits')}"
            f" + {counted(self.duplicates, 'duplicate', 'duplicates')}"
            f" + {self.not_ours:,} not ours"
        )


@dataclass(slots=True, kw_only=True)
class RowSum:
    """rows extracted = published + merged + superseded + quarantined.

    extracted  as the workers counted what parsers yielded; the rest as the build met it
    lost       rows that assembling neither used nor refused, the first few named
    waiting    quarantined rows that only lack the page of a root that lists their entity, by the
               root's kind
    """

    extracted: int = 0
    published: int = 0
    merged: int = 0
    superseded: int = 0
    quarantined: int = 0
    lost: list[str] = field(default_factory=list)
    waiting: dict[str, int] = field(default_factory=dict)

    @property
    def is_right(self) -> bool:
        """Whether the two sides agree."""
        fates = self.published + self.merged + self.superseded + self.quarantined
        return self.extracted == fates

    def __str__(self) -> str:
        """The sum in words and numbers."""
        sign = "=" if self.is_right else "≠"
        return (
            f"{counted(self.extracted, 'row', 'rows')} extracted {sign}"
            f" {self.published:,} published + {self.merged:,} merged"
            f" + {self.superseded:,} superseded + {self.quarantined:,} quarantined"
        )


@dataclass(slots=True)
class Fates:
    """What became of the extracted rows of a few roots: a row published counts as nothing else."""

    published: set[int] = field(default_factory=set)
    quarantined: set[int] = field(default_factory=set)
    merged: set[int] = field(default_factory=set)

    def settle(self, rows: list[Sourced[Row]], into: RowSum) -> None:
        """Give every row its fate; rows are told apart by identity."""
        marks = dict(zip(map(id, rows), rows, strict=True))
        left = marks.keys() - self.published
        into.published += len(marks) - len(left)
        into.quarantined += len(left & self.quarantined)
        left -= self.quarantined
        into.merged += len(left & self.merged)
        left -= self.merged
        for mark in marks if left else ():
            if mark in left and len(into.lost) < LOST_NAMED_MAX:
                lost = marks[mark]
                into.lost.append(f"{type(lost.row).__name__} of {lost.capture.url}")


@dataclass(slots=True)
class Account:
    """Both sums."""

    captures: CaptureSum = field(default_factory=CaptureSum)
    rows: RowSum = field(default_factory=RowSum)

    def check(self) -> None:
        """Raise HeldBackError unless both sums are right: a build that lost something is wrong."""
        for total in (self.captures, self.rows):
            if not total.is_right:
                lost = f"; first lost: {', '.join(self.rows.lost)}" if self.rows.lost else ""
                raise HeldBackError(f"not committed, the account does not add up: {total}{lost}")

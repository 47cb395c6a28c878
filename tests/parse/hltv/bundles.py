"""A bundle over rows in memory, as the build gives one to assembling."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar, cast

from parse.model import Assembled, CaptureRef, Extracted, Made, Noted, Refused, Sourced
from parse.sources.hltv import SOURCE
from warehouse.column import Row

K = TypeVar("K", bound=Row)


def capture(page_type: str, capture_id: int = 1) -> CaptureRef:
    """A capture of a page type."""
    return CaptureRef(
        capture_id=capture_id,
        page_type=page_type,
        fetched_at_us=0,
        url=f"https://www.hltv.org/{page_type}/{capture_id}",
        parser=f"hltv.{page_type}/1",
    )


def sourced(found: Iterable[Extracted], page_type: str) -> list[Sourced[Row]]:
    """The rows of an extraction with one capture."""
    origin = capture(page_type)
    return [Sourced(row, origin) for row in found if isinstance(row, Row)]


@dataclass(frozen=True, slots=True)
class MemoryBundle:
    """Rows of one entity, and the bundles of the maps that belong to it."""

    rows: tuple[Sourced[Row], ...] = ()
    maps: Mapping[int | str, MemoryBundle] = field(default_factory=dict)

    def of(self, kind: type[K]) -> tuple[Sourced[K], ...]:
        """The rows of one class."""
        chosen = [one for one in self.rows if isinstance(one.row, kind)]
        # The class of each row was just checked; a cast keeps the identity that is counted by.
        return cast("tuple[Sourced[K], ...]", tuple(chosen))

    def child(self, kind: str, entity_id: int | str) -> MemoryBundle:
        """The bundle of a map; empty if there is none."""
        assert kind == "map"
        return self.maps.get(entity_id, MemoryBundle())


def assembled(bundle: MemoryBundle, match_id: int = 1) -> list[Assembled]:
    """What assembling makes of a bundle; checks that each row is accounted for once."""
    found = list(SOURCE.roots[0].assemble(match_id, bundle))
    account: dict[int, int] = {}
    for one in found:
        if isinstance(one, Refused):
            account[id(one.source)] = account.get(id(one.source), 0) + 1
        elif isinstance(one, Made) and not one.derived:
            for source in one.sources:
                account[id(source)] = account.get(id(source), 0) + 1
    everything = [*bundle.rows, *(row for child in bundle.maps.values() for row in child.rows)]
    assert account == {id(source): 1 for source in everything}
    return found


def made(found: Iterable[Assembled], kind: type[K]) -> list[K]:
    """The rows made of one class."""
    return [one.row for one in found if isinstance(one, Made) and isinstance(one.row, kind)]


def refused(found: Iterable[Assembled]) -> list[tuple[str, str]]:
    """Class and rule of what was refused."""
    return [(type(one.source.row).__name__, one.rule) for one in found if isinstance(one, Refused)]


def noted(found: Iterable[Assembled]) -> list[tuple[str, str, str]]:
    """Page type, field and text of the issues noted."""
    return [
        (one.capture.page_type, one.issue.field, one.issue.found)
        for one in found
        if isinstance(one, Noted)
    ]

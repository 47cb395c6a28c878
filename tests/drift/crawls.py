"""A season as it was crawled over months: WARC files with chosen dates, parsed into tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from parse.registry import BUILT_IN
from tests.parse.bench import Bench, record
from tests.replica.season import MAP_PATH, Season
from warehouse.snapshot import Snapshot, current_snapshot

SITE = "https://www.hltv.org"
SECOND = timedelta(seconds=1)

Body = bytes
Morph = Callable[[str], str]
"""What a changed site makes of a page's markup."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One page at one time."""

    target: str
    page_type: str
    body: bytes
    at: datetime

    def morphed(self, morph: Morph) -> Visit:
        """The same visit of a changed site."""
        body = morph(self.body.decode()).encode()
        return Visit(target=self.target, page_type=self.page_type, body=body, at=self.at)


def page_type_of(target: str) -> str:
    """The kind of page a target names."""
    path = urlsplit(target).path
    if found := MAP_PATH.fullmatch(path):
        return found[1] or "map_stats"
    return "results" if path == "/results" else "match"


def visits(season: Season, targets: Iterable[str], start: datetime) -> Iterator[Visit]:
    """One crawl: a page every five seconds."""
    for number, target in enumerate(targets):
        page = season.page(target)
        assert page is not None, target
        at = start + 5 * number * SECOND
        yield Visit(target=target, page_type=page_type_of(target), body=page.body, at=at)


def records(visited: Iterable[Visit]) -> Iterator[bytes]:
    """The visits as records of a WARC file."""
    for visit in visited:
        fields = {"WARC-Date": f"{visit.at:%Y-%m-%dT%H:%M:%SZ}"}
        second = int(visit.at.timestamp())
        yield record(SITE + visit.target, visit.body, second=second, fields=fields)


def parsed(folder: Path, crawls: Mapping[str, Iterable[Visit]]) -> Snapshot:
    """Archive crawls, each in a file of its own, and build the tables."""
    bench = Bench(folder)
    for name, visited in crawls.items():
        bench.put(f"{name}.warc.gz", records(visited), collection="hltv")
    bench.parse(registry=BUILT_IN)
    return current_snapshot(bench.warehouse)


def day(text: str) -> datetime:
    """A day at six in the morning, UTC."""
    return datetime.fromisoformat(text).replace(hour=6, tzinfo=UTC)

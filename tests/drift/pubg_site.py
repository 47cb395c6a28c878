"""PUBG's API and CDN over months: matches in archives of chosen dates, parsed into tables."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import count, islice

from parse.registry import BUILT_IN
from parse.sources.pubg import block_of_match
from tests.drift.crawls import day
from tests.drift.pubg_morphs import Morph
from tests.parse.bench import Bench, record
from tests.replica.pubg.documents import API, CDN, match_document, telemetry_path
from tests.replica.pubg.match import Match, make_match, match_id_of
from warc.roster import Change, TrackedPlayer
from warc.roster.appending import open_journal
from warehouse.snapshot import Snapshot, current_snapshot

SIZE = 0.01
NEW_DAY = "2026-04-03"
SINCE = date(2026, 4, 1)
OLD_BLOCK, NEW_BLOCK = 7, 40
KINDS = (
    ("squad", "modern", "Desert_Main"),
    ("scrim", "v1", "Desert_Main"),
    ("duo", "modern", "Desert_Main"),
)
"""Kind, era and map of a site's matches, in turn."""

GATHERED = {"pubg_players": "pubg_participants"}
"""A dimension table, and the table whose rows it is made of."""


def matches_of(block: int) -> Iterator[Match]:
    """Matches whose ids fall into one block of the tables: a build need not touch the others."""
    for number in count():
        kind, era, map_name = KINDS[number % len(KINDS)]
        seeds = (f"drift:{number}:{one}" for one in count())
        seed = next(
            one
            for one in seeds
            if block_of_match(match_id_of(one, kind, map_name, size=SIZE, era=era)) == block
        )
        yield make_match(seed, kind, size=SIZE, era=era, map_name=map_name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One reply or file at one time."""

    url: str
    page_type: str
    key: str
    body: bytes
    at: datetime
    status: int = 200

    def morphed(self, morph: Morph) -> Visit:
        """The same visit of a changed site, if it is of the page type that has changed."""
        if morph.page_type != self.page_type:
            return self
        return replace(self, body=morph.apply(self.body), status=morph.status)

    def record(self) -> bytes:
        """The visit as a record of a WARC file."""
        fields = {"WARC-Date": f"{self.at:%Y-%m-%dT%H:%M:%SZ}"}
        second = int(self.at.timestamp())
        return record(self.url, self.body, second=second, status=self.status, fields=fields)


def visits(match: Match, at: datetime) -> tuple[Visit, Visit]:
    """What a crawl takes of a match: the reply, then its telemetry."""
    path = f"{API}/shards/{match.row.shard}/matches/{match.row.match_id}"
    reply = json.dumps(match_document(match), separators=(",", ":")).encode()
    return (
        Visit(url=path, page_type="match", key=match.row.match_id, body=reply, at=at),
        Visit(
            url=CDN + telemetry_path(match),
            page_type="telemetry",
            key=match.row.asset_id,
            body=match.telemetry,
            at=at + timedelta(seconds=1),
        ),
    )


def copied(visit: Visit, number: int) -> Visit:
    """The same visit of a match that is the same but for its ids."""
    old = {visit.key, *_named(visit.body)}
    url, body, key = visit.url, visit.body, visit.key
    for one in sorted(old):
        new = copied_id(one, number)
        url, body, key = (
            url.replace(one, new),
            body.replace(one.encode(), new.encode()),
            key.replace(one, new),
        )
    return replace(visit, url=url, body=body, key=key)


def copied_id(of: str, number: int) -> str:
    """The id of a copy; it stays in its block."""
    return of[:2] + str(uuid.uuid5(uuid.UUID(of), str(number)))[2:]


def _named(body: bytes) -> set[str]:
    """The ids of match and asset in a body: of its own, none of participants or rosters."""
    said = json.loads(body)
    if isinstance(said, list):
        return {said[0]["MatchId"].rpartition(".")[2]}
    assets = {one["id"] for one in said["included"] if one["type"] == "asset"}
    return {said["data"]["id"], *assets}


def history(number_of: int) -> Iterator[Visit]:
    """Matches before the change, one every two days."""
    start = day(NEW_DAY) - timedelta(days=2 * number_of + 3)
    for number, match in enumerate(islice(matches_of(OLD_BLOCK), number_of)):
        yield from visits(match, start + number * timedelta(days=2))


def newest(number_of: int) -> Iterator[Visit]:
    """Matches on the day of the change."""
    for number, match in enumerate(islice(matches_of(NEW_BLOCK), number_of)):
        yield from visits(match, day(NEW_DAY) + number * timedelta(minutes=40))


def parsed(bench: Bench) -> Snapshot:
    """The tables of what is archived."""
    bench.parse(registry=BUILT_IN)
    return current_snapshot(bench.warehouse)


def track(bench: Bench, matches: Iterable[Match]) -> None:
    """Make the roster track the first team of each match, so that there is detail to compare."""
    people = {one: None for match in matches for one in match.truth.rosters[0].accounts}
    changes = [
        Change(
            "add",
            TrackedPlayer(account=one, name=f"p{place}", shard="steam", tracked_since=SINCE),
        )
        for place, one in enumerate(people)
    ]
    with open_journal(bench.archives) as journal:
        journal.append(changes, who="tester", why="a test")


@dataclass
class Words:
    """What is said about pages: the tables it is said about, by page; `*` for all."""

    by_page: dict[tuple[str, str], set[str]]

    @classmethod
    def of(cls, snapshot: Snapshot) -> Words:
        """The words of a snapshot: pages that failed or were none, issues, refused rows."""
        captures = {
            row["capture_id"]: row for row in snapshot.table("captures").collect().to_dicts()
        }
        pages = {id_: (row["page_type"], row["page_key"]) for id_, row in captures.items()}
        words = cls({page: set() for page in pages.values()})
        for id_, row in captures.items():
            if row["outcome"] != "parsed":
                words._add(pages[id_], "*")
        for row in snapshot.table("issues").collect().to_dicts():
            if row["capture_id"] in pages:
                table = row["field"].partition(".")[0]
                words._add(pages[row["capture_id"]], "*" if table == "telemetry" else table)
        for row in snapshot.table("quarantine").collect().to_dicts():
            if row["capture_id"] in pages:
                words._add(pages[row["capture_id"]], row["table_name"])
        return words

    def _add(self, page: tuple[str, str], table: str) -> None:
        self.by_page[page].add(table)

    def about(self, table: str, pages: Iterable[tuple[str, str]]) -> bool:
        """Whether anything is said about a table on any of some pages."""
        wanted = {table, GATHERED.get(table, table), "*"}
        return any(self.by_page.get(page, set()) & wanted for page in pages)

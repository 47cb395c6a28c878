"""A watch of the replica's season: matches that are played meanwhile come into the tables."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.fetch.pubg.api import Api
from tests.fetch.watching.test_watch_command import watching
from tests.replica.background import control
from tests.replica.pubg.background import running
from tests.replica.pubg.season import TEAMS, PubgSeason
from tests.replica.pubg.server import KEY
from tests.warc.roster.named import lobby, of_tournament, player
from warc.roster import Change
from warc.roster.appending import open_journal
from warc.roster.entries import Entry

MATCHES = 10
HOUR_S = 3600.0

# Most builds between a match's appearance and its rows: the one that ran, and one for each of its
# pages (reply, telemetry) that may come to the disk while another runs.
BUILDS_MAX = 3


def known(base: str) -> set[str]:
    """The matches that the API knows now."""
    rows = control(base, "matches", method="GET")
    assert isinstance(rows, list)
    return {row["match_id"] for row in rows}


def fill_roster(folder: Path) -> None:
    """One team is tracked, all are in a lobby that always plays."""
    season = PubgSeason(matches=MATCHES)
    playing = replace(lobby(), hours="00:00-24:00")
    players = [
        replace(player(), account=human.account, name=human.name) for human in season.team(0)
    ]
    members = [
        replace(of_tournament(), name=human.name, team=f"Team {number}", priority=place)
        for number in range(TEAMS)
        for place, human in enumerate(season.team(number))
    ]
    named: list[Entry] = [playing, *players, *members]
    with open_journal(folder / "archives", clock=lambda: datetime(2026, 1, 1, tzinfo=UTC)) as one:
        one.append([Change("add", entry) for entry in named], who="tester", why="")


@pytest.mark.slow
def test_matches_that_are_played_meanwhile_come_into_the_tables(tmp_path: Path) -> None:
    with running(matches=MATCHES, size=0.01, until_now=True, is_running=True, limit=1000) as (
        base,
        _cdn,
    ):
        control(base, "clock", {"advance_s": -2.2 * HOUR_S})
        before = known(base)
        fill_roster(tmp_path)
        served = Api(api_url=base)
        with watching(served, tmp_path, key=KEY) as watch:
            watch.until(lambda: watch.matches() == before)
            for _ in range(2):
                builds = watch.snapshots()
                control(base, "clock", {"advance_s": 0.7 * HOUR_S})
                more = known(base)
                assert len(more) > len(before)
                watch.until(lambda more=more: watch.matches() == more)  # type: ignore[misc]
                assert watch.snapshots() <= builds + BUILDS_MAX + len(more - before)
                before = more
        assert "Traceback" not in watch.said
        assert "ended with code" not in watch.said

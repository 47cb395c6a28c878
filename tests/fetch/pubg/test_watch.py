"""Crawls that watch, over a simulated API with a clock that only moves when somebody waits."""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from fetch.errors import ConnectionLost, FetchError
from fetch.limits import Limits
from fetch.options import CrawlOptions
from fetch.report import Report
from fetch.seed import SeedGroup
from fetch.sources.pubg import BASE_URL, SOURCE, player_seeds, tournament_seeds
from fetch.walk import WalkPlan
from tests.fakes import FakeAnswer, FakeClock, FakeTransport
from tests.fetch.crawling import crawl
from tests.fetch.pubg.api import EVENT, match_id
from tests.parse.pubg.replies import account
from warc.hours import parse_hours
from warc.manifest import Manifest

CDN = "https://telemetry-cdn.pubg.com/bluehole-pubg/steam/2026/11/21/12/00"
MAIN = replace(player_seeds(names=["Alpha"], shard="steam", finder="main")[0], every_s=600.0)
LEAGUE = replace(player_seeds(names=["bravo"], shard="steam", finder="tournament")[0], every_s=60.0)


@dataclass(slots=True)
class World:
    """An API whose matches begin while it is watched.

    matches  of a player: number and the second from which the API lists it
    down     between which seconds nothing answers
    """

    clock: FakeClock
    matches: dict[str, dict[int, float]] = field(default_factory=dict)
    down: tuple[float, float] = (0.0, 0.0)

    def __call__(self, url: str) -> FakeAnswer | FetchError:
        """What a request is answered with."""
        parts, now_s = urlsplit(url), self.clock.elapsed_s
        if self.down[0] <= now_s < self.down[1]:
            return ConnectionLost("down", url=url)
        if parts.path == "/robots.txt":
            return FakeAnswer(status=404)
        if "telemetry" in url:
            return FakeAnswer(body=json.dumps([EVENT]).encode())
        found = parts.path.rsplit("/", 1)[-1]
        if "/matches/" in parts.path:
            asset = {"type": "asset", "attributes": {"URL": f"{CDN}/{found}-telemetry.json"}}
            document = {"data": {"type": "match", "id": found}, "included": [asset]}
            return FakeAnswer(body=json.dumps(document).encode())
        (names,) = parse_qs(parts.query)["filter[playerNames]"]
        listed = [self._player(name, now_s) for name in names.split(",")]
        return FakeAnswer(body=json.dumps({"data": listed}).encode())

    def _player(self, name: str, now_s: float) -> dict[str, object]:
        begun = [number for number, at_s in self.matches.get(name, {}).items() if at_s <= now_s]
        ids = [{"type": "match", "id": match_id(number)} for number in sorted(begun, reverse=True)]
        return {
            "type": "player",
            "id": account(len(name)),
            "attributes": {"name": name, "shardId": "steam"},
            "relationships": {"matches": {"data": ids}},
        }


def watch(
    folder: Path, world: World, *groups: SeedGroup, minutes: float
) -> tuple[Report, FakeTransport]:
    """Watch for so many minutes."""
    options = CrawlOptions(
        base_url=BASE_URL,
        plan=WalkPlan(),
        pace=SOURCE.pace,
        limits=Limits(seconds=minutes * 60),
        seeds=groups,
        watch=True,
    )
    return crawl(folder, world, options, clock=world.clock, source=SOURCE)


def asked_at(fake: FakeTransport, name: str) -> list[float]:
    """The seconds at which a player was asked for."""
    return [at_s for at_s, url in fake.log if url.endswith(f"={name}")]


def gaps(times: list[float]) -> set[int]:
    """Whole seconds between times."""
    return {round(later - earlier) for earlier, later in itertools.pairwise(times)}


def test_players_are_looked_at_at_their_own_intervals(tmp_path: Path) -> None:
    report, fake = watch(tmp_path, World(FakeClock()), LEAGUE, MAIN, minutes=60)
    assert report.ending == "minutes"
    assert len(asked_at(fake, "Alpha")) == 6
    assert len(asked_at(fake, "bravo")) == 60
    assert max(gaps(asked_at(fake, "bravo"))) < 70


def test_a_match_is_archived_soon_after_it_is_listed_and_once(tmp_path: Path) -> None:
    world = World(FakeClock(), {"Alpha": {1: 0, 2: 900, 3: 1500}, "bravo": {2: 900, 4: 1000}})
    report, fake = watch(tmp_path, world, LEAGUE, MAIN, minutes=50)
    first = {url[-36:]: at_s for at_s, url in reversed(fake.log) if "/matches/" in url}
    assert sum("/matches/" in url for _, url in fake.log) == len(first) == report.whole == 4
    assert 900 <= first[match_id(2)] < 970
    assert 1000 <= first[match_id(4)] < 1070
    assert 1500 <= first[match_id(3)] < 2200


def test_a_watch_that_was_killed_goes_on_in_its_step(tmp_path: Path) -> None:
    clock = FakeClock()
    watch(tmp_path, World(clock), MAIN, minutes=14)
    assert clock.elapsed_s < 900
    _, fake = watch(tmp_path, World(clock), MAIN, minutes=12)
    (again_s, *_) = asked_at(fake, "Alpha")
    assert 1200 <= again_s < 1230


def test_a_watch_begins_at_once_where_the_last_look_is_long_ago(tmp_path: Path) -> None:
    clock = FakeClock()
    watch(tmp_path, World(clock), MAIN, minutes=5)
    clock.elapsed_s = 86_400 / 2
    _, fake = watch(tmp_path, World(clock), MAIN, minutes=5)
    assert asked_at(fake, "Alpha")[0] - 86_400 / 2 < 30


def test_tournaments_are_looked_at_inside_their_hours(tmp_path: Path) -> None:
    # The clock starts on a Saturday at noon, UTC.
    league = replace(LEAGUE, hours=parse_hours("sat 15:00-15:10 Europe/Oslo", "--hours"))
    _, fake = watch(tmp_path, World(FakeClock()), league, minutes=300)
    times = asked_at(fake, "bravo")
    assert 7200 <= times[0] < 7230
    assert times[-1] < 7800
    assert len(times) == 10


def test_who_is_in_two_lists_is_asked_for_once_in_hours_and_outside_of_them(
    tmp_path: Path,
) -> None:
    both = replace(MAIN, targets=(*MAIN.targets, *LEAGUE.targets))
    # Open from the 30th to the 90th minute.
    league = replace(LEAGUE, hours=parse_hours("sat 12:30-13:30", "--hours"))
    world = World(FakeClock(), {"bravo": {1: 0, 2: 2400, 3: 6000}})
    report, fake = watch(tmp_path, world, league, both, minutes=120)
    together = [at_s for at_s, url in fake.log if url.endswith("=Alpha,bravo")]
    assert len(together) == 6
    assert not any(1800 < at_s < 5400 for at_s in together)
    assert {url.rsplit("=", 1)[1] for _, url in fake.log if "players" in url} == {
        "Alpha",
        "bravo",
        "Alpha,bravo",
    }
    alone = asked_at(fake, "bravo")
    assert 1800 <= min(alone) < 1830
    assert max(alone) < 5410
    assert len(alone) == 60
    assert report.whole == 3


def test_one_run_asks_once_for_who_is_in_two_lists(tmp_path: Path) -> None:
    both = replace(MAIN, targets=(*MAIN.targets, *LEAGUE.targets))
    options = CrawlOptions(
        base_url=BASE_URL, plan=WalkPlan(), pace=SOURCE.pace, seeds=(LEAGUE, both)
    )
    clock = FakeClock()
    _, fake = crawl(tmp_path, World(clock), options, clock=clock, source=SOURCE)
    asked = [url.rsplit("=", 1)[1] for _, url in fake.log if "players" in url]
    assert asked == ["bravo", "Alpha"]


def test_failures_are_waited_out(tmp_path: Path) -> None:
    world = World(FakeClock(), {"Alpha": {1: 0, 2: 3000}}, down=(100.0, 4000.0))
    report, fake = watch(tmp_path, world, MAIN, minutes=120)
    assert (report.ending, report.whole) == ("minutes", 2)
    assert len(asked_at(fake, "Alpha")) < 40


def test_a_match_that_another_finds_later_keeps_both(tmp_path: Path) -> None:
    world = World(FakeClock(), {"Alpha": {1: 0}, "bravo": {1: 700}})
    watch(tmp_path, world, LEAGUE, MAIN, minutes=20)
    manifest = Manifest(tmp_path / "manifest.sqlite", read_only=True)
    (match,) = manifest.named("match", match_id(1))
    manifest.close()
    assert match.discovered_by == f"main:{account(5)},tournament:{account(5)}"


def test_pages_that_are_not_limited_do_not_wait_for_those_that_are(tmp_path: Path) -> None:
    names = [f"p{number:03}" for number in range(400)]
    world = World(FakeClock(), {name: {number: 0} for number, name in enumerate(names, 1)})
    (group,) = player_seeds(names=names, shard="steam", finder="main")
    _, fake = watch(tmp_path, world, group, minutes=2)
    limited = [at_s for at_s, url in fake.log if "players" in url]
    assert min(later - earlier for earlier, later in itertools.pairwise(limited)) > 6.5
    assert sum("telemetry" in url for _, url in fake.log) > 100


def test_one_run_looks_once(tmp_path: Path) -> None:
    options = CrawlOptions(
        base_url=BASE_URL, plan=WalkPlan(), pace=SOURCE.pace, seeds=tournament_seeds(["all"])
    )
    empty = FakeAnswer(body=b'{"data":[{"type":"tournament","id":""}]}')
    report, fake = crawl(tmp_path, lambda _url: empty, options, source=SOURCE)
    assert (report.ending, len(fake.log)) == ("done", 2)


def test_the_clock_of_the_tests_starts_on_a_saturday() -> None:
    assert FakeClock().now().weekday() == datetime(2026, 11, 21).weekday() == 5  # noqa: DTZ001

"""The loop of a watch over made-up children and a clock that moves when somebody waits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from fetch.watching.commands import Commands
from fetch.watching.grown import Standing
from fetch.watching.plan import Ended
from fetch.watching.watch import EXIT_INTERRUPTED, Pauses, Watch

COMMANDS = Commands(
    fetch=("fetch",), parse=("parse",), backfill=(), prune=(), goes_on=True, follows_roster=True
)
LIMIT = {"ending": "limit"}


@dataclass(slots=True)
class FakeChild:
    """Runs for some seconds of the world's time."""

    world: World
    name: str
    began_s: float
    lasts_s: float
    code: int = 0
    told: dict[str, object] = field(default_factory=dict)
    says: tuple[str, ...] = ()
    interrupts: int = 0

    def ended(self) -> Ended | None:
        ran_s = self.world.now_s - self.began_s
        if ran_s < self.lasts_s:
            return None
        self.world.log.append((self.world.now_s, f"{self.name} ends"))
        return Ended(code=self.code, told=self.told, ran_s=ran_s)

    def interrupt(self) -> None:
        self.interrupts += 1
        self.code, self.told = EXIT_INTERRUPTED, {}
        self.lasts_s = min(self.lasts_s, self.world.now_s - self.began_s + 1)

    def kill(self, within_s: float) -> None:
        assert within_s > 0
        self.lasts_s = 0.0


@dataclass(slots=True)
class World:
    """Time, files, and what children do: `plays` by their first word, the last one for ever."""

    plays: dict[str, list[Any]]
    grows_at: list[float] = field(default_factory=list)
    roster_at: list[float] = field(default_factory=list)
    stop_at_s: float = 10_000.0
    now_s: float = 0.0
    log: list[tuple[float, str]] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    children: list[FakeChild] = field(default_factory=list)

    def start(self, words: Sequence[str], say: Callable[[str], None]) -> FakeChild:
        name = words[0]
        plays = self.plays[name]
        play = plays.pop(0) if len(plays) > 1 else plays[0]
        child = FakeChild(self, name, self.now_s, **play)
        assert not any(
            one.name == name and one.began_s + one.lasts_s > self.now_s for one in self.children
        )
        self.log.append((self.now_s, name))
        self.children.append(child)
        for line in child.says:
            say(line)
        return child

    def standing(self) -> Standing:
        size = sum(at_s <= self.now_s for at_s in self.grows_at)
        roster = sum(at_s <= self.now_s for at_s in self.roster_at)
        return Standing(frozenset({("pubg", "a.warc.gz", size)} if size else ()), roster)

    def monotonic(self) -> float:
        return self.now_s

    def wait(self, seconds: float) -> None:
        self.now_s += seconds
        assert self.now_s < 20_000, "the watch does not end"

    def watch(self, commands: Commands = COMMANDS, *, parse_s: float = 10.0) -> int:
        one = Watch(
            commands=commands,
            pauses=Pauses(parse_s=parse_s, fetch_s=600.0),
            start=self.start,
            standing=self.standing,
            clock=self,
            stopped=lambda: self.now_s >= self.stop_at_s,
            say=self.said.append,
            warn=self.said.append,
        )
        return one.run()

    def times(self, what: str) -> list[float]:
        return [at_s for at_s, name in self.log if name == what]


ON = {"lasts_s": 1e9}
QUICK = {"lasts_s": 2.0}


def test_a_parse_follows_every_growth_but_for_a_pause() -> None:
    world = World(
        {"fetch": [ON], "parse": [QUICK]}, grows_at=[5, 100, 101, 103, 120], stop_at_s=300
    )
    assert world.watch() == EXIT_INTERRUPTED
    assert world.times("fetch") == [0]
    assert world.times("parse") == [5, 100, 112, 124]


def test_nothing_is_parsed_where_nothing_is_archived() -> None:
    world = World({"fetch": [ON], "parse": [QUICK]}, stop_at_s=50)
    world.watch()
    assert world.times("parse") == []


def test_what_was_archived_before_is_parsed_at_the_start() -> None:
    world = World({"fetch": [ON], "parse": [QUICK]}, grows_at=[0], stop_at_s=50)
    world.watch()
    assert world.times("parse") == [0]


@pytest.mark.parametrize("code", [0, 1])
def test_at_its_limit_what_is_archived_last_is_parsed_too(code: int) -> None:
    fetch = {"lasts_s": 30.0, "code": code, "told": LIMIT}
    world = World({"fetch": [fetch], "parse": [{"lasts_s": 7.0}]}, grows_at=[5, 25, 30])
    assert world.watch(parse_s=100.0) == code
    assert world.times("parse") == [5, 30]
    assert world.now_s == 37


def test_a_site_that_refuses_ends_the_watch_after_a_parse() -> None:
    fetch = {"lasts_s": 3.0, "code": 3, "told": {"ending": "refused"}}
    world = World({"fetch": [fetch], "parse": [QUICK]}, grows_at=[3])
    assert world.watch() == 3
    assert world.times("parse") == [3]


def test_wrong_words_end_it_at_once() -> None:
    world = World(
        {"fetch": [{"lasts_s": 1.0, "code": 2}], "parse": [{"lasts_s": 900.0}]}, grows_at=[0]
    )
    assert world.watch() == 2
    assert world.now_s < 5


def test_a_fetch_that_fails_comes_again_later_each_time_and_parsing_goes_on() -> None:
    crash = {"lasts_s": 1.0, "code": 4, "says": ("error: in use",)}
    world = World(
        {"fetch": [crash, crash, crash, ON], "parse": [QUICK]}, grows_at=[0, 30], stop_at_s=100
    )
    world.watch()
    assert world.times("fetch") == [0, 6, 17, 38]
    assert world.times("parse") == [0, 30]
    assert world.said == [
        "fetch: error: in use",
        "fetch ended with code 4; again in 5.0 s",
        "fetch ended with code 4; again in 10.0 s",
        "fetch ended with code 4; again in 20.0 s",
    ]


def test_a_parse_that_fails_comes_again_without_new_pages_and_fetching_goes_on() -> None:
    world = World(
        {
            "fetch": [ON],
            "parse": [{"lasts_s": 1.0, "code": -9}, {"lasts_s": 1.0, "code": 4}, QUICK],
        },
        grows_at=[0],
        stop_at_s=100,
    )
    world.watch()
    assert world.times("parse") == [0, 6, 17]
    assert world.times("fetch") == [0]
    assert world.said == [
        "parse ended with signal 9; again in 5.0 s",
        "parse ended with code 4; again in 10.0 s",
    ]


def test_a_build_that_was_held_back_waits_for_more() -> None:
    world = World(
        {"fetch": [ON], "parse": [{"lasts_s": 1.0, "code": 5}]}, grows_at=[0, 60], stop_at_s=100
    )
    world.watch()
    assert world.times("parse") == [0, 60]


def test_a_parse_that_fails_does_not_hold_up_the_end() -> None:
    fetch = {"lasts_s": 3.0, "told": LIMIT}
    world = World({"fetch": [fetch], "parse": [{"lasts_s": 1.0, "code": 4}]}, grows_at=[2])
    assert world.watch() == 1
    assert world.now_s < 10


def test_an_interrupt_lets_children_finish_and_starts_no_others() -> None:
    world = World(
        {"fetch": [ON], "parse": [{"lasts_s": 60.0}]}, grows_at=[10, 20, 30], stop_at_s=25
    )
    assert world.watch() == EXIT_INTERRUPTED
    fetch, parse = world.children
    assert (fetch.interrupts, parse.interrupts) == (1, 0)
    assert world.times("fetch ends") == [26]
    assert world.times("parse ends") == [70]
    assert world.said == ["the parse that is running comes to its end"]


def test_a_fetch_that_ends_by_itself_comes_again() -> None:
    done = {"lasts_s": 60.0, "told": {"ending": "done"}}
    world = World({"fetch": [done], "parse": [QUICK]}, grows_at=[30], stop_at_s=1500)
    world.watch(replace(COMMANDS, goes_on=False, follows_roster=False))
    assert world.times("fetch") == [0, 660, 1320]


def test_a_fetch_is_started_anew_for_another_roster() -> None:
    world = World({"fetch": [ON], "parse": [QUICK]}, roster_at=[0, 40, 40.5], stop_at_s=100)
    world.watch()
    assert world.times("fetch") == [0, 41.5]
    assert [one.interrupts for one in world.children if one.name == "fetch"] == [1, 1]
    assert world.said == ["the roster has changed: fetch is started anew"]
    world = World({"fetch": [ON], "parse": [QUICK]}, roster_at=[0, 40], stop_at_s=100)
    world.watch(replace(COMMANDS, follows_roster=False))
    assert world.times("fetch") == [0]


def test_an_interrupt_that_nobody_asked_for_is_a_failure() -> None:
    gone = {"lasts_s": 5.0, "code": 130}
    world = World({"fetch": [gone, ON], "parse": [QUICK]}, stop_at_s=50)
    world.watch()
    assert world.times("fetch") == [0, 10]


def test_what_a_parse_said_before_is_not_said_again() -> None:
    said = {
        "lasts_s": 1.0,
        "code": 1,
        "says": ("needs a look: 3 issues",),
        "told": {"snapshot": "000001"},
    }
    other = {
        **said,
        "says": ("needs a look: 4 issues",),
        "told": {"snapshot": "000001", "unchanged": True},
    }
    world = World({"fetch": [ON], "parse": [said, said, other]}, grows_at=[0, 20, 40], stop_at_s=60)
    world.watch()
    assert world.said == [
        "parse: needs a look: 3 issues",
        "tables: snapshot 000001 in 1.0 s",
        "tables: snapshot 000001 in 1.0 s",
        "parse: needs a look: 4 issues",
    ]


FILLING = replace(COMMANDS, backfill=("backfill",))


def test_new_pages_go_before_old_ones_that_are_read_again() -> None:
    some, rest = {"lasts_s": 60.0, "told": {"left": 5}}, {"lasts_s": 60.0}
    world = World(
        {"fetch": [ON], "parse": [QUICK], "backfill": [some, some, rest]},
        grows_at=[0, 30],
        roster_at=[0, 300],
        stop_at_s=500,
    )
    world.watch(FILLING)
    assert world.times("parse") == [0, 72, 300]
    assert world.times("backfill") == [12, 84, 144, 312]


def test_a_backfill_that_fails_comes_again() -> None:
    world = World(
        {"fetch": [ON], "parse": [QUICK], "backfill": [{"lasts_s": 1.0, "code": 4}, QUICK]},
        grows_at=[0],
        stop_at_s=100,
    )
    world.watch(FILLING)
    assert world.times("backfill") == [12, 18]
    assert world.times("parse") == [0]


def test_old_snapshots_are_pruned_after_some_parses_that_made_one() -> None:
    made = {"lasts_s": 1.0, "told": {"snapshot": "000007"}}
    world = World(
        {"fetch": [ON], "parse": [made], "prune": [QUICK]},
        grows_at=[20.0 * number for number in range(25)],
        stop_at_s=600,
    )
    world.watch(replace(COMMANDS, prune=("prune",)))
    assert (len(world.times("parse")), len(world.times("prune"))) == (25, 2)
    assert min(world.times("prune")) > world.times("parse")[9]


class Leaving(World):
    """Where somebody presses Ctrl+C twice, once both children run."""

    left: Callable[[], None]

    def wait(self, seconds: float) -> None:
        self.now_s += seconds
        if len(self.children) == 2:
            self.left()


def test_leaving_at_once_ends_both() -> None:
    world = Leaving({"fetch": [ON], "parse": [ON]}, grows_at=[0], stop_at_s=0.5)
    one = Watch(
        commands=COMMANDS,
        pauses=Pauses(parse_s=1.0, fetch_s=1.0),
        start=world.start,
        standing=world.standing,
        clock=world,
        stopped=lambda: world.now_s >= world.stop_at_s,
        say=world.said.append,
        warn=world.said.append,
    )
    world.left = one.abandon
    assert one.run() == EXIT_INTERRUPTED
    assert [child.lasts_s for child in world.children] == [0.0, 0.0]

"""The loop of a watch.

Theory of operation. Two lanes: in one runs a fetch, in the other a parse, and, while nothing is to
be parsed, a backfill, or a prune of what many parses left. They share nothing but files, so neither
waits for the other, and either may fail: it is started again, later each time. A parse is due when
the archives have grown since the last one began, and some seconds have passed. The watch is over
when somebody stops it, when the site refuses, or when a fetch that was to go on has come to its
limit; what is archived by then is parsed first, unless somebody stopped it: he wants to leave, and
the next parse has it all.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from fetch.report import span
from fetch.watching.commands import Commands
from fetch.watching.grown import Standing
from fetch.watching.lane import Lane, Start
from fetch.watching.plan import Again, Ended, Stop, after_fetch, after_parse

# Seconds between two looks at children and files.
TICK_S = 0.5

# New snapshots after which old ones are pruned.
PRUNE_AFTER = 10

# Seconds that children have to leave at once.
_LEAVE_S = 2.0

EXIT_NEEDS_LOOK = 1
EXIT_INTERRUPTED = 130


class WaitingClock(Protocol):
    """Where a watch reads the time and how it waits."""

    def monotonic(self) -> float:
        """Seconds that never run backwards."""

    def wait(self, seconds: float) -> None:
        """Wait; a signal may cut it short."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pauses:
    """Seconds: least between two parses, and between two runs of a fetch that ends by itself."""

    parse_s: float
    fetch_s: float


class Watch:
    """Runs children until it is over."""

    def __init__(
        self,
        *,
        commands: Commands,
        pauses: Pauses,
        start: Start,
        standing: Callable[[], Standing],
        clock: WaitingClock,
        stopped: Callable[[], bool],
        say: Callable[[str], None],
        warn: Callable[[str], None],
    ) -> None:
        """Start nothing yet.

        standing  what lies in the archives
        stopped   whether somebody wants to leave
        say       tells how it goes; `warn` what also somebody wants to know who wants quiet
        """
        self._commands = commands
        self._pauses = pauses
        self._standing = standing
        self._clock = clock
        self._stopped = stopped
        self._say = say
        self._warn = warn
        self._fetch = Lane("fetch", start, warn)
        self._parse = Lane("parse", start, warn)
        self._over: Stop | None = None
        self._is_anew = False
        self._fetched_for = 0
        self._parsed: Standing | None = None
        self._filled_for: int | None = None
        self._job = "parse"
        self._made = 0

    def run(self) -> int:
        """Watch until it is over; the exit code."""
        standing = self._standing()
        while True:
            if self._stopped() and not (self._over and self._over.code == EXIT_INTERRUPTED):
                self._leave()
            now_s = self._clock.monotonic()
            self._see_to_fetch(standing.roster, now_s)
            standing = self._standing()  # after the fetch: what it wrote before its end counts
            self._see_to_parse(standing, now_s)
            if self._over and not self._fetch.is_busy and not self._parse.is_busy:
                return self._over.code or min(self._parse.failures, EXIT_NEEDS_LOOK)
            self._clock.wait(TICK_S)

    def abandon(self) -> None:
        """End both children before this process leaves at once."""
        for lane in (self._fetch, self._parse):
            lane.interrupt()
        for lane in (self._fetch, self._parse):
            lane.kill(_LEAVE_S)

    def _leave(self) -> None:
        """Somebody wants to leave: the children do what is in flight, and no others are started."""
        self._over = Stop(code=EXIT_INTERRUPTED, at_once=True)
        if not self._is_anew:  # or it was asked to end already: asked again it would do so at once
            self._fetch.interrupt()
        if self._parse.is_busy:
            self._say("the parse that is running comes to its end")

    # -- fetching ----------------------------------------------------------------------------

    def _see_to_fetch(self, roster: int, now_s: float) -> None:
        """Start a fetch that is due, and see how one has ended."""
        if ended := self._fetch.ended():
            self._fetch_ended(ended, now_s)
        if self._over:
            return
        if not self._fetch.is_busy:
            if now_s >= self._fetch.due_s:
                self._fetched_for = roster
                self._fetch.run(self._commands.fetch)
        elif self._commands.follows_roster and roster != self._fetched_for and not self._is_anew:
            self._say("the roster has changed: fetch is started anew")
            self._is_anew = True
            self._fetch.interrupt()

    def _fetch_ended(self, ended: Ended, now_s: float) -> None:
        """What follows on the end of a fetch."""
        was_anew, self._is_anew = self._is_anew, False
        if self._over or (was_anew and ended.code == EXIT_INTERRUPTED):
            return
        follows = after_fetch(
            ended,
            failures=self._fetch.failures,
            goes_on=self._commands.goes_on,
            every_s=self._pauses.fetch_s,
        )
        if isinstance(follows, Again):
            self._fetch.go_on(follows, now_s)
            self._tell_failure("fetch", ended, follows)
            return
        self._over = follows
        if follows.at_once:
            self._parse.interrupt()
        else:
            self._say("fetch is over; what is archived is parsed, and then this is")

    # -- parsing -----------------------------------------------------------------------------

    def _see_to_parse(self, standing: Standing, now_s: float) -> None:
        """Start what is due to build the tables, and see how it has ended."""
        if ended := self._parse.ended():
            self._parse_ended(ended, now_s)
        if self._parse.is_busy or not standing.files:
            return
        if self._over:
            # Without a pause, but no parse that fails holds up the end.
            is_due = not self._over.at_once and not self._parse.failures
        else:
            is_due = now_s >= self._parse.due_s
        if not is_due:
            return
        if standing != self._parsed:
            self._parsed = standing
            self._begin("parse", self._commands.parse)
        elif self._over:
            return
        elif self._commands.prune and self._made >= PRUNE_AFTER:
            self._made = 0
            self._begin("prune", self._commands.prune)
        elif self._commands.backfill and standing.roster != self._filled_for:
            self._filled_for = standing.roster
            self._begin("backfill", self._commands.backfill)

    def _begin(self, job: str, words: Sequence[str]) -> None:
        """Start what the second lane is to do."""
        self._job = job
        self._parse.run(words)

    def _parse_ended(self, ended: Ended, now_s: float) -> None:
        """What follows on the end of what the second lane did."""
        job = self._job
        pause_s = self._pauses.parse_s if job == "parse" else 0.0
        follows = after_parse(ended, failures=self._parse.failures, pause_s=pause_s)
        self._parse.go_on(follows, now_s)
        if job == "backfill" and (follows.failures or ended.told.get("left")):
            self._filled_for = None
        elif job == "parse" and follows.failures:
            self._parsed = None
        if follows.failures:
            self._tell_failure(job, ended, follows)
        elif (snapshot := ended.told.get("snapshot")) and not ended.told.get("unchanged"):
            self._made += 1
            self._say(f"tables: snapshot {snapshot} in {span(ended.ran_s)}")

    def _tell_failure(self, what: str, ended: Ended, follows: Again) -> None:
        """Say that a child has failed, and when it is started again."""
        if follows.failures:
            how = f"code {ended.code}" if ended.code >= 0 else f"signal {-ended.code}"
            then = "" if self._over else f"; again in {span(follows.after_s)}"
            self._warn(f"{what} ended with {how}{then}")

"""What a crawl did, in numbers and in words."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Literal

from warc.words import plural

Ending = Literal[
    "done",  # nothing is left that this run should wait for
    "limit",  # as many pages as were wanted were asked for
    "minutes",  # the time that was given is over
    "bytes",  # as many bytes as were wanted came
    "disk",  # too little room is left on the disk
    "interrupted",  # a person or the system asked the run to stop
    "refused",  # the site does not want this crawl
    "trouble",  # too many failing answers one after the other
]

_HEADS: dict[Ending, str] = {
    "done": "Done.",
    "limit": "Stopped at the page limit.",
    "minutes": "Stopped at the time limit.",
    "bytes": "Stopped at the byte limit.",
    "disk": "Stopped before the disk is full.",
    "interrupted": "Interrupted; everything archived is safe, the same command continues.",
    "refused": "Stopped: the site refuses.",
    "trouble": "Stopped: too many failures in a row.",
}


@dataclass(slots=True, kw_only=True)
class Counts:
    """What happened so far, counted as it happens.

    listed     pages of the listing that were read
    processed  other pages that came as content
    unchanged  pages among the processed that say what their last good capture said
    failed     pages given up, or left to a later run
    skipped    pages that robots.txt does not allow
    left_out   pages of a list to fetch again that were not worth another look, or beyond its bound
    asked      pages asked for, listing included
    bytes      of bodies, as sent
    expanded   pages whose links were followed from the archive, without asking again
    """

    listed: int = 0
    processed: int = 0
    unchanged: int = 0
    failed: int = 0
    skipped: int = 0
    left_out: int = 0
    asked: int = 0
    bytes: int = 0
    expanded: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A site that does not want this crawl.

    evidence       path of the WARC file that holds its answer, "" if there is none
    retry_after_s  what it asked for
    until          moment before which no run asks it for anything, "" if there is none
    is_wall        whether it is a block or a challenge, not a rule of robots.txt
    advice         what a person can do about it, "" where time alone helps
    """

    problem: str
    url: str
    evidence: str = ""
    retry_after_s: float | None = None
    until: str = ""
    is_wall: bool = False
    advice: str = ""

    def with_until(self, until: str) -> Refusal:
        """The refusal with the moment that it is remembered until."""
        return replace(self, until=until)

    def lines(self) -> tuple[str, ...]:
        """What a person must know, one sentence a line."""
        if self.advice:
            return f"{self.url}: {self.problem}", self.advice
        kept = f"its answer is kept as evidence in {self.evidence}" if self.evidence else ""
        return (
            f"{self.url}: the site refuses: {self.problem}",
            *((kept,) if kept else ()),
            f"Trying again makes sense {self._when()}; the same command continues.",
            (
                "Warchouse does not solve or dodge challenges. Pages that you saved in a browser, "
                "and WARC files of others, can be parsed all the same."
            ),
        )

    def _when(self) -> str:
        at = f" ({self.until})" if self.until else ""
        if self.retry_after_s is not None:
            return f"after {span(self.retry_after_s)}, as the site asks{at}"
        if self.problem.startswith(("robots.txt disallows", "robots.txt asks")):
            return "only when the site's robots.txt changes"
        if self.until and not self.is_wall:
            return f"after {self.until}"
        return "in some hours" + (f", not before {self.until}" if self.until else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """How a crawl ended.

    why      one sentence where it ended early, "" if it did not
    root     page type of the source's entries, which are counted; "": they are not
    whole    entries of which every known page is archived
    partial  entries of which some are
    untouched  entries known from the listing alone
    """

    ending: Ending
    counts: Counts
    wall_s: float
    why: str = ""
    refusal: Refusal | None = None
    root: str = ""
    whole: int = 0
    partial: int = 0
    untouched: int = 0
    log: str = ""

    @property
    def exit_code(self) -> int:
        """The exit code that the ending and the counts mean."""
        if self.ending == "refused":
            return 3
        if self.ending == "interrupted":
            return 130
        return 1 if self.counts.failed or self.ending in {"trouble", "disk"} else 0

    @property
    def needs_look(self) -> str:
        """Why a person should look, and where: empty unless the exit code is 1."""
        if self.exit_code != 1:
            return ""
        by_itself = self.ending in {"trouble", "disk"}
        what = self.why if by_itself else f"failed pages: {self.counts.failed}"
        return f"{what.rstrip('.')}; see {self.log}"

    def as_json(self) -> dict[str, object]:
        """The report for programs."""
        flat = asdict(self)
        return {**flat.pop("counts"), **flat, "exit_code": self.exit_code}

    def lines(self) -> tuple[str, ...]:
        """The report for people."""
        counts = self.counts
        head = _HEADS[self.ending]
        if self.ending == "done" and not counts.failed + counts.skipped + counts.processed:
            head = "Nothing to do."
        by_robots = " (robots.txt)" if counts.skipped else ""
        left_out = f", left out {counts.left_out} of the list" if counts.left_out else ""
        unchanged = f" ({counts.unchanged} unchanged)" if counts.unchanged else ""
        roots = f"{self.whole} whole, {self.partial} partial, {self.untouched} untouched"
        return (
            head + (f" {self.why}" if self.why else ""),
            (
                f"processed {counts.processed}{unchanged} and {counts.listed} of the listing, "
                f"failed {counts.failed}, skipped {counts.skipped}{by_robots}"
                f"{left_out}, "
                f"{counts.bytes / 1e6:.1f} MB in {span(self.wall_s)}"
            ),
            *((f"{plural(self.root)}: {roots}",) if self.root else ()),
        )


def span(seconds: float) -> str:
    """A length of time for people.

    >>> span(4.25), span(95), span(7300)
    ('4.2 s', '1 min 35 s', '2 h 1 min')
    """
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s"
    return f"{minutes // 60} h {minutes % 60} min"


def moment(at: datetime) -> str:
    """A time of day for people, in UTC, to the minute above.

    >>> moment(datetime(2026, 11, 21, 18, 4, 30, tzinfo=UTC))
    '2026-11-21 18:05 UTC'
    """
    minutes = -(-at.timestamp() // 60)
    return f"{datetime.fromtimestamp(minutes * 60, UTC):%Y-%m-%d %H:%M} UTC"

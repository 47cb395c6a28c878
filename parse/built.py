"""Tables that were built aside: what came of the build, what it would lose, and its commit."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from parse.account import Account
from parse.blocks import commit_blocks
from parse.cache import Cache
from parse.fill import Filled
from parse.inputs import DEMO
from parse.marts import MartNote
from parse.refetch import REFETCH_NAME, Refetch
from parse.stage import Stage
from warc.words import counted
from warehouse.column import Row
from warehouse.diff.losses import Limits, held_back, losses
from warehouse.drift.vanished import vanished
from warehouse.part import Part
from warehouse.rows.archive import ROWS as ARCHIVE_ROWS
from warehouse.snapshot import Snapshot
from warehouse.store import Store

NAMED_MAX = 5  # columns; --json has all of them

ASIDE = "a new build"
"""In place of an id: a snapshot that was built to be looked at."""


@dataclass(slots=True)
class Outcome:
    """What a parse did; `needs_look` says why the exit code is 1, if it is.

    marts    what snapshot.json says of each mart, by table
    refetch  the pages worth fetching again, listed in `refetch_file`
    later    captures fetched after the time that was asked for
    read     pieces of archive that were read; 0 where the cache had everything
    parsed   pages that were parsed now; what is kept of the others was taken
    again    of them, those read before for the detail of others than are tracked now
    detail   matches of tracked players by the state of their detail
    undetailed  the tables of detail, where nobody is tracked and there are pages that have some
    reused   blocks of tables that were taken over from earlier builds
    changed  parsers whose code changed under the same version
    vanished  columns whose values new pages lack; not kept in snapshot.json, for it is said of the
              two snapshots, not of one
    """

    snapshot: str = ""
    account: Account = field(default_factory=Account)
    tables: dict[str, int] = field(default_factory=dict)
    marts: dict[str, MartNote] = field(default_factory=dict)
    bad_stretches: int = 0
    unresolved_revisits: int = 0
    refetch: Refetch = field(default_factory=Refetch)
    refetch_file: Path = field(default_factory=Path)
    later: int = 0
    read: int = 0
    parsed: int = 0
    again: int = 0
    detail: dict[str, int] = field(default_factory=dict)
    undetailed: list[str] = field(default_factory=list)
    reused: int = 0
    changed: list[str] = field(default_factory=list)
    vanished: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def needs_look(self) -> str:
        """Why a person should look: empty if nobody needs to."""
        reasons = (
            (self.bad_stretches, "bad stretch in archives", "bad stretches in archives"),
            (
                self.account.captures.failed,
                "page that could not be parsed",
                "pages that could not be parsed",
            ),
            (
                self.unresolved_revisits,
                "revisit without its original",
                "revisits without their original",
            ),
        )
        told = [counted(*reason) for reason in reasons if reason[0]]
        if self.vanished:
            more = len(self.vanished) - NAMED_MAX
            named = ", ".join((*self.vanished[:NAMED_MAX], *([f"{more} more"] if more > 0 else ())))
            told.append(f"new pages lack values of {named} (warchouse report shows since when)")
        return ", ".join(told)

    def summary(self) -> dict[str, Any]:
        """What a program wants to know of it: also what snapshot.json keeps."""
        rows = asdict(self.account.rows)
        del rows["lost"]
        waiting = rows.pop("waiting")
        return {
            "tables": self.tables,
            "captures": asdict(self.account.captures),
            "rows": rows,
            "detail": self.detail,
            "waiting_for_root": sum(waiting.values()),
            "bad_stretches": self.bad_stretches,
            "unresolved_revisits": self.unresolved_revisits,
            "refetch": {"count": self.refetch.count, "file": REFETCH_NAME},
            "later": self.later,
            "needs_look": self.needs_look,
        }

    def told(self) -> dict[str, Any]:
        """The summary, with what this parse did for it."""
        return {
            **self.summary(),
            "parsed_now": self.parsed,
            "backfilled": self.again,
            "changed_code": self.changed,
            "vanished": self.vanished,
        }


@dataclass(frozen=True, slots=True)
class Built:
    """Tables that were built aside: nobody sees them until they are committed."""

    store: Store
    folder: Path
    stage: Stage
    cache: Cache
    filled: Filled
    parts: list[Part]
    about: dict[str, Any]
    outcome: Outcome
    rows: tuple[type[Row], ...]
    """The row classes of the sources' tables."""

    @property
    def snapshot(self) -> Snapshot:
        """What was built, to be read like a snapshot."""
        parts = [
            {
                "table": one.table,
                "name": one.name,
                "rows": one.rows,
                "size": one.size,
                "sha256": one.sha256,
            }
            for one in self.parts
        ]
        return Snapshot(ASIDE, self.folder, {**self.about, "id": ASIDE, "parts": parts})

    @property
    def before(self) -> Snapshot | None:
        """The snapshot that a commit would replace; None where there is none to compare with.

        Tables of demo are a first look: those of another archive are not compared with them. It
        needs no lease: the lock that this build holds is the one that pruning has to get.
        """
        snapshot = self.store.current()
        if snapshot is None:
            return None
        about = self.store.about(snapshot)
        if _is_demo(about) and not _is_demo(self.about):
            return None
        return Snapshot(snapshot, self.store.path_of(snapshot), about)

    def losses(self, limits: Limits) -> tuple[str, ...]:
        """What a commit would lose beyond the limits, a sentence each."""
        if (before := self.before) is None:
            return ()
        rows = (*self.rows, *ARCHIVE_ROWS)
        found = losses(before, self.snapshot, limits, rows=rows)
        if before.about.get("tracked") != self.snapshot.about["tracked"]:
            of_roster = {row.table for row in self.rows if row.detail}
            found = tuple(loss for loss in found if loss.table not in of_roster)
        return held_back(found, limits)

    def vanished(self) -> list[str]:
        """The columns whose values pages lack that the snapshot before does not have."""
        if (before := self.before) is None:
            return []
        return vanished(before, self.snapshot)

    def commit(self, *, current: bool) -> None:
        """Make it a snapshot."""
        self.outcome.snapshot = self.store.commit(
            self.folder, self.parts, self.about, current=current
        )
        commit_blocks(self.stage, self.outcome.snapshot)
        self.cache.prune(
            (known.id for known in self.filled.files),
            (parser.id for parser in self.filled.parsers),
            self.store.ids(),
        )
        self.outcome.refetch_file = self.store.path_of(self.outcome.snapshot) / REFETCH_NAME


def _is_demo(about: dict[str, Any]) -> bool:
    """Whether a snapshot was built from the collection `demo` alone."""
    return {one["collection"] for one in about["inputs"]} == {DEMO}


def held_back_text(reasons: tuple[str, ...], *, would_be: bool = False) -> str:
    """Say why a build was held back, or would be, and what to do."""
    listed = "".join(f"\n  {reason}" for reason in reasons)
    if would_be:
        return f"without --accept it would be held back:{listed}"
    return (
        f"held back, the current snapshot stands:{listed}\n"
        "warchouse parse --dry-run shows what would change, --accept commits it"
    )

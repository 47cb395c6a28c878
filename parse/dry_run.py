"""A parse that commits nothing: what it would change, said to people and to programs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from parse.built import Outcome, held_back_text
from parse.diff import show_diff
from parse.fill import Progress
from parse.inputs import Inputs
from parse.run import ParseOptions, building
from parse.times import EVER_US
from warc.archives.terminal import say
from warehouse.diff.as_json import as_json
from warehouse.diff.model import Diff
from warehouse.diff.report import report
from warehouse.diff.snapshots import diff_snapshots
from warehouse.errors import HeldBackError
from warehouse.html.file import write_report
from warehouse.rows.archive import ROWS as ARCHIVE_ROWS


@dataclass(frozen=True, slots=True)
class Trial:
    """What a build came to, how it differs from the current snapshot, and what it would lose.

    diff     None where there is nothing to compare with
    reasons  why it would be held back; empty where it would not
    """

    outcome: Outcome
    diff: Diff | None
    reasons: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """All of it, for programs."""
        return {
            **self.outcome.told(),
            "dry_run": True,
            "held_back": list(self.reasons),
            "diff": None if self.diff is None else as_json(self.diff),
        }

    def check(self) -> None:
        """Raise HeldBackError where a build without --accept would be held back."""
        if self.reasons:
            raise HeldBackError(held_back_text(self.reasons, would_be=True))


def try_out(
    inputs: Inputs, options: ParseOptions, progress: Progress, *, html: Path | None = None
) -> Trial:
    """Build aside, compare with what would be replaced, and drop it.

    html    where to write the comparison as a page with plots
    raises  as `parse.run.parse_archives`, but never for what would be lost
    """
    with building(inputs, options, progress) as built:
        before = built.before
        if before is None:
            return Trial(built.outcome, None, ())
        progress.stage("comparing")
        diff = diff_snapshots(before, built.snapshot, rows=(*built.rows, *ARCHIVE_ROWS))
        is_compared = options.as_of_us == EVER_US and not options.accept
        reasons = built.losses(options.limits) if is_compared else ()
        if options.as_of_us == EVER_US:
            built.outcome.vanished = built.vanished()
        if html is not None:
            write_report(html, report(diff, reasons=reasons))
    return Trial(built.outcome, diff, reasons)


def show_trial(trial: Trial, *, html: Path | None) -> None:
    """Print what would change."""
    if trial.diff is None:
        say("there is no snapshot to compare with; the tables would be:")
        width = max(map(len, trial.outcome.tables))
        for table, rows in trial.outcome.tables.items():
            say(f"  {table:<{width}}  {rows:>12,}")
        if html is not None:
            say(f"no report was written to {html}")
    else:
        show_diff(trial.diff)
        if html is not None:
            say(f"report in {html}")
    say("nothing was committed")

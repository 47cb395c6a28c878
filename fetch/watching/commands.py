"""What a watch runs: the one place that says so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

# Builds the tables from what is new.
PARSE = ("parse", "--no-backfill")

# Builds what old pages owe to somebody new on the roster, while nothing new is archived: for half a
# minute at a time, or new pages would wait for it.
BACKFILL = ("backfill", "--max-minutes", "0.5")

# Sources whose fetch goes on until it is stopped; others are fetched again and again.
GOING_ON = frozenset({"pubg"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Commands:
    """Words of the commands, without `warchouse`.

    follows_roster  whether a fetch has to be started anew to know of a change of the roster
    """

    fetch: tuple[str, ...]
    parse: tuple[str, ...]
    backfill: tuple[str, ...]
    prune: tuple[str, ...]
    goes_on: bool
    follows_roster: bool


def commands_for(
    source: str,
    options: Sequence[str],
    *,
    archives: Path,
    warehouse: Path,
    workers: int,
    keep: int,
    quiet: bool,
) -> Commands:
    """What is run to watch a source.

    options  further words for fetch
    keep     the newest snapshots that stay
    """
    goes_on = source in GOING_ON
    silent = ("--quiet",) if quiet else ()
    in_archives = ("--archives", str(archives))
    in_warehouse = ("--warehouse", str(warehouse))
    building = (*in_archives, *in_warehouse, "--workers", str(workers), "--json")
    watch = ("--watch",) if goes_on else ()
    return Commands(
        fetch=("fetch", source, *watch, *in_archives, "--json", *silent, *options),
        parse=(*PARSE, *building, *silent),
        backfill=(*BACKFILL, *building, *silent),
        prune=("tables", "prune", "--keep", str(keep), *in_warehouse, "--json", *silent),
        goes_on=goes_on,
        follows_roster=goes_on and "--no-roster" not in options,
    )

"""The commands `warchouse roster import|add|remove|list`."""

from __future__ import annotations

import getpass
import json
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from parse.cli_options import ArchivesOption, WarehouseOption
from parse.roster.changes import Told, told, wanted_changes
from parse.roster.checks import unknown_values
from parse.roster.known import account_of
from parse.roster.listing import print_roster, roster_json
from parse.roster.toml_file import RosterFileError, read_roster_file
from parse.roster.who import entry_named
from warc.errors import UsageError
from warc.roster import Change, Roster, TrackedPlayer, read_roster
from warc.roster.appending import open_journal
from warc.roster.entries import Entry, EntryError, Kind, read_entry
from warc.words import counted
from warehouse.options import DEFAULT_WAREHOUSE, one_line_errors

app = typer.Typer(rich_markup_mode=None, add_completion=False, no_args_is_help=True)

DEFAULT_ARCHIVES = Path("archives")
DEFAULT_SHARD = "steam"

# Mistakes of a file that are told one by one.
_MISTAKES_MAX = 50

FileArgument = Annotated[Path, typer.Argument(metavar="FILE.toml", help="The roster as TOML.")]
ReplaceOption = Annotated[
    bool, typer.Option("--replace", help="Remove, too, what the file does not name.")
]
WhyOption = Annotated[str, typer.Option("--why", help="The reason, for the journal.")]
AccountOption = Annotated[
    str, typer.Option("--account", help="account. and 32 hexadecimal digits.", show_default=False)
]
ShardOption = Annotated[
    str,
    typer.Option(
        "--shard", help=f"Where the account is from; {DEFAULT_SHARD} if nobody knows better."
    ),
]
SinceOption = Annotated[
    str, typer.Option("--since", help="First day of being tracked (UTC); today.", metavar="DATE")
]
KindOption = Annotated[
    Kind | None,
    typer.Option("--kind", help="What is meant, where several have that name."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]
QuietOption = Annotated[bool, typer.Option("--quiet", help="Print errors only.")]


@app.callback()
def roster() -> None:
    """Say whose matches are fetched and whose detail is kept: tracked players, and tournaments'.

    Kept as a journal in archives/admin/roster.jsonl that is only ever added to (docs/roster.md).

    Examples:

      warchouse roster import roster.toml

      warchouse roster add chocoTaco --since 2026-01-01 --why "captain of the Reds"

      warchouse roster list
    """  # noqa: D412 - a blank line keeps the example a paragraph of its own


@app.command("import")
def import_roster(
    file: FileArgument,
    *,
    replace: ReplaceOption = False,
    why: WhyOption = "",
    archives: ArchivesOption = DEFAULT_ARCHIVES,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Take over players and lobbies from a TOML file; says what that adds, changes and leaves.

    A file with mistakes is not imported; each is told with its line and key.

    Example:

      warchouse roster import roster.toml --replace --why "season 3"
    """  # noqa: D412 - as above
    known = [] if replace else [one.name for one in read_roster(archives).lobbies]
    try:
        entries = read_roster_file(file, lobbies=known)
    except RosterFileError as error:
        if len(error.lines) > 1:
            for line in error.lines[:_MISTAKES_MAX]:
                print(line, file=sys.stderr)
        raise
    done = _put(archives, entries, replace=replace, why=why)
    _say(done, as_json=as_json, quiet=quiet)


@app.command("add")
def add_player(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The player's name in the game.")],
    *,
    account: AccountOption = "",
    shard: ShardOption = "",
    since: SinceOption = "",
    why: WhyOption = "",
    archives: ArchivesOption = DEFAULT_ARCHIVES,
    warehouse: WarehouseOption = DEFAULT_WAREHOUSE,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Track a player; without --account the name is looked up in the tables.

    Who is tracked already keeps his first day unless --since gives another.

    Examples:

      warchouse roster add chocoTaco

      warchouse roster add chocoTaco --account account.15cbf322a9bc45e88b0cd9f12ef4188e
    """  # noqa: D412 - as above
    if not account:
        with one_line_errors():
            known = account_of(name, warehouse, shard=shard)
        account, shard = known.account, shard or known.shard or ""
    earlier = next((one for one in read_roster(archives).players if one.account == account), None)
    day = since or (earlier.tracked_since if earlier else datetime.now(UTC).date()).isoformat()
    home = shard or (earlier.shard if earlier else DEFAULT_SHARD)
    table = {"account": account, "name": name, "shard": home, "tracked_since": day}
    done = _put(archives, [_player(table)], replace=False, why=why)
    _say(done, as_json=as_json, quiet=quiet)


@app.command("remove")
def remove_entry(
    who: Annotated[str, typer.Argument(metavar="NAME or ACCOUNT", help="Whom or what.")],
    *,
    kind: KindOption = None,
    why: WhyOption = "",
    archives: ArchivesOption = DEFAULT_ARCHIVES,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Take a player, a player of tournaments or an empty lobby off the roster.

    What was archived stays; detail of a player who is not tracked goes with the next build.

    Examples:

      warchouse roster remove chocoTaco --why "left the team"

      warchouse roster remove division-1 --kind lobby
    """  # noqa: D412 - as above
    if not read_roster(archives).all:
        raise UsageError(f"nobody is in the roster of {archives} (--archives)")
    with open_journal(archives) as journal:
        _tell_aside(journal.told)
        before = journal.roster
        asked = [Change("remove", entry_named(who, before, kind=kind))]
        done = told(before, journal.append(asked, who=_user(), why=why), asked)
    _say(done, as_json=as_json, quiet=quiet)


@app.command("list")
def list_roster(
    *,
    archives: ArchivesOption = DEFAULT_ARCHIVES,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Show who is on the roster.

    Ends with 1 if the journal ends in an entry that was cut off.

    Example:

      warchouse roster list --json
    """  # noqa: D412 - as above
    found = read_roster(archives)
    if as_json:
        print(json.dumps(roster_json(found), indent=1, ensure_ascii=False))
    elif not quiet:
        print_roster(found, archives)
    if left := found.unfinished_bytes:
        cut = counted(left, "byte", "bytes")
        then = "the next import, add or remove sets them aside"
        print(f"needs a look: {cut} of an entry that was cut off; {then}", file=sys.stderr)
        raise typer.Exit(1)


def _player(table: Mapping[str, object]) -> TrackedPlayer:
    """A player as options give him; UsageError naming the first that is wrong."""
    mistakes = list(unknown_values(table))
    try:
        entry = read_entry("player", table)
    except EntryError as error:
        mistakes += error.mistakes
    else:
        assert isinstance(entry, TrackedPlayer)
        if not mistakes:
            return entry
    options = {"name": "NAME", "tracked_since": "--since"}
    first = mistakes[0]
    raise UsageError(f"{options.get(first.key, f'--{first.key}')}: {first.problem}")


def _put(archives: Path, entries: Sequence[Entry], *, replace: bool, why: str) -> Told:
    """Append what is missing to the journal."""
    with open_journal(archives) as journal:
        _tell_aside(journal.told)
        before: Roster = journal.roster
        asked = wanted_changes(entries, before, replace=replace)
        return told(before, journal.append(asked, who=_user(), why=why), asked)


def _user() -> str:
    """Whose command this is."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # a user without a name
        return "unknown"


def _tell_aside(sentences: Sequence[str]) -> None:
    """Say what an append that was cut off had left behind."""
    for sentence in sentences:
        print(sentence, file=sys.stderr)


def _say(done: Told, *, as_json: bool, quiet: bool) -> None:
    """Say what a command did."""
    if as_json:
        print(json.dumps(done.as_json, indent=1, ensure_ascii=False))
    elif not quiet:
        for line in done.lines:
            print(line)

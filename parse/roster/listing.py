"""A roster shown: columns on a terminal, plain lines in a pipe, or JSON."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from warc.roster import Roster
from warc.roster.entries import Entry, entry_table
from warc.words import counted
from warehouse.terminal import is_terminal, say, show_list, shown

_COLUMNS = {
    "player": ("name", "account", "shard", "tracked_since"),
    "tournament_player": ("name", "lobby", "team", "priority", "account"),
    "lobby": ("name", "division", "group", "shard", "hours"),
}


def roster_json(roster: Roster) -> dict[str, object]:
    """A roster for programs."""
    return {
        "entries": roster.entries,
        "digest": roster.digest,
        "players": [entry_table(one) for one in roster.players],
        "tournament_players": [entry_table(one) for one in roster.tournament_players],
        "lobbies": [entry_table(one) for one in roster.lobbies],
    }


def print_roster(roster: Roster, archives: Path) -> None:
    """Print a table for each kind of entry that there is, and on a terminal how many there are."""
    if not roster.all:
        say(f"nobody is in the roster of {archives} (warchouse roster import, add)")
        return
    groups: tuple[tuple[str, str, Sequence[Entry]], ...] = (
        ("player", "players", roster.players),
        ("tournament player", "tournament players", roster.tournament_players),
        ("lobby", "lobbies", roster.lobbies),
    )
    filled = [one for one in groups if one[2]]
    for place, (_, title, group) in enumerate(filled):
        if place:
            say("")
        if is_terminal():
            say(title, style="bold")
        _print_group(group)
    if is_terminal():
        counts = (counted(len(group), one, many) for one, many, group in filled)
        of = counted(roster.entries, "entry", "entries")
        say("")
        say(f"{', '.join(counts)}; the journal has {of}")


def _print_group(group: Sequence[Entry]) -> None:
    """Print entries of one kind, by name."""
    columns = _COLUMNS[group[0].kind]
    tables = [entry_table(one) for one in sorted(group, key=lambda one: (one.name, one.key))]
    rows = [[_cell(table.get(column)) for column in columns] for table in tables]
    right = [column == "priority" for column in columns]
    show_list([column.replace("_", " ") for column in columns], rows, right)


def _cell(value: object) -> str:
    return shown(None if value is None else str(value), longest=None)

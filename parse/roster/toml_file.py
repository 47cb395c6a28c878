"""A roster as people write it: TOML with [[player]], [[tournament_player]] and [[lobby]]."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from parse.roster.checks import unknown_values
from parse.roster.places import Place, places_of
from warc.errors import UsageError
from warc.roster.entries import KINDS, Entry, EntryError, Kind, Mistake, read_entry
from warc.words import reason_of

DEFAULTS: Mapping[Kind, Mapping[str, object]] = {
    "player": {"shard": "steam"},
    "tournament_player": {"priority": 1},
    "lobby": {"shard": "steam"},
}
"""What stands for a key that a file leaves out."""

# What tells entries of a kind apart, each by itself.
_UNIQUE: Mapping[Kind, Sequence[str]] = {
    "player": ("account",),
    "tournament_player": ("name", "account"),
    "lobby": ("name",),
}


class RosterFileError(UsageError):
    """A file is not a roster; `lines` has each mistake with its line and key."""

    def __init__(self, path: Path, lines: Sequence[str]) -> None:
        """Say the one mistake, or how many there are."""
        alone = lines[0] if len(lines) == 1 else f"{path}: {len(lines)} mistakes"
        super().__init__(f"{alone}; nothing was imported")
        self.lines = tuple(lines)


@dataclass(frozen=True, slots=True)
class _Table:
    """One table of the file."""

    kind: Kind
    values: Mapping[str, object]
    place: Place


def read_roster_file(path: Path, *, lobbies: Sequence[str]) -> tuple[Entry, ...]:
    """The entries of a file, lobbies first.

    lobbies  names of those that are declared elsewhere
    raises   UsageError where it cannot be read, RosterFileError with all mistakes in it
    """
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: cannot be read: {reason_of(error)}") from error
    try:
        read = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise UsageError(f"{path}: not TOML: {error}") from error
    places = places_of(text)
    found: list[tuple[int, str]] = []
    found += _misnamed(read, places["", 0])
    tables = list(_tables(read, places))
    found += _repeated(tables)
    found += _undeclared(tables, lobbies)
    entries: list[Entry] = []
    for table in tables:
        found += [_told(table, one) for one in unknown_values(table.values)]
        try:
            entries.append(read_entry(table.kind, {**DEFAULTS[table.kind], **table.values}))
        except EntryError as error:
            found += [_told(table, one) for one in error.mistakes]
    if found:
        told = [f"{path}: line {line}: {problem}" for line, problem in sorted(found)]
        raise RosterFileError(path, told)
    return tuple(sorted(entries, key=lambda one: one.kind != "lobby"))


def _misnamed(read: Mapping[str, object], root: Place) -> Iterator[tuple[int, str]]:
    """What stands at the top of the file and is no array of tables of a known kind."""
    for name, value in read.items():
        line = root.keys.get(name, 1)
        if name not in KINDS:
            known = ", ".join(f"[[{kind}]]" for kind in KINDS)
            yield line, f"{name}: unknown key; known are {known}"
        elif not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
            yield line, f"{name}: must be tables, each headed [[{name}]]"


def _tables(
    read: Mapping[str, object], places: Mapping[tuple[str, int], Place]
) -> Iterator[_Table]:
    """The tables of the known kinds."""
    for kind in KINDS:
        listed = read.get(kind)
        for number, values in enumerate(listed if isinstance(listed, list) else ()):
            if isinstance(values, dict):
                # Tables in braces have the line of the key before them.
                begins = places["", 0].keys.get(kind, 1)
                yield _Table(kind, values, places.get((kind, number), Place(begins)))


def _repeated(tables: Sequence[_Table]) -> Iterator[tuple[int, str]]:
    """What is there twice."""
    first: dict[tuple[str, str, object], int] = {}
    for table in tables:
        for key in _UNIQUE[table.kind]:
            value = table.values.get(key)
            if isinstance(value, str):
                line = table.place.keys.get(key, table.place.line)
                earlier = first.setdefault((table.kind, key, value), line)
                if earlier != line:
                    yield _told(table, Mistake(key, f"{value!r} is in line {earlier} already"))


def _undeclared(tables: Sequence[_Table], lobbies: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Players of lobbies that there are not."""
    declared = {one.values.get("name") for one in tables if one.kind == "lobby"} | set(lobbies)
    for table in tables:
        lobby = table.values.get("lobby")
        if table.kind == "tournament_player" and isinstance(lobby, str) and lobby not in declared:
            yield _told(table, Mistake("lobby", f"no [[lobby]] is named {lobby!r}"))


def _told(table: _Table, mistake: Mistake) -> tuple[int, str]:
    """The line of a mistake, and the sentence about it."""
    line = table.place.keys.get(mistake.key, table.place.line)
    return line, f"[[{table.kind}]] {mistake.key}: {mistake.problem}"

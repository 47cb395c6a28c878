"""What has to change so that a roster names what it shall, and how that is told. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from warc.roster.entries import Entry, Kind, entry_table
from warc.roster.state import Change, Roster

# A lobby is there before its players, and goes after them: also where an append is cut off.
_ORDER: tuple[Kind, ...] = ("lobby", "player", "tournament_player")

CALLED: Mapping[Kind, str] = {
    "player": "player",
    "tournament_player": "tournament player",
    "lobby": "lobby",
}


def wanted_changes(
    entries: Iterable[Entry], roster: Roster, *, replace: bool
) -> tuple[Change, ...]:
    """The changes after which all entries are named, and with `replace` nothing else."""
    wanted = sorted(entries, key=lambda one: _ORDER.index(one.kind))
    named = {(one.kind, one.key) for one in wanted}
    left_out = [one for one in roster.all if (one.kind, one.key) not in named]
    left_out.sort(key=lambda one: _ORDER.index(one.kind), reverse=True)
    added = [Change("add", one) for one in wanted]
    return (*added, *(Change("remove", one) for one in left_out if replace))


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a command did to a roster; `changed` has each entry as it was and as it is."""

    added: tuple[Entry, ...]
    changed: tuple[tuple[Entry, Entry], ...]
    removed: tuple[Entry, ...]
    unchanged: int

    @property
    def as_json(self) -> dict[str, object]:
        """The same for programs."""
        return {
            "added": [_object(one) for one in self.added],
            "changed": [{"from": _object(old), "to": _object(new)} for old, new in self.changed],
            "removed": [_object(one) for one in self.removed],
            "unchanged": self.unchanged,
        }

    @property
    def lines(self) -> list[str]:
        """A line for each entry, and one that counts."""
        counts = [
            f"{len(group)} {word}"
            for group, word in (
                (self.added, "added"),
                (self.changed, "changed"),
                (self.removed, "removed"),
            )
            if group
        ]
        return [
            *(f"added {described(one)}" for one in self.added),
            *(f"changed {_difference(old, new)}" for old, new in self.changed),
            *(f"removed {described(one)}" for one in self.removed),
            ", ".join([*counts, f"{self.unchanged} unchanged"]),
        ]


def told(before: Roster, made: Sequence[Change], asked: Sequence[Change]) -> Told:
    """What changes made of a roster.

    asked  all changes that were wanted: those that made no difference are unchanged
    """
    was = {(one.kind, one.key): one for one in before.all}
    new = [one.entry for one in made if one.what == "add"]
    pairs = [(was.get((one.kind, one.key)), one) for one in new]
    return Told(
        added=tuple(one for old, one in pairs if old is None),
        changed=tuple((old, one) for old, one in pairs if old is not None),
        removed=tuple(one.entry for one in made if one.what == "remove"),
        unchanged=len(asked) - len(made),
    )


def described(entry: Entry) -> str:
    """An entry on one line."""
    values = {key: value for key, value in entry_table(entry).items() if key != "name"}
    named = ", ".join(f"{key.replace('_', ' ')} {value}" for key, value in values.items())
    return f"{CALLED[entry.kind]} {entry.name} ({named})"


def _difference(old: Entry, new: Entry) -> str:
    """What became of an entry, on one line."""
    was, now = entry_table(old), entry_table(new)
    keys = [key for key in {**was, **now} if was.get(key) != now.get(key)]
    parts = [f"{key.replace('_', ' ')} {was.get(key, '-')} -> {now.get(key, '-')}" for key in keys]
    return f"{CALLED[new.kind]} {new.name}: {', '.join(parts)}"


def _object(entry: Entry) -> dict[str, object]:
    return {"kind": entry.kind, **entry_table(entry)}

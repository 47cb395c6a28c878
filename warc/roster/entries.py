"""What a roster names: tracked players, players of tournaments, and their lobbies. Pure.

What is checked here is the shape of an entry, the same for a line of the journal and for a table
of a file. Whether a shard or a time zone exists is asked only of what is new: a journal that was
right once must be readable forever.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar, Literal

Kind = Literal["player", "tournament_player", "lobby"]

_ACCOUNT = re.compile(r"account\.[0-9a-f]{32}")


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackedPlayer:
    """A player whose matches are fetched, and whose detail is kept.

    account        `account.` and 32 hexadecimal digits: the key, for names change
    name           what he was called when he was added
    tracked_since  from midnight UTC of that day
    """

    kind: ClassVar[Kind] = "player"

    account: str
    name: str
    shard: str
    tracked_since: date

    @property
    def key(self) -> str:
        """What tells players apart."""
        return self.account


@dataclass(frozen=True, slots=True, kw_only=True)
class TournamentPlayer:
    """A player of a tournament, in whose games a lobby's matches are found.

    name      in the game: the key, as tournaments list players by name (spec/pubg.md 6.1)
    account   None where it is not known
    lobby     the name of one
    priority  who is asked for first: smaller comes first
    """

    kind: ClassVar[Kind] = "tournament_player"

    name: str
    account: str | None
    lobby: str
    team: str
    priority: int

    @property
    def key(self) -> str:
        """What tells players of tournaments apart."""
        return self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Lobby:
    """A division, or a group of one, that plays together.

    hours  when: `mon-thu,sun 18:00-00:00 Europe/Oslo` (warc/hours.py)
    """

    kind: ClassVar[Kind] = "lobby"

    name: str
    division: str
    group: str | None
    shard: str
    hours: str

    @property
    def key(self) -> str:
        """What tells lobbies apart."""
        return self.name


Entry = TrackedPlayer | TournamentPlayer | Lobby


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong with an entry; the key is "" where it is none of its keys."""

    key: str
    problem: str


class EntryError(ValueError):
    """An entry is not one."""

    def __init__(self, mistakes: tuple[Mistake, ...]) -> None:
        """Take all its mistakes."""
        super().__init__("; ".join(f"{one.key}: {one.problem}" for one in mistakes))
        self.mistakes = mistakes


class Unfit(ValueError):
    """A value that cannot stand where it stands; says what is wrong with it."""


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise Unfit(f"must be text, not {_called(value)}")
    if not value or value != value.strip() or not value.isprintable():
        raise Unfit(f"{_cut(value)} is no text of one line without blanks around it")
    return value


def _name(value: object) -> str:
    name = _text(value)
    if "," in name:
        raise Unfit(f"{_cut(name)} cannot be the name of a player")
    return name


def _account(value: object) -> str:
    if not isinstance(value, str):
        raise Unfit(f"must be text, not {_called(value)}")
    if not _ACCOUNT.fullmatch(value):
        raise Unfit(f"{_cut(value)} is not account. and 32 hexadecimal digits")
    return value


def _date(value: object) -> date:
    if isinstance(value, datetime):
        raise Unfit("must be a date without a time: 2026-01-31")
    if isinstance(value, date):
        return value
    try:
        if isinstance(value, str) and len(value) == len("2026-01-31"):
            return date.fromisoformat(value)
    except ValueError:
        pass
    shown = _cut(value) if isinstance(value, str) else _called(value)
    raise Unfit(f"must be a date like 2026-01-31, not {shown}")


def _priority(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise Unfit(f"must be a whole number, not {_called(value)}")
    if not 0 <= value <= 1_000_000:
        raise Unfit(f"{value} is not from 0 to 1,000,000")
    return value


def _cut(text: str) -> str:
    """A text as it is shown: not all of a long one."""
    return repr(text if len(text) <= 40 else text[:39] + "…")


def _called(value: object) -> str:
    """What a value is, in a reader's words."""
    names = {"NoneType": "nothing", "bool": "true or false", "int": "a number"}
    names |= {"float": "a number", "list": "a list", "dict": "a table", "str": "text"}
    return names.get(type(value).__name__, f"a {type(value).__name__}")


_Reads = Mapping[str, Callable[[object], object]]

_PLAYER: _Reads = {
    "account": _account,
    "name": _name,
    "shard": _text,
    "tracked_since": _date,
}
_TOURNAMENT_PLAYER: _Reads = {
    "name": _name,
    "account": _account,
    "lobby": _text,
    "team": _text,
    "priority": _priority,
}
_LOBBY: _Reads = {
    "name": _text,
    "division": _text,
    "group": _text,
    "shard": _text,
    "hours": _text,
}
_KEYS: Mapping[str, tuple[type[Any], _Reads, Mapping[str, object]]] = {
    "player": (TrackedPlayer, _PLAYER, {}),
    "tournament_player": (TournamentPlayer, _TOURNAMENT_PLAYER, {"account": None}),
    "lobby": (Lobby, _LOBBY, {"group": None}),
}
"""Per kind its class, how each key is read, and what stands for a key that may be left out."""

KINDS: tuple[Kind, ...] = ("player", "tournament_player", "lobby")


def read_entry(kind: Kind, table: Mapping[str, object]) -> Entry:
    """The entry that a table of keys and values describes; EntryError with all its mistakes."""
    made, reads, absent = _KEYS[kind]
    mistakes: list[Mistake] = []
    if unknown := [key for key in table if key not in reads]:
        known = ", ".join(reads)
        mistakes += [Mistake(key, f"unknown key; known are {known}") for key in unknown]
    values = dict(absent)
    for key, read in reads.items():
        if key not in table:
            mistakes += [] if key in absent else [Mistake(key, "is missing")]
            continue
        try:
            values[key] = read(table[key])
        except Unfit as error:
            mistakes.append(Mistake(key, str(error)))
    if mistakes:
        raise EntryError(tuple(mistakes))
    entry: Entry = made(**values)
    return entry


def entry_table(entry: Entry) -> dict[str, object]:
    """An entry as JSON has it: `read_entry` gives it back."""
    values = {key: getattr(entry, key) for key in _KEYS[entry.kind][1]}
    return {
        key: value.isoformat() if isinstance(value, date) else value
        for key, value in values.items()
        if value is not None
    }

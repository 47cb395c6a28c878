"""The roster as it stands after a number of entries in its journal. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from warc.roster.entries import Entry, Lobby, TournamentPlayer, TrackedPlayer, entry_table


@dataclass(frozen=True, slots=True)
class Change:
    """One entry of the journal: the last word about what it names."""

    what: Literal["add", "remove"]
    entry: Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """Who is named, each group sorted by its key.

    entries           lines of the journal that it comes of
    unfinished_bytes  what stands behind the last whole line: an append that was cut off
    """

    players: tuple[TrackedPlayer, ...] = ()
    tournament_players: tuple[TournamentPlayer, ...] = ()
    lobbies: tuple[Lobby, ...] = ()
    entries: int = 0
    unfinished_bytes: int = 0

    @property
    def all(self) -> tuple[Entry, ...]:
        """Everything that is named."""
        return (*self.players, *self.tournament_players, *self.lobbies)

    @property
    def digest(self) -> str:
        """SHA-256, hexadecimal, of who is named: the same whatever the history."""
        told = [[one.kind, entry_table(one)] for one in self.all]
        text = json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
        return hashlib.sha256(text.encode("ascii")).hexdigest()


class Fold:
    """Changes put on top of each other: per key, the last word counts."""

    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        """Begin with what is named already."""
        self._named: dict[tuple[str, str], Entry] = {(one.kind, one.key): one for one in entries}

    def apply(self, change: Change) -> bool:
        """Take a change; whether it makes a difference."""
        place = (change.entry.kind, change.entry.key)
        if change.what == "remove":
            return self._named.pop(place, None) is not None
        if self._named.get(place) == change.entry:
            return False
        self._named[place] = change.entry
        return True

    def roster(self, *, entries: int, unfinished_bytes: int = 0) -> Roster:
        """What is named now."""
        named = [self._named[place] for place in sorted(self._named)]
        return Roster(
            players=tuple(one for one in named if isinstance(one, TrackedPlayer)),
            tournament_players=tuple(one for one in named if isinstance(one, TournamentPlayer)),
            lobbies=tuple(one for one in named if isinstance(one, Lobby)),
            entries=entries,
            unfinished_bytes=unfinished_bytes,
        )

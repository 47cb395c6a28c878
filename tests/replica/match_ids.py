"""The match numbers of a season as a sequence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import overload

from tests.replica.draw import match_id_of


class MatchIds(Sequence[int]):
    """Match numbers of a season, oldest first, without a list behind them."""

    def __init__(self, first: int, last: int, matches: int) -> None:
        """Cover the indexes first..last-1 of a season of so many matches."""
        self._indexes = range(first, last)
        self._matches = matches

    def __len__(self) -> int:
        """Count the matches."""
        return len(self._indexes)

    @overload
    def __getitem__(self, place: int) -> int: ...

    @overload
    def __getitem__(self, place: slice) -> list[int]: ...

    def __getitem__(self, place: int | slice) -> int | list[int]:
        """One match number, or a list of them for a slice."""
        found = self._indexes[place]
        if isinstance(found, range):
            return [match_id_of(index, self._matches) for index in found]
        return match_id_of(found, self._matches)

    def __contains__(self, match_id: object) -> bool:
        """Say whether the season lists the match."""
        if not isinstance(match_id, int):
            return False
        index, rest = divmod(match_id - match_id_of(0, self._matches), 3)
        return rest == 0 and index in self._indexes

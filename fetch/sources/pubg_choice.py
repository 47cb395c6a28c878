"""Which matches of PUBG are wanted: their telemetry is asked for, that of others is not; pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from fetch.links import Link
from fetch.sources.pubg import SOURCE, kind_of_match
from fetch.sources.source import Choice, FetchSource
from warc.errors import UsageError
from warc.manifest_schema import NOT_WANTED
from warc.sites.page import PageRef

_WORD = re.compile(r"[a-z0-9-]+")
_REASON = re.compile(rf"{NOT_WANTED}match type (\S+), game mode (\S+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Match types and game modes that are wanted, in small letters; none: all are."""

    match_types: frozenset[str]
    game_modes: frozenset[str]

    def admits(self, match_type: str, game_mode: str) -> bool:
        """Whether a match is wanted."""
        return (not self.match_types or match_type in self.match_types) and (
            not self.game_modes or game_mode in self.game_modes
        )

    def admits_now(self, reason: str) -> bool:
        """Whether a match that was left out for a reason is wanted now."""
        found = _REASON.fullmatch(reason)
        return found is None or self.admits(found[1], found[2])

    def links_of_match(self, page: PageRef, body: bytes, base_url: str) -> list[Link]:
        """The telemetry of a match; of one that is not wanted with the reason."""
        links = SOURCE.links["match"](page, body, base_url)
        match_type, game_mode = kind_of_match(body) if links else ("", "")
        if self.admits(match_type, game_mode):
            return list(links)
        reason = f"{NOT_WANTED}match type {match_type}, game mode {game_mode}"
        return [replace(link, left_out=reason) for link in links]


def choosing(match_types: Sequence[str], game_modes: Sequence[str]) -> FetchSource:
    """The source of which only matches of some types and modes are wanted; none: all are.

    raises  UsageError for what can be no type or mode
    """
    for option, words in (("--match-type", match_types), ("--game-mode", game_modes)):
        for word in words:
            if not _WORD.fullmatch(word.lower()):
                raise UsageError(f"{option} {word!r} is not like custom or squad-fpp")
    wanted = Wanted(
        match_types=frozenset(one.lower() for one in match_types),
        game_modes=frozenset(one.lower() for one in game_modes),
    )
    is_open = not wanted.match_types and not wanted.game_modes
    return replace(
        SOURCE,
        links={**SOURCE.links, "match": wanted.links_of_match},
        choice=Choice(page_type="telemetry", admits=wanted.admits_now, is_open=is_open),
    )

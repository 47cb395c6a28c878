"""Entries to put into rosters."""

from __future__ import annotations

from datetime import date

from warc.roster import Lobby, TournamentPlayer, TrackedPlayer


def player(number: int = 1, *, name: str = "", since: str = "2026-01-31") -> TrackedPlayer:
    return TrackedPlayer(
        account=f"account.{number:032x}",
        name=name or f"Player{number}",
        shard="steam",
        tracked_since=date.fromisoformat(since),
    )


def of_tournament(
    number: int = 1, *, lobby: str = "division-1", team: str = "Reds", account: bool = False
) -> TournamentPlayer:
    return TournamentPlayer(
        name=f"Pro{number}",
        account=f"account.{number:032x}" if account else None,
        lobby=lobby,
        team=team,
        priority=number,
    )


def lobby(number: int = 1, *, hours: str = "mon-thu,sun 18:00-00:00 Europe/Oslo") -> Lobby:
    return Lobby(
        name=f"division-{number}", division=str(number), group=None, shard="steam", hours=hours
    )

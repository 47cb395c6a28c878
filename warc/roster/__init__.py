"""Admin data: who is tracked, who plays in which tournament lobby. The archives keep it as an
append-only journal, and the roster is what its lines come to. `warc.roster.appending` writes it.
"""

from __future__ import annotations

from warc.roster.entries import Lobby, TournamentPlayer, TrackedPlayer
from warc.roster.reading import read_roster
from warc.roster.state import Change, Roster

__all__ = ["Change", "Lobby", "Roster", "TournamentPlayer", "TrackedPlayer", "read_roster"]

"""What of a roster a word means. Pure."""

from __future__ import annotations

from parse.roster.changes import CALLED, described
from warc.errors import UsageError
from warc.roster import Lobby, Roster
from warc.roster.entries import Entry, Kind
from warc.words import counted


def entry_named(word: str, roster: Roster, *, kind: Kind | None) -> Entry:
    """The one entry with a name or an account, that may be taken off the roster.

    kind    only of that kind
    raises  UsageError where there is none, there are several, or a lobby is not empty
    """
    found = [
        one
        for one in roster.all
        if word in {one.key, one.name, getattr(one, "account", None)} and kind in {None, one.kind}
    ]
    if not found:
        what = CALLED[kind] if kind else "player or lobby"
        raise UsageError(f"no {what} {word!r} is in the roster (warchouse roster list)")
    if len(found) > 1:
        listed = "; ".join(described(one) for one in found)
        same = len({one.kind for one in found}) == 1
        way = "say which by its account" if same else "say which with --kind"
        raise UsageError(f"{word!r} is several things: {listed}: {way}")
    (entry,) = found
    if isinstance(entry, Lobby):
        _refuse_players(entry, roster)
    return entry


def _refuse_players(lobby: Lobby, roster: Roster) -> None:
    """Raise UsageError where a lobby has players."""
    players = [one for one in roster.tournament_players if one.lobby == lobby.name]
    if players:
        many = counted(len(players), "player", "players")
        raise UsageError(
            f"lobby {lobby.name!r} has {many}, {players[0].name!r} for one: remove them first, or"
            " import a roster without them with --replace"
        )

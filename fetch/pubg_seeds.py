"""Whom a crawl of PUBG asks for: those the user names, and those on the roster; pure.

Theory of operation. The API answers ten limited questions a minute, each for ten players, and
every player of a match lists it. So of each tournament lobby the first ten players are asked for
every minute while it plays, which is one question; the others only as often as everybody else, in
case none of the ten plays. A player is asked for by account where any list knows it, so that one
who is in two lists is one question's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from fetch.seed import SeedGroup
from fetch.sources.pubg import MOST_PLAYERS, player_seeds, tournament_seeds
from warc.hours import Hours, parse_hours
from warc.roster import Lobby, Roster, TournamentPlayer

MAIN = "main"
TOURNAMENT = "tournament"

ALL_TOURNAMENTS = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """Whom the words of a command line name.

    league  names of players whose matches go before the others'
    shard   where all of them play
    """

    names: Sequence[str] = ()
    accounts: Sequence[str] = ()
    tournaments: Sequence[str] = ()
    league: Sequence[str] = ()
    shard: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """When a crawl that watches looks.

    every_s             seconds between two looks at players
    tournament_every_s  at tournaments and their players
    hours               in which it looks at those that the command line names; None: always
    """

    every_s: float
    tournament_every_s: float
    hours: Hours | None = None


def seed_groups(named: Named, roster: Roster, times: Times) -> tuple[SeedGroup, ...]:
    """The pages to ask for, tournaments' first.

    raises  UsageError for what cannot be a name, an account, a shard, a tournament or hours
    """
    accounts = _accounts(roster)
    soon = times.tournament_every_s
    by_id = [one for one in named.tournaments if one != ALL_TOURNAMENTS]
    by_list = [one for one in named.tournaments if one == ALL_TOURNAMENTS]
    groups = (
        (tournament_seeds(by_id), soon, times.hours),
        (_players(named.league, (), named.shard, TOURNAMENT, accounts), soon, times.hours),
        *_lobby_groups(roster, accounts, times),
        # The list leads to ten questions more: as often as others are asked for is soon enough.
        (tournament_seeds(by_list), times.every_s, times.hours),
        (_players(named.names, named.accounts, named.shard, MAIN, accounts), times.every_s, None),
        *((seeds, times.every_s, None) for seeds in _tracked(roster)),
    )
    return tuple(
        replace(group, every_s=every_s, hours=hours)
        for seeds, every_s, hours in groups
        for group in seeds
    )


def _accounts(roster: Roster) -> Mapping[tuple[str, str], str]:
    """The account behind a name on a shard, where the roster knows just one."""
    shards = {one.name: one.shard for one in roster.lobbies}
    known: dict[tuple[str, str], set[str]] = {}
    for player in roster.players:
        known.setdefault((player.shard, player.name), set()).add(player.account)
    for member in roster.tournament_players:
        if member.account and member.lobby in shards:
            known[shards[member.lobby], member.name] = {member.account}
    return {place: min(found) for place, found in known.items() if len(found) == 1}


def _players(
    names: Sequence[str],
    accounts: Sequence[str],
    shard: str,
    finder: str,
    known: Mapping[tuple[str, str], str],
) -> tuple[SeedGroup, ...]:
    """Players by name and by account; a name whose account is known counts as that."""
    told = [known[shard, name] for name in names if (shard, name) in known]
    others = [name for name in names if (shard, name) not in known]
    return player_seeds(names=others, accounts=[*accounts, *told], shard=shard, finder=finder)


def _tracked(roster: Roster) -> Iterator[tuple[SeedGroup, ...]]:
    """The tracked players of each shard."""
    for shard in sorted({one.shard for one in roster.players}):
        accounts = [one.account for one in roster.players if one.shard == shard]
        yield player_seeds(accounts=accounts, shard=shard, finder=MAIN)


def _lobby_groups(
    roster: Roster, accounts: Mapping[tuple[str, str], str], times: Times
) -> Iterator[tuple[tuple[SeedGroup, ...], float, Hours]]:
    """The players of lobbies in their hours: the first ten of each often, then the others."""
    together: dict[tuple[str, str], list[Lobby]] = {}
    for lobby in roster.lobbies:
        together.setdefault((lobby.shard, lobby.hours), []).append(lobby)
    for is_first, every_s in ((True, times.tournament_every_s), (False, times.every_s)):
        for (shard, text), lobbies in together.items():
            chosen = slice(None, MOST_PLAYERS) if is_first else slice(MOST_PLAYERS, None)
            names = [one.name for lobby in lobbies for one in _members(lobby, roster)[chosen]]
            hours = parse_hours(text, f"roster: hours of lobby {lobbies[0].name}:")
            yield _players(names, (), shard, TOURNAMENT, accounts), every_s, hours


def _members(lobby: Lobby, roster: Roster) -> list[TournamentPlayer]:
    """The players of a lobby in the order in which they are asked for."""
    members = [one for one in roster.tournament_players if one.lobby == lobby.name]
    return sorted(members, key=lambda one: (one.priority, one.name))

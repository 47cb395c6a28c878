"""Joins the scoreboard of a map with the performance cards, and compares what is printed twice."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from parse.model import Assembled, Bundle, Issue, Made, Noted, Refused, Sourced
from parse.sources.hltv.fragments import MapStatsPlayer, PerformancePlayer
from warehouse.rows.hltv import OverviewPlayerStatsRow, PlayerStatsRow

PLAYERS = 10
"""Players of a map without substitutes; another number is noted, never refused."""

_ROUNDING = 0.00501
"""Half a unit of the second decimal, to which the cards round, and a hair for binary fractions."""

Identity = int | str


def _identity(player_id: int | None, name: str) -> Identity:
    """What a player is joined by: his id, or the name of one who has none."""
    return name if player_id is None else player_id


def _difference(left: int | None, right: int | None) -> int | None:
    return None if left is None or right is None else left - right


def player_rows(
    child: Bundle,
    overview: Sequence[Sourced[OverviewPlayerStatsRow]],
    *,
    match_id: int,
    map_number: int,
    mapstatsid: int,
    rounds: int | None,
) -> Iterator[Assembled]:
    """One row per line of the scoreboard; cards of players it does not have are refused."""
    cards: dict[Identity, Sourced[PerformancePlayer]] = {}
    for card in child.of(PerformancePlayer):
        identity = _identity(card.row.player_id, card.row.player_name)
        if identity in cards:
            yield Refused(card, "a second card of the player")
        else:
            cards[identity] = card
    printed = {
        _identity(line.row.player_id, line.row.player_name): line
        for line in overview
        if line.row.side == "both"
    }
    players = child.of(MapStatsPlayer)
    for player in players:
        identity = _identity(player.row.player_id, player.row.player_name)
        own = cards.pop(identity, None)
        yield _player_row(
            player, own, match_id=match_id, map_number=map_number, mapstatsid=mapstatsid
        )
        if own is not None:
            yield from _card_checks(player.row, own, rounds if len(players) == PLAYERS else None)
        if identity in printed:
            yield from _overview_checks(player.row, printed[identity])
    if players and len(players) != PLAYERS:
        issue = Issue("differs", "hltv_player_stats.player_id", f"{len(players)} players")
        yield Noted(issue, players[0].capture)
    yield from (Refused(card, "no map stats row") for card in cards.values())


def _player_row(
    player: Sourced[MapStatsPlayer],
    card: Sourced[PerformancePlayer] | None,
    *,
    match_id: int,
    map_number: int,
    mapstatsid: int,
) -> Made:
    """The scoreboard's line; the card adds what only it has, and what the line leaves out."""
    row = player.row
    own = card.row if card else None
    has_rating = row.rating is not None or own is None
    made = PlayerStatsRow(
        match_id=match_id,
        map_number=map_number,
        player_id=row.player_id,
        player_name=row.player_name,
        mapstatsid=mapstatsid,
        team_id=row.team_id,
        kills=row.kills,
        deaths=row.deaths,
        assists=row.assists,
        flash_assists=row.flash_assists,
        hs_kills=row.hs_kills,
        kd_diff=_difference(row.kills, row.deaths),
        opening_kills=row.opening_kills,
        opening_deaths=row.opening_deaths,
        fk_diff=_difference(row.opening_kills, row.opening_deaths),
        multi_kills=row.multi_kills,
        clutch_wins=row.clutch_wins,
        traded_deaths=row.traded_deaths,
        adr=own.adr if row.adr is None and own else row.adr,
        kast=own.kast if row.kast is None and own else row.kast,
        rating=row.rating if has_rating or own is None else own.rating,
        rating_version=row.rating_version if has_rating or own is None else own.rating_version,
        round_swing=own.round_swing if row.round_swing is None and own else row.round_swing,
        kpr=own.kpr if own else None,
        dpr=own.dpr if own else None,
        impact=own.impact if own else None,
        mk_rating=own.mk_rating if own else None,
        e_kills=row.e_kills,
        e_deaths=row.e_deaths,
        e_hs_kills=row.e_hs_kills,
        e_kd_diff=_difference(row.e_kills, row.e_deaths),
        e_opening_kills=row.e_opening_kills,
        e_opening_deaths=row.e_opening_deaths,
        e_fk_diff=_difference(row.e_opening_kills, row.e_opening_deaths),
        e_traded_deaths=row.e_traded_deaths,
        e_adr=row.e_adr,
        e_kast=row.e_kast,
    )
    return Made(made, (player,) if card is None else (player, card))


def _card_checks(
    row: MapStatsPlayer, card: Sourced[PerformancePlayer], rounds: int | None
) -> Iterator[Noted]:
    """Notes where the card contradicts the scoreboard.

    rounds  to compare kills and deaths per round with the counts; None leaves that out, as a
            substitute's rates may count his own rounds only
    """
    own = card.row
    for name, believed, shown in (("adr", row.adr, own.adr), ("kast", row.kast, own.kast)):
        if believed is not None and shown is not None and believed != shown:
            found = f"performance page {shown}, map page {believed}"
            yield Noted(Issue("differs", f"hltv_player_stats.{name}", found[:40]), card.capture)
    for name, count, rate in (("kpr", row.kills, own.kpr), ("dpr", row.deaths, own.dpr)):
        if count is None or rate is None or not rounds:
            continue
        if abs(count / rounds - rate) > _ROUNDING:
            found = f"{rate}, not {count}/{rounds}"
            yield Noted(Issue("differs", f"hltv_player_stats.{name}", found), card.capture)


def _overview_checks(
    row: MapStatsPlayer, printed: Sourced[OverviewPlayerStatsRow]
) -> Iterator[Noted]:
    """Notes where the match page's table prints other counts than the map page."""
    own = printed.row
    for name, believed, shown in (
        ("kills", row.kills, own.kills),
        ("deaths", row.deaths, own.deaths),
        ("adr", row.adr, own.adr),
        ("kast", row.kast, own.kast),
    ):
        if believed is not None and shown is not None and believed != shown:
            found = f"match page {shown}, map page {believed}"[:40]
            issue = Issue("differs", f"hltv_overview_player_stats.{name}", found)
            yield Noted(issue, printed.capture)

"""Joins the scoreboard of a map with the performance cards, and compares what is printed twice."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from parse.model import Assembled, Bundle, Issue, Made, Noted, Refused, Sourced
from parse.sources.hltv.assemble_lines import BOTH, Identity, MapKey, identity_of, line_values
from parse.sources.hltv.assemble_sides import side_rows
from parse.sources.hltv.fragments import MapStatsPlayer, PerformancePlayer
from warehouse.rows.hltv import OverviewPlayerStatsRow, PlayerStatsRow

PLAYERS = 10
"""Players of a map without substitutes; another number is noted, never refused."""

_ROUNDING = 0.00501
"""Half a unit of the second decimal, to which the cards round, and a hair for binary fractions."""


def player_rows(
    child: Bundle,
    overview: Sequence[Sourced[OverviewPlayerStatsRow]],
    key: MapKey,
    *,
    rounds: int | None,
) -> Iterator[Assembled]:
    """One row per line of the scoreboards; cards of players they do not have are refused."""
    cards: dict[Identity, Sourced[PerformancePlayer]] = {}
    for card in child.of(PerformancePlayer):
        identity = identity_of(card.row)
        if identity in cards:
            yield Refused(card, "a second card of the player")
        else:
            cards[identity] = card
    printed = {(line.row.side, identity_of(line.row)): line for line in overview}
    lines = child.of(MapStatsPlayer)
    players = [line for line in lines if line.row.side == BOTH]
    for player in players:
        own = cards.pop(identity_of(player.row), None)
        yield _player_row(player, own, key)
        if own is not None:
            yield from _card_checks(player.row, own, rounds if len(players) == PLAYERS else None)
    yield from side_rows(key, [line for line in lines if line.row.side != BOTH], players)
    for line in lines:
        shown = printed.get((line.row.side, identity_of(line.row)))
        if shown is not None:
            yield from _overview_checks(line.row, shown)
    if players and len(players) != PLAYERS:
        issue = Issue("differs", "hltv_player_stats.player_id", f"{len(players)} players")
        yield Noted(issue, players[0].capture)
    yield from (Refused(card, "no map stats row") for card in cards.values())


def _player_row(
    player: Sourced[MapStatsPlayer],
    card: Sourced[PerformancePlayer] | None,
    key: MapKey,
) -> Made:
    """The scoreboard's line; the card adds what only it has, and what the line leaves out."""
    row, values = player.row, line_values(player.row)
    own = card.row if card else None
    if own is not None:
        for name in ("adr", "kast", "round_swing"):
            values[name] = getattr(own, name) if values[name] is None else values[name]
        if row.rating is None:
            values |= {"rating": own.rating, "rating_version": own.rating_version}
    made = PlayerStatsRow(
        **key,
        **values,
        kpr=own.kpr if own else None,
        dpr=own.dpr if own else None,
        impact=own.impact if own else None,
        mk_rating=own.mk_rating if own else None,
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
    where = "" if row.side == BOTH else f"{row.side}: "
    for name, believed, shown in (
        ("team_id", row.team_id, own.team_id),
        ("kills", row.kills, own.kills),
        ("deaths", row.deaths, own.deaths),
        ("adr", row.adr, own.adr),
        ("kast", row.kast, own.kast),
    ):
        if believed is not None and shown is not None and believed != shown:
            found = f"{where}match page {shown}, map page {believed}"[:40]
            issue = Issue("differs", f"hltv_overview_player_stats.{name}", found)
            yield Noted(issue, printed.capture)

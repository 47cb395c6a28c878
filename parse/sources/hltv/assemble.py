"""Joins what all pages of one match say into table rows.

Theory of operation. The match page leads: it lists the maps, and a map's own pages are looked up
by the numbers it lists. Everything that was extracted leaves here exactly once as the first source
of a row, or as a further source, or refused with the rule it breaks; rows of the dimension tables
(players, events) are made beside that account from sources that are published elsewhere.
Where two pages print one value the map stats page is believed, and the difference is noted on the
capture that is not. Ratings and round swing are recomputed by the site after publication, so
their differences are normal and are not noted (spec/hltv.md section 0).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from parse.model import Assembled, Bundle, Issue, Made, Noted, Refused, Sourced
from parse.sources.hltv.assemble_checks import order_checks, result_checks
from parse.sources.hltv.assemble_map import MapContext, assemble_map, join_map_row
from parse.sources.hltv.fragments import (
    DemoLink,
    LineupHead,
    LineupPlayer,
    TablePlayer,
    TeamSighting,
)
from warehouse.rows.hltv import (
    EventRow,
    MapRow,
    MatchPlayerRow,
    MatchRow,
    OverviewPlayerStatsRow,
    PlayerRow,
    ResultRow,
    TeamRow,
    VetoRow,
)

AnyPlayer = Sourced[LineupPlayer] | Sourced[TablePlayer]


def assemble(match_id: int, bundle: Bundle) -> Iterator[Assembled]:
    """All rows about one match, and what could not become one.

    A match that only the results listing names gives its listing row and nothing else.
    """
    del match_id  # every row carries it
    yield from _results(bundle.of(ResultRow))
    for match in bundle.of(MatchRow):
        yield _match(match, bundle.of(LineupHead), bundle.of(DemoLink))
        event_id, event_name = match.row.event_id, match.row.event_name
        if event_id is not None and event_name is not None:
            yield Made(EventRow(event_id=event_id, event_name=event_name), (match,), derived=True)
        yield from _teams(bundle.of(TeamSighting))
        yield from (Made(veto.row, (veto,)) for veto in bundle.of(VetoRow))
        yield from _players(match.row, bundle.of(LineupPlayer), bundle.of(TablePlayer))
        yield from result_checks(bundle.of(ResultRow), match.row)
        yield from order_checks(bundle.of(MapRow), bundle.of(VetoRow))
        yield from _picks(bundle.of(MapRow), bundle.of(VetoRow), match.row)
        yield from _maps(match, bundle)


def _results(results: Sequence[Sourced[ResultRow]]) -> Iterator[Assembled]:
    """The listing row; a listing that slid while it was read may name a match twice."""
    if not results:
        return
    first = results[0]
    same = tuple(result for result in results if result.row == first.row)
    yield Made(first.row, same)
    for result in results:
        if result.row != first.row:
            yield Refused(result, "a listing names the match twice, differently")


def _match(
    match: Sourced[MatchRow],
    lineups: Sequence[Sourced[LineupHead]],
    demos: Sequence[Sourced[DemoLink]],
) -> Made:
    """The match's row; ranks and demo stand in parts that a newer page may not have any more."""
    ranks = {lineup.row.team_num: lineup.row.rank for lineup in lineups}
    row = msgspec.structs.replace(
        match.row,
        team1_rank=ranks.get(1),
        team2_rank=ranks.get(2),
        demo_id=demos[0].row.demo_id if demos else None,
    )
    return Made(row, (match, *lineups, *demos))


def _teams(sightings: Sequence[Sourced[TeamSighting]]) -> Iterator[Made]:
    for seen in sightings:
        row = TeamRow(
            team_id=seen.row.team_id, team_name=seen.row.team_name, country=seen.row.country
        )
        yield Made(row, (seen,))


def _identity(player: AnyPlayer) -> tuple[int, int | str]:
    """What tells players of a match apart: the id, or the name of one who has none."""
    row = player.row
    return row.team_num, row.player_name if row.player_id is None else row.player_id


def _players(
    match: MatchRow,
    lineup: Sequence[Sourced[LineupPlayer]],
    tables: Sequence[Sourced[TablePlayer]],
) -> Iterator[Made]:
    """Lineups in page order, then those only the tables show: by id, those without one last."""
    in_tables = {_identity(player): player for player in tables}
    last: dict[int, int] = {1: 0, 2: 0}
    for player in lineup:
        number = player.row.team_num
        last[number] = max(last[number], player.row.position)
        shown = in_tables.pop(_identity(player), None)
        sources = (player,) if shown is None else (player, shown)
        yield from _player(match, player.row.position, sources, lineup=True, stats=bool(shown))
    rest = sorted(
        in_tables.values(),
        key=lambda one: (one.row.player_id is None, one.row.player_id or 0, one.row.player_name),
    )
    for shown in rest:
        last[shown.row.team_num] += 1
        position = last[shown.row.team_num]
        yield from _player(match, position, (shown,), lineup=False, stats=True)


def _player(
    match: MatchRow, position: int, sources: Sequence[AnyPlayer], *, lineup: bool, stats: bool
) -> Iterator[Made]:
    """The player's row of this match and, if he has an id, of the table of all players."""
    row = sources[0].row
    yield Made(
        MatchPlayerRow(
            match_id=match.match_id,
            team_num=row.team_num,
            position=position,
            player_id=row.player_id,
            player_name=row.player_name,
            team_id=match.team1_id if row.team_num == 1 else match.team2_id,
            in_lineup=lineup,
            in_stats=stats,
        ),
        tuple(sources),
    )
    if row.player_id is not None:
        full_names = (source.row.full_name for source in sources)
        countries = (source.row.country for source in sources)
        player = PlayerRow(
            player_id=row.player_id,
            player_name=row.player_name,
            full_name=next(filter(None, full_names), None),
            country=next(filter(None, countries), None),
        )
        yield Made(player, tuple(sources), derived=True)


def _picks(
    maps: Sequence[Sourced[MapRow]], vetoes: Sequence[Sourced[VetoRow]], match: MatchRow
) -> Iterator[Noted]:
    """Maps whose mark of who picked them is not what the veto says."""
    teams = {match.team1_id: 1, match.team2_id: 2}
    picked = {
        veto.row.map_name: teams.get(veto.row.team_id)
        for veto in vetoes
        if veto.row.action == "picked" and veto.row.team_id is not None
    }
    for one in maps:
        by_veto = picked.get(one.row.map_name)
        if by_veto is not None and by_veto != one.row.picked_by:
            found = f"veto {by_veto}, mark {one.row.picked_by}"
            yield Noted(Issue("differs", "hltv_maps.picked_by", found), one.capture)


def _maps(match: Sourced[MatchRow], bundle: Bundle) -> Iterator[Assembled]:
    """The maps, what their own pages say, and the match page's tables."""
    overview: dict[int | None, list[Sourced[OverviewPlayerStatsRow]]] = {}
    for line in bundle.of(OverviewPlayerStatsRow):
        overview.setdefault(line.row.mapstatsid, []).append(line)
    for line in overview.pop(None, []):
        yield Made(line.row, (line,))
    seen: set[int] = set()
    for listed in bundle.of(MapRow):
        number = listed.row.mapstatsid
        if number is None or number in seen:
            yield Made(listed.row, (listed,))
            continue
        seen.add(number)
        lines = overview.pop(number, [])
        for line in lines:
            yield Made(_numbered(line.row, listed.row.map_number), (line,))
        child = bundle.child("map", number)
        row, joined = join_map_row(match.row, listed, child)
        yield from joined
        context = MapContext.of(match.row, row, mapstatsid=number)
        yield from assemble_map(context, child, lines)
    for lines in overview.values():
        yield from (Refused(line, "its map is not listed by the match page") for line in lines)


def _numbered(row: OverviewPlayerStatsRow, map_number: int) -> OverviewPlayerStatsRow:
    """The row with its map's position as the newest list of maps has it."""
    if row.map_number == map_number:
        return row
    return msgspec.structs.replace(row, map_number=map_number)

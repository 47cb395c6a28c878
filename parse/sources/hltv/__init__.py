"""HLTV: the parsers of its five page types, and how their rows are joined."""

from __future__ import annotations

from parse.model import Parser, ParseSource, Root
from parse.sources.hltv import (
    economy,
    map_stats,
    map_stats_1,
    match,
    match_1,
    performance,
    results,
)
from parse.sources.hltv.assemble import assemble
from parse.sources.hltv.fragments import FRAGMENTS
from warehouse.rows.hltv import (
    ROWS,
    MapRow,
    MatchRow,
    OverviewPlayerStatsRow,
    ResultRow,
    VetoRow,
)

PARSERS: tuple[Parser, ...] = (
    Parser(name="hltv.results", version=results.VERSION, page_type="results", parse=results.parse),
    Parser(
        name="hltv.match",
        version=match_1.VERSION,
        page_type="match",
        parse=match_1.parse,
        sections=match_1.SECTIONS,
    ),
    Parser(
        name="hltv.match",
        version=match.VERSION,
        page_type="match",
        parse=match.parse,
        sections=match.SECTIONS,
    ),
    Parser(
        name="hltv.map_stats",
        version=map_stats_1.VERSION,
        page_type="map_stats",
        parse=map_stats_1.parse,
        sections=map_stats_1.SECTIONS,
    ),
    Parser(
        name="hltv.map_stats",
        version=map_stats.VERSION,
        page_type="map_stats",
        parse=map_stats.parse,
        sections=map_stats.SECTIONS,
    ),
    Parser(
        name="hltv.performance",
        version=performance.VERSION,
        page_type="performance",
        parse=performance.parse,
        sections=performance.SECTIONS,
    ),
    Parser(
        name="hltv.economy",
        version=economy.VERSION,
        page_type="economy",
        parse=economy.parse,
        sections=economy.SECTIONS,
    ),
)
"""Every version that can be used, the newest of a page type unless an older one is asked for."""

SOURCE = ParseSource(
    name="hltv",
    parsers=PARSERS,
    roots=(Root(kind="match", assemble=assemble),),
    extracts=(ResultRow, MatchRow, MapRow, VetoRow, OverviewPlayerStatsRow, *FRAGMENTS),
    tables=ROWS,
)

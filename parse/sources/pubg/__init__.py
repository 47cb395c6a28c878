"""PUBG: the parsers of the API's replies, and how their rows are joined."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from parse.json_page import JsonPage
from parse.model import Extracted, Parser, ParseSource, Root
from parse.sources.pubg import match, players, telemetry, tournaments
from parse.sources.pubg.assemble import assemble_match, assemble_player, assemble_tournament
from parse.sources.pubg.fragments import FRAGMENTS
from warehouse.rows.pubg import OF_MATCHES, OF_TELEMETRY, ROWS
from warehouse.rows.pubg.matches import PubgPlayerRow
from warehouse.rows.pubg.tournaments import PubgTournamentMatchRow


def block_of_match(match_id: str) -> int:
    """The block of a match: the first six bits of its id, which is random.

    So matches spread evenly over 64 blocks, however old they are: a block of a year's league and
    ranked matches of a few hundred players has some hundreds of them, as one of HLTV's has.
    """
    return int(match_id[:2], 16) >> 2


def only_block(_entity_id: str) -> int:
    """The block of what there are some thousands of at most, a few small rows each."""
    return 0


def _parser(
    page_type: str,
    version: int,
    parse: Callable[..., Iterator[Extracted]],
    *,
    tracks: bool = False,
) -> Parser:
    """The parser of a page type: all are JSON."""
    return Parser(
        name=f"pubg.{page_type}",
        version=version,
        page_type=page_type,
        parse=parse,
        page=JsonPage,
        tracks=tracks,
    )


PARSERS: tuple[Parser, ...] = (
    _parser("match", match.VERSION, match.parse),
    _parser("matches", match.VERSION, match.parse),
    _parser("telemetry", telemetry.VERSION, telemetry.parse, tracks=True),
    _parser("players", players.VERSION, players.parse),
    _parser("player", players.VERSION, players.parse),
    _parser("tournaments", tournaments.VERSION, tournaments.parse_list),
    _parser("tournament", tournaments.VERSION, tournaments.parse_one),
)

SOURCE = ParseSource(
    name="pubg",
    parsers=PARSERS,
    roots=(
        Root(kind="match", assemble=assemble_match, block_of=block_of_match),
        Root(kind="player", assemble=assemble_player, block_of=only_block),
        Root(kind="tournament", assemble=assemble_tournament, block_of=only_block),
    ),
    extracts=(*OF_MATCHES, *OF_TELEMETRY, PubgPlayerRow, *FRAGMENTS, PubgTournamentMatchRow),
    tables=ROWS,
)

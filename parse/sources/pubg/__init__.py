"""PUBG: the parsers of the API's replies, and how their rows are joined."""

from __future__ import annotations

from parse.json_page import JsonPage
from parse.model import Parser, ParseSource, Root
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


PARSERS: tuple[Parser, ...] = (
    Parser(
        name="pubg.match",
        version=match.VERSION,
        page_type="match",
        parse=match.parse,
        page=JsonPage,
    ),
    Parser(
        name="pubg.matches",
        version=match.VERSION,
        page_type="matches",
        parse=match.parse,
        page=JsonPage,
    ),
    Parser(
        name="pubg.telemetry",
        version=telemetry.VERSION,
        page_type="telemetry",
        parse=telemetry.parse,
        tracks=True,
        page=JsonPage,
    ),
    Parser(
        name="pubg.players",
        version=players.VERSION,
        page_type="players",
        parse=players.parse,
        page=JsonPage,
    ),
    Parser(
        name="pubg.player",
        version=players.VERSION,
        page_type="player",
        parse=players.parse,
        page=JsonPage,
    ),
    Parser(
        name="pubg.tournaments",
        version=tournaments.VERSION,
        page_type="tournaments",
        parse=tournaments.parse_list,
        page=JsonPage,
    ),
    Parser(
        name="pubg.tournament",
        version=tournaments.VERSION,
        page_type="tournament",
        parse=tournaments.parse_one,
        page=JsonPage,
    ),
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

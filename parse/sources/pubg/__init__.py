"""PUBG: the parsers of the API's replies, and how their rows are joined."""

from __future__ import annotations

from parse.json_page import JsonPage
from parse.model import Parser, ParseSource, Root
from parse.sources.pubg import match, telemetry
from parse.sources.pubg.assemble import assemble
from warehouse.rows.pubg import OF_MATCHES, OF_TELEMETRY, ROWS


def block_of(match_id: str) -> int:
    """The block of a match: the first six bits of its id, which is random.

    So matches spread evenly over 64 blocks, however old they are: a block of a year's league and
    ranked matches of a few hundred players has some hundreds of them, as one of HLTV's has.
    """
    return int(match_id[:2], 16) >> 2


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
        page=JsonPage,
    ),
)

SOURCE = ParseSource(
    name="pubg",
    parsers=PARSERS,
    roots=(Root(kind="match", assemble=assemble, block_of=block_of),),
    extracts=(*OF_MATCHES, *OF_TELEMETRY),
    tables=ROWS,
)

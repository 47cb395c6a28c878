"""All that is told of combat: last blows, knocks, finishing, fights; each event read once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from parse.sources.pubg.telemetry.engagements import blows_of
from parse.sources.pubg.telemetry.events import Telemetry
from parse.sources.pubg.telemetry.fight_rows import fight_rows
from parse.sources.pubg.telemetry.finishing import finishing_rows
from parse.sources.pubg.telemetry.kills import Death
from parse.sources.pubg.telemetry.knocks import endings_of, knock_rows, knocks_of
from parse.sources.pubg.telemetry.sightings import Sightings
from parse.sources.pubg.telemetry.weapon_kills import weapon_kills
from warehouse.column import Row


def combat(file: Telemetry, deaths: Sequence[Death]) -> Iterator[Row]:
    """The rows of a file's combat; `deaths` are those of the same file."""
    yield from weapon_kills(file.match_id, deaths)
    knocks = tuple(knocks_of(file))
    endings = endings_of(file, knocks, deaths)
    rows = tuple(knock_rows(file.match_id, knocks, endings, Sightings(file, deaths)))
    yield from rows
    yield from finishing_rows(file.match_id, rows, knocks, deaths)
    yield from fight_rows(file.match_id, blows_of(file, knocks, deaths))

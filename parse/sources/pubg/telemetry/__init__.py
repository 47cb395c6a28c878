"""A match's telemetry: events decoded once, read by one module per table."""

from __future__ import annotations

from collections.abc import Iterator

from parse.json_page import JsonPage
from parse.model import Extracted, Layout
from parse.sources.pubg.fragments import TelemetryRead
from parse.sources.pubg.telemetry.combat import combat
from parse.sources.pubg.telemetry.doubts import doubts
from parse.sources.pubg.telemetry.events import Telemetry
from parse.sources.pubg.telemetry.figures import figures
from parse.sources.pubg.telemetry.kills import deaths_of, kills
from parse.sources.pubg.telemetry.landings import landings
from parse.tracked import Tracked

VERSION = 1


def parse(page: JsonPage, tracked: Tracked = None) -> Iterator[Extracted]:
    """The rows of a match that its telemetry gives.

    tracked  whose blows and positions are rows, if the match counts for them; None for everyone
    raises   ParseError where the file is no array of events, names no match, or lacks what events
             must have
    """
    file = Telemetry(page)
    yield TelemetryRead(match_id=file.match_id)
    yield from landings(file)
    deaths = tuple(deaths_of(file))
    yield from kills(file.match_id, deaths)
    yield from combat(file, deaths)
    yield from figures(file, deaths, tracked)
    yield from dict.fromkeys((*file.issues, *doubts(file, deaths)))
    yield Layout("kill_v2" if any(True for _ in file.of("LogPlayerKillV2")) else "kill")

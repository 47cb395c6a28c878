"""A small season of PUBG in place of a server: players, a tournament, matches, their telemetry.

Telemetry is cut down to what two teams did; it waits in a file until it is archived, as that of real
matches does.
"""

from __future__ import annotations

import json
from random import Random

from fetch.sources.pubg import SOURCE, player_seeds, tournament_seeds
from tests.corpus.chosen_pubg import cut
from tests.fakes import FakeAnswer
from tests.faults.a_run import KeepingSite
from tests.replica.pubg.documents import (
    API,
    CDN,
    match_document,
    players_document,
    telemetry_path,
    tournament_document,
)
from tests.replica.pubg.season import TOURNAMENT, PubgSeason

MATCHES = 3
"""A squad match, one of the tournament, and one as in 2018."""


NOISE = {"_T": "LogNoise", "_D": "", "noise": Random(7).randbytes(200_000).hex()}
"""An event of a type nobody reads, which makes a file so large that its record takes many writes."""


class PubgSite(KeepingSite):
    """The API and the CDN."""

    source = SOURCE

    def __init__(self, *, matches: int = MATCHES, seed: int = 7) -> None:
        super().__init__()
        season = PubgSeason(seed, matches, size=0.01, small=True)
        player = season.team(0)[0]
        profile = season.profiles(season.end, "steam")[player.account]
        self.seeds = (
            *tournament_seeds([TOURNAMENT]),
            *player_seeds(names=[player.name], shard="steam", finder="main"),
        )
        held = [one for found in season.tournaments(season.end).values() for one in found]
        targets = [target for group in self.seeds for target in group.pages(lambda _: False)]
        self._held: dict[str, object] = {
            API + targets[0]: tournament_document(TOURNAMENT, held),
            API + targets[1]: players_document([profile], targets[1]),
        }
        newest = season.match(matches - 1)
        for match in season:
            path = f"{API}/shards/{match.row.shard}/matches/{match.row.match_id}"
            self._held[path] = match_document(match)
            noise = [NOISE] if match is newest else []
            self._held[CDN + telemetry_path(match)] = [*cut(match), *noise]

    def pages(self) -> set[str]:
        """Matches and telemetry."""
        return {url for url in self._held if "/matches/" in url or url.startswith(CDN)}

    def _answer(self, url: str) -> FakeAnswer:
        if url not in self._held:
            return FakeAnswer(status=404)
        body = json.dumps(self._held[url], separators=(",", ":")).encode()
        return FakeAnswer(body=body, spooled=url.startswith(CDN))

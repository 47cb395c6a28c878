"""The PUBG replica for crawls that are killed, with replies that are the same each time."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

from tests.replica.background import control
from tests.replica.pubg.background import running
from tests.replica.pubg.season import PubgSeason
from tests.soak.kills import Server, target_of

MATCHES = 4
PLENTY = 1_000_000
"""Requests a minute: its clock stands still."""


class PubgServer(Server):
    """The API and the CDN."""

    def asked(self) -> list[str]:
        """See `Server.asked`; of the API, then of the CDN."""
        both = (control(self.base_url, name, method="GET") for name in ("log", "cdn-log"))
        return [str(one["target"]) for log in both for one in log]  # type: ignore[attr-defined]

    def was_sent(self, url: str, body: bytes, *, is_cut: bool) -> bool:
        """See `tests.faults.nothing_lost.Sent`."""
        sent = control(self.base_url, "sent", method="GET")
        assert isinstance(sent, dict)
        return not is_cut and hashlib.sha1(body).hexdigest() in sent.get(target_of(url), ())


@contextmanager
def pubg(seed: int) -> Iterator[Server]:
    """A small season of PUBG, served."""
    season = PubgSeason(seed, MATCHES, small=True)
    with running(seed=seed, matches=MATCHES, small=True, limit=PLENTY, is_steady=True) as (
        base_url,
        _,
    ):
        yield PubgServer(
            base_url,
            source="pubg",
            words=("--player", season.team(0)[0].name, "--tournament", "all", "--pace", "0-0"),
            every_run=("/shards/steam/players", "/tournaments", "/robots.txt"),
        )

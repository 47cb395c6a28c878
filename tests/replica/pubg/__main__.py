"""Serve a season from the command line: `python -m tests.replica.pubg --seed 7 --matches 40`."""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys
from datetime import UTC, datetime

from tests.replica.pubg.clock import Clock
from tests.replica.pubg.match import SMALL
from tests.replica.pubg.season import END, PubgSeason
from tests.replica.pubg.server import serve


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.replica.pubg", description=__doc__)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--matches", type=int, default=40)
    parser.add_argument("--size", type=float, default=SMALL, help="1: as large as real matches")
    parser.add_argument("--small", action="store_true", help="a match a day, of few players")
    parser.add_argument("--end", type=datetime.fromisoformat, default=END, help="UTC, or `now`")
    parser.add_argument("--until-now", action="store_true", help="the season ends at this moment")
    parser.add_argument("--running", action="store_true", help="the clock goes on by itself")
    parser.add_argument("--limit", type=int, default=10, help="requests a minute")
    parser.add_argument("--window-s", type=float, default=60.0, help="seconds of that minute")
    parser.add_argument("--strict-batch", action="store_true")
    parser.add_argument("--steady", action="store_true", help="a reply is the same each time")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--cdn-port", type=int, default=0)
    return parser.parse_args()


async def _run(options: argparse.Namespace) -> None:
    end = datetime.now(UTC) if options.until_now else options.end
    season = PubgSeason(
        options.seed, options.matches, size=options.size, end=end, small=options.small
    )
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    async with serve(
        season,
        clock=Clock(end, is_running=options.running),
        limit=options.limit,
        window_s=options.window_s,
        strict_batch=options.strict_batch,
        is_steady=options.steady,
        port=options.port,
        cdn_port=options.cdn_port,
    ) as replica:
        sys.stdout.write(f"serving {replica.api_url} {replica.cdn_url}\n")
        sys.stdout.flush()
        await stopped.wait()


if __name__ == "__main__":
    asyncio.run(_run(_arguments()))

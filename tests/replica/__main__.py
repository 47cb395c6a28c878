"""Serve a season from the command line: `python -m tests.replica --seed 7 --matches 40`."""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys

from tests.replica.season import Season
from tests.replica.server import serve
from warehouse.terminal import until_closed


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.replica", description=__doc__)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--matches", type=int, default=40)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--small", action="store_true", help="minimal pages around the content")
    parser.add_argument("--light", action="store_true", help="marks and links alone, no content")
    parser.add_argument(
        "--scripted", action="store_true", help="a script completes half of the economy pages"
    )
    parser.add_argument("--no-traps", action="store_true", help="plain matches only")
    parser.add_argument("--latency-ms", type=int, default=0)
    parser.add_argument("--page-size", type=int, default=100)
    parser.add_argument("--held-back", type=int, default=None)
    parser.add_argument("--shift-every", type=int, default=0)
    parser.add_argument("--etag", action="store_true")
    parser.add_argument("--last-modified", action="store_true")
    return parser.parse_args()


async def _run(options: argparse.Namespace) -> None:
    season = Season(
        options.seed,
        options.matches,
        small=options.small,
        light=options.light,
        scripted=options.scripted,
        traps=not options.no_traps,
        page_size=options.page_size,
        held_back=options.held_back,
        shift_every=options.shift_every,
    )
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    async with serve(
        season,
        port=options.port,
        latency=options.latency_ms / 1000,
        etag=options.etag,
        last_modified=options.last_modified,
    ) as replica:
        sys.stdout.write(f"serving {replica.base_url}\n")
        sys.stdout.flush()
        await stopped.wait()


if __name__ == "__main__":
    with until_closed():
        asyncio.run(_run(_arguments()))

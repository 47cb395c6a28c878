"""Serve the site from the command line: `python -m tests.replica.chess`."""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys

from tests.replica.chess.site import ROBOTS, ChessSite
from tests.replica.server import serve
from warehouse.terminal import until_closed

PORT = 8766


async def _run(port: int) -> None:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    async with serve(ChessSite(), port=port, robots=ROBOTS) as replica:
        sys.stdout.write(f"serving {replica.base_url}\n")
        sys.stdout.flush()
        await stopped.wait()


if __name__ == "__main__":
    options = argparse.ArgumentParser(prog="python -m tests.replica.chess", description=__doc__)
    options.add_argument("--port", type=int, default=PORT)
    with until_closed():
        asyncio.run(_run(options.parse_args().port))

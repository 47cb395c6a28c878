"""The PUBG replica in a process of its own, for synchronous tests."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from tests.replica.background import serving
from tests.replica.pubg.match import SMALL


@contextmanager
def running(
    *,
    seed: int = 7,
    matches: int = 40,
    size: float = SMALL,
    small: bool = False,
    until_now: bool = False,
    is_running: bool = False,
    limit: int = 10,
    window_s: float = 60.0,
    strict_batch: bool = False,
    is_steady: bool = False,
) -> Iterator[tuple[str, str]]:
    """Start `python -m tests.replica.pubg`, yield the URLs of API and CDN, stop it at the end.

    `tests.replica.background.control` talks to the API's control endpoint; `serving` there says what
    it raises.
    """
    command = [sys.executable, "-m", "tests.replica.pubg", "--seed", str(seed)]
    command += ["--matches", str(matches), "--size", str(size)]
    command += ["--limit", str(limit), "--window-s", str(window_s)]
    switches = {
        "--small": small,
        "--until-now": until_now,
        "--running": is_running,
        "--strict-batch": strict_batch,
        "--steady": is_steady,
    }
    command += [name for name, is_on in switches.items() if is_on]
    with serving(command) as (api, cdn):
        yield api, cdn

"""The replica in a process of its own, for synchronous tests."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
STOP_SECONDS = 10


@contextmanager
def running(
    *,
    seed: int = 7,
    matches: int = 40,
    small: bool = False,
    light: bool = False,
    scripted: bool = False,
    traps: bool = True,
    page_size: int = 100,
    held_back: int | None = None,
    shift_every: int = 0,
    latency_ms: int = 0,
    etag: bool = False,
    last_modified: bool = False,
) -> Iterator[str]:
    """Start `python -m tests.replica`, yield its base URL, stop it at the end; see `serving`."""
    command = [sys.executable, "-m", "tests.replica", "--seed", str(seed)]
    command += ["--matches", str(matches), "--page-size", str(page_size)]
    command += ["--latency-ms", str(latency_ms), "--shift-every", str(shift_every)]
    command += ["--held-back", str(held_back)] if held_back is not None else []
    switches = {
        "--small": small,
        "--light": light,
        "--scripted": scripted,
        "--no-traps": not traps,
        "--etag": etag,
        "--last-modified": last_modified,
    }
    command += [name for name, is_on in switches.items() if is_on]
    with serving(command) as (base_url,):
        yield base_url


@contextmanager
def serving(command: Sequence[str]) -> Iterator[list[str]]:
    """Start a replica, yield the URLs that it says it serves at, stop it at the end.

    Raises RuntimeError if the process ends before it serves.
    """
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            line = process.stdout.readline() if process.stdout else ""
            if not line.startswith("serving "):
                message = f"the replica did not start: {line!r}"
                raise RuntimeError(message)
            yield line.split()[1:]
        finally:
            process.terminate()
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()


def control(base_url: str, name: str, body: object = None, *, method: str = "POST") -> object:
    """Talk to a running replica's control endpoint, for example `faults`, `chaos`, `log`."""
    data = body.encode() if isinstance(body, str) else json.dumps(body).encode()
    request = urllib.request.Request(
        f"{base_url}/__replica__/{name}", data=data if method == "POST" else None, method=method
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.loads(answer.read())

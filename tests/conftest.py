"""What holds for every test: no connection leaves this machine.

Where a run is shared by workers (pytest-xdist), each hands over what its harnesses counted.
"""

from __future__ import annotations

import ipaddress
import signal
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from tests.faults.tally import TALLY, Tally

ROOT = Path(__file__).resolve().parent.parent
SAMPLES = ROOT.parent / "shared" / "samples"

settings.register_profile(
    "ci", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("ci")


def _only_loopback(event: str, args: tuple[object, ...]) -> None:
    if event != "socket.connect":
        return
    address = args[1]
    if not isinstance(address, tuple) or address[0] == "localhost":
        return
    if not ipaddress.ip_address(str(address[0]).partition("%")[0]).is_loopback:
        raise PermissionError(f"a test tried to connect to {address}")


sys.addaudithook(_only_loopback)

# A shell that runs the tests in the background has its children ignore Ctrl+C; those whose
# processes are to be interrupted must not.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def samples() -> Path:
    """Real pages and archives that lie beside the project; tests of them skip where they do not."""
    if not SAMPLES.is_dir():
        pytest.skip(f"no samples beside the project ({SAMPLES})")
    return SAMPLES


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Names what gzip made, which holds the second it was made in: workers name tests alike."""
    return argname if isinstance(val, bytes) and val.startswith(b"\x1f\x8b") else None


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A worker hands over what its harnesses counted."""
    if (handed_over := getattr(session.config, "workeroutput", None)) is not None:
        handed_over["tally"] = asdict(TALLY)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """A worker is done; one that died hands over nothing."""
    TALLY.add(Tally(**getattr(node, "workeroutput", {}).get("tally", {})))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Says what the harnesses of docs/durability.md did."""
    if line := str(TALLY):
        terminalreporter.write_line(f"nothing lost: {line}")

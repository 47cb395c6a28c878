"""Says at the end of a test run what the harnesses of docs/durability.md did."""

from __future__ import annotations

import pytest

from tests.faults.nothing_lost import TALLY


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if line := TALLY.told():
        terminalreporter.write_line(f"nothing lost: {line}")

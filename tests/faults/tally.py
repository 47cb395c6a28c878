"""What the harnesses of docs/durability.md did, counted for people to read."""

from __future__ import annotations

from dataclasses import dataclass, fields


@dataclass(slots=True)
class Tally:
    """What a harness did and looked at."""

    faults: int = 0
    kills: int = 0
    interrupts: int = 0
    cuts: int = 0
    runs: int = 0
    compared: int = 0
    torn: int = 0
    tables: int = 0

    def add(self, other: Tally) -> None:
        """Count what another harness counted."""
        for one in fields(self):
            setattr(self, one.name, getattr(self, one.name) + getattr(other, one.name))

    def __str__(self) -> str:
        """One line, without what did not happen."""
        words = {
            "faults": "faults injected",
            "kills": "kills survived",
            "interrupts": "interrupts survived",
            "cuts": "power cuts survived",
            "runs": "runs",
            "compared": "exchanges compared",
            "torn": "torn tails met",
            "tables": "builds compared",
        }
        told = [f"{getattr(self, name):,} {word}" for name, word in words.items()]
        return ", ".join(one for one in told if not one.startswith("0 "))


TALLY = Tally()
"""Of all tests of a run, or of one of its workers; its end prints it (tests/conftest.py)."""

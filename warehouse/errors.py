"""The branch of errors that says the tables are wrong."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any


class WarehouseError(Exception):
    """A warehouse is damaged, locked, unwritable or not one; nothing was changed.

    Its text is fit for a user; `exit_code` is what a command ends with.
    """

    exit_code = 4


class DamagedError(WarehouseError):
    """A file that leads to the tables is not as a build wrote it; the text says what to do."""

    def __init__(self, path: Path, problem: str, *, warehouse: Path) -> None:
        """Name the file, what is wrong with it, and the folder to delete."""
        way_out = f"delete the folder {warehouse}, and warchouse parse rebuilds it"
        super().__init__(f"{path} {problem}: {way_out}")


class HeldBackError(WarehouseError):
    """A build was not committed because it would lose or miscount rows; `told` is for programs."""

    exit_code = 5

    def __init__(self, problem: str, *, told: Mapping[str, Any] | None = None) -> None:
        """Say why; `told` has the reasons one by one, and what the build came to if counted."""
        super().__init__(problem)
        self.told = told or {"held_back": [problem]}


class TableNotFoundError(WarehouseError):
    """The caller named a table, column or row that the snapshot does not hold."""

    exit_code = 2

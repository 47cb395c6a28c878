"""Where a table of players has what: told by its header, for every row of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """The plan of one table.

    width           cells in a whole row
    at              position in a row by name of the column; `e_` begins eco-adjusted twins
    rating_version  as the header prints it; None if it does not
    """

    width: int
    at: Mapping[str, int]
    rating_version: str | None

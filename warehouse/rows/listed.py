"""Every table there is: those of each source and its marts, then those of all archives."""

from __future__ import annotations

from warehouse.column import Row
from warehouse.rows import archive, hltv, pubg

TABLES: tuple[type[Row], ...] = (*hltv.ROWS, *pubg.ROWS, *pubg.MARTS, *archive.ROWS)
"""Row classes, in the order of the reference."""

"""Every table there is: those of each source, then those that all archives give."""

from __future__ import annotations

from warehouse.column import Row
from warehouse.rows import archive, hltv, pubg

TABLES: tuple[type[Row], ...] = (*hltv.ROWS, *pubg.ROWS, *archive.ROWS)
"""Row classes, in the order of the reference."""

"""The marts of every source, by its name."""

from __future__ import annotations

from warehouse.marts import Mart, pubg

MARTS_OF: dict[str, tuple[Mart, ...]] = {"pubg": pubg.MARTS}

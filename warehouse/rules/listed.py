"""The rules of every source's tables, by its name; a source without is not named."""

from __future__ import annotations

from warehouse.rules import Rules, hltv, pubg

RULES_OF: dict[str, Rules] = {"hltv": hltv.RULES, "pubg": pubg.RULES}

RULES: Rules = {row: rules for of in RULES_OF.values() for row, rules in of.items()}
"""All of them, by row class."""

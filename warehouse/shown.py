"""Which tables are worth a line: not those of a source that nothing was read of.

Every snapshot has all tables there are, so that readers need not ask; a warehouse of one source
alone would show those of all others with no rows.
"""

from __future__ import annotations

from collections.abc import Mapping

from warehouse.terminal import counted


def left_out(tables: Mapping[str, int]) -> dict[str, list[str]]:
    """The tables of sources that have no row in any, by source; tables are named after theirs.

    >>> left_out({"hltv_maps": 0, "hltv_teams": 0, "pubg_kills": 0, "pubg_maps": 3, "issues": 0})
    {'hltv': ['hltv_maps', 'hltv_teams']}

    Where no source has any row, all are worth one: nothing is left out.
    """
    of: dict[str, list[str]] = {}
    for name in tables:
        source, is_of_source, _ = name.partition("_")
        if is_of_source:
            of.setdefault(source, []).append(name)
    empty = {source: names for source, names in of.items() if not any(tables[n] for n in names)}
    return {} if empty.keys() == of.keys() else empty


def said_of(empty: Mapping[str, list[str]]) -> str:
    """What is left out, in words; empty if nothing is.

    >>> said_of({"hltv": ["hltv_maps", "hltv_teams"]})
    'not shown: 2 tables of hltv, all empty'
    """
    if not empty:
        return ""
    named = (f"{counted(len(some), 'table', 'tables')} of {one}" for one, some in empty.items())
    return f"not shown: {', '.join(named)}, all empty"

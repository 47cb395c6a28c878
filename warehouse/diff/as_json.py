"""A comparison as values that JSON can hold: for programs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from warehouse.diff.model import (
    ColumnDiff,
    Diff,
    Example,
    Place,
    RowExample,
    TableDiff,
    Tally,
    plain,
)

Said = dict[str, Any]


def as_json(diff: Diff) -> Said:
    """All that a comparison says, tables that do not differ included; captures stand in full."""
    return {
        "before": {"snapshot": diff.before, "parsers": dict(diff.parsers_before)},
        "after": {"snapshot": diff.after, "parsers": dict(diff.parsers_after)},
        "equal": diff.is_equal,
        "tables": [_table(diff, table) for table in diff.tables],
        "captures": _tallies(diff.outcomes, ("page_type", "outcome")),
        "quarantine": _tallies(diff.quarantine, ("table", "rule")),
        "issues": _tallies(diff.issues, ("page_type", "kind", "field")),
    }


def _table(diff: Diff, table: TableDiff) -> Said:
    return {
        "table": table.name,
        "equal": table.is_equal,
        "only_in": table.only_in or None,
        "note": table.note or None,
        "key": list(table.key),
        "rows": {"before": table.rows_before, "after": table.rows_after},
        "added": table.added,
        "removed": table.removed,
        "changed": table.changed,
        "only_provenance": table.moved,
        "columns": [_column(diff, table, column) for column in table.columns],
        "rows_added": [_row(diff.places_after, table, row) for row in table.rows_added],
        "rows_removed": [_row(diff.places_before, table, row) for row in table.rows_removed],
    }


def _column(diff: Diff, table: TableDiff, column: ColumnDiff) -> Said:
    before, after = table.null_share(column)
    return {
        "column": column.name,
        "only_in": column.only_in or None,
        "type": {"before": column.type_before or None, "after": column.type_after or None},
        "changed": column.changed,
        "blanked": column.blanked,
        "filled": column.filled,
        "nulls": {"before": column.nulls_before, "after": column.nulls_after},
        "null_share": {"before": before, "after": after},
        "examples": [_example(diff, table, example) for example in column.examples],
    }


def _example(diff: Diff, table: TableDiff, example: Example) -> Said:
    return {
        "key": _named(table.key, example.key),
        "before": plain(example.before),
        "after": plain(example.after),
        "captures_before": _places(diff.places_before, example.captures_before),
        "captures_after": _places(diff.places_after, example.captures_after),
    }


def _row(places: Mapping[int, Place], table: TableDiff, row: RowExample) -> Said:
    return {
        "key": _named(table.key, row.key),
        "row": {name: plain(value) for name, value in row.row.items()},
        "captures": _places(places, row.captures),
    }


def _named(names: Iterable[str], key: Iterable[object]) -> Said:
    return {name: plain(value) for name, value in zip(names, key, strict=True)}


def _places(places: Mapping[int, Place], ids: Iterable[int]) -> list[Said]:
    return [asdict(places[one]) if one in places else {"capture_id": one} for one in ids]


def _tallies(tallies: Iterable[Tally], names: tuple[str, ...]) -> list[Said]:
    return [
        {
            **dict(zip(names, tally.what, strict=True)),
            "before": tally.before,
            "after": tally.after,
        }
        for tally in tallies
    ]

"""The reference of all tables, written from their row classes: `python -m warehouse.describe`."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterator

from warehouse.column import Row
from warehouse.rows.listed import TABLES
from warehouse.rules import Rule
from warehouse.rules.listed import RULES
from warehouse.schema import Column, columns_of, key_of, provenance_of
from warehouse.terminal import until_closed

HEAD = """# Tables

Written from the row classes by `python -m warehouse.describe`; do not edit. Each table is a folder
of Parquet files, `snapshots/<CURRENT>/<table>/*.parquet`, sorted by its key. Text is UTF-8, numbers
are 64 bits wide, times are UTC. A null means that no archived page says the value.
"""


def describe_tables() -> str:
    """The text of docs/tables.md."""
    return "\n".join([HEAD, *(line for row in TABLES for line in _table(row))])


def _table(row: type[Row]) -> Iterator[str]:
    yield f"## {row.table}\n"
    yield f"{inspect.cleandoc(row.__doc__ or '')}\n"
    yield f"- Key: {', '.join(f'`{name}`' for name in key_of(row))}"
    if row.references:
        yield f"- Refers to: {', '.join(f'`{other.table}`' for other in row.references)}"
    if row.dimension:
        yield "- Gathered from all pages: column by column, the newest value that is not null."
    yield "\n| column | type | null | unit | meaning |\n|---|---|---|---|---|"
    for column in (*columns_of(row), *provenance_of(row)):
        yield _line(column)
    yield ""
    rules = RULES.get(row, ())
    if rules:
        yield f"{_rules('Rules', 'error', rules)}"
    if any(rule.severity == "warning" for rule in rules):
        yield f"{_rules('Worth a look', 'warning', rules)}"


def _rules(title: str, severity: str, rules: tuple[Rule, ...] | object) -> str:
    assert isinstance(rules, tuple)
    texts = "; ".join(f"`{rule.text}`" for rule in rules if rule.severity == severity)
    return f"{title}: {texts}.\n"


def _line(column: Column) -> str:
    closed = "one of " + ", ".join(f"`{value}`" for value in column.one_of) if column.one_of else ""
    meaning = " ".join(part for part in (column.doc, closed and f"({closed})") if part)
    name = f"**{column.name}**" if column.is_key else column.name
    null = "yes" if column.nullable else ""
    return f"| {name} | {column.arrow.type} | {null} | {column.unit} | {meaning} |"


if __name__ == "__main__":
    with until_closed():
        sys.stdout.write(describe_tables())

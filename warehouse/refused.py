"""Rows in quarantine: grouped by table and rule, or one by one with the captures they stand on.

A row that breaks several rules counts under each. Reasons that name one entity (`no match page
lists map 231966`) are one rule: the number is taken out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import msgspec

from warehouse.errors import TableNotFoundError
from warehouse.sql.locked import LockedSql

REASONS_JOINED_BY = "; "
# What a reason of one entity ends with: `lists map 12`, `match_id is 12`.
RULE = r"regexp_replace(reason, '( lists [a-z_]+|_id is) -?[0-9]+$', '\1 …')"
REASONS = f"""
    SELECT * EXCLUDE (reason), {RULE} AS rule FROM (
        SELECT *, unnest(string_split(reasons, '{REASONS_JOINED_BY}')) AS reason FROM quarantine
    )
"""  # noqa: S608 - constants
GROUPS = f"""
    SELECT table_name, rule, count(*) AS rows,
           count(DISTINCT capture_id) AS captures
    FROM ({REASONS}) GROUP BY ALL ORDER BY table_name, rows DESC, rule
"""  # noqa: S608 - as above
TOTALS = "SELECT table_name, count(*) AS rows FROM quarantine GROUP BY ALL ORDER BY ALL"
ROWS = f"""
    WITH found AS (
        SELECT DISTINCT ON (capture_id, quarantine_number) * EXCLUDE (rule) FROM ({REASONS})
        WHERE table_name = $1 AND contains(lower(rule), lower($2))
    ), places AS (
        SELECT DISTINCT ON (capture_id) capture_id, collection, file, "offset", fetched_at, parser
        FROM captures WHERE outcome <> 'duplicate' ORDER BY ALL
    )
    SELECT found.*, collection, file, "offset",
           strftime(fetched_at, '%Y-%m-%dT%H:%M:%S.%fZ') AS fetched_at, parser
    FROM found LEFT JOIN places USING (capture_id)
    ORDER BY capture_id, quarantine_number
"""  # noqa: S608 - as above


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The refused rows of a table that break one rule.

    share  of all rows that were meant for the table; None for what is no table of the snapshot
    """

    table: str
    rule: str
    rows: int
    captures: int
    share: float | None


def groups_of(sql: LockedSql) -> list[Group]:
    """Every table and rule with refused rows, the most frequent first in each table."""
    published: dict[str, int] = sql.snapshot.about["tables"]
    refused = {row["table_name"]: row["rows"] for row in _rows(sql, TOTALS)}
    made = []
    for row in _rows(sql, GROUPS):
        name = row["table_name"]
        meant = published[name] + refused[name] if name in published else 0
        made.append(
            Group(
                table=name,
                rule=row["rule"],
                rows=row["rows"],
                captures=row["captures"],
                share=row["rows"] / meant if meant else None,
            )
        )
    return made


def refused_rows(sql: LockedSql, table: str, *, rule: str) -> Iterator[dict[str, Any]]:
    """The refused rows of a table with their captures; of a rule whose text contains `rule`.

    raises  TableNotFoundError where the snapshot neither has such a table nor refused a row of it
    """
    known = {*sql.snapshot.about["tables"], *(row["table_name"] for row in _rows(sql, TOTALS))}
    if table not in known:
        there_are = ", ".join(sorted(known))
        raise TableNotFoundError(
            f"no table {table!r} in snapshot {sql.snapshot.id}: there are {there_are}"
        )
    for row in _rows(sql, ROWS, table, rule):
        yield {
            "table": row["table_name"],
            "key": _json(row["row_key"]),
            "reasons": row["reasons"].split(REASONS_JOINED_BY),
            "row": _json(row["row"]),
            "capture": {
                "capture_id": row["capture_id"],
                "url": row["source_url"],
                "collection": row["collection"],
                "file": row["file"],
                "offset": row["offset"],
                "fetched_at": row["fetched_at"],
                "parser": row["parser"],
            },
        }


def _rows(sql: LockedSql, text: str, *values: object) -> Iterator[dict[str, Any]]:
    for batch in sql.batches(sql.read(text, values)):
        yield from batch.to_pylist()


def _json(text: str) -> Any:
    """What a text says as JSON; itself where it says nothing."""
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError:
        return text

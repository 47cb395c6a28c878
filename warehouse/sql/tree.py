"""Which SQL is run: one SELECT whose whole tree reads tables and computes, and nothing else.

Settings alone do not keep DuckDB from writing. It must be allowed to open the snapshot's parts, and
it may then also write to them: `WITH x AS (COPY … TO 'part-00000.parquet') FROM x` counts as a
SELECT. So the tree is walked before anything runs, and what is not known to be harmless is refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import msgspec

from warehouse.sql.errors import SqlError, one_line

if TYPE_CHECKING:
    import duckdb

QUERY_NODES = frozenset({"SELECT_NODE", "SET_OPERATION_NODE", "CTE_NODE", "RECURSIVE_CTE_NODE"})
TABLE_FUNCTIONS = frozenset(
    {
        "generate_series",
        "generate_subscripts",
        "histogram",
        "histogram_values",
        "json_each",
        "json_tree",
        "range",
        "repeat",
        "unnest",
    }
)
ONLY_SELECT = "only one SELECT is run here: nothing is written, set, loaded or attached"


def check_sql(sql: str, connection: duckdb.DuckDBPyConnection) -> None:
    """Raise SqlError unless a text is one statement that only reads."""
    if "\0" in sql:
        raise SqlError("the SQL holds a NUL character")
    [(tree,)] = connection.execute("SELECT json_serialize_sql($1)", [sql]).fetchall()
    try:
        said: dict[str, Any] = msgspec.json.decode(tree)
    except RecursionError as error:
        raise SqlError("the SQL is nested too deeply") from error
    if said["error"]:
        # Words of the parser about a mistake; for any other statement it only says what it is not.
        if said["error_type"] == "not implemented":
            raise SqlError(ONLY_SELECT)
        raise SqlError(one_line(said["error_message"], said.get("position"), sql))
    if len(said["statements"]) != 1:
        raise SqlError(ONLY_SELECT if said["statements"] else "there is no SQL to run")
    for node in _nodes(said):
        kind = node.get("type")
        if isinstance(kind, str) and kind.endswith("_NODE") and kind not in QUERY_NODES:
            raise SqlError(ONLY_SELECT)
        if kind == "TABLE_FUNCTION":
            _check_function(node.get("function"))


def _check_function(function: Any) -> None:
    name = function.get("function_name") if isinstance(function, dict) else None
    if not isinstance(name, str) or name.lower() not in TABLE_FUNCTIONS:
        raise SqlError(
            f"the table function {name or '?'} is refused: only the snapshot's tables are read"
        )


def _nodes(tree: Any) -> Iterator[dict[str, Any]]:
    """Every object of a JSON tree."""
    waiting = [tree]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            yield one
            waiting.extend(one.values())
        elif isinstance(one, list):
            waiting.extend(one)

"""Values as text: one way for every table, CSV file and JSON line that is printed or exported.

Times are ISO 8601 with six decimals, `Z` where they are UTC. Whole numbers keep every digit. The
work is done by DuckDB, column by column, for columns of any type a query may give.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from warehouse.sql.locked import literal

if TYPE_CHECKING:
    import duckdb

NUMBERS = re.compile(r"U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER|FLOAT|DOUBLE|DECIMAL\(.*\)")
FLOATS = ("FLOAT", "DOUBLE")
WHOLE = re.compile(r"U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER")
NESTED = re.compile(r".*\]|(STRUCT|MAP|UNION)\(.*|JSON|VARIANT", re.DOTALL)
UTC, LOCAL = "TIMESTAMP WITH TIME ZONE", "TIMESTAMP"
ISO = "%Y-%m-%dT%H:%M:%S.%f"


def types_of(relation: duckdb.DuckDBPyRelation) -> list[str]:
    """The types of a relation's columns, as DuckDB spells them."""
    return [str(kind) for kind in relation.types]


def names_of(relation: duckdb.DuckDBPyRelation) -> list[str]:
    """The names of a relation's columns; the second of a name gets a number.

    A JSON object and a table hold each name once.
    """
    made: list[str] = []
    for name in relation.columns:
        free = (f"{name}_{number}" if number else name for number in range(len(made) + 1))
        made.append(next(one for one in free if one not in made))
    return made


def is_number(kind: str) -> bool:
    """Whether a type's values stand to the right in a table."""
    return NUMBERS.fullmatch(kind) is not None


def as_text(relation: duckdb.DuckDBPyRelation) -> duckdb.DuckDBPyRelation:
    """The relation with every value as text; null stays null."""
    return relation.project(", ".join(_texts(types_of(relation))))


def as_json_lines(relation: duckdb.DuckDBPyRelation) -> duckdb.DuckDBPyRelation:
    """One column: each row as a JSON object. What is no number (NaN, infinity) is null there."""
    pairs = (
        f"{literal(name)}, {_json(place, kind)}"
        for place, (name, kind) in enumerate(
            zip(names_of(relation), types_of(relation), strict=True), start=1
        )
    )
    return relation.project(f"json_object({', '.join(pairs)})::VARCHAR")


def as_csv_lines(relation: duckdb.DuckDBPyRelation) -> duckdb.DuckDBPyRelation:
    """One column: each row as a line of CSV (RFC 4180); null is empty, an empty text is `""`."""
    kinds = types_of(relation)
    cells = (_csv(text, kind) for text, kind in zip(_texts(kinds), kinds, strict=True))
    return relation.project(" || ',' || ".join(cells))


def csv_head(names: Sequence[str]) -> str:
    """The line of CSV that names the columns.

    >>> csv_head(["a", 'b"c', ""])
    'a,"b""c",""'
    """
    return ",".join(
        '"' + name.replace('"', '""') + '"' if re.search('[",\r\n]|^$', name) else name
        for name in names
    )


def _texts(kinds: Sequence[str]) -> list[str]:
    return [text_of(f"#{place}", kind) for place, kind in enumerate(kinds, start=1)]


def text_of(value: str, kind: str) -> str:
    """The expression that turns a value of a type into text."""
    if kind == UTC:
        return f"strftime({value}, '{ISO}Z')"
    if kind == LOCAL:
        return f"strftime({value}, '{ISO}')"
    if NESTED.fullmatch(kind):
        return f"to_json({value})::VARCHAR"
    return f"{value}::VARCHAR"


def _json(place: int, kind: str) -> str:
    value = f"#{place}"
    if kind in FLOATS:
        return f"CASE WHEN isfinite({value}) THEN {value} END"
    if NUMBERS.fullmatch(kind) or NESTED.fullmatch(kind) or kind == "BOOLEAN":
        return value
    return text_of(value, kind)


def _csv(text: str, kind: str) -> str:
    if NUMBERS.fullmatch(kind) or kind in {UTC, LOCAL, "BOOLEAN"}:
        return f"coalesce({text}, '')"
    wrapped = f"'\"' || replace({text}, '\"', '\"\"') || '\"'"
    plain = f"regexp_matches({text}, '[\",\\r\\n]') OR {text} = ''"
    return f"CASE WHEN {text} IS NULL THEN '' WHEN {plain} THEN {wrapped} ELSE {text} END"

"""What row classes declare: columns, types, keys; and the reference written from them."""

from __future__ import annotations

from typing import Annotated, ClassVar

import pyarrow as pa
import pytest

from warehouse.column import Doc, Key, Row, Unit
from warehouse.describe import describe_tables
from warehouse.rows.archive import CaptureRow
from warehouse.rows.hltv import ROWS, MapRow, PlayerStatsRow
from warehouse.rows.listed import TABLES
from warehouse.rules.hltv import RULES
from warehouse.schema import arrow_schema, columns_of, key_of


class OddRow(Row, frozen=True):
    """A row of what no column can hold."""

    table: ClassVar[str] = "odd"
    contributors: ClassVar[tuple[str, ...]] = ()

    odd_id: Annotated[int, Key()]
    many: list[int]


class LengthRow(Row, frozen=True):
    """A length."""

    table: ClassVar[str] = "lengths"
    contributors: ClassVar[tuple[str, ...]] = ("page",)

    length_id: Annotated[int, Key(), Doc("Its number.")]
    length: Annotated[float | None, Unit("m")]


def test_types_nullability_and_provenance_follow_the_declaration() -> None:
    assert arrow_schema(LengthRow) == pa.schema(
        [
            pa.field("length_id", pa.int64(), nullable=False),
            pa.field("length", pa.float64(), nullable=True),
            pa.field("fetched_at", pa.timestamp("us", tz="UTC"), nullable=False),
            pa.field("source_url", pa.string(), nullable=False),
            pa.field("parser_version", pa.string(), nullable=False),
            pa.field("page_capture_id", pa.int64(), nullable=True),
        ]
    )
    identity, length = columns_of(LengthRow)
    assert (identity.is_key, identity.doc, length.unit) == (True, "Its number.", "m")


def test_a_type_that_is_no_column_is_refused() -> None:
    with pytest.raises(TypeError, match=r"OddRow\.many is declared as"):
        columns_of(OddRow)


def test_every_contributing_page_has_its_capture_column() -> None:
    assert arrow_schema(PlayerStatsRow).names[-2:] == [
        "map_stats_capture_id",
        "performance_capture_id",
    ]
    assert "fetched_at" in arrow_schema(CaptureRow).names
    assert not [name for name in arrow_schema(CaptureRow).names if name == "source_url"]


@pytest.mark.parametrize("row", TABLES, ids=lambda row: row.table)
def test_every_table_has_a_key_and_a_sentence(row: type[Row]) -> None:
    assert key_of(row)
    assert (row.__doc__ or "").strip().endswith(".")
    for other in row.references:
        assert set(key_of(other)) <= set(row.__struct_fields__)


@pytest.mark.parametrize("row", TABLES, ids=lambda row: row.table)
def test_every_column_says_what_it_holds(row: type[Row]) -> None:
    assert [column.name for column in columns_of(row) if not column.doc] == []


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.table)
def test_rules_name_columns_that_exist(row: type[Row]) -> None:
    for rule in RULES.get(row, ()):
        assert set(rule.holds.meta.root_names()) <= set(row.__struct_fields__), rule.text


def test_the_reference_holds_every_table_and_column() -> None:
    text = describe_tables()
    for row in TABLES:
        assert f"## {row.table}\n" in text
    assert "| **map_number** | int64 |" in text
    assert "- Refers to: `hltv_matches`" in text
    assert all(f"| {name} |" in text or f"**{name}**" in text for name in MapRow.__struct_fields__)

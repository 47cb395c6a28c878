"""What tracing assembles is what the build assembled, row by row."""

from __future__ import annotations

import pytest

from parse.trace.rows import Roots, ids_in
from tests.parse.trace.season import roots, rows, some_rows, traced
from warehouse.column import Row
from warehouse.rows.archive import ROWS as ARCHIVE_ROWS
from warehouse.rows.hltv import ROWS
from warehouse.schema import key_of

TABLES = [row.table for row in ROWS]


@pytest.mark.parametrize(
    "row", [row for row in ROWS if not row.dimension], ids=lambda row: row.table
)
def test_every_row_of_the_season_is_made_again(row: type[Row]) -> None:
    from parse.trace.rows import _differences, _made  # noqa: PLC0415 - the comparison itself

    found: Roots = roots()
    source = found.archive.registry.source_named("hltv")
    for one in rows(row.table):
        captures = [found.archive.capture(number) for number in ids_in(one)]
        listing = next((each for each in captures if each.page_type == "results"), None)
        assembly = found.get(source, source.parsing.roots[0], one["match_id"], listing).assembly
        made = _made(assembly, row, one)
        assert made is not None, one
        assert not _differences(made, row, one)


@pytest.mark.parametrize("table", TABLES)
def test_a_trace_has_every_column_and_nothing_to_remark(table: str) -> None:
    for row in some_rows(table, 2):
        trace = traced(table, row)
        assert [one for one in trace.remarks if "matter and were not" not in one] == []
        kind = next(one for one in ROWS if one.table == table)
        if not kind.dimension:
            assert list(trace.lineages) == list(kind.__struct_fields__)
        for name, lineage in trace.lineages.items():
            assert lineage.value == row[name]
            assert all(one.value == row[name] for one in lineage.origins if one.how == "copied")


@pytest.mark.parametrize("table", TABLES)
def test_the_copied_columns_name_a_capture_of_the_row_or_of_its_match(table: str) -> None:
    """A column comes from a page the row names, or from one that leads to it."""
    for row in some_rows(table, 2):
        trace = traced(table, row)
        own = set(ids_in(row))
        keys = set(key_of(next(one for one in ROWS if one.table == table)))
        for name, lineage in trace.lineages.items():
            copied = [one for one in lineage.origins if one.how == "copied"]
            if copied and name not in keys | {"mapstatsid", "team_id", "winner_team_id"}:
                assert copied[0].source.capture.capture_id in own, name


def test_a_row_about_the_archive_shows_how_its_page_stood() -> None:
    for row in some_rows("captures", 4):
        trace = traced("captures", row)
        if row["page_type"] is not None:
            (decision,) = trace.decisions
            assert [one.standing for one in decision.competitors] == ["good"]
    for row in rows("issues"):
        assert traced("issues", row).captures[0].capture_id == row["capture_id"]
    assert {row.table for row in ARCHIVE_ROWS} == {"captures", "issues", "quarantine"}

"""The trace of rows that are about the archive: captures, issues, and rows in quarantine.

Their capture is their provenance. A row in quarantine is more: it is looked for among what is
assembled or extracted now, so that each of its values can be followed to its page.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from parse.check import row_json, table_name
from parse.model import Made, Sourced
from parse.registry import Source
from parse.trace.archive import Archive
from parse.trace.bundle import reference
from parse.trace.decisions import Decision, standing_of_page
from parse.trace.origins import Lineage, Origin
from parse.trace.rows import Roots, RowTrace, follow
from parse.trace.totals import trace_total
from warehouse.column import Row
from warehouse.rows.archive import CaptureRow, QuarantineRow


def trace_of_archive(
    roots: Roots, kind: type[Row], row: Mapping[str, Any], *, limit: int
) -> RowTrace:
    """The trace of a row of `captures`, `issues` or `quarantine`.

    limit  captures to name of what a refused total stands on
    """
    archive = roots.archive
    if row["capture_id"] is None:
        return _trace_refused_total(archive, kind, row, limit)
    capture = archive.capture(row["capture_id"])
    trace = RowTrace(table=kind.table, row=row, captures=(capture,))
    if kind is QuarantineRow:
        _follow_refused(trace, roots, capture)
    if not trace.decisions and (decision := _page(roots, capture)):
        trace.decisions = (decision,)
    return trace


def _trace_refused_total(
    archive: Archive, kind: type[Row], row: Mapping[str, Any], limit: int
) -> RowTrace:
    """The trace of a row of a mart that is in quarantine: what it was worked out of."""
    trace = RowTrace(table=kind.table, row=row, captures=())
    for source in archive.registry.sources:
        for mart in source.all_marts(archive.tracked):
            if mart.row.table == row["table_name"]:
                of = trace_total(archive, mart, json.loads(row["row"]), limit=limit)
                trace.behind, trace.remarks = of.behind, of.remarks
    return trace


def _page(roots: Roots, capture: CaptureRow) -> Decision | None:
    """How the captures of the page stand to each other; None for what is no known page."""
    if capture.source is None or capture.page_key is None:
        return None
    same = roots.archive.of_page(capture.source, page_type=capture.page_type, key=capture.page_key)
    return standing_of_page(roots.archive, capture, same)


def _follow_refused(trace: RowTrace, roots: Roots, capture: CaptureRow) -> None:
    """Follow the values of a refused row, where it is made or extracted now as it was then."""
    row = trace.row
    sources = [one for one in roots.archive.registry.sources if one.parsing.name == capture.source]
    values = json.loads(row["row"])
    for source in sources:
        if _follow_made(trace, roots, source, values):
            return
    for found in roots.archive.extraction(capture).rows:
        if table_name(found) == row["table_name"] and row_json(found) == row["row"]:
            trace.lineages.update(_of_itself(found, capture))
            return
    trace.remarks.append("rebuilt with other code: no such row is made or extracted now")


def _follow_made(trace: RowTrace, roots: Roots, source: Source, values: Mapping[str, Any]) -> bool:
    """Follow a row that was made and then refused by a rule; False if none such is made now."""
    for root in source.parsing.roots:
        entity_id = values.get(source.root_field(root.kind))
        if not isinstance(entity_id, int | str):
            continue
        found = roots.get(source, root, entity_id)
        for made in found.assembly.first:
            if (
                isinstance(made, Made)
                and table_name(made.row) == trace.row["table_name"]
                and row_json(made.row) == trace.row["row"]
            ):
                follow(trace, roots.archive, found, made)
                return True
    return False


def _of_itself(row: Row, capture: CaptureRow) -> dict[str, Lineage]:
    """The lineage of an extracted row: each of its fields is itself."""
    sourced = Sourced(row, reference(capture))
    return {
        name: Lineage(name, getattr(row, name), [Origin(source=sourced, field=name, how="copied")])
        for name in row.__struct_fields__
    }

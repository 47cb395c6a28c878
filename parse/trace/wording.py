"""A trace in words and as JSON: what each column was made of, how captures stood."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

import msgspec

from parse.trace.archive import Archive
from parse.trace.decisions import Competitor, Decision
from parse.trace.origins import Also, Lineage, Origin
from parse.trace.rows import Behind, RowTrace
from warc.errors import WarchouseError
from warc.words import counted
from warehouse.rows.archive import CaptureRow

FIELDS_NAMED_MAX = 4

CAPTURE_FACTS = (
    "path",
    "offset",
    "inner",
    "length",
    "record_id",
    "url",
    "fetched_at",
    "payload_digest",
)
"""What is said of a capture, under these names."""


def value_text(value: object) -> str:
    """A value as it is printed."""
    return "null" if value is None else str(value)


def origin_text(lineage: Lineage) -> str:
    """Where a column comes from, in one line."""
    copied = [one for one in lineage.origins if one.how == "copied"]
    computed = [one for one in lineage.origins if one.how == "computed"]
    joined = [one for one in lineage.origins if one.how == "joined"]
    present = [one for one in lineage.origins if one.how == "present"]
    if lineage.value is None:
        return _null_text(copied, computed)
    if copied:
        text = _place(copied[0])
        if computed:
            text += f", decided by {_fields(computed)}"
    elif computed:
        text = f"computed from {_fields(computed)}"
    elif joined:
        text = f"{_place(joined[0])}, by which pages are joined"
    elif present:
        text = f"whether {_kinds(present)} is there"
    else:
        text = "set when rows are put together; no single extracted field changes it"
    return "; ".join([text, *map(_also_text, lineage.also)])


def _null_text(copied: Sequence[Origin], computed: Sequence[Origin]) -> str:
    if copied:
        return "null: not on " + ", ".join(dict.fromkeys(map(_place, copied)))
    if computed:
        return f"null: computed from {_fields(computed)}"
    return "null: nothing that was extracted fills it"


def _place(origin: Origin) -> str:
    return f"{origin.source.capture.page_type} page, {_field(origin)}"


def _field(origin: Origin) -> str:
    return f"{type(origin.source.row).__name__}.{origin.field}"


def _fields(origins: Sequence[Origin]) -> str:
    """Fields with their values, by page; of many the first few."""
    parts = []
    for page_type, some in groupby(origins, key=lambda one: one.source.capture.page_type):
        named = list(dict.fromkeys(f"{_field(one)} {value_text(one.value)}" for one in some))
        more = len(named) - FIELDS_NAMED_MAX
        text = " and ".join(named[:FIELDS_NAMED_MAX])
        parts.append(f"{page_type} page, {text}" + (f" and {more} more" if more > 0 else ""))
    return "; ".join(parts)


def _kinds(origins: Sequence[Origin]) -> str:
    named = dict.fromkeys(
        f"a {type(one.source.row).__name__} on the {one.source.capture.page_type} page"
        for one in origins
    )
    return " or ".join(named)


def _also_text(also: Also) -> str:
    if also.agrees:
        return f"the {also.capture.page_type} page prints it too"
    return f"the {also.capture.page_type} page differs: {also.found}"


def capture_facts(archive: Archive, capture: CaptureRow) -> dict[str, Any]:
    """A capture's row, and where its file lies now; raises CollectionError if that is gone."""
    return {**msgspec.structs.asdict(capture), "path": str(archive.path_of(capture))}


def place_text(capture: CaptureRow) -> str:
    """Where a record stands: collection, file and offset; behind `+`, the one in its unit."""
    inner = f"+{capture.inner}" if capture.inner else ""
    return f"{capture.collection}/{capture.file}:{capture.offset}{inner}"


def behind_text(behind: Behind) -> str:
    """What a total stands on, in one line."""
    rows = counted(behind.rows, "row", "rows")
    captures = counted(behind.captures, "capture", "captures")
    more = behind.captures - len(behind.first)
    if not behind.first or not more:
        return f"stands on {rows} of {behind.table}, read from {captures}"
    newest = f"the newest {len(behind.first):,}"
    return f"stands on {rows} of {behind.table}, read from {captures}; {newest} (--limit)"


def cells_behind(capture: CaptureRow) -> tuple[str, str, str]:
    """A capture that a total stands on: time, place, URL."""
    return f"{capture.fetched_at:%Y-%m-%d %H:%M:%SZ}", place_text(capture), capture.url


def title_of(decision: Decision) -> str:
    """What a decision was about, and the columns it supplied."""
    columns = f" ({', '.join(decision.columns)})" if decision.columns else ""
    return f"{decision.section}{columns}"


def cells_of(competitor: Competitor) -> tuple[str, str, str, str]:
    """How a capture stood: standing, time, place, why."""
    capture = competitor.visit.capture
    when = f"{capture.fetched_at:%Y-%m-%d %H:%M:%SZ}"
    return competitor.standing, when, place_text(capture), competitor.why


def decisions_about(trace: RowTrace, columns: Sequence[str] | None) -> Iterator[Decision]:
    """The decisions behind these columns, or all."""
    for decision in trace.decisions:
        if columns is None or not decision.columns or set(columns) & set(decision.columns):
            yield decision


def trace_json(
    archive: Archive, trace: RowTrace, columns: Sequence[str] | None
) -> dict[str, object]:
    """Everything that is known, for a program; of these columns only, if named."""
    lineages = [one for name, one in trace.lineages.items() if columns is None or name in columns]
    return {
        "snapshot": archive.snapshot.id,
        "table": trace.table,
        "row": dict(trace.row),
        "captures": [capture_facts(archive, one) for one in trace.captures],
        "columns": [_lineage_json(one) for one in lineages],
        "behind": [
            {
                "table": one.table,
                "rows": one.rows,
                "captures": one.captures,
                "first": [capture_facts(archive, capture) for capture in one.first],
            }
            for one in trace.behind
        ],
        "decisions": [_decision_json(archive, one) for one in decisions_about(trace, columns)],
        "remarks": trace.remarks,
    }


def _lineage_json(lineage: Lineage) -> dict[str, object]:
    return {
        "column": lineage.column,
        "value": lineage.value,
        "from": origin_text(lineage),
        "origins": [
            {
                "how": one.how,
                "page_type": one.source.capture.page_type,
                "capture_id": one.source.capture.capture_id,
                "parser": one.source.capture.parser,
                "extracted": type(one.source.row).__name__,
                "field": one.field or None,
                "value": one.value,
            }
            for one in lineage.origins
        ],
        "also": [
            {
                "page_type": one.capture.page_type,
                "capture_id": one.capture.capture_id,
                "field": one.field,
                "found": one.found,
                "agrees": one.agrees,
            }
            for one in lineage.also
        ],
    }


def _decision_json(archive: Archive, decision: Decision) -> dict[str, object]:
    return {
        "section": str(decision.section),
        "columns": decision.columns,
        "captures": [_competitor_json(archive, one) for one in decision.competitors],
    }


def _competitor_json(archive: Archive, competitor: Competitor) -> dict[str, object]:
    capture = competitor.visit.capture
    try:
        path = str(archive.path_of(capture))
    except WarchouseError:
        path = None
    return {
        "standing": competitor.standing,
        "why": competitor.why,
        "rows": competitor.rows,
        "capture_id": capture.capture_id,
        "path": path,
        "offset": capture.offset,
        "inner": capture.inner,
        "record_id": capture.record_id,
        "url": capture.url,
        "fetched_at": capture.fetched_at,
        "seen_at": competitor.visit.seen_at,
        "outcome": capture.outcome,
        "parser": capture.parser,
        "payload_digest": capture.payload_digest,
        "renewed_by": [one.capture_id for one in competitor.visit.renewed_by],
    }

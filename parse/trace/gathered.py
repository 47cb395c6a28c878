"""The trace of a row of a dimension: each column is the newest root's value that is not null.

As parse/dimensions.py folds sightings: the root with the highest id counts as newest, and of one
root the capture fetched last. The row names the newest sighting's capture; a column that is null
there comes from an older root, which is looked for among the pages of the same type.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from parse.model import Made
from parse.registry import Source
from parse.trace.rows import Root, Roots, RowTrace, follow, ids_in
from warc.errors import WarchouseError
from warehouse.column import Row
from warehouse.rows.archive import CaptureRow
from warehouse.schema import key_of

OLDER_MAX = 200
"""Pages of older roots that are looked through for a column's value: about two seconds."""


def trace_gathered(
    roots: Roots, source: Source, kind: type[Row], row: Mapping[str, Any]
) -> RowTrace:
    """The trace of a row of a dimension."""
    archive = roots.archive
    captures = tuple(archive.capture(found) for found in ids_in(row))
    trace = RowTrace(table=kind.table, row=row, captures=captures)
    (key,) = (row[name] for name in key_of(kind))
    wanted = {name for name in kind.__struct_fields__ if row[name] is not None}
    for root, number in _newest_first(roots, source, captures, str(key)):
        if not wanted or number > OLDER_MAX:
            break
        _take(trace, roots, roots.get(source, root), (kind, key), wanted)
    for name in sorted(wanted):
        trace.remarks.append(
            f"the page that {name} comes from was not found among {OLDER_MAX} older ones"
        )
    return trace


def _take(
    trace: RowTrace,
    roots: Roots,
    root: Root,
    of: tuple[type[Row], object],
    wanted: set[str],
) -> None:
    """Follow the columns that this root's sightings are the newest to fill."""
    kind, key = of
    seen = [
        one
        for one in root.assembly.first
        if isinstance(one, Made)
        and type(one.row) is kind
        and getattr(one.row, key_of(kind)[0]) == key
    ]
    # The first of one time stands, so a stable sort by time alone gives the build's choice.
    seen.sort(key=_stamp, reverse=True)
    for made in seen:
        filled = [name for name in wanted if getattr(made.row, name) is not None]
        if not filled:
            continue
        follow(trace, roots.archive, root, made, filled)
        for name in filled:
            value = trace.row[name]
            if getattr(made.row, name) != value:
                now = getattr(made.row, name)
                trace.remarks.append(
                    f"rebuilt with other code: {name} is {now} now, {value} in the snapshot"
                )
        wanted.difference_update(filled)


def _stamp(made: Made) -> tuple[int, int]:
    capture = made.sources[0].capture
    return capture.fetched_at_us, capture.capture_id


def _newest_first(
    roots: Roots, source: Source, captures: tuple[CaptureRow, ...], text: str
) -> Iterator[tuple[int, int]]:
    """Roots whose pages name the key, the row's own first, then lower ids; and how many were read.

    The number counts pages that were read, whether or not they name the key.
    """
    own = sorted({root for one in captures for root in _roots_in(roots, source, one)}, reverse=True)
    for root in own[:1]:
        yield root, 0
    if not own:
        return
    older: dict[int, CaptureRow] = {}
    for page_type in dict.fromkeys(one.page_type for one in captures if one.page_type):
        for one in roots.archive.of_type(source.parsing.name, page_type):
            if one.outcome == "parsed" and one.page_key and one.page_key.isdigit():
                older.setdefault(int(one.page_key), one)
    lower = sorted((root for root in older if root < own[0]), reverse=True)
    for number, root in enumerate(lower, 1):
        if number > OLDER_MAX or _names(roots, older[root], text):
            yield root, number


def _roots_in(roots: Roots, source: Source, capture: CaptureRow) -> set[int]:
    """The roots that a capture has rows about."""
    found = roots.archive.extraction(capture)
    kind = source.parsing.root
    return {getattr(row, row.entity[1]) for row in found.rows if row.entity[0] == kind}


def _names(roots: Roots, capture: CaptureRow, text: str) -> bool:
    try:
        return text.encode() in roots.archive.body_of(capture)
    except WarchouseError:
        return False

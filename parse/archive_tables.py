"""The tables about the archive: captures, issues and quarantine, written from the stage.

All three are sorted by capture id, which is a hash, and cut into a power of two of equal ranges of
it: as many as keep a part near the size that is aimed at. Rows of marts, which are of no single
capture, stand at the end of quarantine.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from operator import itemgetter
from pathlib import Path
from typing import Any

import msgspec

from parse.inputs import Input
from parse.stage import Stage
from parse.times import EPOCH, MICROSECOND
from warehouse.column import Row
from warehouse.part import Part
from warehouse.parts import TableWriter
from warehouse.rows.archive import CaptureRow, IssueRow, QuarantineRow

PART_ROWS = 4_096  # rows aimed at per part
ROWS_AT_ONCE = 1_000

CAPTURES = """
SELECT capture_id, file, offset, inner, length, record_id, record_type, url, surt, fetched_us,
       status, mime, digest, source, page_type, page_key, verdict, reason, parser, layout, outcome,
       rows, issues, (SELECT count(*) FROM notes n WHERE n.capture_id = c.capture_id)
FROM captures c ORDER BY capture_id, file, offset, inner
"""
ISSUES = """
SELECT capture_id, page_type, parser, url, issues FROM captures c WHERE outcome <> 'duplicate'
  AND (length(issues) > 0 OR capture_id IN (SELECT capture_id FROM notes)) ORDER BY capture_id
"""
NOTES = "SELECT kind, field, found FROM notes WHERE capture_id = ? ORDER BY rowid"
REFUSED = """
SELECT capture_id, table_name, row_key, reasons, row, source_url FROM refused
ORDER BY capture_id IS NULL, capture_id, rowid
"""

_issues = msgspec.msgpack.Decoder(list[tuple[str, str, str]]).decode


def write_archive_tables(stage: Stage, files: tuple[Input, ...], folder: Path) -> list[Part]:
    """Write the three tables; the parts written."""
    stage.db.execute("CREATE INDEX stage.notes_by_capture ON notes (capture_id)")
    tables: tuple[tuple[type[Row], Callable[[], Iterator[Row]]], ...] = (
        (CaptureRow, lambda: _captures(stage, files)),
        (IssueRow, lambda: _issue_rows(stage)),
        (QuarantineRow, lambda: _quarantine_rows(stage)),
    )
    parts: list[Part] = []
    for row, rows in tables:
        writer = TableWriter(folder, row)
        _write(writer, rows(), sum(1 for _ in rows()))
        parts += writer.parts
    return parts


def _write(writer: TableWriter, rows: Iterator[Row], count: int) -> None:
    bits = max(0, (count - 1) // PART_ROWS).bit_length()
    last = (1 << 63) - 1
    part_of = lambda row: (  # noqa: E731
        ((last if row.capture_id is None else row.capture_id) + (1 << 63)) >> (64 - bits)
    )
    for part, some in itertools.groupby(rows, key=part_of):
        while batch := list(itertools.islice(some, ROWS_AT_ONCE)):
            writer.add_rows(batch)
        writer.finish_part(part)
    writer.close()


def _captures(stage: Stage, files: tuple[Input, ...]) -> Iterator[Row]:
    for values in stage.db.execute(CAPTURES):
        (capture_id, file, offset, inner, length, record_id, record_type, url, surt) = values[:9]
        (fetched_us, status, mime, digest, source, page_type, page_key) = values[9:16]
        (verdict, reason, parser, layout, outcome, rows, issues, notes) = values[16:]
        is_copy = outcome == "duplicate"
        yield CaptureRow(
            capture_id=capture_id,
            collection=files[file].collection,
            file=files[file].name,
            offset=offset,
            inner=inner,
            length=length,
            record_id=record_id,
            record_type=record_type,
            url=url,
            surt=surt,
            fetched_at=EPOCH + fetched_us * MICROSECOND,
            status=status,
            mime=mime,
            payload_digest=digest,
            source=source,
            page_type=page_type,
            page_key=page_key,
            verdict=verdict,
            verdict_reason=reason,
            parser=parser,
            layout=layout,
            outcome=outcome,
            rows=rows,
            issues=0 if is_copy else notes + (len(_issues(issues)) if issues else 0),
        )


def _issue_rows(stage: Stage) -> Iterator[Row]:
    for capture_id, page_type, parser, url, packed in stage.db.execute(ISSUES):
        own = _issues(packed) if packed else []
        notes: list[Any] = stage.db.execute(NOTES, (capture_id,)).fetchall()
        for number, (kind, field, found) in enumerate((*own, *notes), 1):
            yield IssueRow(
                capture_id=capture_id,
                issue_number=number,
                page_type=page_type,
                parser=parser,
                kind=kind,
                field=field,
                found=found,
                source_url=url,
            )


def _quarantine_rows(stage: Stage) -> Iterator[Row]:
    for capture_id, some in itertools.groupby(stage.db.execute(REFUSED), key=itemgetter(0)):
        for number, (_, table_name, row_key, reasons, row, source_url) in enumerate(some, 1):
            yield QuarantineRow(
                capture_id=capture_id,
                quarantine_number=number,
                table_name=table_name,
                row_key=row_key,
                reasons=reasons,
                row=row,
                source_url=source_url,
            )

"""Marked pages written to files, and the first of them shown in the system's browser."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from parse.trace.archive import Archive
from parse.trace.documents.shown import marked_json
from parse.trace.marks import Found, MarkedCapture, banner_of, mark_captures
from parse.trace.page import Banner, Written, marked_page
from parse.trace.rows import RowTrace
from warc.errors import UsageError
from warehouse.output import write_page
from warehouse.schema import key_of
from warehouse.snapshot import row_named

_ODD = re.compile(r"[^A-Za-z0-9_.-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedPage:
    """A page that was written: where, the anchor of its first mark, and what is marked on it.

    objects  of a JSON document, how many objects there are, matter and are shown
    """

    path: Path
    anchor: str
    capture_id: int
    page_type: str
    found: tuple[Found, ...]
    objects: dict[str, int] | None = None

    @property
    def url(self) -> str:
        """What a browser is given."""
        return self.path.resolve().as_uri() + (f"#{self.anchor}" if self.anchor else "")


def write_pages(
    archive: Archive, trace: RowTrace, *, columns: Sequence[str] | None, output: Path | None
) -> list[OpenedPage]:
    """Write every page that supplied a column, the row's primary one first.

    output   the first page's file; the others stand beside it, named after their page type. None
             for a folder of temporary files, which is left for the browser to read
    raises   ArchiveError, CollectionError where a page cannot be read from its archive;
             WarehouseError where a file may not or cannot be written
    """
    pages = mark_captures(archive, trace, columns)
    key = key_text(trace)
    first = output or Path(tempfile.mkdtemp(prefix="warchouse-")) / _file_name(trace.table, key)
    paths = _paths(first, pages)
    files = {page.capture.capture_id: path.name for page, path in zip(pages, paths, strict=True)}
    written = []
    for page, path in zip(pages, paths, strict=True):
        banner = banner_of(trace, key, page, files, columns)
        made = _marked(page, banner)
        write_page(path, made.content)
        written.append(
            OpenedPage(
                path=path,
                anchor=made.anchor,
                capture_id=page.capture.capture_id,
                page_type=page.capture.page_type or "",
                found=tuple(page.found),
                objects=page.objects(),
            )
        )
    return written


def _marked(page: MarkedCapture, banner: Banner) -> Written:
    """A page with its marks, as HTML whatever it is."""
    if page.document is None:
        return marked_page(page.body, page.marks(), banner)
    return marked_json(page.document, page.marks(), page.shown(), banner, page.note())


def show(page: OpenedPage, opener: Callable[[str], bool]) -> bool:
    """Open a page at its first mark; False where no browser could be started."""
    return opener(page.url)


def refuse_several(table: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Raise UsageError where the key fits several rows: a page is opened for one."""
    if len(rows) > 1:
        names = " ".join(key_of(row_named(table)))
        wrong = f"the key fits {len(rows)} rows, and a page is opened for one: give {names}"
        raise UsageError(wrong)


def key_text(trace: RowTrace) -> str:
    """The row's key in words."""
    names = key_of(row_named(trace.table))
    return " ".join(str(trace.row[name]) for name in names)


def page_json(page: OpenedPage) -> dict[str, object]:
    """A written page for a program: where, and what is marked."""
    told: dict[str, object] = {
        "path": str(page.path),
        "anchor": page.anchor,
        "capture_id": page.capture_id,
        "page_type": page.page_type,
        "marks": [_mark_json(one) for one in page.found],
    }
    return told if page.objects is None else {**told, "objects": page.objects}


def _mark_json(found: Found) -> dict[str, object]:
    """A mark: its column, and its element on an HTML page, or its path and byte in a document."""
    told: dict[str, object] = {
        "column": found.column,
        "label": found.label,
        "field": found.origin.field,
        "how": found.spot.how,
        "text": found.spot.text,
    }
    if (value := found.value) is not None:
        start, end = value.span
        told["path"] = value.path or None
        told["offset"] = start if value.path else None
        told["length"] = end - start if value.path else None
        told["made_of"] = value.count or None
    else:
        place = found.spot.place
        told["element"] = found.tag or None
        told["attribute"] = (place.name or None) if place else None
    return told


def _file_name(table: str, key: str) -> str:
    return _ODD.sub("-", f"{table}-{key}")[:100] + ".html"


def _paths(first: Path, pages: Sequence[MarkedCapture]) -> list[Path]:
    """A file for each page, no two of one name."""
    paths: list[Path] = []
    for page in pages:
        path, number = first, 1
        while path in paths:
            again = f"-{number}" if number > 1 else ""
            path = first.with_name(f"{first.stem}-{page.capture.page_type}{again}{first.suffix}")
            number += 1
        paths.append(path)
    return paths

"""A report on disk: written aside, then put in place."""

from __future__ import annotations

from pathlib import Path

from warehouse.errors import WarehouseError
from warehouse.html.model import Page
from warehouse.html.page import render
from warehouse.store import replace


def write_page(path: Path, page: Page) -> None:
    """Write a report; who reads it meanwhile sees the one before.

    raises  WarehouseError where it cannot be written
    """
    if path.suffix not in {".html", ".htm"} and path.exists():
        raise WarehouseError(f"{path} is there and is no .html file: it is not replaced")
    aside = path.with_name(f".{path.name}.new")
    try:
        aside.write_bytes(render(page).encode())
        replace(aside, path)
    except OSError as error:
        aside.unlink(missing_ok=True)
        reason = (error.strerror or str(error)).lower()
        raise WarehouseError(f"cannot write {path}: {reason}") from error

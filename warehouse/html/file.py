"""A report on disk."""

from __future__ import annotations

from pathlib import Path

from warehouse.html.model import Page
from warehouse.html.page import render
from warehouse.output import write_page


def write_report(path: Path, page: Page) -> None:
    """Render a report and write it, as `warehouse.output.write_page` says."""
    write_page(path, render(page).encode())

"""Real pages beside the checkout, for tests that are skipped where there are none."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from parse.page import HtmlPage

FOLDER = Path(__file__).resolve().parents[4] / "shared" / "samples" / "hltv"

needs_samples = pytest.mark.skipif(
    not FOLDER.is_dir(), reason=f"no sample pages in {FOLDER}: they are not part of the project"
)

_CANONICAL = re.compile(
    rb'<link[^>]*?(?:rel="canonical"[^>]*?href="([^"]*)"|href="([^"]*)"[^>]*?rel="canonical")'
)
_MAP = re.compile(rb'href="[^"]*/mapstatsid/(\d+)/[^"]*" class="stats-top-menu-item[^"]*selected')


def sample_paths(folder: str) -> tuple[Path, ...]:
    """The sample files of a folder; none where there are no samples."""
    return tuple(sorted((FOLDER / folder).glob("*.html.gz")))


def sample_bytes(path: Path) -> bytes:
    """The page as it was kept."""
    return gzip.decompress(path.read_bytes())


def sample_page(path: Path) -> HtmlPage:
    """A sample as its parser gets it, with the key that its own links say."""
    html = sample_bytes(path)
    kind = path.parent.name
    if kind == "match":
        canonical = _CANONICAL.search(html)
        assert canonical is not None
        url = (canonical[1] or canonical[2]).decode()
        return HtmlPage(html, url=url, page_type="match", key=url.split("/")[4])
    if kind in {"mapstats", "performance"}:
        found = _MAP.search(html)
        assert found is not None
        key = found[1].decode()
        name = "map_stats" if kind == "mapstats" else kind
        return HtmlPage(html, url=f"https://www.hltv.org/{key}", page_type=name, key=key)
    return HtmlPage(html, url="https://www.hltv.org/results", page_type=kind, key="0")


def sample_pages(folder: str) -> Iterator[HtmlPage]:
    """All samples of a folder as pages."""
    return map(sample_page, sample_paths(folder))

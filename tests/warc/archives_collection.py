"""A collection with everything in it: captures, a revisit, a redirect, failures, skipped pages."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from tests.warc.a_site import INFO, SITE, START, content, exchange, page_ref, url_of
from warc.archives.targets import Target, targets_of
from warc.collection import Collection
from warc.exchange import Note
from warc.manifest_rows import NewPage
from warc.reader import read_records
from warc.record import Record

CONTENT = ("1", "2", "3")


def make_collection(folder: Path, *, max_file_bytes: int = 1 << 30) -> Path:
    """Pages 1, 2 and 3 archived, 1 twice (the second a revisit), 4 failed, 5 skipped, 6 queued."""
    with Collection.open(folder, site=SITE, info=INFO, max_file_bytes=max_file_bytes) as opened:
        opened.manifest.add_pages(
            [NewPage(url=url_of(key), page_type="p", key=str(key)) for key in range(1, 7)]
        )
        opened.start_crawl({})
        for second, key in enumerate(CONTENT):
            add(opened, key, second)
        opened.commit()
        add(opened, "1", 60)
        opened.failed(url_of(4), "status 500", None)
        opened.skipped(url_of(5), "robots.txt")
        opened.finish_crawl("done", counts={})
    return folder


def add(opened: Collection, key: str, second: int) -> None:
    """Archive a page as content."""
    opened.add(
        exchange(url_of(key), content(key), second=second),
        Note(),
        page=page_ref(key),
        verdict="content",
    )


def target_of(path: Path) -> Target:
    """The one target a path means."""
    (target,) = targets_of([str(path)], path.parent)
    return target


def warc_of(folder: Path) -> Path:
    """The first WARC file of a folder."""
    return min(folder.glob("*.warc.gz"))


def good_records(path: Path) -> list[Record]:
    """The good records of a file."""
    return [one for one in read_records(path, thorough=True) if isinstance(one, Record)]


def blocks(path: Path) -> list[tuple[str, bytes]]:
    """Id and block of the good records of a file."""
    return [(one.record_id, one.block) for one in good_records(path)]


LATER = START + timedelta(days=1)

"""SQLite itself runs out of space, in the middle of a statement or at a commit.

A statement that fails for want of space rolls the whole transaction back; what it held is in the
WARC file all the same, and the manifest must not claim to have indexed it.
"""

from __future__ import annotations

import contextlib
from functools import partial
from pathlib import Path

import pytest

from tests.fakes import FakeClock
from tests.faults.a_run import SeasonSite, run_crawl
from tests.faults.nothing_lost import check_nothing_lost, whole_exchanges
from tests.faults.tally import TALLY, Tally
from tests.warc.a_site import INFO, SITE, content, exchange, page_ref, url_of
from warc.collection import Collection
from warc.errors import CollectionError
from warc.exchange import Note
from warc.manifest_rows import NewPage


def limited(pages: int, collection: Collection) -> None:
    """Let the manifest grow by so many of SQLite's pages."""
    connection = collection.manifest._connection
    (now,) = connection.execute("PRAGMA page_count").fetchone()
    connection.execute(f"PRAGMA max_page_count = {now + pages}")


def test_a_manifest_that_cannot_grow_forgets_nothing_that_is_archived(tmp_path: Path) -> None:
    tally = Tally()
    site = SeasonSite()
    for pages in range(40):
        folder = tmp_path / str(pages)
        clock = FakeClock()
        said = ""
        try:
            run_crawl(folder, site, clock, opened=partial(limited, pages))
        except CollectionError as error:
            said = str(error)
        if not said:
            assert tally.faults > 1
            TALLY.add(tally)
            return
        assert "full" in said
        assert str(folder) in said
        tally.faults += 1
        tally.runs += 2
        must_have = whole_exchanges(folder)
        before = site.asked.copy()
        assert run_crawl(folder, site, clock).ending == "done"
        check_nothing_lost(folder, must_have=must_have, sent=site, tally=tally)
        known = {one.url for one in must_have.values()} & site.pages()
        assert not {url for url in known if site.asked[url] > before[url]}
    pytest.fail("the manifest never had enough")


def test_a_transaction_that_sqlite_rolled_back_is_never_committed_in_part(tmp_path: Path) -> None:
    """Links of a page do not fit; the pages archived before it must still be known afterwards."""
    collection = Collection.open(tmp_path, site=SITE, info=INFO)
    for key in range(1, 4):
        collection.add(
            exchange(url_of(key), content(key)), Note(), page=page_ref(key), verdict="content"
        )
    limited(1, collection)
    pages = [NewPage(url=url_of(key) + "x" * 500, page_type="p", key=str(key)) for key in range(99)]
    with pytest.raises(CollectionError, match="full"):
        collection.manifest.add_pages(pages)
    with pytest.raises(CollectionError, match="full"):
        collection.commit()
    with contextlib.suppress(CollectionError):
        collection.close("error")
    must_have = whole_exchanges(tmp_path)
    assert len(must_have) == 3
    with Collection.open(tmp_path, site=SITE, info=INFO) as again:
        for key in range(1, 4):
            assert again.manifest.captures_of(url_of(key)), f"page {key} would be asked for again"

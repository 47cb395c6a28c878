"""What was archived does not wait for the next page to be acknowledged."""

from __future__ import annotations

import asyncio
import errno
import socket
import sqlite3
import threading
import time
from contextlib import closing
from pathlib import Path

import pytest

from fetch.acknowledge import acknowledging
from fetch.options import CrawlOptions
from fetch.pace import Pace
from fetch.progress import Silent
from fetch.run import Place, crawl_list
from fetch.sources.hltv import SOURCE
from fetch.walk import WalkPlan
from tests.faults.faulty_disk import FaultyDisk
from tests.warc.a_site import INFO, SITE, content, exchange, page_ref, url_of
from warc.collection import Collection
from warc.errors import CollectionError
from warc.exchange import Note

LIMIT_S = 20.0
PAGE = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 4\r\n\r\npage"


def committed(manifest: Path) -> int:
    """How many captures another process sees."""
    with closing(sqlite3.connect(f"{manifest.as_uri()}?mode=ro", uri=True)) as connection:
        (count,) = connection.execute("SELECT count(*) FROM captures").fetchone()
        return int(count)


class SlowSite:
    """Holds its last answer back until the answers before it are acknowledged, or for long."""

    def __init__(self, manifest: Path) -> None:
        self._manifest = manifest
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        self.seen = 0
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        for _ in ("robots.txt", "first", "last"):
            connection, _ = self._listening.accept()
            with connection:
                if b"/last " in connection.recv(65536):
                    until = time.monotonic() + LIMIT_S
                    while self.seen < 2 and time.monotonic() < until:
                        time.sleep(0.05)
                        self.seen = committed(self._manifest)
                connection.sendall(PAGE)
        self._listening.close()


def test_what_came_is_acknowledged_while_the_next_answer_takes_its_time(tmp_path: Path) -> None:
    site = SlowSite(tmp_path / "urls" / "manifest.sqlite")
    options = CrawlOptions(base_url=site.url, plan=WalkPlan(), pace=Pace(0.0, 0.0))
    urls = [f"{site.url}/first", f"{site.url}/last"]
    crawl_list(urls, SOURCE, options, Place(folder=tmp_path / "urls"), Silent())
    assert site.seen == 2


def test_a_commit_that_fails_ends_the_work_and_says_which_file(tmp_path: Path) -> None:
    disk = FaultyDisk(code=errno.EIO)
    collection = Collection.open(tmp_path, site=SITE, info=INFO, disk=disk)
    ended: list[str] = []

    async def work() -> None:
        note, page = Note(), page_ref(1)
        collection.add(exchange(url_of(1), content(1)), note, page=page, verdict="content")
        disk.fail_at = disk.operations + 1
        try:
            await asyncio.sleep(LIMIT_S)
        finally:
            ended.append("work")

    with pytest.raises(CollectionError, match=r"\.warc\.gz\.open cannot be synced"):
        asyncio.run(acknowledging(collection, work()))
    assert ended == ["work"]
    collection.close("error")

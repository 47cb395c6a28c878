"""Pages that others have taken give the tables that our own crawl gives, cell by cell."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import polars as pl
import pytest

from fetch.browsing.process import find_chromium
from tests.foreign.proxy import proxy_to
from tests.foreign.saving import Browser, browsing
from tests.replica.background import running
from warc.errors import UsageError
from warehouse.rows.hltv import ROWS

ROOT = Path(__file__).resolve().parents[2]
SITE = "http://www.hltv.org"
SEED = 7
MATCHES = 8

# What tells of the taking, not of the page.
OF_THE_TAKING = re.compile(r"(^|_)capture_id$|^fetched_at$|^source_url$|(^|_)parser$")


def warchouse(*words: object) -> str:
    """Run the command as a user would; what it prints."""
    done = subprocess.run(
        [sys.executable, "-m", "warchouse", *map(str, words)],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode in {0, 1}, f"{words}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@dataclass(frozen=True, slots=True)
class Taken:
    """A replica, our own crawl of it, and the URLs of its pages under the site's own name."""

    base_url: str
    own: Path
    urls: tuple[str, ...]

    @property
    def port(self) -> int:
        """Where the replica listens."""
        return urlsplit(self.base_url).port or 0


@pytest.fixture(scope="module")
def taken(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Taken]:
    folder = tmp_path_factory.mktemp("foreign")
    with running(seed=SEED, matches=MATCHES) as base_url:
        where = ("--archives", folder / "archives")
        warchouse("fetch", "hltv", *where, "--base-url", base_url, "--pace", "0-0", "--quiet")
        warchouse("parse", *where, "--warehouse", folder / "own")
        captures = table(folder / "own", "captures").filter(pl.col("verdict") == "content")
        urls = [SITE + url.removeprefix(base_url) for url in captures["url"].to_list()]
        assert len(urls) > 30
        yield Taken(base_url, folder / "own", tuple(urls))


def table(warehouse: Path, name: str) -> pl.DataFrame:
    """A whole table of the current snapshot."""
    snapshot = warehouse / "snapshots" / (warehouse / "CURRENT").read_text().strip()
    return pl.read_parquet(snapshot / name / "*.parquet")


def cells(frame: pl.DataFrame) -> list[tuple[object, ...]]:
    """Rows without what tells of the taking, in an order of their own."""
    kept = [name for name in frame.columns if not OF_THE_TAKING.search(name)]
    return sorted(frame.select(kept).rows(), key=repr)


def outcomes(warehouse: Path) -> set[tuple[object, ...]]:
    """What became of the pages that were read: type, key, layout, rows."""
    frame = table(warehouse, "captures").filter(pl.col("outcome") == "parsed")
    return set(frame.select("page_type", "page_key", "layout", "rows").rows())


def check_same(archives: Path, warehouse: Path, taken: Taken) -> None:
    """Parse archives of another taking: all tables are those of our own crawl."""
    warchouse("parse", "--archives", archives, "--warehouse", warehouse)
    assert outcomes(warehouse) == outcomes(taken.own)
    for row in ROWS:
        own = cells(table(taken.own, row.table))
        assert own or row.table == "hltv_vetoes", row.table
        assert cells(table(warehouse, row.table)) == own, row.table
    for name in ("issues", "quarantine"):  # said once for each capture of a page
        assert {*cells(table(warehouse, name))} == {*cells(table(taken.own, name))}, name


# -- wget ------------------------------------------------------------------------------------------


def wget(folder: Path, proxy: str, *options: str) -> None:
    """Run wget with a proxy on loopback for all hosts; it writes into `folder`.

    Links to https lead to a proxy that nobody runs: no request leaves this machine. wget then ends
    with 4, and with 8 where the replica does not have an image.
    """
    if shutil.which("wget") is None:
        pytest.skip("wget is not installed")
    (folder / "files").mkdir(parents=True)
    settings = ("use_proxy=yes", f"http_proxy={proxy}", "https_proxy=127.0.0.1:9")
    command = ["wget", "--no-verbose", "--tries=1", *(w for one in settings for w in ("-e", one))]
    done = subprocess.run(
        [*command, "-P", str(folder / "files"), *options],
        check=False,
        capture_output=True,
        text=True,
        env={"PATH": os.environ["PATH"], "HOME": str(folder)},
    )
    assert done.returncode in {0, 4, 8}, done.stderr[-2000:]


@pytest.mark.parametrize(
    "options",
    [(), ("--compression=auto",), ("--no-warc-compression",), ("--page-requisites",)],
    ids=["as it is", "gzip bodies", "plain WARC", "with page requisites"],
)
def test_wget_with_a_list_of_urls(taken: Taken, tmp_path: Path, options: tuple[str, ...]) -> None:
    (tmp_path / "urls").write_text("\n".join(taken.urls))
    collection = tmp_path / "archives" / "wget"
    collection.mkdir(parents=True)
    with proxy_to(taken.base_url) as proxy:
        words = (f"--warc-file={collection / 'pages'}", "-i", str(tmp_path / "urls"))
        wget(tmp_path / "wget", proxy, *words, *options)
    check_same(tmp_path / "archives", tmp_path / "tables", taken)


def test_wget_that_follows_links(taken: Taken, tmp_path: Path) -> None:
    """From the results on, robots.txt obeyed; once more and again, with revisits in other files.

    The replica sends pages in chunks and with a length by turns, and wget digests the chunks: what
    differs from the first time in the second does not in the third.
    """
    collection = tmp_path / "archives" / "wget"
    collection.mkdir(parents=True)
    listed = "|".join(re.escape(urlsplit(url).path) for url in taken.urls)
    following = ("-r", "-l", "inf", "--accept-regex", f"hltv.org({listed})$")
    known: tuple[str, ...] = ("--warc-cdx",)
    with proxy_to(taken.base_url) as proxy:
        for name in ("first", "second", "third"):
            words = (f"--warc-file={collection / name}", *known, *following)
            wget(tmp_path / name, proxy, *words, f"{SITE}/results?offset=0")
            known = (f"--warc-dedup={collection / 'first.cdx'}",)
    check_same(tmp_path / "archives", tmp_path / "tables", taken)
    assert "revisit" in table(tmp_path / "tables", "captures")["outcome"].to_list()


# -- Chromium --------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def saved(taken: Taken, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every page saved in three ways, by one Chromium."""
    try:
        find_chromium()
    except UsageError as error:
        if os.environ.get("WARCHOUSE_REQUIRE_BROWSER") == "1":
            pytest.fail(str(error))
        pytest.skip(str(error))
    folder = tmp_path_factory.mktemp("saved")
    for name in ("only", "complete", "single"):
        (folder / name).mkdir()
    with browsing(taken.port) as browser:
        for number, url in enumerate(taken.urls):
            browser.visit(url)
            save(browser, folder, f"{number:03d}")
    lines = [f"{number:03d}.html\t{url}\n" for number, url in enumerate(taken.urls)]
    (folder / "urls.tsv").write_text("".join(lines))
    return folder


def save(browser: Browser, folder: Path, name: str) -> None:
    (folder / "only" / f"{name}.html").write_text(browser.html_only(), encoding="utf-8")
    (folder / "single" / f"{name}.mhtml").write_text(browser.single_file(), encoding="utf-8")
    (folder / "complete" / f"{name}.html").write_text(browser.complete(), encoding="utf-8")


@pytest.mark.parametrize("kind", ["only", "complete", "single"])
def test_pages_saved_by_chromium(kind: str, saved: Path, taken: Taken, tmp_path: Path) -> None:
    """'HTML only' does not say where it came from on every page: a list does."""
    words = ("--urls", saved / "urls.tsv") if kind == "only" else ()
    archives = tmp_path / "archives"
    told = warchouse("archives", "import", saved / kind, "--archives", archives, *words)
    assert f"{len(taken.urls)} files archived" in told
    check_same(archives, tmp_path / "tables", taken)

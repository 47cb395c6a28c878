"""Saved pages become resource records under the URL they came from."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.replica.season import Season
from warc.errors import CollectionError, UsageError
from warc.lock import FolderLock
from warc.reader import read_records
from warc.record import Record
from warc.saved import address_of, import_pages, read_mapping, saved_files, site_url
from warc.sites import SITES

ROOT = Path(__file__).parents[2]
MATCH = "https://www.hltv.org/matches/2391140/a-vs-b"
SAVED_FROM = f"<!DOCTYPE html>\n<!-- saved from url=(0043){MATCH} -->\n<html>"
CANONICAL = f'<html><head><link href="{MATCH}" rel="canonical"></head>'


@pytest.mark.parametrize(
    ("page", "url"),
    [
        (SAVED_FROM, MATCH),
        (CANONICAL, MATCH),
        (f"<LINK rel='canonical' href='{MATCH}'>", MATCH),
        (f"<!-- saved from url=(0012)https://b.example/ -->{CANONICAL}", "https://b.example/"),
        (
            '<link rel="canonical" href="https://a.example/?a=1&amp;b=2">',
            "https://a.example/?a=1&b=2",
        ),
        ('<link rel="stylesheet" href="https://a.example/x.css">', ""),
        ("", ""),
    ],
)
def test_a_page_says_where_it_was_saved_from(page: str, url: str) -> None:
    assert address_of(page.encode()) == url


def write(folder: Path, name: str, page: str) -> Path:
    path = folder / name
    data = page.encode()
    path.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    return path


def records(collection: Path) -> list[Record]:
    found = [one for path in sorted(collection.glob("*.warc.gz")) for one in read_records(path)]
    assert all(isinstance(one, Record) for one in found)
    return [one for one in found if isinstance(one, Record) and one.type == "resource"]


def test_pages_are_archived_once_with_the_time_they_were_saved(tmp_path: Path) -> None:
    plain = write(tmp_path, "a.html", SAVED_FROM)
    os.utime(plain, (1_700_000_000, 1_700_000_000))
    write(tmp_path, "b.html.gz", CANONICAL)
    write(tmp_path, "notes.txt", "not a page")
    collection = tmp_path / "archives" / "saved"

    first = import_pages(saved_files(tmp_path), {}, collection, software="test")
    again = import_pages(saved_files(tmp_path), {}, collection, software="test")

    assert [len(first.archived), len(first.known), len(first.refused)] == [2, 0, 0]
    assert [len(again.archived), len(again.known), again.files] == [0, 2, ()]
    one, two = records(collection)
    assert (one.target_uri, one.block) == (MATCH, SAVED_FROM.encode())
    assert one.date == datetime.fromtimestamp(1_700_000_000, UTC)
    assert two.block == CANONICAL.encode()


def test_a_mapping_is_believed_before_the_page(tmp_path: Path) -> None:
    write(tmp_path, "a.html", CANONICAL)
    mapping = tmp_path / "urls.tsv"
    mapping.write_text("a.html\thttps://www.hltv.org/results?offset=100\n\n")
    collection = tmp_path / "archives"
    import_pages(saved_files(tmp_path), read_mapping(mapping), collection, software="test")
    assert [one.target_uri for one in records(collection)] == [
        "https://www.hltv.org/results?offset=100"
    ]


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("a.html", b"<html>", "does not say where it was saved from"),
        ("a.html", b'<link rel="canonical" href="https://a.example/">', "no page of a known site"),
        ("a.html.gz", b"not gzip", "cannot be read"),
        ("a.html.gz", gzip.compress(b"cut short")[:-5], "cannot be read"),
    ],
)
def test_what_cannot_be_placed_is_named_and_not_archived(
    name: str, data: bytes, reason: str, tmp_path: Path
) -> None:
    (tmp_path / name).write_bytes(data)
    outcome = import_pages(saved_files(tmp_path), {}, tmp_path / "archives", software="test")
    assert outcome.files == ()
    assert [(one.path.name, reason in one.reason) for one in outcome.refused] == [(name, True)]


def test_a_wrong_mapping_line_is_named(tmp_path: Path) -> None:
    mapping = tmp_path / "urls.tsv"
    mapping.write_text(f"a.html\t{MATCH}\nb.html no tab\n")
    with pytest.raises(UsageError, match="line 2"):
        read_mapping(mapping)


def test_a_collection_in_use_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "archives").mkdir()
    lock = FolderLock(tmp_path / "archives" / "collection.lock")
    lock.take("fetch")
    try:
        with pytest.raises(CollectionError, match="in use"):
            import_pages((), {}, tmp_path / "archives", software="test")
    finally:
        lock.release()


def test_the_sites_own_address_stands_in_the_warcinfo() -> None:
    assert [site_url(site) for site in SITES if site.name == "hltv"] == ["https://www.hltv.org"]


def run(*words: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "warchouse", *words],
        cwd=cwd,
        check=False,
        capture_output=True,
        text=True,
    )


def test_an_imported_page_is_parsed_and_the_archive_passes_warcio(tmp_path: Path) -> None:
    season = Season(seed=7, matches=24, small=True)
    match_id = season.match_ids[0]
    page = season.page(season.match_path(match_id))
    assert page is not None
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "match.html").write_bytes(page.body)
    where = ("--archives", str(tmp_path / "archives"))

    imported = run("archives", "import", str(tmp_path / "pages"), *where, "--json")
    assert imported.returncode == 0, imported.stderr
    (file,) = json.loads(imported.stdout)["files"]
    checked = subprocess.run(
        [sys.executable, "-m", "warcio.cli", "check", tmp_path / "archives" / "saved" / file],
        check=False,
        capture_output=True,
    )
    assert checked.returncode == 0, checked.stdout

    parsed = run("parse", *where, "--warehouse", str(tmp_path / "tables"), "--json")
    assert json.loads(parsed.stdout)["tables"]["hltv_matches"] == 1, parsed.stderr


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (("nothing",), "no folder of saved pages"),
        ((".",), "no saved pages"),
        ((".", "--collection", "a/b"), "--collection 'a/b' is not the name"),
        ((".", "--archives", "s3://bucket"), "not a folder of this machine"),
    ],
)
def test_a_users_mistake_is_one_line_and_makes_nothing(
    words: tuple[str, ...], problem: str, tmp_path: Path
) -> None:
    done = run("archives", "import", *words, cwd=tmp_path)
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
    assert problem in done.stderr
    assert list(tmp_path.iterdir()) == []

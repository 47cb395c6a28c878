"""The tracked collection, made by the first version, opens under every later one."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from parse.replay import page_of
from tests.demo import COLLECTION_BYTES_MAX, PUBG_MATCHES
from tests.warc.archives_collection import target_of
from warc.archives.mend import rebuild_manifest
from warc.archives.verify import verify
from warc.collection import Collection
from warc.errors import CollectionError
from warc.exchange import CrawlInfo
from warc.note import read_note
from warc.reader import read_records
from warc.record import Record
from warc.sites.hltv import HLTV
from warc.sites.page import Site
from warc.sites.pubg import PUBG

DEMO = Path(__file__).resolve().parents[2] / "archives" / "demo"


PUBG_TYPES = {"match", "telemetry", "players", "tournaments", "tournament"}
"""Those that a crawl from names and tournaments meets."""


@pytest.mark.parametrize(
    ("site", "page_types"),
    [(HLTV, {one.name for one in HLTV.page_types}), (PUBG, PUBG_TYPES)],
    ids=lambda one: one.name if isinstance(one, Site) else "",
)
def test_every_page_of_the_demo_is_known_and_done(
    site: Site, page_types: set[str], tmp_path: Path
) -> None:
    [path] = DEMO.glob(f"{site.name}-*.warc.gz")
    shutil.copy(path, tmp_path)
    first = next(iter(read_records(path)))
    assert isinstance(first, Record)
    base_url = read_note(first).first("base-url") or ""
    info = CrawlInfo(software="test", source=site.name, base_url=base_url)
    with Collection.open(tmp_path, site=site, info=info) as collection:
        assert collection.told == ()
        counts = {found.page_type: found for found in collection.manifest.counts()}
    assert set(counts) == page_types
    assert all(found.done == found.known > 0 for found in counts.values())


def test_the_demo_is_small_and_holds_both_sites_and_both_kill_events() -> None:
    paths = list(DEMO.iterdir())
    assert sum(path.stat().st_size for path in paths) < COLLECTION_BYTES_MAX
    assert len(paths) == 2
    [path] = DEMO.glob("pubg-*.warc.gz")
    files = [
        page_of(one).body
        for one in read_records(path)
        if isinstance(one, Record) and one.type == "response" and "-telemetry." in one.target_uri
    ]
    assert len(files) == PUBG_MATCHES
    assert {b'"LogPlayerKillV2"' in body for body in files} == {True, False}


def test_a_crawl_does_not_go_on_in_a_collection_of_two_sites(tmp_path: Path) -> None:
    for path in DEMO.iterdir():
        shutil.copy(path, tmp_path)
    info = CrawlInfo(software="test", source="hltv", base_url="http://127.0.0.1:1")
    with pytest.raises(CollectionError, match="holds pages of http"):
        Collection.open(tmp_path, site=HLTV, info=info)


def test_a_manifest_of_two_sites_is_sound(tmp_path: Path) -> None:
    """Its pages are those of the site that its first file names."""
    for path in DEMO.iterdir():
        shutil.copy(path, tmp_path)
    rebuild_manifest(tmp_path)
    told = verify([target_of(tmp_path)])
    assert set(told.findings.groups) == set()

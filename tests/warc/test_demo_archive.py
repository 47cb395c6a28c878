"""The tracked collection, made by the first version, opens under every later one."""

from __future__ import annotations

import shutil
from pathlib import Path

from warc.collection import Collection
from warc.exchange import CrawlInfo
from warc.note import read_note
from warc.reader import read_records
from warc.record import Record
from warc.sites.hltv import HLTV

DEMO = Path(__file__).resolve().parents[2] / "archives" / "demo"


def test_every_page_of_the_demo_is_known_and_done(tmp_path: Path) -> None:
    for path in DEMO.glob("*.warc.gz"):
        shutil.copy(path, tmp_path)
    first = next(iter(read_records(next(tmp_path.glob("*.warc.gz")))))
    assert isinstance(first, Record)
    base_url = read_note(first).first("base-url") or ""
    info = CrawlInfo(software="test", source="hltv", base_url=base_url)
    with Collection.open(tmp_path, site=HLTV, info=info) as collection:
        assert collection.told == ()
        counts = {found.page_type: found for found in collection.manifest.counts()}
    assert set(counts) == {page_type.name for page_type in HLTV.page_types}
    assert all(found.done == found.known > 0 for found in counts.values())

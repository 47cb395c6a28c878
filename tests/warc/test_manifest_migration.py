"""A manifest of an older version is brought up to date, whole or not at all."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.warc.a_site import START, url_of
from tests.warc.manifest_v1 import SCHEMA_1
from tests.warc.test_collection import fetch, opened, tables, want
from tests.warc.test_manifest import HOUR, capture, due, page
from warc.errors import CollectionError
from warc.manifest import Manifest
from warc.manifest_rows import to_us


def downgraded(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Turn a manifest into one of version 1 with the same content; its tables before."""
    before = tables(path.parent)
    new = sqlite3.connect(path)
    columns = {
        table: [name for _, name, *_ in new.execute(f"PRAGMA table_info({table})")]
        for table in ("pages", "captures", "crawls", "files")
    }
    new.close()
    for left in path.parent.glob("manifest*"):
        left.unlink()
    old = sqlite3.connect(path)
    old.executescript(SCHEMA_1)
    for table, rows in before.items():
        names = [name for name in columns[table] if name not in {"event_at", "failed_at"}]
        marks = ", ".join("?" * len(names))
        for row in rows:
            said = dict(zip(columns[table], row, strict=True))
            old.execute(f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})",
                        [said[name] for name in names])  # fmt: skip
    old.commit()
    old.close()
    return before


def old_manifest(folder: Path) -> Path:
    """A manifest of version 1 with a page done, one queued and one put off."""
    path = folder / "manifest.sqlite"
    old = sqlite3.connect(path)
    old.executescript(SCHEMA_1)
    old.executemany(
        "INSERT INTO pages (url, page_type, key, priority, hops, found_on, discovered_by,"
        " discovered_in, attempts, next_try_at, failure) VALUES (?, 'p', ?, 0, 0, '', '', 0, ?, ?, ?)",
        [
            (url_of(1), "1", 0, 0, ""),
            (url_of(2), "2", 0, 0, ""),
            (url_of(3), "3", 2, to_us(START + HOUR), "timeout"),
        ],
    )
    old.execute(
        "INSERT INTO captures (url, page_url, page_type, page_key, file, offset, length,"
        " record_type, record_id, refers_to, fetched_at, status, verdict, payload_digest,"
        " truncated) VALUES (?, ?, 'p', '1', 'a.warc.gz', 5, 9, 'response', 'urn:uuid:1', '', ?,"
        " 200, 'content', 'sha1:A', '')",
        (url_of(1), url_of(1), to_us(START)),
    )
    old.commit()
    old.close()
    return path


def version_of(path: Path) -> int:
    connection = sqlite3.connect(path)
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    connection.close()
    return int(version)


def test_an_old_manifest_is_brought_up_to_date_in_place(tmp_path: Path) -> None:
    path = old_manifest(tmp_path)
    manifest = Manifest(path)
    assert due(manifest) == ["2"]
    (put_off,) = [one for one in manifest.due(START + HOUR, 9) if one.key == "3"]
    assert (put_off.attempts, put_off.event_at) == (2, None)
    manifest.add_pages([replace(page(2), event_at=START)])
    manifest.put_host("a.example", not_before=START + HOUR, why="asked")
    manifest.add_capture(capture(3))
    found = manifest.page(url_of(3))
    assert found is not None
    assert found.attempts == 0  # the triggers are the new ones
    manifest.commit()
    manifest.close()
    assert version_of(path) == 2
    again = Manifest(path)
    assert again.captures_of(url_of(1))[0].record_id == "urn:uuid:1"
    assert list(again.host_waits(START)) == ["a.example"]
    again.close()


def test_an_old_manifest_may_be_looked_at_and_stays_as_it_is(tmp_path: Path) -> None:
    path = old_manifest(tmp_path)
    before = path.read_bytes()
    manifest = Manifest(path, read_only=True)
    (counts,) = manifest.counts()
    assert (counts.known, counts.done, counts.queued) == (3, 1, 2)
    assert manifest.host_waits(START) == {}
    manifest.close()
    assert (path.read_bytes(), version_of(path)) == (before, 1)


def test_a_migration_that_cannot_end_changes_nothing(tmp_path: Path) -> None:
    path = old_manifest(tmp_path)
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE hosts (in_the_way)")
    connection.commit()
    connection.close()
    with pytest.raises(CollectionError, match="hosts already exists"):
        Manifest(path)
    connection = sqlite3.connect(path)
    names = {name for _, name, *_ in connection.execute("PRAGMA table_info(pages)")}
    connection.close()
    assert "event_at" not in names
    assert version_of(path) == 1


def test_a_collection_goes_on_after_its_manifest_was_brought_up_to_date(tmp_path: Path) -> None:
    with opened(tmp_path) as collection:
        crawl = collection.start_crawl({})
        want(collection, [1, 2], crawl)
        fetch(collection, 1)
    before = downgraded(tmp_path / "manifest.sqlite")
    with opened(tmp_path) as collection:
        assert collection.told == ()
        assert [one.key for one in collection.manifest.due(START, 9)] == ["2"]
    assert tables(tmp_path) == before


def test_new_and_migrated_manifests_have_the_same_shape(tmp_path: Path) -> None:
    (tmp_path / "old").mkdir()
    old, new = old_manifest(tmp_path / "old"), tmp_path / "manifest.sqlite"
    shapes = []
    for path in (old, new):
        manifest = Manifest(path)
        found = manifest._execute("SELECT name, tbl_name, type FROM sqlite_master ORDER BY 1, 2")
        columns = {
            table: manifest._execute(f"PRAGMA table_info({table})").fetchall()
            for table in ("pages", "captures", "crawls", "files", "hosts")
        }
        shapes.append((found.fetchall(), columns))
        manifest.close()
    assert shapes[0] == shapes[1]

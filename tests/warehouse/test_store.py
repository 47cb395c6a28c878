"""Snapshots: whole or not at all, one build at a time, leftovers swept."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from warehouse.errors import DamagedError, WarehouseError
from warehouse.part import Part
from warehouse.parts import TableWriter
from warehouse.rows.hltv import EventRow, VetoRow
from warehouse.snapshot import current_snapshot
from warehouse.store import Store

ROOT = Path(__file__).resolve().parents[2]


def events(folder: Path, *ids: int) -> list[Part]:
    writer = TableWriter(folder, EventRow)
    for number in ids:
        writer.add_columns(
            {
                "event_id": [number],
                "event_name": [f"event {number}"],
                "fetched_at": [0],
                "source_url": ["u"],
                "parser_version": ["p/1"],
                "match_capture_id": [1],
            }
        )
        writer.finish_part(number)
    writer.close()
    return writer.parts


def build(store: Store, *ids: int) -> str:
    with store.building() as folder:
        about = {"tables": {"hltv_events": len(ids)}, "inputs": []}
        return store.commit(folder, events(folder, *ids), about)


def test_a_commit_makes_the_next_number_current(tmp_path: Path) -> None:
    store = Store(tmp_path)
    assert store.current() is None
    assert [build(store, 1), build(store, 1, 2)] == ["000001", "000002"]
    assert store.current() == "000002"
    about = json.loads((store.path_of("000002") / "snapshot.json").read_text("utf-8"))
    assert (about["id"], about["parent"]) == ("000002", "000001")
    assert [part["name"] for part in about["parts"]] == ["part-00001.parquet", "part-00002.parquet"]
    assert current_snapshot(tmp_path).table("hltv_events").collect().height == 2


def test_parts_that_did_not_change_are_shared(tmp_path: Path) -> None:
    store = Store(tmp_path)
    build(store, 1)
    build(store, 1, 2)
    part = "hltv_events/part-00001.parquet"
    old, new = (store.path_of(name) / part for name in ("000001", "000002"))
    assert old.samefile(new)


def test_a_build_that_fails_leaves_nothing(tmp_path: Path) -> None:
    store = Store(tmp_path)
    build(store, 1)
    with pytest.raises(TypeError, match="not JSON"), store.building() as folder:
        store.commit(folder, events(folder, 2), {"tables": object()})
    assert store.current() == "000001"
    assert [path.name for path in store.snapshots.iterdir()] == ["000001"]


def test_a_killed_build_is_swept_by_the_next(tmp_path: Path) -> None:
    """The process ends between staging and committing, without a chance to tidy up."""
    store = Store(tmp_path)
    build(store, 1)
    code = (
        "import os, sys; from pathlib import Path\n"
        "from tests.warehouse.test_store import Store, events\n"
        "store = Store(Path(sys.argv[1]))\n"
        "with store.building() as folder:\n"
        "    events(folder, 2); (store.cache / 'stage-1.sqlite').write_text('x'); os._exit(9)\n"
    )
    killed = subprocess.run([sys.executable, "-c", code, str(tmp_path)], cwd=ROOT, check=False)
    assert killed.returncode == 9
    assert store.current() == "000001"
    assert len(list(store.snapshots.iterdir())) == 2
    assert build(store, 3) == "000002"
    assert sorted(path.name for path in store.snapshots.iterdir()) == ["000001", "000002"]
    assert list(store.cache.iterdir()) == []


def test_a_second_build_is_refused_and_names_the_first(tmp_path: Path) -> None:
    store = Store(tmp_path)
    message = rf"another parse holds the warehouse .*: process {os.getpid()} on .*, since 20"
    with store.building(), pytest.raises(WarehouseError, match=message):
        build(Store(tmp_path), 1)
    assert build(store, 1) == "000001"


def test_a_current_that_names_nothing_is_damage(tmp_path: Path) -> None:
    store = Store(tmp_path)
    build(store, 1)
    (tmp_path / "CURRENT").write_text("000009\n")
    with pytest.raises(WarehouseError, match="CURRENT names snapshot '000009'"):
        store.current()


@pytest.mark.parametrize(
    "word", ["00000é", "", "../../etc", "1", "000001 000001", "٠٠٠٠٠١", "0" * 300]
)
def test_a_current_that_is_no_id_is_damage(tmp_path: Path, word: str) -> None:
    store = Store(tmp_path)
    build(store, 1)
    (tmp_path / "CURRENT").write_text(word + "\n", encoding="utf-8")
    with pytest.raises(DamagedError, match=r"CURRENT .*: delete the folder .* rebuilds it"):
        store.current()


def test_a_current_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "CURRENT").mkdir()
    with pytest.raises(WarehouseError, match=r"cannot read .*CURRENT: (is a dir|permission den)"):
        Store(tmp_path).current()


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"{",
        b"\xff",
        b'{"\xff": 1}',
        b"[]",
        b"{}",
        b"[" * 100_000,
        b'{"tables": {}, "inputs": [], "parts": []}',
        b'{"tables": {"x": 1}, "parts": []}',
        b'{"tables": {"x": 1}, "inputs": [{"file": "a"}], "parts": []}',
        b'{"tables": {"x": 1}, "inputs": [], "parts": [{"name": "a"}]}',
    ],
)
def test_a_damaged_snapshot_json_is_named_and_not_built_over(tmp_path: Path, text: bytes) -> None:
    store = Store(tmp_path)
    build(store, 1)
    (store.path_of("000001") / "snapshot.json").write_bytes(text)
    before = sorted(tmp_path.rglob("*"))
    for act in (lambda: current_snapshot(tmp_path), lambda: build(store, 2)):
        with pytest.raises(DamagedError, match=r"snapshot\.json .*: delete the folder") as caught:
            act()
        assert "\n" not in str(caught.value)
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize("name", ["file:x", "s3:/bucket", "data[1]"])
def test_a_folder_whose_name_looks_like_something_else_is_a_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Arrow, Polars and SQLite take `file:x` for a URI, and Polars brackets for a pattern."""
    if os.name == "nt" and ":" in name:
        pytest.skip("Windows has no such names")
    monkeypatch.chdir(tmp_path)
    build(Store(Path(name)), 1, 2)
    assert current_snapshot(Path(name)).table("hltv_events").collect().height == 2


def test_a_table_without_parts_is_damage(tmp_path: Path) -> None:
    build(Store(tmp_path), 1)
    snapshot = current_snapshot(tmp_path)
    for part in (snapshot.folder / "hltv_events").iterdir():
        part.unlink()
    with pytest.raises(WarehouseError, match=r"cannot read the table: no part in .*hltv_events"):
        snapshot.table("hltv_events")


def test_the_same_rows_give_the_same_bytes_however_they_arrive(tmp_path: Path) -> None:
    columns: dict[str, list[Any]] = {
        "match_id": list(range(2000)),
        "step_number": [1] * 2000,
        "team_name": [None if n % 3 else f"team {n}" for n in range(2000)],
        "team_id": list(range(2000)),
        "action": ["removed"] * 2000,
        "map_name": ["Nuke"] * 2000,
        "fetched_at": [1] * 2000,
        "source_url": ["u"] * 2000,
        "parser_version": ["p/1"] * 2000,
        "match_capture_id": [None] * 2000,
    }
    digests = set()
    for step in (1, 7, 2000):
        writer = TableWriter(tmp_path / str(step), VetoRow)
        for start in range(0, 2000, step):
            writer.add_columns({name: v[start : start + step] for name, v in columns.items()})
        writer.finish_part(0)
        writer.close()
        (part,) = writer.parts
        digests.add(part.sha256)
    assert len(digests) == 1

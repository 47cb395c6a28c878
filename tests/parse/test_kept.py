"""Rows that were checked before are taken from the part that holds them, and are the same."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from parse.block_build import ROOTS_AT_ONCE
from parse.kept import KeptBatches, keys_digest
from parse.model import CaptureRef, Made, Sourced
from tests.parse.bench import SITE, Bench, game, games, page, record
from tests.parse.fake_source import GameRow, NoteRow

COUNT = 3 * ROOTS_AT_ONCE + 5  # of one block: three whole batches and a rest


def of_round(number: int, points: int) -> bytes:
    """A later capture of the page of a game's round."""
    said = page(("round", {"round_id": number * 10, "points": points}))
    return record(f"{SITE}/round/{number * 10}", said, second=2_000 + number)


def inodes(bench: Bench) -> dict[str, int]:
    tables = ("fake_games", "fake_notes", "fake_rounds")
    parts = {table: bench.snapshot / table / "part-00000.parquet" for table in tables}
    return {table: part.stat().st_ino for table, part in parts.items()}


def fresh(bench: Bench, folder: Path) -> dict[str, bytes]:
    """The parts of a build of the same archives from nothing."""
    anew = Bench(folder)
    anew.archives = bench.archives
    anew.parse()
    return anew.parts()


def test_a_table_that_is_not_fed_by_what_is_new_keeps_its_part(
    bench: Bench, tmp_path: Path
) -> None:
    bench.put("a.warc.gz", games(COUNT))
    bench.parse()
    before = inodes(bench)
    bench.put("b.warc.gz", [of_round(ROOTS_AT_ONCE + 1, 7)])
    assert bench.parse().reused == 0
    after = inodes(bench)
    kept = {table for table, inode in before.items() if after[table] == inode}
    assert kept == {"fake_games", "fake_notes"}
    assert bench.parts() == fresh(bench, tmp_path / "anew")


@pytest.mark.parametrize("number", [1, ROOTS_AT_ONCE, COUNT])
def test_batches_before_and_behind_one_that_differs_are_the_same(
    bench: Bench, tmp_path: Path, number: int
) -> None:
    bench.put("a.warc.gz", games(COUNT))
    bench.parse()
    other = page(game(number, score=1, mode="team"))
    bench.put("b.warc.gz", [record(f"{SITE}/game/{number}", other, second=3_000)])
    bench.parse()
    modes = {row["game_id"]: row["mode"] for row in bench.table("fake_games")}
    assert [one for one, mode in modes.items() if mode == "team"] == [number]
    assert bench.parts() == fresh(bench, tmp_path / "anew")


def test_a_batch_with_a_refused_or_doubtful_row_is_judged_again(
    bench: Bench, tmp_path: Path
) -> None:
    """A refused game takes its notes along, also when nothing of the two has changed."""
    bad = page(game(7, score=-1), ("note", {"game_id": 7, "topic": "b", "number": 1, "text": ""}))
    odd = page(game(9, score=101))
    bench.put("a.warc.gz", games(COUNT))
    bench.put("b.warc.gz", [record(f"{SITE}/game/7", bad, second=3_000)])
    bench.put("c.warc.gz", [record(f"{SITE}/game/9", odd, second=3_000)])
    bench.parse()
    assert {row["table_name"] for row in bench.table("quarantine")} >= {"fake_games", "fake_notes"}
    bench.put("d.warc.gz", [of_round(COUNT, 7)])
    bench.parse()
    assert bench.parts() == fresh(bench, tmp_path / "anew")
    other = page(game(8, score=1, mode="team"))
    bench.put("e.warc.gz", [record(f"{SITE}/game/8", other, second=4_000)])
    bench.parse()
    assert bench.parts() == fresh(bench, tmp_path / "again")


def test_a_part_that_was_changed_gives_no_rows(bench: Bench, tmp_path: Path) -> None:
    bench.put("a.warc.gz", games(COUNT))
    bench.parse()
    for part in bench.snapshot.glob("fake_games/*"):
        part.chmod(0o644)
        data = bytearray(part.read_bytes())
        data[len(data) // 2] ^= 1
        part.write_bytes(data)
    bench.put("b.warc.gz", [of_round(1, 7)])
    bench.parse()
    assert bench.parts() == fresh(bench, tmp_path / "anew")


def capture(number: int = 1, **changed: str) -> CaptureRef:
    values: dict[str, Any] = {
        "page_type": "game",
        "url": "http://fake.test/game/1",
        "parser": "fake.game/2",
    }
    return CaptureRef(capture_id=number, fetched_at_us=number, **(values | changed))


def made(*rows: GameRow, of: CaptureRef | None = None) -> Sequence[Made]:
    return [Made(row, (Sourced(row, of or capture()),)) for row in rows]


def test_a_digest_covers_rows_captures_code_and_keys() -> None:
    batches = KeptBatches(GameRow, "code", None)
    row = GameRow(game_id=1, title="a")
    plain = batches.digest(made(row), [])
    others = [
        batches.digest(made(GameRow(game_id=1, title="b")), []),
        batches.digest(made(row, row), []),
        batches.digest(made(row, of=capture(2)), []),
        batches.digest(made(row, of=capture(parser="fake.game/3")), []),
        batches.digest(made(row, of=capture(url="http://fake.test/game/01")), []),
        batches.digest(made(row), [keys_digest([(1,)])]),
        KeptBatches(GameRow, "other code", None).digest(made(row), []),
    ]
    assert len({plain, *others}) == len(others) + 1
    assert batches.digest(made(GameRow(game_id=1, title="a")), []) == plain


def test_rows_that_cannot_be_packed_have_no_digest() -> None:
    row = NoteRow(game_id=1, topic="a", number=1, text=object())  # type: ignore[arg-type]
    assert KeptBatches(NoteRow, "", None).digest([Made(row, ())], []) == b""

"""A parse over what is kept gives the bytes of a parse from nothing, whatever came before."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parse.basis import Pins, basis_of, snapshot_of
from parse.block_build import ROOTS_AT_ONCE
from parse.built import Outcome
from parse.cache import NAME
from parse.fill import COMMIT_EVERY
from parse.inputs import find_inputs
from parse.refetch import REFETCH_NAME
from parse.times import EVER_US, microseconds
from tests.parse.bench import REGISTRY, SITE, Bench, Watch, at, game, games, page, record
from warc.head import read_date
from warehouse.errors import WarehouseError
from warehouse.prune import Wish, prune
from warehouse.store import Store

FAKE = "tests.parse.fake_source"
REGISTRIES = [f"{FAKE}:{name}" for name in ("REGISTRY", "UPGRADED", "CHANGED", "STRICT", "SUMMED")]
GAMES = (1, 2, 499, 500, 501, 1_499)  # three blocks, and both sides of a border
ROUNDS = (7, 8, 9)  # fewer than games: several ask for the same one
SMALL_RANGE = 900  # bytes: a few records


class Killed(BaseException):
    """Stands for a parse that ends at once."""


@dataclass
class KilledWatch(Watch):
    """Ends the parse when it has heard of so many things."""

    left: int = 0

    def advance(self, size: int) -> None:
        super().advance(size)
        self._hear()

    def stage(self, text: str) -> None:
        super().stage(text)
        self._hear()

    def _hear(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise Killed


@dataclass(frozen=True)
class Step:
    """What happens next: files that appear or vanish, what becomes of the cache, then a parse."""

    records: list[tuple[int, int, int]] = field(default_factory=list)
    """Game, round it links to, score; odd scores are captured as the round's page, too."""
    clubs: list[tuple[int, int]] = field(default_factory=list)
    """Club, which may have the id of a game, and the round it asks for."""
    revisit: int | None = None
    vanishes: bool = False
    copies: bool = False
    cache: str = "kept"
    killed: int | None = None
    registry: str = REGISTRY
    pins: Pins = ()
    range_bytes: int = 2 << 20
    as_of: int | None = None
    prunes: bool = False
    """Whether all snapshots but the current one are gone."""


@st.composite
def steps(draw: st.DrawFn) -> Step:
    registry = draw(st.sampled_from(REGISTRIES))
    pin = draw(st.booleans()) and registry.endswith("UPGRADED")
    triple = st.tuples(st.sampled_from(GAMES), st.sampled_from(ROUNDS), st.integers(-1, 110))
    return Step(
        records=draw(st.lists(triple, max_size=6)),
        clubs=draw(st.lists(st.tuples(st.integers(1, 5), st.sampled_from(ROUNDS)), max_size=3)),
        revisit=draw(st.none() | st.sampled_from(GAMES)),
        vanishes=draw(st.integers(0, 5)) == 0,
        copies=draw(st.integers(0, 5)) == 0,
        cache=draw(st.sampled_from(["kept"] * 6 + ["deleted", "torn", "no extractions"])),
        killed=draw(st.none() | st.integers(0, 3)),
        registry=registry,
        pins=(("fake.game", 2),) if pin else (),
        range_bytes=draw(st.sampled_from([SMALL_RANGE, 2 << 20])),
        as_of=draw(st.none() | st.integers(1, 40)) if draw(st.integers(0, 3)) == 0 else None,
        prunes=draw(st.integers(0, 4)) == 0,
    )


@contextmanager
def workbench() -> Iterator[Bench]:
    with tempfile.TemporaryDirectory() as folder:
        yield Bench(Path(folder))


def put(bench: Bench, step: Step, number: int) -> None:
    """Write the step's captures, a minute after the ones before."""
    made = []
    for place, (game_id, round_id, score) in enumerate(step.records):
        second = 60 * number + place
        topic = f"{'abc'[round_id % 3]}{score % 4 or ''}"
        said = [
            game(game_id, score=score),
            ("link", {"game_id": game_id, "round_id": round_id}),
            ("note", {"game_id": game_id, "topic": topic, "number": 1, "text": str(score)}),
            ("team", {"game_id": game_id, "team_id": score % 3 + 1, "name": f"team {score}"}),
        ]
        if score % 4 == 0:
            del said[2]  # an older capture's notes stand
        made.append(record(f"{SITE}/game/{game_id}", page(*said), second=second))
        if score % 2:
            points = page(("round", {"round_id": round_id, "points": score % 15}))
            made.append(record(f"{SITE}/round/{round_id}", points, second=second))
    for place, (club_id, round_id) in enumerate(step.clubs, 40):
        said = [("club", {"club_id": club_id, "round_id": round_id})]
        made.append(record(f"{SITE}/club/{club_id}", page(*said), second=60 * number + place))
    if step.revisit is not None:
        made.append(
            record(
                f"{SITE}/game/{step.revisit}",
                kind="revisit",
                second=60 * number + 50,
                fields={
                    "WARC-Refers-To-Target-URI": f"{SITE}/game/{step.revisit}",
                    "WARC-Refers-To-Date": at(60 * (number - 1)),
                },
            )
        )
    if made:
        written = bench.put(f"{number:03d}.warc.gz", made)
        if step.copies:
            shutil.copyfile(written, written.with_name(f"{number:03d}-copy.warc.gz"))


def spoil(bench: Bench, how: str) -> None:
    """Do something to the cache that costs time, and must cost nothing else."""
    cache = bench.warehouse / "cache"
    if how == "deleted":
        shutil.rmtree(cache, ignore_errors=True)
    elif how == "torn" and (cache / NAME).exists():
        with (cache / NAME).open("r+b") as file:
            file.write(b"no database any more")
    elif how == "no extractions" and (cache / NAME).exists():
        with sqlite3.connect(cache / NAME) as db:
            db.execute("DELETE FROM extractions")
            db.execute("DELETE FROM entities")
        db.close()


def result_of(warehouse: Path, outcome: Outcome) -> dict[str, object]:
    """Everything a build says, but for the numbers of snapshots."""
    folder = Store(warehouse).path_of(outcome.snapshot)
    files = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*.parquet"))
    }
    return {
        **files,
        REFETCH_NAME: (folder / REFETCH_NAME).read_bytes(),
        "summary": outcome.summary(),
    }


def parse(bench: Bench, step: Step, as_of_us: int, warehouse: Path | None = None) -> Outcome:
    return bench.parse(
        registry=step.registry,
        pins=step.pins,
        range_bytes=step.range_bytes,
        as_of_us=as_of_us,
        warehouse=warehouse,
    )


@settings(max_examples=40)
@given(st.lists(steps(), min_size=2, max_size=6))
def test_whatever_came_before_the_bytes_are_those_of_a_fresh_build(history: list[Step]) -> None:
    with workbench() as bench:
        bench.put("000.warc.gz", games(ROOTS_AT_ONCE + 3))  # batches of one block
        compare(bench, history)


def compare(bench: Bench, history: Sequence[Step]) -> None:
    """Parse after every step, and compare with what is built of the same from nothing."""
    for number, step in enumerate(history, 1):
        put(bench, step, number)
        if step.prunes and Store(bench.warehouse).current():
            gone = Wish(keep=0, min_age=timedelta())
            prune(Store(bench.warehouse), gone, now=datetime.now(UTC))
        if step.vanishes:
            for file in sorted((bench.archives / "fake").iterdir())[1:2]:
                file.unlink()
        spoil(bench, step.cache)
        as_of_us = EVER_US
        if step.as_of is not None:
            as_of_us = microseconds(read_date(at(10 * step.as_of)))
        if step.killed is not None:
            bench.watch = KilledWatch(left=step.killed)
            with contextlib.suppress(Killed):
                parse(bench, step, as_of_us)
            bench.watch = Watch()
        outcome = parse(bench, step, as_of_us)
        with tempfile.TemporaryDirectory() as fresh:
            anew = parse(bench, step, as_of_us, Path(fresh))
            assert result_of(bench.warehouse, outcome) == result_of(Path(fresh), anew)


def test_workers_that_build_blocks_ahead_give_the_same_bytes(bench: Bench) -> None:
    """Games of several blocks ask for the same rounds: a worker cannot know who was first."""
    made = games(4)
    for number, game_id in enumerate((1, 2, 600, 601, 1_200, 1_800, 2_400, 3_000)):
        links = [("link", {"game_id": game_id, "round_id": one}) for one in ROUNDS]
        said = page(game(game_id), *links, ("shot", {"game_id": game_id, "round_id": 7, "shot": 1}))
        made.append(record(f"{SITE}/game/{game_id}", said, second=1_000 + number))
    for club_id, round_id in ((1, 7), (2, 70), (4, 70), (5, 80)):
        said = page(("club", {"club_id": club_id, "round_id": round_id}))
        made.append(record(f"{SITE}/club/{club_id}", said))
    for round_id in (*ROUNDS, 70, 80):
        points = page(("round", {"round_id": round_id, "points": 5}))
        made.append(record(f"{SITE}/round/{round_id}", points))
    bench.put("a.warc.gz", made)
    alone = result_of(bench.warehouse, bench.parse())
    helped = bench.warehouse.with_name("helped")
    assert result_of(helped, bench.parse(workers=2, warehouse=helped)) == alone
    bench.put("b.warc.gz", games(1, first=2_500))
    alone = result_of(bench.warehouse, bench.parse())
    assert result_of(helped, bench.parse(workers=2, warehouse=helped)) == alone
    assert list(helped.rglob(".*")) == []


def test_a_new_file_is_read_and_the_others_are_not(bench: Bench) -> None:
    first = bench.put("a.warc.gz", games(30))
    bench.parse()
    second = bench.put("b.warc.gz", games(3, first=2_000))
    bench.watch = Watch()
    assert bench.parse().read == 1
    assert bench.watch.advanced == second.stat().st_size < first.stat().st_size


def test_an_upgrade_reads_the_records_of_its_page_type_and_takes_over_no_block(
    bench: Bench,
) -> None:
    bench.put("a.warc.gz", games(30))
    bench.parse()
    bench.watch = Watch()
    bench.parse(registry=f"{FAKE}:UPGRADED")
    games_read = [row for row in bench.table("captures") if row["page_type"] == "game"]
    assert bench.watch.advanced == sum(row["length"] for row in games_read)
    assert set(bench.column("fake_games", "parser_version")) == {"fake.game/3"}
    assert bench.parse(registry=f"{FAKE}:UPGRADED", pins=(("fake.game", 2),)).read == 0


def test_changed_rules_are_judged_by_what_is_kept(bench: Bench) -> None:
    bench.put("a.warc.gz", games(60))
    bench.parse()
    assert len(bench.table("quarantine")) == 0
    outcome = bench.parse(registry=f"{FAKE}:STRICT")
    assert outcome.read == 0
    assert {row["reasons"] for row in bench.table("quarantine")} >= {"score <= 50"}


def test_blocks_into_which_nothing_new_went_are_taken_over(bench: Bench) -> None:
    bench.put("a.warc.gz", [*games(2), *games(2, first=1_000), *games(2, first=3_000)])
    assert bench.parse().reused == 0
    before = {path: path.stat().st_ino for path in bench.snapshot.glob("fake_games/*")}
    bench.put("b.warc.gz", games(1, first=1_002))
    assert bench.parse().reused == 2
    after = {path: path.stat().st_ino for path in bench.snapshot.glob("fake_games/*")}
    assert len(set(before.values()) & set(after.values())) == 2


def test_code_that_changed_under_its_version_is_named_and_used(bench: Bench) -> None:
    bench.put("a.warc.gz", games(3))
    assert bench.parse().changed == []
    outcome = bench.parse(registry=f"{FAKE}:CHANGED")
    assert outcome.changed == ["fake.game/2"]
    assert set(bench.column("fake_games", "score")) == {None}


def test_a_killed_parse_goes_on_where_it_was(bench: Bench) -> None:
    file = bench.put("a.warc.gz", games(400))
    bench.watch = KilledWatch(left=100)
    with pytest.raises(Killed):
        bench.parse(range_bytes=SMALL_RANGE)
    done = bench.watch.advanced
    bench.watch = Watch()
    bench.parse(range_bytes=SMALL_RANGE)
    # What came after the last commit is read again, no more.
    assert file.stat().st_size - done <= bench.watch.advanced
    assert bench.watch.advanced <= file.stat().st_size - done + COMMIT_EVERY * SMALL_RANGE


def test_an_as_of_build_stands_beside_the_current_snapshot(bench: Bench) -> None:
    bench.put("a.warc.gz", [record(f"{SITE}/game/1", page(game(1, score=1)), second=10)])
    bench.put("b.warc.gz", [record(f"{SITE}/game/1", page(game(1, score=2)), second=90)])
    current = bench.parse().snapshot
    outcome = bench.parse(as_of_us=microseconds(read_date(at(50))))
    assert (bench.warehouse / "CURRENT").read_text().strip() == current != outcome.snapshot
    assert bench.column("fake_games", "score") == [2]
    assert outcome.later == 1
    bench.warehouse.joinpath("CURRENT").write_text(outcome.snapshot)
    assert bench.column("fake_games", "score") == [1]


def test_a_torn_cache_is_named_only_where_it_breaks_midway(bench: Bench) -> None:
    """A header that is none is seen when the cache is opened; a page that is none, in use."""
    bench.put("a.warc.gz", games(200))
    bench.parse()
    path = bench.warehouse / "cache" / NAME
    with path.open("r+b") as file:
        file.seek(4096 * 3)
        file.write(b"\xff" * 4096 * 20)
    bench.put("b.warc.gz", games(200, first=900))
    with pytest.raises(WarehouseError, match="the cache was damaged"):
        bench.parse()
    assert len(bench.parse().tables) > 0


def test_a_file_that_is_sealed_as_it_was_is_read_to_its_end(bench: Bench) -> None:
    """While it is open, what follows the last whole exchange may still be written."""
    whole = [*games(3), record(f"{SITE}/game/1", b"noted", kind="metadata", second=50)]
    made = [*whole, record(f"{SITE}/game/9", page(game(9)), second=90)]
    path = bench.put("a.warc.gz.open", made)
    bench.parse()
    assert 9 not in bench.column("fake_games", "game_id")
    path.rename(path.with_suffix(""))
    bench.parse()
    assert 9 in bench.column("fake_games", "game_id")


def test_a_part_that_is_gone_or_changed_is_built_again_and_never_taken_over(bench: Bench) -> None:
    bench.put("a.warc.gz", [*games(2), *games(2, first=1_000)])
    outcome = bench.parse()
    right = result_of(bench.warehouse, outcome)
    gone, changed = sorted(bench.snapshot.glob("fake_games/*"))
    changed.chmod(0o644)
    data = bytearray(changed.read_bytes())
    data[len(data) // 2] ^= 1
    changed.write_bytes(data)
    gone.unlink()
    known = basis_of(
        find_inputs((), archives=bench.archives).files, cache=bench.warehouse, registry=REGISTRY
    )
    assert snapshot_of(known, Store(bench.warehouse)) is None
    outcome = bench.parse()
    assert outcome.reused == 0
    assert result_of(bench.warehouse, outcome) == right


@pytest.mark.parametrize(
    "statements",
    [
        ("UPDATE entities SET rows = x'90' WHERE rowid = 1", "DELETE FROM blocks"),
        ("UPDATE blocks SET block = CAST(block || x'00' AS BLOB)",),
        ("UPDATE blocks SET block = x''",),
    ],
    ids=["rows", "a longer block", "no block"],
)
def test_what_the_cache_has_that_is_not_what_was_kept_is_never_built_of(
    bench: Bench, statements: tuple[str, ...]
) -> None:
    bench.put("a.warc.gz", games(3))
    bench.parse()
    bench.put("b.warc.gz", games(1, first=700))  # of another block: that of a.warc.gz is found
    anew = Bench(bench.warehouse.with_name("anew"))
    anew.archives = bench.archives
    right = result_of(anew.warehouse, anew.parse())
    with sqlite3.connect(bench.warehouse / "cache" / NAME) as db:
        for statement in statements:
            db.execute(statement)
    db.close()
    with pytest.raises(WarehouseError, match="the cache was damaged"):
        bench.parse()
    assert result_of(bench.warehouse, bench.parse()) == right

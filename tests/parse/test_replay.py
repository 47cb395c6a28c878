"""From files to captures: ranges, damage, open files, copies, revisits, foreign records."""

from __future__ import annotations

from pathlib import Path

import pytest

from parse.inputs import find_inputs
from parse.replay import plan_ranges, stand_ins_of
from tests.parse.bench import SITE, Bench, game, games, member, page, record, sha1, warcinfo
from warc.errors import ArchiveError, CollectionError, UsageError

ROUND = page(("round", {"round_id": 10, "points": 1}))


def outcomes(bench: Bench) -> list[tuple[str, str]]:
    return sorted((row["file"], row["outcome"]) for row in bench.table("captures"))


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_workers_and_ranges_change_no_byte(bench: Bench, workers: int) -> None:
    """A range of 1,000 bytes cuts most records: each must still be read once, by one range."""
    bench.put("a.warc.gz", games(40))
    bench.put("b.warc.gz", games(30, first=480), collection="other")
    bench.parse()
    whole = bench.parts()
    bench.parse(workers=workers, range_bytes=1000)
    assert bench.parts() == whole
    assert len(bench.column("fake_games", "game_id")) == 70


def test_a_record_inside_a_record_does_not_split_it(bench: Bench) -> None:
    """An archived WARC file looks like records to whoever starts in its middle."""
    inner = b"".join(games(20))
    outer = record(f"{SITE}/files/inner.warc.gz", inner)
    stored = b"\x1f\x8b"  # make sure that the inner members are visible in the outer file
    bench.put("a.warc.gz", [outer, *games(2)])
    assert stored in inner
    outcome = bench.parse(range_bytes=200)
    assert bench.watch.warnings == []
    assert outcome.account.captures.captures == 5
    assert bench.column("fake_games", "game_id") == [1, 2]


def test_plain_files_are_read_whole(bench: Bench) -> None:
    import gzip  # noqa: PLC0415 - only this test undoes the members

    plain = gzip.decompress(b"".join(games(3)))
    path = bench.put("a.warc", [plain])
    (file,) = find_inputs([str(path)], archives=bench.archives).files
    assert len(plan_ranges(file, 0, range_bytes=100)) == 1
    bench.parse(range_bytes=100)
    assert bench.column("fake_games", "game_id") == [1, 2, 3]


def test_one_member_for_all_records_is_read(bench: Bench) -> None:
    import gzip  # noqa: PLC0415 - only this test undoes the members

    bench.put("a.warc.gz", [member(gzip.decompress(b"".join(games(3))))])
    bench.parse(range_bytes=50)
    assert bench.column("fake_games", "game_id") == [1, 2, 3]


def test_a_torn_record_is_named_and_those_after_it_are_read(bench: Bench) -> None:
    made = games(3)
    torn = made[2][:100]
    path = bench.put("a.warc.gz", [*made[:2], torn, *made[4:]])
    outcome = bench.parse()
    offset = len(made[0]) + len(made[1])
    assert outcome.bad_stretches == 1
    assert outcome.needs_look == "1 bad stretch in archives"
    assert f"{path}: 100 bad bytes at {offset}: " in bench.watch.warnings[0]
    assert bench.column("fake_games", "game_id") == [1, 3]


def test_damage_changes_nothing_with_the_number_of_ranges(bench: Bench) -> None:
    made = games(20)
    damaged = [one[:50] if number % 5 == 4 else one for number, one in enumerate(made)]
    bench.put("a.warc.gz", damaged)
    bench.parse()
    whole, warnings = bench.parts(), list(bench.watch.warnings)
    bench.watch.warnings.clear()
    bench.parse(range_bytes=300)
    assert bench.parts() == whole
    assert bench.watch.warnings == warnings
    assert len(warnings) == 8


def test_an_open_file_counts_up_to_its_last_whole_exchange(bench: Bench) -> None:
    made = games(2)
    note = record(f"{SITE}/game/1", b"via: x\r\n", kind="metadata", http=False)
    bench.put("a.warc.gz.open", [warcinfo(software="x"), made[0], note, made[2], made[3][:40]])
    outcome = bench.parse()
    assert bench.watch.warnings == []
    assert outcome.account.captures.captures == 1
    assert bench.column("captures", "file") == ["a.warc.gz"]
    assert bench.column("fake_games", "game_id") == [1]


def test_an_empty_open_file_is_nothing(bench: Bench) -> None:
    bench.put("a.warc.gz", games(1))
    bench.put("b.warc.gz.open", [])
    bench.parse()
    assert bench.column("fake_games", "game_id") == [1]


def test_copies_of_a_record_count_once(bench: Bench) -> None:
    made = games(2)
    bench.put("a.warc.gz", made)
    bench.put("b.warc.gz", made[:2], collection="copied")
    outcome = bench.parse()
    assert outcome.account.captures.duplicates == 2
    assert outcome.account.rows.superseded == 0
    assert len(bench.column("fake_games", "game_id")) == 2
    assert outcomes(bench) == [
        ("a.warc.gz", "duplicate"),
        ("a.warc.gz", "duplicate"),
        ("a.warc.gz", "parsed"),
        ("a.warc.gz", "parsed"),
        ("b.warc.gz", "parsed"),
        ("b.warc.gz", "parsed"),
    ]


@pytest.mark.parametrize(
    "reference",
    [
        {"WARC-Refers-To": "<urn:uuid:0a0a0a0a-0000-4000-8000-000000000001>"},
        {
            "WARC-Refers-To-Target-URI": f"{SITE}/game/1",
            "WARC-Refers-To-Date": "2026-11-01T00:00:10Z",
        },
        {},
    ],
    ids=["id", "date", "digest"],
)
def test_a_revisit_makes_its_original_the_newest(bench: Bench, reference: dict[str, str]) -> None:
    first = page(game(1, title="first"))
    named = {"WARC-Record-ID": "<urn:uuid:0a0a0a0a-0000-4000-8000-000000000001>"}
    original = record(f"{SITE}/game/1", first, second=10, fields=named)
    changed = record(f"{SITE}/game/1", page(game(1, title="changed")), second=20)
    again = record(
        f"{SITE}/game/1",
        second=30,
        kind="revisit",
        fields={**reference, "WARC-Payload-Digest": sha1(first)},
    )
    bench.put("a.warc.gz", [again])
    bench.put("b.warc.gz", [original, changed])
    outcome = bench.parse()
    assert outcome.account.captures.revisits == 1
    assert outcome.unresolved_revisits == 0
    (row,) = bench.table("fake_games")
    assert row["title"] == "first"
    assert row["fetched_at"].second == 10


def test_a_revisit_without_original_is_an_issue(bench: Bench) -> None:
    again = record(f"{SITE}/game/9", kind="revisit", fields={"WARC-Refers-To": "<urn:uuid:gone>"})
    bench.put("a.warc.gz", [*games(1), again])
    outcome = bench.parse()
    assert outcome.unresolved_revisits == 1
    assert outcome.needs_look == "1 revisit without its original"
    assert bench.column("issues", "field") == ["original of the revisit"]


def test_foreign_and_other_records_are_left_alone(bench: Bench) -> None:
    bench.put(
        "a.warc.gz",
        [
            *games(1),
            record("http://other.test/game/1", page(game(5))),
            record(f"{SITE}/about", b"about"),
            record("http://[fake.test/game/1", b"no URL"),
            record("urn:dom:http://fake.test/game/2", page(game(2)), kind="resource", http=False),
            record(f"{SITE}/game/3", b"GET", kind="request"),
            record(f"{SITE}/odd/3", page(game(3))),
        ],
    )
    outcome = bench.parse()
    assert outcome.account.captures.not_ours == 4
    assert bench.column("fake_games", "game_id") == [1]
    odd = next(row for row in bench.table("captures") if row["url"] == f"{SITE}/odd/3")
    assert (odd["outcome"], odd["verdict_reason"]) == ("evidence", "no parser reads odd")


def test_a_saved_page_as_resource_is_parsed(bench: Bench) -> None:
    bench.put("a.warc.gz", [record(f"{SITE}/game/1", page(game(1)), kind="resource", http=False)])
    bench.parse()
    assert bench.column("fake_games", "game_id") == [1]


def test_a_cut_body_is_evidence(bench: Bench) -> None:
    cut = record(f"{SITE}/game/2", page(game(2)), fields={"WARC-Truncated": "disconnect"})
    bench.put("a.warc.gz", [*games(1), cut])
    bench.parse()
    (row,) = [found for found in bench.table("captures") if found["outcome"] == "evidence"]
    assert (row["verdict"], row["verdict_reason"]) == (
        "truncated",
        "cut while it was fetched: disconnect",
    )


def test_a_stand_in_is_read_as_the_site(bench: Bench) -> None:
    info = warcinfo(source="fake", base_url="http://127.0.0.1:8000/")
    pages = [record("http://127.0.0.1:8000/game/4", page(game(4)))]
    bench.put("a.warc.gz", [info, *pages])
    bench.parse(range_bytes=50)
    assert bench.column("fake_games", "game_id") == [4]


def test_a_stand_in_and_the_site_are_not_built_together(bench: Bench) -> None:
    info = warcinfo(source="fake", base_url="http://127.0.0.1:8000")
    bench.put("a.warc.gz", [info, record("http://127.0.0.1:8000/game/4", page(game(4)))])
    bench.put("b.warc.gz", games(1))
    with pytest.raises(CollectionError, match=r"together: .*b\.warc\.gz .* and .*a\.warc\.gz"):
        bench.parse()
    assert not (bench.warehouse / "CURRENT").exists()


def test_a_file_without_warcinfo_has_no_stand_in(bench: Bench) -> None:
    path = bench.put("a.warc.gz", games(1))
    (file,) = find_inputs([str(path)], archives=bench.archives).files
    assert stand_ins_of(file) == {}


def test_a_named_file_that_is_no_warc_is_an_error(bench: Bench) -> None:
    path = bench.put("a.warc.gz", [b"<html>hello</html>" * 100])
    with pytest.raises(ArchiveError, match=r"not a WARC file \(.*a\.warc\.gz, byte 0\)"):
        bench.parse(str(path))


def test_such_a_file_in_a_collection_is_named_and_passed_over(bench: Bench) -> None:
    bench.put("a.warc.gz", [b"<html>hello</html>" * 100])
    bench.put("b.warc.gz", games(1))
    assert bench.parse().bad_stretches == 1
    assert "not a WARC file" in bench.watch.warnings[0]


def test_archives_of_something_else_build_nothing(bench: Bench) -> None:
    bench.put("a.warc.gz", [record("http://other.test/", b"hello")] * 2)
    with pytest.raises(UsageError, match=r"none of 2 captures in .* \(fake\); nothing was built"):
        bench.parse()


def test_what_holds_nothing_known_is_named_as_the_user_named_it(bench: Bench) -> None:
    other = bench.put("a.warc.gz", [record("http://other.test/", b"hello")])
    with pytest.raises(UsageError, match=rf"^the only capture in {other} is not a page of a known"):
        bench.parse(str(other))
    empty = bench.put("b.warc.gz", [])
    with pytest.raises(UsageError, match=rf"^{empty} holds no captures; nothing was built$"):
        bench.parse(str(empty))
    described = bench.put("c.warc.gz", [warcinfo(source="fake")])
    with pytest.raises(UsageError, match=rf"^{empty}, {described} hold no captures; nothing"):
        bench.parse(str(described), str(empty))
    many = [str(bench.put(f"{number}.warc.gz", [])) for number in range(5)]
    with pytest.raises(UsageError, match=r"2\.warc\.gz, 2 more hold no captures"):
        bench.parse(*many)


def test_nothing_under_the_archives_changes(bench: Bench) -> None:
    path = bench.put("a.warc.gz", games(2))
    before = {found: found.stat().st_mtime_ns for found in bench.archives.rglob("*")}
    path.chmod(0o444)
    bench.parse()
    assert {found: found.stat().st_mtime_ns for found in bench.archives.rglob("*")} == before


def test_demo_is_read_only_where_there_is_nothing_else(bench: Bench) -> None:
    bench.put("a.warc.gz", games(1), collection="demo")
    found = find_inputs([], archives=bench.archives)
    assert [file.collection for file in found.files] == ["demo"]
    assert "building from demo" in found.note
    bench.put("a.warc.gz", games(1), collection="own")
    assert [file.collection for file in find_inputs([], archives=bench.archives).files] == ["own"]


def test_wrong_inputs_are_named(bench: Bench, tmp_path: Path) -> None:
    (bench.archives / "empty").mkdir(parents=True)
    for words, message in (
        (["nowhere"], "neither a collection under .* nor a file: 'nowhere'"),
        (["empty"], "no WARC file in"),
        (["s3://bucket/a.warc.gz"], "local files only, not 's3://bucket/a.warc.gz'"),
        ([], "no WARC file in any collection"),
    ):
        with pytest.raises(UsageError, match=message):
            find_inputs(words, archives=bench.archives)
    with pytest.raises(UsageError, match="no archives folder"):
        find_inputs([], archives=tmp_path / "gone")
    one = bench.put("a.warc.gz", games(1), collection="x/same")
    two = bench.put("a.warc.gz", games(1), collection="y/same")
    with pytest.raises(UsageError, match=r"two files are called a\.warc\.gz"):
        find_inputs([str(one), str(two)], archives=bench.archives)

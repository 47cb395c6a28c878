"""From captures to tables: merging, assembling, checking, and the two sums."""

from __future__ import annotations

import json

import pytest

from parse.account import CaptureSum, RowSum
from tests.parse.bench import SITE, Bench, game, games, page, record, sha1
from warehouse.errors import HeldBackError

NOTE = {"game_id": 1, "topic": "a", "number": 1, "text": "old"}


def test_rows_carry_where_they_come_from(bench: Bench) -> None:
    bench.put("a.warc.gz", games(1))
    bench.parse()
    (row,) = bench.table("fake_rounds")
    captures = {found["url"]: found["capture_id"] for found in bench.table("captures")}
    assert row["points"] == 1
    assert row["source_url"] == f"{SITE}/game/1"
    assert row["parser_version"] == "fake.game/2"
    assert row["fetched_at"].isoformat() == "2026-11-01T00:00:01+00:00"
    assert row["game_capture_id"] == captures[f"{SITE}/game/1"]
    assert row["round_capture_id"] == captures[f"{SITE}/round/10"]


def test_both_sums_add_up(bench: Bench) -> None:
    bench.put("a.warc.gz", [*games(3), record("http://other.test/", b"hello")])
    account = bench.parse().account
    assert str(account.captures) == (
        "7 captures = 6 parsed + 0 failed + 0 evidence + 0 revisits + 0 duplicates + 1 not ours"
    )
    # Of each game: game, note and link are published; the team is only sighted, the round joined.
    assert str(account.rows) == (
        "15 rows extracted = 9 published + 6 merged + 0 superseded + 0 quarantined"
    )


def test_a_lost_row_holds_the_build_back(bench: Bench) -> None:
    bench.put("a.warc.gz", games(2))
    bench.parse()
    with pytest.raises(HeldBackError, match=r"10 rows extracted ≠ .* lost: NoteRow of http://fake"):
        bench.parse(registry="tests.parse.fake_source:FORGETFUL")
    assert bench.snapshot.name == "000001"
    assert [path.name for path in (bench.warehouse / "snapshots").iterdir()] == ["000001"]


def test_the_newest_capture_supplies_a_section_and_keeps_what_it_lacks(bench: Bench) -> None:
    old = page(game(1, score=1), ("note", NOTE), ("note", {**NOTE, "topic": "b"}))
    new = page(game(1, score=2), ("note", {**NOTE, "text": "new", "number": 7}))
    bench.put("a.warc.gz", [record(f"{SITE}/game/1", old, second=9)])
    bench.put("b.warc.gz", [record(f"{SITE}/game/1", new, second=10)])
    outcome = bench.parse()
    assert bench.column("fake_games", "score") == [2]
    noted = [(row["topic"], row["number"], row["text"]) for row in bench.table("fake_notes")]
    assert noted == [("a", 7, "new"), ("b", 1, "old")]
    assert outcome.account.rows.superseded == 2


def test_the_order_of_reading_does_not_decide_which_capture_is_newer(bench: Bench) -> None:
    bench.put("a.warc.gz", [record(f"{SITE}/game/1", page(game(1, score=2)), second=10)])
    bench.put("b.warc.gz", [record(f"{SITE}/game/1", page(game(1, score=1)), second=9)])
    bench.parse()
    assert bench.column("fake_games", "score") == [2]


def test_a_row_is_quarantined_with_every_reason(bench: Bench) -> None:
    bad = game(1, score=-1, mode="duel")
    bad[1]["title"] = ""
    bench.put("a.warc.gz", [record(f"{SITE}/game/1", page(bad)), *games(1, first=2)])
    outcome = bench.parse()
    (row,) = bench.table("quarantine")
    assert row["reasons"] == "mode is one of solo, team; score >= 0; title is not empty"
    assert row["table_name"] == "fake_games"
    assert json.loads(row["row_key"]) == {"game_id": 1}
    assert json.loads(row["row"])["mode"] == "duel"
    assert bench.column("fake_games", "game_id") == [2]
    assert outcome.account.rows.quarantined == 1
    assert outcome.account.rows.waiting == {}
    assert outcome.needs_look == ""


@pytest.mark.parametrize(
    "fields", [{"title": None}, {"title": 7}, {"score": "many"}, {"score": 2**70}]
)
def test_a_page_whose_row_is_not_of_the_declared_types_fails_alone(
    bench: Bench, fields: dict[str, object]
) -> None:
    bench.put("a.warc.gz", [record(f"{SITE}/game/1", page(game(1, **fields))), *games(2, first=2)])
    outcome = bench.parse()
    assert outcome.account.captures.failed == 1
    assert bench.column("fake_games", "game_id") == [2, 3]


def test_a_refused_row_takes_those_that_refer_to_it_along(bench: Bench) -> None:
    said = [
        game(1, score=-1),
        ("link", {"game_id": 1, "round_id": 10}),
        ("shot", {"game_id": 1, "round_id": 10, "shot": 1}),
    ]
    bench.put("a.warc.gz", [record(f"{SITE}/game/1", page(*said)), *games(1, first=2)])
    bench.parse()
    reasons = {row["table_name"]: row["reasons"] for row in bench.table("quarantine")}
    assert reasons == {
        "fake_games": "score >= 0",
        "fake_rounds": "refers to no row of fake_games",
        "fake_shots": "refers to no row of fake_rounds",
    }


def test_of_two_rows_with_one_key_the_second_is_quarantined(bench: Bench) -> None:
    twice = [("note", NOTE), ("note", {**NOTE, "text": "again"})]
    bench.put("a.warc.gz", [record(f"{SITE}/game/1", page(game(1), *twice))])
    bench.parse()
    assert bench.column("fake_notes", "text") == ["old"]
    assert bench.column("quarantine", "reasons") == ["key is not unique"]


def test_a_null_in_a_key_sorts_last(bench: Bench) -> None:
    notes = [("note", {**NOTE, "number": number}) for number in (None, 2, 1)]
    bench.put("a.warc.gz", [record(f"{SITE}/game/1", page(game(1), *notes))])
    bench.parse()
    assert bench.column("fake_notes", "number") == [1, 2, None]


def test_what_no_game_lists_is_quarantined(bench: Bench) -> None:
    orphan = page(("round", {"round_id": 77, "points": 3}))
    older = page(("round", {"round_id": 77, "points": 2}))
    bench.put(
        "a.warc.gz",
        [
            *games(1),
            record(f"{SITE}/round/77", older, second=1),
            record(f"{SITE}/round/77", orphan, second=2),
        ],
    )
    outcome = bench.parse()
    (row,) = bench.table("quarantine")
    assert row["reasons"] == "no game page lists round 77"
    assert row["table_name"] == "Round"
    assert json.loads(row["row"])["points"] == 3
    assert (outcome.account.rows.quarantined, outcome.account.rows.superseded) == (1, 1)
    assert outcome.account.rows.waiting == {"game": 1}


def test_an_entity_belongs_to_the_first_that_lists_it(bench: Bench) -> None:
    links = [
        record(
            f"{SITE}/game/{number}",
            page(game(number), ("link", {"game_id": number, "round_id": 5})),
        )
        for number in (1, 2)
    ]
    bench.put(
        "a.warc.gz",
        [*links, record(f"{SITE}/round/5", page(("round", {"round_id": 5, "points": 4})))],
    )
    bench.parse()
    assert bench.column("fake_rounds", "points") == [4, None]


def club(club_id: int, round_id: int | None = None) -> bytes:
    """The record of a club's page."""
    said = page(("club", {"club_id": club_id, "round_id": round_id}))
    return record(f"{SITE}/club/{club_id}", said)


def test_each_kind_of_root_makes_its_own_tables_cut_by_its_own_ids(bench: Bench) -> None:
    bench.put("a.warc.gz", [*games(1), club(1), club(2), club(3), club(9)])
    outcome = bench.parse()
    assert outcome.account.rows.is_right
    assert outcome.account.rows.waiting == {}
    assert bench.column("fake_clubs", "club_id") == [1, 2, 3, 9]
    names = [path.name for path in sorted(bench.snapshot.glob("fake_clubs/*"))]
    assert names == ["part-00000.parquet", "part-00001.parquet", "part-00003.parquet"]
    assert bench.column("fake_games", "game_id") == [1]


def test_of_two_kinds_of_roots_with_one_id_the_first_has_what_both_ask_for(bench: Bench) -> None:
    asks = page(game(1), ("link", {"game_id": 1, "round_id": 7}))
    points = page(("round", {"round_id": 7, "points": 5}))
    bench.put(
        "a.warc.gz",
        [record(f"{SITE}/game/1", asks), club(1, 7), record(f"{SITE}/round/7", points)],
    )
    outcome = bench.parse()
    assert bench.column("fake_rounds", "points") == [5]
    assert bench.column("fake_clubs", "points") == [None]
    assert outcome.account.rows.is_right


def test_a_refused_source_keeps_its_rule(bench: Bench) -> None:
    said = page(game(1), ("link", {"game_id": 1, "round_id": 5}))
    thirteen = page(("round", {"round_id": 5, "points": 13}))
    bench.put("a.warc.gz", [record(f"{SITE}/game/1", said), record(f"{SITE}/round/5", thirteen)])
    bench.parse()
    assert bench.column("quarantine", "reasons") == ["thirteen points"]


def test_issues_of_parser_rules_and_joins_are_numbered_per_capture(bench: Bench) -> None:
    said = [
        ("issue", ["missing", "fake_games.score"]),
        game(1, score=101),
        ("link", {"game_id": 1, "round_id": 5}),
    ]
    twelve = page(("round", {"round_id": 5, "points": 12}))
    bench.put(
        "a.warc.gz", [record(f"{SITE}/game/1", page(*said)), record(f"{SITE}/round/5", twelve)]
    )
    bench.parse()
    issues = [(row["issue_number"], row["kind"], row["field"]) for row in bench.table("issues")]
    assert issues == [
        (1, "missing", "fake_games.score"),
        (2, "differs", "fake_rounds.points"),
        (3, "unexpected", "fake_games: score <= 100"),
    ]
    counts = {row["page_type"]: row["issues"] for row in bench.table("captures")}
    assert counts == {"game": 3, "round": 0}
    assert bench.column("fake_games", "score") == [101]


def test_a_page_that_cannot_be_parsed_fails_alone(bench: Bench) -> None:
    broken = [
        record(f"{SITE}/game/1", page(game(1), ("unreadable", {}))),
        record(f"{SITE}/game/2", page(game(2), ("bug", {}))),
    ]
    bench.put("a.warc.gz", [*broken, *games(1, first=3)])
    outcome = bench.parse()
    assert outcome.account.captures.failed == 2
    assert outcome.needs_look == "2 pages that could not be parsed"
    assert bench.column("fake_games", "game_id") == [3]
    assert {row["found"] for row in bench.table("issues")} == {
        "nothing makes sense",
        "ZeroDivisionError: planted",
    }


def test_summaries_count_one_and_many(bench: Bench) -> None:
    unreadable = page(("unreadable", {}))
    lone = record(
        f"{SITE}/game/9", kind="revisit", fields={"WARC-Payload-Digest": sha1(b"never seen")}
    )
    bench.put("a.warc.gz", [record(f"{SITE}/game/1", unreadable), lone, b"?"])
    outcome = bench.parse()
    assert outcome.needs_look == (
        "1 bad stretch in archives, 1 page that could not be parsed, 1 revisit without its original"
    )
    assert ": 1 bad byte at " in bench.watch.warnings[0]
    sums = CaptureSum(captures=1, duplicates=1), RowSum(extracted=1, published=1)
    assert str(sums[0]).startswith(
        "1 capture = 0 parsed + 0 failed + 0 evidence + 0 revisits + 1 d"
    )
    assert "+ 1 duplicate +" in str(sums[0])
    assert str(sums[1]).startswith("1 row extracted = 1 published")


def test_evidence_is_never_parsed(bench: Bench) -> None:
    blocked = record(f"{SITE}/game/1", page(game(1)), status=403)
    other = record(f"{SITE}/game/2", b"<html>not found</html>")
    bench.put("a.warc.gz", [blocked, other, *games(1, first=3)])
    outcome = bench.parse()
    assert outcome.account.captures.evidence == 2
    verdicts = {row["url"]: row["verdict"] for row in bench.table("captures")}
    assert verdicts[f"{SITE}/game/1"] == "block"
    assert verdicts[f"{SITE}/game/2"] == "wrong_page"


def test_a_dimension_takes_the_newest_value_of_every_column(bench: Bench) -> None:
    def seen(game_id: int, second: int, **team: object) -> bytes:
        said = ("team", {"game_id": game_id, "team_id": 4, **team})
        return record(f"{SITE}/game/{game_id}", page(game(game_id), said), second=second)

    bench.put(
        "a.warc.gz",
        [
            seen(600, 10, name="newest"),
            seen(600, 9, name="fetched before"),
            seen(2, 20, name="newer", country="Norway"),
            seen(1, 30, name="old", country="Sweden"),
        ],
    )
    bench.parse()
    (team,) = bench.table("fake_teams")
    assert (team["name"], team["country"]) == ("newest", "Norway")
    assert team["source_url"] == f"{SITE}/game/600"


def test_parts_are_cut_by_blocks_of_ids_and_sorted(bench: Bench) -> None:
    bench.put("a.warc.gz", [*games(3, first=1499), *games(2)])
    bench.parse()
    names = sorted(path.name for path in (bench.snapshot / "fake_games").iterdir())
    assert names == ["part-00000.parquet", "part-00002.parquet", "part-00003.parquet"]
    assert bench.column("fake_games", "game_id") == [1, 2, 1499, 1500, 1501]


def test_a_table_without_rows_still_has_its_columns(bench: Bench) -> None:
    bench.put("a.warc.gz", games(1))
    bench.parse()
    assert (bench.snapshot / "fake_shots" / "part-00000.parquet").is_file()
    assert bench.table("fake_shots") == []

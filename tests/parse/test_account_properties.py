"""Whatever pages say, in whatever order and however files are cut: nothing is lost or invented."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from parse.refetch import REFETCH_NAME
from tests.parse.bench import SITE, Bench, at, page, record

IDS = st.integers(1, 4)
SMALL = st.integers(-1, 14)


def said(kind: str, **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[str, Any]]:
    return st.tuples(st.just(kind), st.fixed_dictionaries(fields))


STATEMENTS = st.one_of(
    said("game", game_id=IDS, title=st.sampled_from(["", "x"]), score=SMALL),
    said(
        "note",
        game_id=IDS,
        topic=st.sampled_from("ab"),
        number=IDS | st.none(),
        text=st.text(max_size=3),
    ),
    said("link", game_id=IDS, round_id=IDS),
    said("round", round_id=IDS, points=SMALL),
    said("shot", game_id=IDS, round_id=IDS, shot=IDS),
    said("team", game_id=IDS, team_id=st.integers(0, 3), name=st.text(max_size=3)),
    st.just(("issue", ["missing", "x"])),
    st.sampled_from([("unreadable", {}), ("bug", {})]),
)

PAGES = st.tuples(
    st.sampled_from(
        [
            f"{SITE}/game/1",
            f"{SITE}/round/2",
            f"{SITE}/sheet/3",
            f"urn:dom:{SITE}/sheet/3",
            f"urn:dom:{SITE}/game/1",
            "http://other.test/",
        ]
    ),
    st.lists(STATEMENTS, max_size=8),
    st.sampled_from([200, 200, 200, 403, 304]),
)


def found(number: int, url: str, statements: list[Any], status: int) -> bytes:
    """A response, a DOM (at the same time as the response next to it), or a 304."""
    second = number // 2
    if url.startswith("urn:"):
        return record(url, page(*statements), second=second, kind="resource", http=False)
    if status == 304:
        to = {"WARC-Refers-To-Date": at(max(0, second - 1)), "WARC-Payload-Digest": ""}
        return record(url, second=second, kind="revisit", status=status, fields=to)
    return record(url, page(*statements), second=second, status=status)


@settings(max_examples=40)
@given(
    pages=st.lists(PAGES, min_size=1, max_size=8), copies=st.lists(st.integers(0, 7), max_size=2)
)
def test_the_account_adds_up_and_ranges_change_nothing(
    pages: list[tuple[str, list[Any], int]], copies: list[int]
) -> None:
    made = [found(number, *said) for number, said in enumerate(pages)]
    made.append(record(f"{SITE}/about/", b"ours, but no page", second=99))
    made.append(record(f"{SITE}/game/9", b"<html>other", second=99))
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder))
        bench.put("a.warc.gz", made)
        bench.put("b.warc.gz", [made[number % len(made)] for number in dict.fromkeys(copies)])
        account = bench.parse().account
        whole, refetch = bench.parts(), (bench.snapshot / REFETCH_NAME).read_bytes()
        assert account.captures.is_right
        assert account.rows.is_right
        assert account.rows.extracted == sum(bench.column("captures", "rows"))
        assert account.captures.captures == len(bench.table("captures"))
        bench.parse(range_bytes=97)
        assert (bench.parts(), (bench.snapshot / REFETCH_NAME).read_bytes()) == (whole, refetch)

"""Marked values of PUBG's replies and files, tried out by editing the archived bytes.

For every column of every table: where the document is edited at the mark and parsed anew, the
column changes as it should; without an object that it is made of, too; and of the objects that are
said to matter alone the parser makes the same row.
"""

from __future__ import annotations

import functools
import json
import re
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from lxml.html import fromstring

from parse.inputs import find_inputs
from parse.json_page import moment
from parse.model import Extracted
from parse.registry import BUILT_IN, load_registry
from parse.run import ParseOptions, parse_archives
from parse.trace.archive import Archive
from parse.trace.cli import trace_any
from parse.trace.documents.marking import JsonSpot
from parse.trace.marks import Found, MarkedCapture, mark_captures
from parse.trace.opening import page_json, write_pages
from parse.trace.rows import Roots, RowTrace
from parse.uncollected import uncollected
from tests.parse.bench import Watch, record
from tests.replica.pubg.documents import match_document
from tests.replica.pubg.match import make_match
from warehouse.column import Row
from warehouse.rows.pubg import ROWS
from warehouse.schema import key_of
from warehouse.snapshot import current_snapshot, row_named

MATCHES = (("squad", "modern"), ("squad", "2018"))
TABLES = [row.table for row in ROWS if row.contributors]
IDENTITY = frozenset({"match_id", "account_id", "player_name", "team_id"})
"""What many objects say of one player: changed in one of them, the others still say it."""

COUNTERS = frozenset(
    {"kill_number", "knock_number", "fight_number", "damage_number", "sample_number"}
)

NOT_MARKED = {
    "pubg_fights": {"outcome", "reason", "team_count", "team_ids"},
    "pubg_fight_participants": {"team_outcome"},
    "pubg_landings": {"landings"},
    "pubg_player_match_weapons": {"weapon_category"},
    "pubg_weapon_distribution": {"weapon_category"},
}
"""Columns without a place of their own, beside counters, zeros and what is true or false."""


@functools.cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="warchouse-test-", ignore_cleanup_errors=True)


@functools.cache
def roots() -> Roots:
    """A few small matches, parsed."""
    folder = Path(_folder().name)
    collection = folder / "archives" / "pubg"
    collection.mkdir(parents=True)
    records = []
    for kind, era in MATCHES:
        made = make_match(5, kind, era=era)
        reply = match_document(made)
        (asset,) = (one for one in reply["included"] if one["type"] == "asset")
        url = f"https://api.pubg.com/shards/steam/matches/{made.row.match_id}"
        records.append(record(url, json.dumps(reply).encode()))
        records.append(record(asset["attributes"]["URL"], made.telemetry))
    (collection / "a.warc.gz").write_bytes(b"".join(records))
    inputs = replace(find_inputs([], archives=folder / "archives"), tracked=None)
    parse_archives(inputs, ParseOptions(warehouse=folder / "tables"), Watch())
    snapshot = current_snapshot(folder / "tables")
    return Roots(Archive(snapshot, folder / "archives", load_registry(BUILT_IN)))


def some_rows(table: str) -> list[dict[str, Any]]:
    """A row of each match, from the middle of its rows."""
    rows = roots().archive.snapshot.table(table).collect().to_dicts()
    of_match: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        of_match.setdefault(row.get("match_id", row["source_url"]), []).append(row)
    return [some[len(some) // 2] for some in of_match.values()]


@functools.cache
def marked(table: str) -> list[tuple[RowTrace, MarkedCapture]]:
    """The traces of some rows of a table, each with its one page."""
    found = []
    with uncollected():
        for row in some_rows(table):
            trace = trace_any(roots(), row_named(table), row)
            (page,) = mark_captures(roots().archive, trace, None)
            found.append((trace, page))
    return found


def rows_in(page: MarkedCapture, body: bytes, like: Row) -> list[Row]:
    """What the page's parser gives of other bytes, of one class."""
    parser = roots().archive.parser_of(page.capture)
    assert parser is not None
    made: Iterator[Extracted] = parser.parse(parser.page(body, url="", page_type="", key=""))
    return [one for one in made if type(one) is type(like)]


def nearest(rows: Sequence[Row], like: Row) -> Row:
    """The row that stands where one stood: of its key, else the one that has most in common."""
    names, keys = like.__struct_fields__, key_of(type(like))
    same = [one for one in rows if all(getattr(one, n) == getattr(like, n) for n in keys)]
    if len(same) == 1 and not COUNTERS.intersection(keys):
        return same[0]
    return max(rows, key=lambda one: sum(getattr(one, n) == getattr(like, n) for n in names))


def at_path(body: bytes, path: str) -> object:
    """What stands at a path, by another way than positions."""
    value: Any = json.loads(body)
    for name, index in re.findall(r"([A-Za-z_]\w*)|\[(\d+)\]", path):
        value = value[name] if name else value[int(index)]
    return value


def copied(value: object, written: object) -> bool:
    """Whether a field is what is written somewhere."""
    if isinstance(written, str):
        return (
            moment(written) == value
            if moment(written)
            else value in {written, None} or (isinstance(value, str) and value in written)
        )
    return value == written


def others_of(value: object) -> Iterator[object]:
    """Other values of the same kind; of times a later and an earlier one."""
    text = str(value)
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, int | float):
        yield value + 3
    elif moment(text):
        second = int(text[17:19])
        yield from (f"{text[:17]}{(second + way) % 60:02d}{text[19:]}" for way in (1, -1))
    else:
        yield text[:-1] + ("1" if text[-1] != "1" else "2")


def edited(page: MarkedCapture, value: JsonSpot, other: object) -> bytes:
    """What matters of a page, with another value at a place: elsewhere it may stand again."""
    assert page.document is not None
    return page.document.text(page.matter, {value.span: json.dumps(other).encode()})


def places(page: MarkedCapture) -> Iterator[tuple[Found, JsonSpot]]:
    for found in page.found:
        if found.value is not None and found.value.path:
            yield found, found.value


@pytest.mark.parametrize("table", TABLES)
def test_a_path_and_a_byte_name_the_same_value(table: str) -> None:
    for _, page in marked(table):
        for _, value in places(page):
            start, end = value.span
            assert json.loads(page.body[start:end]) == at_path(page.body, value.path)


@pytest.mark.parametrize("table", TABLES)
def test_what_is_marked_as_printed_is_what_the_column_becomes(table: str) -> None:
    for _, page in marked(table):
        for found, value in places(page):
            if found.spot.how != "printed" or value.count or found.column in IDENTITY:
                continue
            row = found.origin.source.row
            now = json.loads(page.body[slice(*value.span)])
            assert copied(getattr(row, found.origin.field), now), found.column
            tried = [
                (nearest(some, row), other)
                for other in others_of(now)
                if (some := rows_in(page, edited(page, value, other), row))
            ]
            becomes = [copied(getattr(one, found.origin.field), other) for one, other in tried]
            assert any(becomes) or not tried, found.column


@pytest.mark.parametrize("table", TABLES)
def test_without_what_a_column_is_made_of_it_is_another_one(table: str) -> None:
    for _, page in marked(table):
        for found, value in places(page):
            if found.spot.how != "counted":
                continue
            row, name = found.origin.source.row, found.origin.field
            assert page.document is not None
            without = page.document.text(page.matter - {value.unit}, {})
            after = nearest(rows_in(page, without, row), row)
            assert getattr(after, name) != getattr(row, name), found.column


@pytest.mark.parametrize("table", TABLES)
def test_what_matters_alone_makes_the_same_row(table: str) -> None:
    for _, page in marked(table):
        assert page.untried == 0
        assert page.document is not None
        alone = page.document.text(page.matter, {})
        for found in page.found:
            row, name = found.origin.source.row, found.origin.field
            after = nearest(rows_in(page, alone, row), row)
            assert name in COUNTERS or getattr(after, name) == getattr(row, name), name


@pytest.mark.parametrize("table", TABLES)
def test_few_columns_are_marked_nowhere(table: str) -> None:
    """Zeros, counters, and what is no more than true or false, may stand nowhere."""
    for _, page in marked(table):
        nowhere = {
            one.column
            for one in page.found
            if one.spot.how == "nowhere"
            and one.origin.value not in {0, True}
            and one.column not in COUNTERS
        }
        assert nowhere <= NOT_MARKED.get(table, set())


@pytest.mark.parametrize(
    ("table", "column", "path"),
    [
        ("pubg_participants", "kills", r"included\[\d+\]\.attributes\.stats\.kills"),
        ("pubg_participants", "team_rank", r"included\[\d+\]\.attributes\.stats\.rank"),
        ("pubg_matches", "map_title", r"data\.attributes\.mapName"),
        ("pubg_rosters", "is_winner", r"included\[\d+\]\.attributes\.stats\.rank|"),
        ("pubg_kill_positions", "finish_distance", r"\[\d+\]\.finishDamageInfo\.distance"),
        ("pubg_kill_positions", "victim_name", r"\[\d+\]\.victim\.name"),
        ("pubg_damage_events", "damage", r"\[\d+\]\.damage"),
        ("pubg_circle_positions", "circle_radius", r"\[\d+\]\.gameState\.safetyZoneRadius"),
    ],
)
def test_a_value_stands_where_the_api_has_it(table: str, column: str, path: str) -> None:
    _, page = marked(table)[0]
    values = [one.value for one in page.found if one.column == column and one.value]
    assert len(values) == 1
    assert re.fullmatch(path, values[0].path)


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], str]:
    """What a program is told of a page of telemetry, and the page."""
    output = tmp_path_factory.mktemp("page") / "kill.html"
    trace, _ = marked("pubg_kill_positions")[0]
    columns = ["victim_name", "finish_distance", "kill_number"]
    (page,) = write_pages(roots().archive, trace, columns=columns, output=output)
    told: dict[str, Any] = page_json(page)
    return told, output.read_text(encoding="utf-8-sig")


def test_a_program_is_told_path_and_byte(opened: tuple[dict[str, Any], str]) -> None:
    told, _ = opened
    marks = {one["column"]: one for one in told["marks"]}
    assert marks["kill_number"]["path"] is None
    assert marks["kill_number"]["how"] == "nowhere"
    one = marks["victim_name"]
    assert one["path"].endswith(".victim.name")
    _, page = marked("pubg_kill_positions")[0]
    place = slice(one["offset"], one["offset"] + one["length"])
    assert json.loads(page.body[place]) == one["text"]
    assert told["anchor"] == f"warchouse-{one['offset']}"
    assert told["objects"]["shown"] == told["objects"]["matter"] < 10
    assert told["objects"]["all"] > 1000


def test_the_page_shows_what_is_around_the_value_and_how_much_is_not(
    opened: tuple[dict[str, Any], str],
) -> None:
    told, page = opened
    tree: Any = fromstring(page)
    (mark,) = tree.xpath(f'//*[@id="{told["anchor"]}"]')
    one = next(one for one in told["marks"] if one["column"] == "victim_name")
    assert mark.text_content() == json.dumps(one["text"])
    assert mark.get("data-warchouse") == f"victim_name={one['text']}"
    assert f"{one['path']} · byte {one['offset']:,}" in tree.text_content()
    assert "LogPlayerKill" in tree.text_content()
    gaps = re.findall(r"… ([\d,]+) objects?, [\d,]+ bytes", tree.text_content())
    left_out = sum(int(one.replace(",", "")) for one in gaps)
    assert left_out == told["objects"]["all"] - told["objects"]["shown"]
    assert f"{told['objects']['all']:,} objects in" in tree.text_content()
    assert len(page) < 60_000


def test_the_page_loads_nothing(opened: tuple[dict[str, Any], str]) -> None:
    _, page = opened
    tree: Any = fromstring(page)
    assert "default-src 'none'" in page
    assert not tree.xpath("//script|//img|//link|//iframe|//*[@src]")
    assert all(one.startswith("#") for one in tree.xpath("//a/@href"))


def test_a_reply_of_no_row_is_shown_from_its_beginning(tmp_path: Path) -> None:
    row = some_rows("pubg_matches")[0]
    captures = roots().archive.snapshot.table("captures").collect().to_dicts()
    (own,) = (one for one in captures if one["capture_id"] == row["match_capture_id"])
    trace = trace_any(roots(), row_named("captures"), own)
    (page,) = write_pages(roots().archive, trace, columns=None, output=tmp_path / "page.html")
    tree: Any = fromstring((tmp_path / "page.html").read_text(encoding="utf-8-sig"))
    assert "Nothing is marked: the first few are shown." in tree.text_content()
    assert '"data": {' in tree.text_content()
    assert page.anchor == ""

"""Marked pages of the season, looked at by another reader of HTML, and tried out by editing them.

For every column of every table: what is marked prints the value; where the archived bytes are
edited at the mark and parsed anew, exactly the columns that are said to come from there change.
"""

from __future__ import annotations

import functools
import html
import json
import re
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import lxml.html
import pytest

from parse.trace.archive import page_url
from parse.trace.marks import Found
from parse.trace.opening import OpenedPage, write_pages
from parse.trace.rows import RowTrace
from parse.trace.tags import tags_of_elements
from tests.parse.bench import Bench, record
from tests.parse.hltv.test_recaptures import BUILT_IN
from tests.parse.trace.season import records_of_match, roots, some_rows, traced
from warehouse.rows.hltv import ROWS
from warehouse.schema import columns_of as columns_of_table
from warehouse.schema import key_of

TABLES = [row.table for row in ROWS]

NOT_PRINTED = {
    "hltv_results": {"winner", "is_forfeit", "stars"},
    "hltv_matches": {"match_id", "match_url", "date", "is_lan", "forfeit", "status"},
    "hltv_maps": {"match_id", "map_number", "picked_by", "status"},
    "hltv_vetoes": {"match_id", "action", "step_number"},
    "hltv_match_players": {"match_id", "team_num", "position"},
    "hltv_player_stats": {"match_id", "map_number"},
    "hltv_player_side_stats": {"match_id", "map_number", "side"},
    "hltv_round_history": {"match_id", "map_number", "round_number", "winner_side", "win_type"},
    "hltv_kill_matrix": {"match_id", "map_number", "matrix_type"},
    "hltv_overview_player_stats": {"match_id", "map_number", "side", "kd_diff"},
    "hltv_economy": {"match_id", "map_number", "side", "won", "buy_type", "team_id"},
}
"""Columns whose value need not stand on a page as the table has it: ids that are the URL's,
positions, codes. Every other column that is not null and was copied must."""

Row = dict[str, Any]


def is_printed(value: object, text: str) -> bool:
    """Whether a text holds a value; an own way of telling, with none of the tool's."""
    if isinstance(value, str):
        plain = " ".join(text.split())
        return value in plain or json.dumps(value)[1:-1] in plain or value.lower() in plain.lower()
    numbers = {abs(float(one)) for one in re.findall(r"\d+(?:\.\d+)?", text)}
    return abs(float(value)) in numbers  # type: ignore[arg-type]


def columns_of(trace: RowTrace) -> Iterator[str]:
    for name, lineage in trace.lineages.items():
        copied = any(one.how == "copied" for one in lineage.origins)
        if copied and lineage.value is not None and not isinstance(lineage.value, bool | datetime):
            yield name


def by_column(pages: list[OpenedPage]) -> dict[str, list[tuple[OpenedPage, Found]]]:
    found: dict[str, list[tuple[OpenedPage, Found]]] = defaultdict(list)
    for page in pages:
        for one in page.found:
            found[one.column].append((page, one))
    return found


def marked_element(path: Path, label: str) -> lxml.html.HtmlElement:
    """The element with a label, as lxml finds it in the written file."""
    parser = lxml.html.HTMLParser(encoding="utf-8", huge_tree=True)
    tree = lxml.html.document_fromstring(path.read_bytes(), parser=parser)
    carriers = [one for one in tree.iter() if isinstance(one.tag, str)]
    for one in carriers:
        if label in one.attrib.get("data-warchouse", "").split(" · "):
            return one
    (around,) = [
        one for one in carriers if label in one.attrib.get("data-warchouse-in", "").split(" · ")
    ]
    (element,) = [one for one in around if one.attrib.get("data-warchouse") == ""]
    return element


@functools.cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="warchouse-test-", ignore_cleanup_errors=True)


@functools.cache
def written(table: str) -> tuple[RowTrace, list[OpenedPage]]:
    """The pages of one row of a table, all columns marked."""
    (row,) = some_rows(table, 1)
    trace = traced(table, row)
    output = Path(_folder().name) / f"{table}.html"
    return trace, write_pages(roots().archive, trace, columns=None, output=output)


def check_marks(table: str, trace: RowTrace, pages: list[OpenedPage]) -> None:
    found = by_column(pages)
    for name in columns_of(trace):
        page, one = found[name][0]
        if one.spot.how != "printed":
            assert name in NOT_PRINTED.get(table, set()), (name, one.spot)
            continue
        element = marked_element(page.path, one.label)
        place = one.spot.place
        assert place is not None
        text = element.attrib[place.name] if place.name else element.text_content()
        assert is_printed(one.origin.value, text), (name, one.origin.value, text)


@pytest.mark.parametrize("table", TABLES)
def test_the_marked_element_prints_the_value(table: str) -> None:
    check_marks(table, *written(table))


@pytest.mark.slow
@pytest.mark.parametrize("table", TABLES)
def test_the_marked_elements_of_another_row_print_the_values(table: str, tmp_path: Path) -> None:
    """One far from the other: a page is parsed some hundred times for each."""
    row, _ = some_rows(table, 2)
    trace = traced(table, row)
    output = tmp_path / "page.html"
    check_marks(table, trace, write_pages(roots().archive, trace, columns=None, output=output))


@pytest.mark.parametrize("table", TABLES)
def test_the_archived_markup_is_left_as_it_is(table: str) -> None:
    """What was put in can be taken out, and the archived bytes are left."""
    for page in written(table)[1]:
        left = page.path.read_bytes().removeprefix(b"\xef\xbb\xbf")
        for put_in in (
            rb'<meta http-equiv="Content-Security-Policy".*?</style>',
            rb"<warchouse-trace>.*</warchouse-room>",
            rb' data-warchouse(?:-in)?="[^"]*"',
            rb' id="warchouse-\d+"',
            rb'(?<=<script) type="text/plain"',
            rb' (?:rel|http-equiv)="x-warchouse-off"',
        ):
            left = re.sub(put_in, b"", left, flags=re.DOTALL)
        assert left == roots().archive.body_of(roots().archive.capture(page.capture_id))


@pytest.mark.parametrize("table", TABLES)
def test_the_anchor_is_one_element(table: str) -> None:
    for page in written(table)[1]:
        tree = lxml.html.document_fromstring(page.path.read_bytes())
        ids = [one.attrib.get("id") for one in tree.iter() if isinstance(one.tag, str)]
        assert not page.anchor or ids.count(page.anchor) == 1


# --- the same, by editing what is archived ------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Archived:
    """A page as it is archived, and what was found on it."""

    url: str
    body: bytes
    found: tuple[Found, ...]


def archived(page: OpenedPage) -> Archived:
    """The page that was opened."""
    archive = roots().archive
    capture = archive.capture(page.capture_id)
    return Archived(url=page_url(capture), body=archive.body_of(capture), found=page.found)


def edited(page: Archived, one: Found) -> Iterator[bytes]:
    """The page's bytes with the value changed where it is marked, in each place it may mean.

    A digit is changed into another, a word gets a letter more: in the element's own tag, or right
    behind it.
    """
    place = one.spot.place
    assert place is not None
    tags = tags_of_elements(page.body)
    assert tags is not None
    tag = tags[place.element]
    if tag is None:
        return
    value = one.origin.value
    start, end = (tag.start, tag.end) if place.name else (tag.end, tag.end + 400)
    written = page.body[start:end].decode(errors="ignore")
    if isinstance(value, str):
        forms = {
            value,
            html.escape(value),
            html.escape(value, quote=False),
            html.escape(value).replace("&quot;", "&#34;"),
        }
        spots = [found.end() for form in forms for found in re.finditer(re.escape(form), written)]
        changes = [written[:at] + "q" + written[at:] for at in spots]
    else:
        number = f"{abs(value):g}" if isinstance(value, float) else str(abs(int(str(value))))
        pattern = rf"(?<![\d.]){re.escape(number)}(?:\.?0+)?(?!\d)"
        spots = [found.start() + len(number) for found in re.finditer(pattern, written)]
        changes = [
            written[: at - 1] + str((int(written[at - 1]) + 1) % 10) + written[at:] for at in spots
        ]
    for changed in changes:
        yield page.body[:start] + changed.encode() + page.body[start + len(written.encode()) :]


def following(trace: RowTrace, one: Found) -> set[str]:
    """The columns that are said to follow the field that is marked."""
    return {
        name
        for name, lineage in trace.lineages.items()
        for origin in lineage.origins
        if origin.source is one.origin.source and origin.field == one.origin.field
    }


def reparsing(bench: Bench, table: str, key: Row, url: str) -> Callable[[bytes], Row | None]:
    """From the body of one page to the row, or what was refused of it, as its match then gives it.

    The match's other pages lie in a file of their own, which is read once.
    """
    listed = list(records_of_match(key["match_id"]))
    (about,) = [own for found, own in listed if found.type == "warcinfo"]
    others = [own for found, own in listed if found.target_uri != url]
    bench.put("others.warc.gz", others, collection="hltv")

    def reparsed(body: bytes) -> Row | None:
        bench.put("page.warc.gz", [about, record(url, body, second=1)], collection="hltv")
        bench.parse(registry=BUILT_IN)
        refused = [one for one in bench.table("quarantine") if one["table_name"] == table]
        rows = [*bench.table(table), *(json.loads(one["row"]) for one in refused)]
        found_rows = [one for one in rows if all(one[name] == key[name] for name in key)]
        return found_rows[0] if len(found_rows) == 1 else None

    return reparsed


EDITED = [row.table for row in ROWS if not row.dimension and row.table != "hltv_results"]

JOINING = {"match_id", "mapstatsid", "player_id", "team_id"}
"""What pages and rows are joined by: edited on one page, the row is another one."""

TOLD_BY = {("hltv_vetoes", "team_name"): {"team_id"}}
"""Columns that a parser reads by another's text: a team's number is looked up by its name."""


@pytest.mark.parametrize("table", EDITED)
def test_editing_the_page_at_the_mark_changes_exactly_those_columns(
    table: str, bench: Bench
) -> None:
    trace, pages = written(table)
    row = trace.row
    kind = next(one for one in ROWS if one.table == table)
    names = key_of(kind)
    codes = {column.name for column in columns_of_table(kind) if column.one_of}
    key = {name: row[name] for name in names}
    before: Row | None = None
    tried = 0
    for page in map(archived, pages):
        reparsed = reparsing(bench, table, key, page.url)
        before = before or reparsed(page.body)
        assert before is not None
        for one in page.found:
            if one.spot.how != "printed" or one.origin.how != "copied":
                continue
            if one.column in {*names, *JOINING, *codes}:
                continue
            expected = following(trace, one) | same_place(page, one)
            expected |= TOLD_BY.get((table, one.column), set())
            tries = [reparsed(body) for body in edited(page, one)]
            differing = [
                {name for name in trace.lineages if after[name] != before[name]}
                for after in tries
                if after is not None
            ]
            assert any(one.column in some <= expected for some in differing), (one, differing)
            tried += 1
    assert tried >= 1


def same_place(page: Archived, one: Found) -> set[str]:
    """The columns read from the same text: a `3` in it may be either's."""
    return {other.column for other in page.found if other.spot.place == one.spot.place}

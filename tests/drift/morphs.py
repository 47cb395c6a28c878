"""What a site may do to its pages: changes of markup, each a function of one page's text.

Each says what the tables must hold of the changed pages, by its worst: `right` (every value equals
the truth), `null` (values are missing, and a word says so), `word` (a value is wrong, and an issue
on the page says that two places print it differently).
"""

from __future__ import annotations

import html as entities
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from lxml import etree
from lxml import html as lxml_html

Tree = Any
Ends = Literal["right", "null", "word"]

DOCTYPE = "<!DOCTYPE html>\n"


@dataclass(frozen=True, slots=True)
class Morph:
    """A change of one page type."""

    name: str
    page_type: str
    ends: Ends
    apply: Callable[[str], str]


def replaced(*pairs: tuple[str, str]) -> Callable[[str], str]:
    """Regular expressions and what takes their place; each must be found on some page."""

    def apply(text: str) -> str:
        for pattern, put in pairs:
            text = re.sub(pattern, put, text)
        return text

    return apply


def exchanged(one: str, other: str) -> Callable[[str], str]:
    """Two class names take each other's place wherever they stand."""
    turned = {one: other, other: one}
    either = re.compile(rf"(?<![\w-])({re.escape(one)}|{re.escape(other)})(?![\w-])")
    classes = re.compile(r'class="[^"]*"')

    def apply(text: str) -> str:
        return classes.sub(lambda m: either.sub(lambda n: turned[n[1]], m[0]), text)

    return apply


def edited(edit: Callable[[Tree], None]) -> Callable[[str], str]:
    """A change of the tree."""

    def apply(text: str) -> str:
        tree = lxml_html.document_fromstring(text)
        edit(tree)
        written: str = lxml_html.tostring(tree, encoding="unicode")
        return DOCTYPE + written

    return apply


def each(css: str, edit: Callable[[Tree], None]) -> Callable[[str], str]:
    """A change of every element that a selector finds."""

    def edit_all(tree: Tree) -> None:
        for found in _having(tree, css):
            edit(found)

    return edited(edit_all)


def _having(tree: Tree, css: str) -> list[Tree]:
    """Elements with a class (`.name`), or of a tag with a class (`tr.name`)."""
    tag, _, name = css.partition(".")
    condition = f"contains(concat(' ', normalize-space(@class), ' '), ' {name} ')"
    return list(tree.xpath(f".//{tag or '*'}[{condition}]"))


def swap_contents(one: Tree, other: Tree) -> None:
    """Texts and children of two elements change places."""
    texts, children = (one.text, other.text), (list(one), list(other))
    for element, text, inside in ((one, texts[1], children[1]), (other, texts[0], children[0])):
        element.text = text
        element[:] = inside


def removed(element: Tree) -> None:
    element.drop_tree()


def table_rows(table: Tree) -> Iterator[Tree]:
    yield from table.iter("tr")


def cells_exchanged(table_class: str, one: str, other: str) -> Callable[[str], str]:
    """What stands in two columns changes places in every row but the header."""

    def edit(table: Tree) -> None:
        for row in list(table_rows(table))[1:]:
            found = [_having(row, f"td.{name}") for name in (one, other)]
            if found[0] and found[1]:
                swap_contents(found[0][0], found[1][0])

    return each(f"table.{table_class}", edit)


def column_moved(table_class: str, name: str) -> Callable[[str], str]:
    """A column with its header goes to the second place."""

    def edit(table: Tree) -> None:
        for row in table_rows(table):
            cells = [cell for cell in row if name in (cell.get("class") or "").split()]
            for cell in cells[:1]:
                row.remove(cell)
                row.insert(1, cell)

    return each(f"table.{table_class}", edit)


def column_dropped(table_class: str, name: str) -> Callable[[str], str]:
    def edit(table: Tree) -> None:
        for row in table_rows(table):
            for cell in [cell for cell in row if name in (cell.get("class") or "").split()]:
                row.remove(cell)

    return each(f"table.{table_class}", edit)


def column_added(table_class: str, name: str, label: str) -> Callable[[str], str]:
    """A new column stands second."""

    def edit(table: Tree) -> None:
        for number, row in enumerate(table_rows(table)):
            tag = row[0].tag
            cell = etree.Element(tag, {"class": name})
            cell.text = "7.1" if number else label
            row.insert(1, cell)

    return each(f"table.{table_class}", edit)


def chart(change: Callable[[dict[str, Any]], None], kind: str) -> Callable[[str], str]:
    """A change of the JSON of charts of a type."""
    config = re.compile(r'data-fusionchart-config="([^"]*)"')

    def apply(text: str) -> str:
        def write(found: re.Match[str]) -> str:
            said = json.loads(entities.unescape(found[1]))
            if said.get("type") == kind:
                change(said)
            return f'data-fusionchart-config="{entities.escape(json.dumps(said))}"'

        return config.sub(write, text)

    return apply


def key_renamed(old: str, new: str) -> Callable[[Any], None]:
    """A key of JSON, at any depth."""

    def change(said: Any) -> None:
        if isinstance(said, dict):
            if old in said:
                said[new] = said.pop(old)
            said = list(said.values())
        if isinstance(said, list):
            for part in said:
                change(part)

    return change


def labels_exchanged(one: str, other: str) -> Callable[[dict[str, Any]], None]:
    def change(said: dict[str, Any]) -> None:
        turned = {one: other, other: one}
        for bar in said["dataSource"]["data"]:
            bar["label"] = turned.get(bar["label"], bar["label"])

    return change


def point_values(write: Callable[[str], str]) -> Callable[[dict[str, Any]], None]:
    def change(said: dict[str, Any]) -> None:
        for line in said["dataSource"]["dataset"]:
            for point in line["data"]:
                if point["value"]:
                    point["value"] = write(point["value"])

    return change


def card_values(label: str, write: Callable[[str], str]) -> Callable[[dict[str, Any]], None]:
    def change(said: dict[str, Any]) -> None:
        for bar in said["dataSource"]["data"]:
            if bar["label"] == label and bar["displayValue"] != "-":
                bar["displayValue"] = write(bar["displayValue"])

    return change


def both(*changes: Callable[[str], str]) -> Callable[[str], str]:
    def apply(text: str) -> str:
        for change in changes:
            text = change(text)
        return text

    return apply


# ---- what one page type alone knows


def seconds(name: str) -> Callable[[str], str]:
    return replaced((rf'({name}="\d+)\d{{3}}"', r'\1"'))


def _winner_marked_wrong(row: Tree) -> None:
    teams = _having(row, ".team")
    for team in teams:
        classes = team.get("class").split()
        won = "team-won" in classes
        team.set("class", "team" if won else "team team-won")


def _teams_swapped_in_row(row: Tree) -> None:
    cells = _having(row, "td.team-cell")
    swap_contents(cells[0], cells[1])
    for number, cell in zip((1, 2), cells, strict=True):
        _having(cell, ".line-align")[0].set("class", f"line-align team{number}")
    score = _having(row, "td.result-score")[0]
    score[0].text, score[1].text = score[1].text, score[0].text


def _score_reversed(row: Tree) -> None:
    score = _having(row, "td.result-score")[0]
    score[0].text, score[1].text = score[1].text, score[0].text


def _header_swapped(tree: Tree) -> None:
    one, two = (_having(tree, f".team{number}-gradient")[0] for number in (1, 2))
    swap_contents(one, two)


def _holders_swapped(holder: Tree) -> None:
    left, right = _having(holder, ".results-left"), _having(holder, ".results-right")
    if left and right:
        swap_contents(left[0], right[0])
        classes = [side[0].get("class") for side in (left, right)]
        left[0].set("class", classes[1].replace("right", "left"))
        right[0].set("class", classes[0].replace("left", "right"))


def _reversed_children(element: Tree) -> None:
    element[:] = list(element)[::-1]


def _maps_reversed(tree: Tree) -> None:
    holders = _having(tree, ".mapholder")
    if holders:
        _reversed_children(holders[0].getparent())


def _history_reversed(row: Tree) -> None:
    row[:] = [row[0], *list(row)[:0:-1]]


def _boxes_swapped(tree: Tree) -> None:
    left, right = (_having(tree, f".team-{side}")[0] for side in ("left", "right"))
    swap_contents(left, right)


def _tables_doubled(table: Tree) -> None:
    parent = table.getparent()
    parent.append(lxml_html.fromstring(lxml_html.tostring(table)))


def _rows_merged(table: Tree) -> None:
    rows = list(table_rows(table))
    if len(rows) > 2:
        for cell, other in zip(rows[1], rows[2], strict=True):
            cell.append(lxml_html.fromstring(f"<span>{other.text_content()}</span>"))
        rows[2].getparent().remove(rows[2])


def _matrix_transposed(table: Tree) -> None:
    rows = [list(row) for row in table_rows(table)]
    for row, cells in zip(table_rows(table), zip(*rows, strict=True), strict=True):
        row[:] = cells
    for cell in _having(table, "td.text-center"):
        if ":" in cell.text_content():
            one, other = list(cell)
            one.text, other.text = other.text, one.text


def _matrix_reversed(table: Tree) -> None:
    """The cells' numbers change places, without a mark of which is whose."""
    for row in list(table_rows(table))[1:]:
        for cell in list(row)[1:]:
            one, other = cell.text_content().split(":")
            for child in list(cell):
                cell.remove(child)
            cell.text = f"{other.strip()}:{one.strip()}"


def _names_exchanged(said: dict[str, Any]) -> None:
    one, two = said["dataSource"]["dataset"]
    one["seriesname"], two["seriesname"] = two["seriesname"], one["seriesname"]


def _lines_exchanged(said: dict[str, Any]) -> None:
    said["dataSource"]["dataset"].reverse()


def _rounds_reversed(said: dict[str, Any]) -> None:
    for line in said["dataSource"]["dataset"]:
        line["data"].reverse()


def _equipment_in_thousands(cell: Tree) -> None:
    title = cell.get("title") or ""
    cell.set("title", re.sub(r"\d+$", lambda m: str(int(m[0]) // 1000), title))


KAST = re.compile(r"(\d+\.\d)%")


def _fractions(sign: str) -> Callable[[str], str]:
    """73.5% becomes 0.735, with or without the sign, in cells of class `kast` or `st-kast`."""
    cell = re.compile(r'(<td class="(?:st-)?kast[^"]*">)(\d+\.\d)%')
    return lambda text: cell.sub(lambda m: f"{m[1]}{float(m[2]) / 100:.3f}{sign}", text)


def _comma(name: str) -> Callable[[str], str]:
    return replaced((rf'(<td class="{name}[^"]*">\d+)\.(\d)', r"\1,\2"))


MORPHS = (
    # results
    Morph(
        "class of the event's name renamed",
        "results",
        "null",
        exchanged("event-name", "event-title"),
    ),
    Morph(
        "time of the end in seconds", "results", "null", seconds("data-zonedgrouping-entry-unix")
    ),
    Morph(
        "attribute with the time renamed",
        "results",
        "null",
        replaced(("data-zonedgrouping-entry-unix", "data-entry-unix")),
    ),
    Morph(
        "winner's mark on the loser", "results", "null", each(".result-con", _winner_marked_wrong)
    ),
    Morph("teams of a row swapped", "results", "word", each(".result-con", _teams_swapped_in_row)),
    Morph("numbers of a score reversed", "results", "null", each(".result-con", _score_reversed)),
    Morph(
        "label of the format changed",
        "results",
        "word",
        replaced(
            (r'map-text">bo(\d)<', r'map-text">Best of \1<'),
            (r'map-text">def<', r'map-text">Forfeit<'),
        ),
    ),
    Morph("class of the stars renamed", "results", "word", exchanged("stars", "rating-icons")),
    Morph(
        "list of matches stands twice",
        "results",
        "right",
        each(".results-all", lambda one: one.extend(lxml_html.fromstring(lxml_html.tostring(one)))),
    ),
    # match
    Morph("class of a column renamed (ADR)", "match", "null", exchanged("adr", "damage")),
    Morph(
        "classes of two columns exchanged (ADR, rating)",
        "match",
        "null",
        exchanged("adr", "rating"),
    ),
    Morph(
        "kills and deaths reversed in their cell",
        "match",
        "word",
        replaced((r'(<td class="kd[^"]*">)(\d+)-(\d+)', r"\1\3-\2")),
    ),
    Morph("KAST as a fraction", "match", "null", _fractions("")),
    Morph("KAST as a fraction, with its sign", "match", "word", _fractions("%")),
    Morph("comma for decimal point (ADR)", "match", "null", _comma("adr")),
    Morph("class of the lineups renamed", "match", "word", exchanged("lineup", "roster")),
    Morph("teams of the head swapped", "match", "null", edited(_header_swapped)),
    Morph("label of the status changed", "match", "word", replaced(("Match over", "Finished"))),
    Morph("start in seconds", "match", "null", seconds("data-unix")),
    Morph("start's attribute missing", "match", "null", replaced((r' data-unix="\d+"', ""))),
    Morph(
        "word of a veto changed",
        "match",
        "word",
        replaced((r">(\d\. [^<]*) removed ", r">\1 banned ")),
    ),
    Morph(
        "sides of the halves exchanged",
        "match",
        "right",
        replaced(
            (r'<span class="ct">', '<span class="@">'),
            (r'<span class="t">', '<span class="ct">'),
            (r'<span class="@">', '<span class="t">'),
        ),
    ),
    Morph("mark of the picks renamed", "match", "null", exchanged("pick", "picked")),
    Morph(
        "label of the place changed (LAN)",
        "match",
        "null",
        replaced((r"\(LAN\)", "(Offline)"), (r"\(Online\)", "(Remote)")),
    ),
    Morph("statistics lost", "match", "word", each(".matchstats", removed)),
    Morph("column added", "match", "right", column_added("totalstats", "impact", "Impact")),
    Morph(
        "demo's attribute renamed", "match", "null", replaced(("data-demo-link=", "data-demo-url="))
    ),
    Morph(
        "class of the statistics' links renamed",
        "match",
        "null",
        exchanged("results-stats", "stats-button"),
    ),
    Morph(
        "class of the eco twins renamed",
        "match",
        "null",
        exchanged("eco-adjusted-data", "economy-data"),
    ),
    Morph("teams of the maps swapped", "match", "null", each(".mapholder", _holders_swapped)),
    Morph("maps listed in reverse", "match", "word", edited(_maps_reversed)),
    # map_stats
    Morph("class of a column renamed (ADR)", "map_stats", "null", exchanged("st-adr", "st-damage")),
    Morph(
        "classes of two columns exchanged (kills, deaths)",
        "map_stats",
        "null",
        exchanged("st-kills", "st-deaths"),
    ),
    Morph(
        "what two columns hold exchanged (kills, deaths)",
        "map_stats",
        "word",
        cells_exchanged("stats-table", "st-kills", "st-deaths"),
    ),
    Morph(
        "what two columns hold exchanged (multi-kills, clutches)",
        "map_stats",
        "word",
        cells_exchanged("stats-table", "st-mks", "st-clutches"),
    ),
    Morph("column moved (rating)", "map_stats", "right", column_moved("stats-table", "st-rating")),
    Morph(
        "column dropped (multi-kills)", "map_stats", "null", column_dropped("stats-table", "st-mks")
    ),
    Morph("column added", "map_stats", "right", column_added("stats-table", "st-impact", "Impact")),
    Morph(
        "header changed, class kept (kills)",
        "map_stats",
        "right",
        replaced((r">K\(hs\)<", ">Frags<")),
    ),
    Morph("KAST as a fraction, with its sign", "map_stats", "word", _fractions("%")),
    Morph("comma for decimal point (ADR)", "map_stats", "null", _comma("st-adr")),
    Morph(
        "brackets of kills lost",
        "map_stats",
        "word",
        replaced(
            (
                r'(<td class="st-kills[^"]*">\d+)\s*<span class="gtSmartphone-only">\((\d+)\)</span>',
                r"\1\2",
            )
        ),
    ),
    Morph(
        "opening duels reversed",
        "map_stats",
        "word",
        replaced((r'(<td class="st-opkd[^"]*">)(\d+) : (\d+)', r"\1\3 : \2")),
    ),
    Morph(
        "eco twins exchanged",
        "map_stats",
        "null",
        exchanged("eco-adjusted-data", "traditional-data"),
    ),
    Morph("round history lost", "map_stats", "null", each(".round-history-con", removed)),
    Morph(
        "round history reversed",
        "map_stats",
        "word",
        each(".round-history-team-row", _history_reversed),
    ),
    Morph(
        "icons renamed",
        "map_stats",
        "null",
        replaced((r"scoreboard/ct_win\.svg", "scoreboard/ctWin.svg")),
    ),
    Morph(
        "icons of the sides exchanged",
        "map_stats",
        "word",
        replaced(
            (r"/ct_win\.svg", "/@.svg"), (r"/t_win\.svg", "/ct_win.svg"), (r"/@\.svg", "/t_win.svg")
        ),
    ),
    Morph(
        "icons of the bomb exchanged",
        "map_stats",
        "word",
        replaced(
            (r"/bomb_defused\.svg", "/@.svg"),
            (r"/bomb_exploded\.svg", "/bomb_defused.svg"),
            (r"/@\.svg", "/bomb_exploded.svg"),
        ),
    ),
    Morph(
        "scoreboards stand twice", "map_stats", "right", each("table.totalstats", _tables_doubled)
    ),
    Morph("teams of the head swapped", "map_stats", "word", edited(_boxes_swapped)),
    Morph(
        "label of the breakdown changed",
        "map_stats",
        "right",
        replaced((">Breakdown<", ">Halves<")),
    ),
    Morph("colours of the sides exchanged", "map_stats", "word", exchanged("ct-color", "t-color")),
    Morph(
        "lines of two players merged", "map_stats", "word", each("table.totalstats", _rows_merged)
    ),
    # performance
    Morph(
        "key of the cards' values renamed",
        "performance",
        "null",
        chart(key_renamed("displayValue", "shownValue"), "bar2D"),
    ),
    Morph(
        "labels of two bars exchanged (KPR, DPR)",
        "performance",
        "word",
        chart(labels_exchanged("KPR", "DPR"), "bar2D"),
    ),
    Morph(
        "labels of two bars exchanged (MK rating, swing)",
        "performance",
        "null",
        chart(labels_exchanged("MK rating", "Swing"), "bar2D"),
    ),
    Morph(
        "attribute of the cards renamed",
        "performance",
        "null",
        replaced(("data-fusionchart-config", "data-chart-config")),
    ),
    Morph(
        "KPR in percent",
        "performance",
        "word",
        chart(card_values("KPR", lambda v: f"{100 * float(v):.0f}"), "bar2D"),
    ),
    Morph(
        "numbers of the kill matrix reversed",
        "performance",
        "word",
        each("table.stats-table", _matrix_reversed),
    ),
    Morph(
        "kill matrix transposed",
        "performance",
        "word",
        each("table.stats-table", _matrix_transposed),
    ),
    Morph(
        "kill matrices exchanged (all, AWP)",
        "performance",
        "word",
        replaced(
            ('id="ALL-content"', 'id="@"'),
            ('id="AWP-content"', 'id="ALL-content"'),
            ('id="@"', 'id="AWP-content"'),
        ),
    ),
    Morph("kill matrices lost", "performance", "null", each(".killmatrix-content", removed)),
    # economy
    Morph("names of the lines exchanged", "economy", "word", chart(_names_exchanged, "msline")),
    Morph("order of the lines exchanged", "economy", "right", chart(_lines_exchanged, "msline")),
    Morph(
        "values in thousands",
        "economy",
        "word",
        chart(point_values(lambda v: f"{int(v) / 1000:.1f}"), "msline"),
    ),
    Morph(
        "values in whole thousands, everywhere",
        "economy",
        "word",
        both(
            chart(point_values(lambda v: str(int(v) // 1000)), "msline"),
            each("td.equipment-category-td", _equipment_in_thousands),
        ),
    ),
    Morph(
        "thousands separated by commas",
        "economy",
        "null",
        chart(point_values(lambda v: f"{int(v):,}"), "msline"),
    ),
    Morph(
        "key of the rounds renamed",
        "economy",
        "null",
        chart(key_renamed("categories", "rounds"), "msline"),
    ),
    Morph(
        "key of the values renamed", "economy", "null", chart(key_renamed("value", "y"), "msline")
    ),
    Morph(
        "key of the winner's image renamed",
        "economy",
        "null",
        chart(key_renamed("anchorImageUrl", "imageUrl"), "msline"),
    ),
    Morph(
        "images of the sides exchanged",
        "economy",
        "word",
        replaced(
            (r"/ctRoundWon\.png", "/@.png"),
            (r"/tRoundWon\.png", "/ctRoundWon.png"),
            (r"/@\.png", "/tRoundWon.png"),
        ),
    ),
    Morph("rounds in reverse", "economy", "word", chart(_rounds_reversed, "msline")),
    Morph(
        "type of the chart renamed",
        "economy",
        "null",
        replaced(("&quot;msline&quot;", "&quot;line&quot;")),
    ),
)
"""All of them; docs/drift.md lists them in this order."""

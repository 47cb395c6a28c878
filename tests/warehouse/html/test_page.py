"""Reports: one file that loads nothing, and in which what pages say is only ever text."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html as lxml_html
from lxml.html import HtmlElement

from warehouse.errors import WarehouseError
from warehouse.html import (
    Bars,
    Column,
    Columns,
    Details,
    Fact,
    Facts,
    Flag,
    Heading,
    Lines,
    Mark,
    Note,
    Page,
    Paragraph,
    Series,
    Shift,
    Shifts,
    Table,
    render,
)
from warehouse.html.file import write_report
from warehouse.html.plots import nice_ticks

CHROMIUM = shutil.which("chromium")
HOSTILE = st.one_of(
    st.text(),
    st.sampled_from(
        [
            "<script>alert(1)</script>",
            "</style><img src=x onerror=alert(1)>",
            "\"' onload=alert(1) x='",
            "<!--",
            "]]>",
            "&lt;b&gt;",
            "\x00\ud800",
            "</title><base href=//evil>",
        ]
    ),
)


def everything(text: str) -> Page:
    """A page with the text in every place that takes one."""
    labels = (text, "b")
    series = (Series(text, (1, 2)), Series("other", (None, 1.5), "bad"))
    return Page(
        text,
        subtitle=text,
        blocks=(
            Heading(text),
            Heading("other", 2, text),
            Paragraph((text, Mark(text, "good", is_code=True, anchor=text))),
            Note(text),
            Facts((Fact(text, text, "warn", text),)),
            Details(
                text,
                (Table((Column(text),), ((text,), (None,), (7,), (Mark(text),)), caption=text),),
            ),
            Bars(text, labels, series, text, (5, 5), labels),
            Columns(text, labels, series, text),
            Lines(text, labels, series, text, (Flag(0, text),)),
            Shifts(text, (Shift(text, 1, 2),), text),
        ),
    )


def tree_of(page: str) -> HtmlElement:
    tree = lxml_html.document_fromstring(page)
    assert isinstance(tree, HtmlElement)
    return tree


def shape(page: str) -> list[tuple[str, tuple[str, ...]]]:
    """Every element with the names of its attributes, but for what follows a text's length.

    A name may break at its dots and underscores, and a cell of long text says so.
    """
    tree = tree_of(page)
    return [
        (str(node.tag), () if node.get("class") == "long" else tuple(map(str, node.attrib)))
        for node in tree.iter()
        if node.tag != "wbr"
    ]


@given(HOSTILE)
def test_whatever_a_text_holds_the_markup_is_the_same(text: str) -> None:
    # Something visible around it: an empty subtitle or caption makes no element.
    assert shape(render(everything(f"x{text}x"))) == shape(render(everything("xyx")))


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff")))
def test_text_comes_out_as_it_went_in(text: str) -> None:
    page = render(Page("t", blocks=(Paragraph((Mark(text, is_code=True),)),)))
    [code] = tree_of(page).iter("code")
    assert (code.text or "") == text


def external(page: str) -> list[str]:
    """Whatever in a page could make a browser load something."""
    tree = tree_of(page)
    links = [link for _, _, link, _ in tree.iterlinks() if not link.startswith("#")]
    active = [str(node.tag) for node in tree.iter("script", "link", "iframe", "img", "object")]
    return links + active + re.findall(r"url\(|@import|https?:", page)


def test_a_page_refers_to_nothing_outside_and_forbids_it() -> None:
    page = render(everything("plain"))
    assert external(page) == []
    assert "default-src 'none'" in page
    assert external('<p><img src="http://x/y"></p>') == ["http://x/y", "img", "http:"]


def test_links_within_a_page_lead_somewhere() -> None:
    blocks = (Heading("One: hltv_maps"), Heading("Two"), Paragraph((Mark("up", anchor="Two"),)))
    tree = tree_of(render(Page("t", blocks=blocks)))
    ids = {node.get("id") for node in tree.iter() if node.get("id")}
    targets = [str(node.get("href")).removeprefix("#") for node in tree.iter("a")]
    assert len(targets) == 3
    assert set(targets) <= ids


def test_every_plot_and_every_mark_says_what_it_shows() -> None:
    tree = tree_of(render(everything("plain")))
    drawings = [node for node in tree.iter("svg") if node.get("role") == "img"]
    assert all(node.get("aria-label") for node in drawings)
    titles = [node.text for node in tree.iter("title")]
    for said in ("b, plain: 2 plain", "b, other: 1.5 plain", "plain: 1 plain → 2 plain"):
        assert said in titles
    for box in tree.find_class("box"):
        assert (box.get("tabindex"), box.get("aria-label")) == ("0", "plain")


@given(st.floats(0, 1e15))
def test_a_scale_reaches_its_top_in_few_even_steps(top: float) -> None:
    ticks = nice_ticks(top)
    assert ticks[0] == 0
    assert ticks[-1] >= top * (1 - 1e-6) or top <= 1e-6
    assert 2 <= len(ticks) <= 6


@pytest.mark.parametrize("values", [(), (0,), (None,), (1e-9,), (1e12,)])
def test_plots_of_nothing_or_of_extremes_are_drawn(values: tuple[float | None, ...]) -> None:
    labels = tuple(str(at) for at in range(len(values)))
    series = (Series("one", values),)
    blocks = (Bars("b", labels, series), Columns("c", labels, series), Lines("l", labels, series))
    page = render(Page("t", blocks=blocks))
    assert len(list(tree_of(page).iter("figure"))) == 3
    assert "nan" not in page


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=6))
def test_a_stack_never_leaves_its_track(values: list[int]) -> None:
    series = tuple(Series(str(at), (value,)) for at, value in enumerate(values))
    page = render(Page("t", blocks=(Bars("b", ("a",), series, totals=(sum(values),)),)))
    reach = 0.0
    for x, width in re.findall(r'<rect class="s\d" x="([\d.]+)%" width="([\d.]+)%"', page):
        assert float(x) >= reach - 0.01
        reach = float(x) + float(width)
    assert reach <= 100.01


def test_a_page_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "r.html"
    write_report(path, Page("one"))
    write_report(path, Page("two"))
    assert "<title>two</title>" in path.read_text("utf-8")
    assert [found.name for found in tmp_path.iterdir()] == ["r.html"]
    with pytest.raises(WarehouseError, match=r"cannot write .*r\.html.s\.html: not a directory"):
        write_report(path / "s.html", Page("x"))


@pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine")
def test_a_browser_lays_it_out_without_sideways_scrolling(tmp_path: Path) -> None:
    """At phone width nothing but the boxes of tables is wider than the window."""
    wide = Table((Column("c" * 90), Column("d" * 90)), (("e" * 200, "f" * 200),), "wide")
    page = everything("long_" * 30)
    text = render(Page(page.title, blocks=(*page.blocks, wide)))
    # The page itself may run no script: its frame measures it.
    (tmp_path / "inner.html").write_text(text, encoding="utf-8")
    frame = (
        "<iframe id=f src=inner.html width=390 height=2000></iframe><script>f.onload = () => {"
        "const d = f.contentDocument.documentElement;"
        "document.title = 'widths ' + d.scrollWidth + ' ' + d.clientWidth}</script>"
    )
    outer = tmp_path / "outer.html"
    outer.write_text(frame, encoding="utf-8")
    assert CHROMIUM is not None
    done = subprocess.run(
        [
            *(CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom"),
            *("--allow-file-access-from-files", f"--user-data-dir={tmp_path / 'profile'}"),
            outer.as_uri(),
        ],
        check=True,
        capture_output=True,
        text=True,
        timeout=120,
    )
    found = re.search(r"<title>widths (\d+) (\d+)</title>", done.stdout)
    assert found, done.stdout[:500]
    assert int(found[1]) <= int(found[2])

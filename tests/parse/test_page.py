"""The DOM reader: verbs that state multiplicity, and the tree it reads."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html as lxml_html
from selectolax.lexbor import LexborNode

from parse.errors import ParseError
from parse.page import HtmlPage, collapse
from tests.parse.hltv.samples import FOLDER, needs_samples, sample_bytes


def page(html: bytes | str) -> HtmlPage:
    return HtmlPage(html, url="https://example.org/1", page_type="match", key="1")


def test_one_gives_the_only_match() -> None:
    assert page("<p class=a>x</p><p>y</p>").one(".a").text() == "x"


@pytest.mark.parametrize(("html", "count"), [("<b>x</b>", 0), ("<p>1</p><p>2</p>", 2)])
def test_one_names_selector_and_count(html: str, count: int) -> None:
    with pytest.raises(ParseError, match=rf"^{count} elements match 'p', not 1 "):
        page(html).one("p")


def test_maybe_gives_none_for_none_and_refuses_two() -> None:
    assert page("<b>x</b>").maybe("p") is None
    with pytest.raises(ParseError, match=r"^2 elements match 'p', not 0 to 1 "):
        page("<p>1</p><p>2</p>").maybe("p")


def test_many_keeps_document_order_and_states_a_least_number() -> None:
    body = page("<i>1</i><b>2</b><i>3</i>")
    assert [element.text() for element in body.many("b, i")] == ["1", "2", "3"]
    with pytest.raises(ParseError, match=r"^2 elements match 'i', not 3 to many "):
        body.many("i", at_least=3)


def test_only_descendants_match() -> None:
    outer = page("<div class=a><div class=a>x</div></div>").many(".a")[0]
    assert outer.one(".a").text() == "x"
    assert outer.one(".a").maybe(".a") is None


def test_grouped_sorts_by_class_in_document_order() -> None:
    root = page("<p class='x y'>1</p><p class=y>2</p><p class=xy>3</p>").root
    groups = root.grouped("x", "y", "z")
    assert {name: [one.text() for one in found] for name, found in groups.items()} == {
        "x": ["1"],
        "y": ["1", "2"],
        "z": [],
    }


@pytest.mark.parametrize(
    "table",
    [
        "<table><tr><td>1</td></tr><tr><td>2</td></tr></table>",
        "<table><tbody><tr><td>1</td></tr><tr><td>2</td></tr></tbody></table>",
        "<table><thead><tr><th>1</th></tr></thead><tbody><tr><td>2</td></tr></tbody></table>",
        "<table><tr><td>1</td></tr><tr><td>2<table><tr><td></td></tr></table></td></tr></table>",
    ],
    ids=["raw", "dumped", "with a head", "with an inner table"],
)
def test_rows_do_not_depend_on_how_a_table_was_kept(table: str) -> None:
    rows = list(page(table).many("table")[0].rows())
    assert [row.child_texts()[0].strip() for row in rows] == ["1", "2"]


def test_attr_tells_an_empty_attribute_from_none() -> None:
    link = page("<a href='/x' hidden>x</a>").one("a")
    assert (link.attr("href"), link.attr("hidden"), link.attr("title")) == ("/x", "", None)


def test_own_texts_leave_out_children_and_blanks() -> None:
    box = page("<div id=x> <b>a</b> Dust2\n <i>c</i> \n</div>").one("#x")
    assert box.own_texts() == ("Dust2",)


def test_children_parent_and_tag() -> None:
    box = page("<div id=x>text<b>a</b><!-- note --><i>c</i></div>").one("#x")
    assert [child.tag for child in box.children()] == ["b", "i"]
    parent = box.children()[0].parent
    assert parent is not None
    assert parent.attr("id") == "x"


def test_a_frame_narrows_the_search_and_is_the_page_if_there_is_none() -> None:
    framed = page("<p>menu</p><div class=x><p>1</p></div><div class=x><p>2</p></div>")
    assert framed.frame(".x").one("p").text() == "1"
    assert framed.frame(".y").many("p", at_least=3)


def test_first_child_passes_over_texts_and_comments() -> None:
    box = page("<div id=x>text<!-- note --><b>a</b><i>c</i></div><p id=y>text</p>")
    first = box.one("#x").first_child()
    assert first is not None
    assert first.tag == "b"
    assert box.one("#y").first_child() is None


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("  a \n\t b ", "a b"),
        ("Fam\u00ed  lia", "Fam\u00ed lia"),
        ("\u00a0", ""),
        ("a\u3000b", "a\u3000b"),
        ("", ""),
    ],
)
def test_text_collapses_html_white_space_only(text: str, shown: str) -> None:
    assert collapse(text) == shown


def test_source_can_be_searched() -> None:
    assert page("<p data-x=1>").contains(b"data-x=")
    assert not page("<p>").contains(b"data-x=")


@given(st.binary(max_size=200))
def test_any_bytes_give_a_tree(html: bytes) -> None:
    assert page(html).root.tag == "html"
    assert isinstance(page(html).root.text(), str)


Item = str | tuple[str, tuple[tuple[str, str], ...]]
"""A text, or a tag with its attributes."""

_INSERTED = {"html", "head", "body", "tbody"}
_RAW_TEXT = {"script", "style", "noscript"}
# Where HTML5 and lxml's older parser differ on real pages, and what is done about it here:
# - HTML5 inserts <tbody>: the tag is left out on both sides;
# - an image in <head><noscript> starts the body for HTML5: only the content column is compared;
# - attributes of SVG keep their capitals (viewBox): all names are lowered;
# - what stands in <template> is no part of the HTML5 tree: it is left out of lxml's.


def _lexbor_items(node: LexborNode, items: list[Item]) -> None:
    for child in node.iter(include_text=True):
        tag = child.tag or ""
        if tag == "-text":
            items.append(child.text_content or "")
        elif not tag.startswith("-"):
            if tag not in _INSERTED:
                attributes = {key.lower(): value or "" for key, value in child.attributes.items()}
                items.append((tag, tuple(sorted(attributes.items()))))
            if tag not in _RAW_TEXT:
                _lexbor_items(child, items)


def _lxml_items(node: lxml_html.HtmlElement, items: list[Item]) -> None:
    items.append(node.text or "")
    for child in node:
        if isinstance(child.tag, str):
            if child.tag not in _INSERTED:
                items.append((child.tag, tuple(sorted(child.attrib.items()))))
            if child.tag not in _RAW_TEXT | {"template"}:
                _lxml_items(child, items)
        items.append(child.tail or "")


def _joined(items: list[Item]) -> list[Item]:
    """Items with neighbouring texts put together and blank ones left out."""
    joined: list[Item] = []
    for item in items:
        if isinstance(item, str):
            text = " ".join(item.split())
            if text and joined and isinstance(joined[-1], str):
                joined[-1] = f"{joined[-1]} {text}"
            elif text:
                joined.append(text)
        else:
            joined.append(item)
    return joined


@needs_samples
@pytest.mark.parametrize(
    "path",
    sorted(FOLDER.glob("*/*.html.gz")),
    ids=lambda path: f"{path.parent.name}-{path.name[:24]}",
)
def test_the_tree_agrees_with_lxml_on_real_pages(path: Path) -> None:
    html = sample_bytes(path)
    columns = page(html).many(".contentCol")
    parser = lxml_html.HTMLParser(encoding="utf-8", huge_tree=True)
    tree = lxml_html.document_fromstring(html, parser=parser)
    others = [one for one in tree.iter() if "contentCol" in (one.get("class") or "").split()]
    assert len(columns) == len(others)
    for column, other in zip(columns, others, strict=True):
        ours: list[Item] = []
        theirs: list[Item] = []
        _lexbor_items(column._node, ours)
        _lxml_items(other, theirs)
        assert _joined(ours) == _joined(theirs)
    assert columns or re.search(rb"<title>Just a moment", html)


LATIN = (
    '<html><head><meta http-equiv="Content-Type" content="text/html; charset=windows-1252"></head>'
)


@pytest.mark.parametrize(
    ("html", "shown"),
    [
        (b"\xef\xbb\xbf<!DOCTYPE html><p>Famalic\xc3\xa3o</p>", "Famalicão"),
        ((LATIN + "<p>Famalicão</p>").encode("cp1252"), "Famalicão"),
        ((LATIN + "<p>Famalicão</p>").encode(), "Famalicão"),
        (b'<meta charset="utf-8"><p>Famalic\xe3o</p>', "Famalic\ufffdo"),
        (b'<meta charset="x-none"><p>Famalic\xe3o</p>', "Famalic\ufffdo"),
        (b"<p>Famalic\xc3\xa3o</p>", "Famalicão"),
    ],
    ids=["mark", "saved anew", "wrong label", "spoilt", "unknown", "unlabelled"],
)
def test_bytes_are_utf8_or_what_the_page_says(html: bytes, shown: str) -> None:
    assert page(html).root.text() == shown


def test_lines_break_at_line_feeds_and_br() -> None:
    html = "<div>a\n b<br>c <b>d<br/>e</b>\n\n</div><p>f</p>"
    assert page(html).one("div").lines() == ("a", "b", "c d", "e")

"""Start tags of a source and elements of its tree, matched for any HTML."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from parse.trace.tags import inserted, start_tags, tags_of_elements


def names(html: str) -> list[str]:
    return [tag.name for tag in start_tags(html.encode())]


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>a<b class=x>c</b>", ["p", "b"]),
        ("<P A='>' b=\">\" c=>x", ["p"]),
        ("<a title=it's>x<i>", ["a", "i"]),
        ("<!-- <p> --><b>", ["b"]),
        ("<!--><b>", ["b"]),
        ("<!-- <p> --!><b>", ["b"]),
        ("<!doctype html><?x <p> ?><b>", ["b"]),
        ("<script>if (a<b) '<p>'</script ><i>", ["script", "i"]),
        ("<title><b></title><i>", ["title", "i"]),
        ("<textarea><b></textareas></textarea><i>", ["textarea", "i"]),
        ("a < b <3 <i>", ["i"]),
        ("</p x='<b>'><i>", ["i"]),
        ("<br/><img src=a/>x", ["br", "img"]),
        ("<p", []),
        ("<p x='", []),
        ("<plaintext><b>", ["plaintext"]),
    ],
)
def test_tags_are_found_as_a_browser_finds_them(html: str, expected: list[str]) -> None:
    assert names(html) == expected


def test_an_element_that_nobody_wrote_has_no_tag() -> None:
    html = b"<table><tr><td>1</table>"
    tags = tags_of_elements(html)
    assert tags is not None
    named = [one.tag for one in LexborHTMLParser(html).root.traverse()]  # type: ignore[union-attr]
    found = dict(zip(named, tags, strict=True))
    assert found["tbody"] is found["html"] is None
    assert found["td"] is not None
    assert html[found["td"].start : found["td"].end] == b"<td>"


PIECES = st.sampled_from(
    [
        "<p>", "</p>", "<b class='a'>", "</b>", "<table>", "<tr>", "<td id=x>", "</table>", "<div a>",
        "</div>", "text", "<!-- c -->", "<img src='>'>", '<i x="1">', "</i>", "<a href=/a/b>", "</a>",
        "<script>a<b</script>", "<title>t</title>", "<ul>", "<li>", "</ul>", "<", ">", "&amp;", "é",
        "<select>", "<option>", "</select>", "<html lang=e>", "<body class=c>", "<head>", "<form>", "<input>",
    ]
)  # fmt: skip


@given(st.lists(PIECES, max_size=25).map("".join))
def test_each_tag_is_matched_with_an_element_of_its_name(html: str) -> None:
    source = html.encode()
    tags = tags_of_elements(source)
    if tags is None:
        return  # said so, and the tree is written in place of the source
    root = LexborHTMLParser(source).root
    elements = [] if root is None else [one for one in root.traverse() if one.is_element_node]
    assert len(tags) == len(elements)
    for tag, element in zip(tags, elements, strict=True):
        if tag is not None:
            assert tag.name == element.tag
            assert source[tag.start : tag.name_end].lower() == b"<" + tag.name.encode()


@given(st.lists(PIECES, max_size=25).map("".join))
def test_a_mark_in_the_source_is_on_the_element_of_the_tree(html: str) -> None:
    source = html.encode()
    for number, tag in enumerate(tags_of_elements(source) or []):
        if tag is None:
            continue
        root = LexborHTMLParser(inserted(source, {tag.name_end: b' data-m="1"'})).root
        assert root is not None
        marked = [
            at
            for at, one in enumerate(one for one in root.traverse() if one.is_element_node)
            if one.attributes.get("data-m")
        ]
        assert number in marked


@given(st.text(max_size=200))
def test_any_text_gives_tags_in_order(text: str) -> None:
    source = text.encode("utf-8", "replace")
    last = 0
    for tag in start_tags(source):
        assert last <= tag.start < tag.name_end <= tag.end <= len(source)
        last = tag.end


def test_pieces_are_put_in_and_nothing_else_changes() -> None:
    assert inserted(b"abc", {3: b"3", 0: b"0", 1: b"1"}) == b"0a1bc3"
    assert inserted(b"abc", {}) == b"abc"

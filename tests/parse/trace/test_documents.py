"""JSON documents by byte positions: values, units, what is left when some are left out."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parse.trace.documents.text import Node, read_json
from parse.trace.documents.units import AROUND, Document, document_of

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=20
)


def written(value: object, *, is_wide: bool) -> bytes:
    """A value as JSON, close together or with blanks wherever there may be some."""
    if not is_wide:
        return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()
    return json.dumps(value, indent=2, separators=(" , ", " : ")).encode()


def scalars(value: object, path: str = "") -> list[tuple[str, object]]:
    """Every scalar in a value with its path, by another way than positions."""
    if isinstance(value, list):
        return [one for at, child in enumerate(value) for one in scalars(child, f"{path}[{at}]")]
    if not isinstance(value, dict):
        return [(path, value)]
    found = []
    for name, child in value.items():
        is_plain = name.isascii() and name.isidentifier()
        step = (f".{name}" if path else name) if is_plain else f"[{json.dumps(name)}]"
        found += scalars(child, path + step)
    return found


def told(body: bytes, leaf: Node) -> object:
    return json.loads(body[leaf.start : leaf.end])


@given(VALUES, st.booleans())
def test_every_scalar_is_found_where_it_stands(value: object, is_wide: bool) -> None:
    body = written(value, is_wide=is_wide)
    node = read_json(body)
    assert (node.start, node.end) == (0, len(body))
    found = [(leaf.path, told(body, leaf)) for leaf in node.leaves()]
    plain = [(path.encode("unicode_escape"), one) for path, one in scalars(value)]
    assert [one for _, one in found] == [one for _, one in plain]
    if body.isascii():
        names = [path for path, _ in found if path.isascii()]
        assert names == [path.decode() for path, _ in plain if path.decode() in names]


@pytest.mark.parametrize("wrong", [b"", b"{", b"[1", b"]", b'{"a": ', b'{"a":' + b"[" * 200])
def test_what_is_no_json_is_no_document(wrong: bytes) -> None:
    with pytest.raises(ValueError, match="no JSON that can be shown at byte"):
        read_json(wrong)
    assert document_of(wrong) is None


@pytest.mark.parametrize("other", [b"<html>", b'"text"', b"17", b" " * 2000 + b"[]"])
def test_only_objects_and_arrays_are_documents(other: bytes) -> None:
    assert document_of(other) is None


@given(st.lists(VALUES, max_size=8), st.sets(st.integers(0, 7)), st.booleans())
def test_elements_of_an_array_are_left_out(
    value: list[object],
    kept: set[int],
    is_wide: bool,
) -> None:
    document = Document(written(value, is_wide=is_wide))
    assert len(document.units) == len(value)
    wanted = [one for at, one in enumerate(value) if at in kept]
    assert json.loads(document.text(kept & set(range(len(value))), {})) == wanted
    assert document.text(range(len(value)), {}).count(b"\n") <= document.body.count(b"\n")
    assert [document.path_of(at) for at in range(len(value))] == [
        f"[{at}]" for at in range(len(value))
    ]


REPLY: dict[str, Any] = {
    "data": {"id": "m", "links": [1, 2]},
    "included": [{"id": at, "type": "p" if at % 2 else "q"} for at in range(4)],
    "errors": [],
    "meta": {},
}


def test_objects_of_a_reply_are_left_out_and_what_is_around_them_stays() -> None:
    document = Document(json.dumps(REPLY).encode())
    assert [document.path_of(at) for at in range(4)] == [f"included[{at}]" for at in range(4)]
    left = json.loads(document.text({1, 3}, {}))
    assert left == {**REPLY, "included": [REPLY["included"][1], REPLY["included"][3]]}
    assert json.loads(document.text((), {})) == {**REPLY, "included": []}
    around = [(one.path, one.text) for one in document.leaves(AROUND)]
    assert around == [("data.id", "m"), ("data.links[0]", "1"), ("data.links[1]", "2")]
    assert [one.path for one in document.leaves(2)] == ["included[2].id", "included[2].type"]


def test_values_are_replaced_wherever_they_stand() -> None:
    document = Document(json.dumps(REPLY).encode())
    edits = {
        (one.start, one.end): b'"new"'
        for unit in (AROUND, 1)
        for one in document.leaves(unit)
        if one.path in {"data.id", "included[1].type"}
    }
    left = json.loads(document.text({1, 2}, edits))
    assert left["data"]["id"] == left["included"][0]["type"] == "new"
    assert left["included"][1] == REPLY["included"][2]


def test_a_unit_in_which_values_lie_too_deep_is_shown_as_one() -> None:
    document = Document(b"[1," + b"[" * 200 + b"]" * 200 + b"]")
    node = document.node(1)
    assert (node.start, node.end, node.text) == (3, 403, "…")


def test_units_are_told_apart_by_the_names_of_their_members() -> None:
    events = [{"a": 1}, {"a": 2, "b": "x" * 50}, {"a": 3}, 7, {"b": "", "a": 4}]
    document = Document(json.dumps(events).encode())
    assert document.kinds() == [[1], [4], [0, 2], [3]]

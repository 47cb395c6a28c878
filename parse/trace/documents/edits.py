"""A value of a JSON document changed a little, and whether it says what a column holds.

>>> from parse.trace.documents.text import read_json
>>> [one.decode() for one in others(read_json(b"14"))]
['15', '1000017']
>>> [one.decode() for one in others(read_json(b'"account.0a"'))]
['"account.0b"', '"account.0a~"', '"ccount.0a"']
>>> [one.decode() for one in others(read_json(b'"2026-05-03T18:02:11Z"'))]
['"2026-05-03T18:02:12Z"', '"2026-05-03T18:02:10Z"']
>>> [one.decode() for one in others(read_json(b"true"))], list(others(read_json(b"null")))
(['false'], [])
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime, timedelta

from parse.json_page import moment
from parse.trace.documents.text import Node
from parse.trace.perturb import FAR, MARK

_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_TIME = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(.*)")
_LAST = re.compile(r"[A-Za-z0-9](?=[^A-Za-z0-9]*$)")


def others(leaf: Node) -> Iterator[bytes]:
    """What may stand in a scalar's place, the gentlest change first; nothing for null."""
    if leaf.is_text:
        yield from (json.dumps(other).encode() for other in _texts(leaf.text))
    elif leaf.source in {b"true", b"false"}:
        yield b"false" if leaf.source == b"true" else b"true"
    elif _NUMBER.fullmatch(leaf.text):
        number = json.loads(leaf.source)
        yield json.dumps(number + 1).encode()
        yield json.dumps(number + FAR).encode()


def _texts(text: str) -> Iterator[str]:
    """A time a second later or earlier; a text with another last sign, a longer, a shorter one."""
    if (time := _TIME.fullmatch(text)) and moment(text):
        for seconds in (1, -1):
            moved = datetime.fromisoformat(time[1]) + timedelta(seconds=seconds)
            yield moved.isoformat() + time[2]
        return
    if last := _LAST.search(text):
        yield text[: last.start()] + _next(last[0]) + text[last.end() :]
    yield text + MARK
    if len(text) > 1:
        yield text[1:]


def _next(sign: str) -> str:
    """The next digit or letter, the one before for the last: `f` is no last digit of an id."""
    return chr(ord(sign) + (-1 if sign in {"9", "f", "z", "Z"} else 1))


def says(text: bytes, value: object) -> bool:
    """Whether a scalar, as it is written, is what a column holds, or a text that holds it.

    >>> says(b"100", 100.0), says(b'"true"', True), says(b"1", True), says(b'"pc.eu.a1"', "a1")
    (True, False, False, True)
    """
    found = json.loads(text)
    if isinstance(value, datetime):
        return moment(found) == value
    if isinstance(value, str):
        return isinstance(found, str) and value in found
    return isinstance(found, bool) == isinstance(value, bool) and found == value


def written(value: object) -> tuple[bytes, ...]:
    """How a value may be written, or a part of it that is always there.

    >>> written("a"), written(2.0), written(datetime(2026, 5, 3, 18, 2, 11))
    ((b'a',), (b'2.0', b'2'), (b'18:02:11',))
    """
    if isinstance(value, str):
        return (json.dumps(value, ensure_ascii=False)[1:-1].encode(),)
    if isinstance(value, datetime):
        return (f"{value:%H:%M:%S}".encode(),)
    if isinstance(value, float) and value.is_integer():
        return repr(value).encode(), repr(int(value)).encode()
    return (json.dumps(value).encode(),)

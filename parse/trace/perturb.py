"""Values changed a little, so that what was made of them changes too.

>>> variants(14, int), variants(0.5, float), variants(True, bool)
((15, 1000017), (1.5,), (False,))
>>> variants("CT", str, others=("CT", "T"))
('T', 'CT~')
>>> variants(None, int)
(1,)
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

MARK = "~"
"""Put behind a text: pages do not write it where a parser looks for words."""

FAR = 1_000_003
"""A second step for whole numbers: the first one may hit a neighbour's number."""

SHORT_CHARS = 3
"""A text of fewer characters is looked for as a word of its own: `T` is no part of `Team`."""

_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_WORD = re.compile(r"[^\W\d_]+")
_OTHERS_MAX = 3

_SAMPLES: dict[type, object] = {int: 1, float: 1.5, bool: True, str: MARK}


def variants(value: object, kind: type, *, others: Iterable[object] = ()) -> tuple[object, ...]:
    """What a value may be changed into, the gentlest change first.

    kind    the type of its field, for a value that is None
    others  values that stand in the same field of other rows: a code that means something
    """
    if value is None:
        return (_SAMPLES[kind],) if kind in _SAMPLES else ()
    if isinstance(value, bool):
        return (not value,)
    if isinstance(value, float):
        return (value + 1,)
    if isinstance(value, datetime):
        return (value + timedelta(days=1),)
    known = [one for one in dict.fromkeys(others) if one not in {value, None}][:_OTHERS_MAX]
    if isinstance(value, int):
        return value + 1, *known, value + FAR
    return (*known, f"{value}{MARK}")


def prints(value: object, text: str) -> Iterator[tuple[int, int]]:
    """Where in a text a value stands printed, as spans; in JSON or HTML it may be escaped.

    >>> list(prints(9, "14 (9)")), list(prints(73.5, "73.50%")), list(prints("a b", "x a  b"))
    ([(4, 5)], [(0, 5)], [(2, 6)])
    """
    if value is None or isinstance(value, bool | datetime) or value == "":
        return
    if isinstance(value, int | float):
        for found in _NUMBER.finditer(text.replace(",", "_")):
            if float(found[0]) == abs(value):
                yield found.span()
        return
    for form in dict.fromkeys((str(value), json.dumps(value)[1:-1], html.escape(str(value)))):
        words = r"\s+".join(map(re.escape, form.split()))
        if len(form) < SHORT_CHARS:
            words = rf"(?<![^\W_]){words}(?![^\W_])"
        yield from (found.span() for found in re.finditer(words, text, re.IGNORECASE) if found[0])


def changed(text: str, span: tuple[int, int]) -> Iterator[str]:
    """The text with one part of it changed: numbers by a digit or much, words by a sign.

    >>> list(changed("14 (9)", (4, 5))), list(changed("x ab", (2, 4)))
    (['14 (8)', '14 (99)'], ['x ab~', 'x b'])
    """
    start, end = span
    part = text[start:end]
    if _NUMBER.fullmatch(part):
        places = [at for at, sign in enumerate(part) if sign.isdigit()]
        for at in dict.fromkeys((places[-1], places[len(places) // 4])):
            digit = int(part[at])
            other = str(digit - 1 if digit > 1 else digit + 1)
            yield text[: start + at] + other + text[start + at + 1 :]
        yield text[:start] + "9" + text[start:]
        return
    yield text[:end] + MARK + text[end:]
    if len(part) > 1:
        yield text[:start] + part[1:] + text[end:]


def spans(text: str, *, near: int = 0) -> Sequence[tuple[int, int]]:
    """The numbers and words of a text, each of which may mean something; the nearest first.

    >>> spans("/img/ct_win.svg", near=6)
    [(5, 7), (8, 11), (1, 4), (12, 15)]
    """
    found = [one.span() for pattern in (_NUMBER, _WORD) for one in pattern.finditer(text)]
    return sorted(found, key=lambda span: (abs(span[0] - near), span))


def swapped(text: str, other: str) -> Iterator[str]:
    """A text with one of its numbers and words replaced by what stands there in another text.

    >>> list(swapped("2. A picked Nuke", "1. A removed Nuke"))
    ['1. A picked Nuke', '2. A removed Nuke']
    """
    ours, theirs = sorted(spans(text)), sorted(spans(other))
    if len(ours) != len(theirs):
        return
    for (start, end), (first, last) in zip(ours, theirs, strict=True):
        if text[start:end] != other[first:last]:
            yield text[:start] + other[first:last] + text[end:]

"""Where in a TOML file its tables and keys stand: what the standard library does not tell. Pure.

Only files are looked at that tomllib has read without complaint, so strings, comments and brackets
need only be told apart, never checked.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field

_KEY = r"""(?:[A-Za-z0-9_-]+|"(?:\\.|[^"\\\n])*"|'[^'\n]*')"""
_KEYS = rf"({_KEY}(?:[ \t]*\.[ \t]*{_KEY})*)"
_HEADER = re.compile(rf"[ \t]*(\[\[?)[ \t]*{_KEYS}[ \t]*\]")
_ASSIGNMENT = re.compile(rf"[ \t]*{_KEYS}[ \t]*=")
_ONE_KEY = re.compile(_KEY)
_TOKEN = re.compile(
    r'''"""(?:\\.|[^\\])*?"{3,5}|\'\'\'.*?'{3,5}|"(?:\\.|[^"\\\n])*"|'[^'\n]*'|\#[^\n]*|.''',
    re.DOTALL,
)


@dataclass(slots=True)
class Place:
    """The line of a table's header, and that of each of its keys; lines count from 1."""

    line: int
    keys: dict[str, int] = field(default_factory=dict)


def places_of(text: str) -> dict[tuple[str, int], Place]:
    """The place of each table by its name and its number among those of its name, from 0.

    The keys before the first header are those of the table "".
    """
    root = table = Place(1)
    places = {("", 0): root}
    counts: dict[str, int] = {}
    for line, statement in _statements(text):
        if header := _HEADER.match(statement):
            first, *below = _names(header[2])
            if below:  # [player.x]: a key of the last player
                owner = places.get((first, counts.get(first, 1) - 1), root)
                owner.keys.setdefault(below[0], line)
                table = Place(line)
                continue
            root.keys.setdefault(first, line)
            number = counts.get(first, 0)
            counts[first] = number + 1
            table = places[first, number] = Place(line)
        elif assignment := _ASSIGNMENT.match(statement):
            table.keys.setdefault(_names(assignment[1])[0], line)
    return places


def _statements(text: str) -> Iterator[tuple[int, str]]:
    """Each header and each assignment, however many lines it takes, with its first line."""
    line, start, depth = 1, 0, 0
    begins = line
    for token in _TOKEN.finditer(text):
        found = token[0]
        depth += (found in "[{") - (found in "]}")
        if found == "\n" and not depth:
            yield begins, text[start : token.start()]
            start = token.end()
            begins = line + 1
        line += found.count("\n")
    yield begins, text[start:]


def _names(keys: str) -> list[str]:
    """The parts of a dotted key, without their quotes."""
    parts = _ONE_KEY.findall(keys)
    return [tomllib.loads(f"x={one}")["x"] if one[0] in "\"'" else one for one in parts]

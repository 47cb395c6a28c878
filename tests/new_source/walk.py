"""A document as steps to be taken: commands with what they print, and pieces of code by file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

_FENCE = re.compile(r"```(console|diff|python|html)")
_FILE = re.compile(r"`([\w/]+\.py)`")

Kind = Literal["command", "whole", "change", "page"]


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that a reader does, or sees.

    kind    a command; the whole of a file; a change of one; what a page has in its source
    line    where it stands in the document
    about   the command, or the file
    text    what the command prints, the code, the change
    """

    kind: Kind
    line: int
    about: str
    text: str


def steps_of(document: str) -> Iterator[Step]:
    """The steps of a document, in order; a piece of code is of the file named last before it."""
    lines, file, number = document.splitlines(), "", 0
    while number < len(lines):
        found = _FENCE.fullmatch(lines[number])
        if found is None:
            file = (_FILE.findall(lines[number]) or [file])[-1]
            number += 1
            continue
        end = lines.index("```", number)
        inner, at = lines[number + 1 : end], number + 2
        if found[1] == "console":
            yield from _commands(inner, at)
        else:
            kinds: dict[str, Kind] = {"python": "whole", "diff": "change", "html": "page"}
            yield Step(kinds[found[1]], at, file, "\n".join(inner) + "\n")
        number = end + 1


def _commands(lines: list[str], at: int) -> Iterator[Step]:
    """The commands of a session, each with what it prints."""
    starts = [place for place, line in enumerate(lines) if line.startswith("$ ")]
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        printed = "".join(f"{line}\n" for line in lines[start + 1 : end])
        yield Step("command", at + start, lines[start][2:], printed)


def changed(text: str, change: str) -> str:
    """A text after a change: what stands behind `-` and blank becomes what is behind `+` and blank.

    raises  ValueError unless the old lines are there exactly once
    """
    lines = change.splitlines(keepends=True)
    old = "".join(line[1:] or "\n" for line in lines if line[0] != "+")
    new = "".join(line[1:] or "\n" for line in lines if line[0] != "-")
    if text.count(old) != 1:
        raise ValueError(f"{text.count(old)} places read\n{old}")
    return text.replace(old, new)


def says(expected: str, printed: str) -> bool:
    """Whether a command printed what is expected.

    An ellipsis alone on its line stands for any lines, one within a line for any text in it.
    """
    pattern = "".join(
        r"(?:.*\n)*?" if line == "…\n" else re.escape(line).replace("…", ".*")
        for line in expected.splitlines(keepends=True)
    )
    return re.fullmatch(pattern, printed) is not None

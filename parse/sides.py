"""What `warchouse diff` compares: two snapshots, or what two versions of a parser make of archives.

A version's tables are built aside with it pinned, over the warehouse's cache: only pages of its
page type are parsed again, nothing is committed, and the current snapshot stands.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from parse.basis import Pins, pins_of
from parse.fill import Progress
from parse.inputs import Inputs
from parse.registry import BUILT_IN, load_registry
from parse.run import ParseOptions, building
from warc.errors import UsageError
from warehouse.errors import TableNotFoundError
from warehouse.snapshot import Snapshot, current_snapshot, open_snapshot
from warehouse.store import Store

CURRENT, PREVIOUS = "current", "previous"


@dataclass(frozen=True, slots=True)
class Versions:
    """Two versions to compare, as pins with the words that name them."""

    before: tuple[str, Pins]
    after: tuple[str, Pins]


def versions_in(words: Sequence[str], *, registry: str = BUILT_IN) -> Versions | None:
    """The versions that words name; None if they name none, and so are about snapshots.

    raises  UsageError where a parser or version is not there, or the words do not go together
    """
    named = [word for word in words if "=" in word]
    if not named:
        return None
    known = load_registry(registry)
    pins = [pins_of((word,)) for word in named]
    for pin in pins:
        known.check_pins(pin)
    if len(named) < len(words):
        raise UsageError("compare two snapshots, or two versions of a parser: not one with another")
    if len(named) == 1:
        [(name, _)] = pins[0]
        newest = known.registered()[name][-1]
        named.append(f"{name}={newest}")
        pins.append(((name, newest),))
    if pins[0][0][0] != pins[1][0][0]:
        raise UsageError(f"{named[0]} and {named[1]} are two parsers: compare two versions of one")
    if named[0] == named[1]:
        raise UsageError(f"both sides are {named[0]}: name another version")
    return Versions((named[0], pins[0]), (named[1], pins[1]))


def snapshots_in(words: Sequence[str], warehouse: Path) -> tuple[Snapshot, Snapshot]:
    """The snapshots that up to two words name: ids, `current`, `previous`.

    Without the second it is the current one; without the first, that one's parent.
    raises  TableNotFoundError where there is none
    """
    after = _snapshot(words[1] if len(words) > 1 else CURRENT, warehouse)
    before = _snapshot(words[0], warehouse) if words else _parent(after, warehouse)
    return before, after


@contextmanager
def built_sides(
    versions: Versions, inputs: Inputs, options: ParseOptions, progress: Progress
) -> Iterator[tuple[Snapshot, Snapshot]]:
    """Build the tables with either version, aside, and give both for as long as they are there.

    Neither can be pruned: the first is a copy of our own, the second under the build lock.
    """
    (word_before, pins_before), (word_after, pins_after) = versions.before, versions.after
    with tempfile.TemporaryDirectory(prefix="warchouse-diff-") as folder:
        kept = Path(folder) / "before"
        with building(inputs, replace(options, pins=pins_before), progress) as built:
            shutil.copytree(built.folder, kept, copy_function=_link_or_copy)
            before = replace(built.snapshot, id=word_before, folder=kept)
        with building(inputs, replace(options, pins=pins_after), progress) as built:
            yield before, replace(built.snapshot, id=word_after)


def _snapshot(word: str, warehouse: Path) -> Snapshot:
    if word not in {CURRENT, PREVIOUS}:
        return open_snapshot(warehouse, word)
    current = current_snapshot(warehouse, way="warchouse diff A B compares two")
    return current if word == CURRENT else _parent(current, warehouse)


def _parent(snapshot: Snapshot, warehouse: Path) -> Snapshot:
    parent = snapshot.about.get("parent")
    if not parent:
        raise TableNotFoundError(f"snapshot {snapshot.id} is the first: there is none before it")
    if parent not in Store(warehouse).ids():
        raise TableNotFoundError(f"snapshot {parent}, before {snapshot.id}, is not there any more")
    return open_snapshot(warehouse, parent)


def _link_or_copy(source: str, target: str) -> str:
    """A hard link, or a copy where links fail, or where a link could not be deleted again."""
    with contextlib.suppress(OSError):
        if os.name != "nt":  # parts of snapshots are read-only, and so would their links be
            os.link(source, target)
            return target
    shutil.copyfile(source, target)
    return target

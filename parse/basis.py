"""What a build stands on, in one digest: the same basis gives the same tables.

Loads no parser and no Parquet library, so that a parse that has nothing to do says so at once.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from parse.digests import FileDigests, remembered_program
from parse.fingerprint import EVERYTHING, fingerprint, sources_of
from parse.inputs import Input
from parse.times import EVER_US
from parse.tracked import NOBODY, Tracked
from warc.errors import ArchiveError, UsageError
from warehouse.lease import Gone, InUse, lease_to_read
from warehouse.store import Store

Pins = tuple[tuple[str, int], ...]
"""Parsers' names with the version to use in place of the newest, sorted."""

LIBRARIES = ("msgspec", "polars", "pyarrow", "selectolax")
"""Those whose versions may show in what is extracted or written."""

_PIN = re.compile(r"([a-z0-9_.]+)=([0-9]{1,9})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """All that decides what the tables hold.

    files    each with the SHA-256 of what is read of it
    program  fingerprint of all code that a parse can run
    as_of    microseconds since 1970: captures fetched later are left out
    """

    files: tuple[tuple[Input, str], ...]
    program: str
    pins: Pins = ()
    as_of_us: int = EVER_US
    tracked: Tracked = NOBODY

    @property
    def digest(self) -> str:
        """SHA-256 over all of it; where the files lie is no part of it."""
        said = {
            "files": [[file.collection, file.name, file.size, sha] for file, sha in self.files],
            "program": self.program,
            "pins": self.pins,
            "as_of_us": self.as_of_us,
            "tracked": self.tracked,
        }
        return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def basis_of(
    files: Sequence[Input],
    *,
    cache: Path,
    registry: str,
    pins: Pins = (),
    as_of_us: int = EVER_US,
    tracked: Tracked = NOBODY,
) -> Basis:
    """The basis of a build; digests that the cache folder remembers are not worked out again.

    raises  ArchiveError where a file cannot be read
    """
    digests = FileDigests(cache)
    found: list[tuple[Input, str]] = []
    for file in files:
        try:
            found.append((file, digests.sha256(file.path, file.size)))
        except OSError as error:
            problem = f"cannot be read: {error.strerror}"
            raise ArchiveError(problem, file=str(file.path), offset=0) from error
    digests.save()
    program = remembered_program(cache, registry, lambda: _program(registry))
    return Basis(files=tuple(found), program=program, pins=pins, as_of_us=as_of_us, tracked=tracked)


def _program(registry: str) -> tuple[str, tuple[Path, ...]]:
    """The fingerprint of all that a parse with a registry can run, and the files it stands in."""
    module, _, attribute = registry.partition(":")
    roots = (("parse.run", EVERYTHING), (module, attribute))
    return fingerprint(roots, libraries=LIBRARIES), sources_of(roots)


def snapshot_of(basis: Basis, store: Store) -> tuple[str, dict[str, Any]] | None:
    """The snapshot that stands on this basis already: the current one, of an as-of build any.

    No build lock is held: what is pruned meanwhile is not there.
    raises  DamagedError where the current snapshot cannot be told
    """
    current = store.current()
    known = [current] if current else []
    if basis.as_of_us != EVER_US:
        known += [one for one in store.ids() if one != current]
    for snapshot in known:
        try:
            lease = lease_to_read(store.path_of(snapshot))
        except (Gone, InUse):
            continue
        try:
            about = store.about(snapshot)
            if about.get("basis") == basis.digest and _has_parts(store.path_of(snapshot), about):
                return snapshot, about
        finally:
            lease.release()
    return None


def _has_parts(folder: Path, about: dict[str, Any]) -> bool:
    """Whether all parts of a snapshot are there at their sizes; what is not is built anew."""
    try:
        return all(
            (folder / part["table"] / part["name"]).stat().st_size == part["size"]
            for part in about["parts"]
        )
    except OSError:
        return False


def pins_of(words: Sequence[str]) -> Pins:
    """Read `--pin hltv.map_stats=1`.

    raises  UsageError where one is not written so, or a name comes twice
    """
    pins: dict[str, int] = {}
    for word in words:
        found = _PIN.fullmatch(word)
        if found is None:
            raise UsageError(f"a pin is NAME=VERSION, as in hltv.map_stats=1, not {word!r} (--pin)")
        if pins.setdefault(found[1], int(found[2])) != int(found[2]):
            raise UsageError(f"{found[1]} is pinned twice (--pin)")
    return tuple(sorted(pins.items()))

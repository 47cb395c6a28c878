"""Whether there is more in the archives than before: sizes alone are looked at."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from warc.archives.targets import final_name, is_warc_file
from warc.roster.reading import ADMIN, journal_path

# Collections that a parse leaves out where there are others.
_LEFT_OUT = frozenset({"demo", ADMIN})


@dataclass(frozen=True, slots=True)
class Standing:
    """What lies in the archives.

    files   bytes by folder and final name
    roster  bytes of its journal
    """

    files: frozenset[tuple[str, str, int]]
    roster: int


def standing_of(archives: Path) -> Standing:
    """What lies in the archives now; files that come and go meanwhile may be missing."""
    found = set()
    for folder in _folders(archives):
        for path in folder.iterdir():
            try:
                if is_warc_file(path):
                    found.add((folder.name, final_name(path), path.stat().st_size))
            except FileNotFoundError:  # sealed or repaired just now
                continue
    return Standing(frozenset(found), _size(journal_path(archives)))


def _folders(archives: Path) -> list[Path]:
    """The folders of collections."""
    if not archives.is_dir():
        return []
    return [one for one in archives.iterdir() if one.is_dir() and one.name not in _LEFT_OUT]


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0

"""Phrases for people that every room says alike."""

from __future__ import annotations


def counted(count: int, one: str, many: str) -> str:
    """A number and what it counts.

    >>> counted(1, "row", "rows"), counted(1200, "row", "rows")
    ('1 row', '1,200 rows')
    """
    return f"{count:,} {one if count == 1 else many}"


def plural(noun: str) -> str:
    """How people call several of what a page type is named after.

    >>> plural("match"), plural("player")
    ('matches', 'players')
    """
    return noun + ("es" if noun.endswith(("ch", "s", "x")) else "s")


def reason_of(error: OSError | UnicodeDecodeError) -> str:
    """Why a file cannot be read, without its name, which the sentence around it has.

    >>> reason_of(FileNotFoundError(2, "No such file or directory", "x.tsv"))
    'no such file or directory'
    """
    if isinstance(error, OSError):
        return (error.strerror or str(error)).lower()
    return f"not {error.encoding} at byte {error.start}"

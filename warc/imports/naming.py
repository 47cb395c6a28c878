"""Which URL and time a file of a store has: by a list of files, or by its name and a template."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path, PurePosixPath
from urllib.parse import quote

from warc.errors import UsageError
from warc.head import HeadError, read_date
from warc.imports.payload import bare_name
from warc.words import reason_of

_FIELD = re.compile(r"\{([A-Za-z_]\w*)\}")
_HEADINGS = frozenset({"file", "name", "path", "filename"})
_SCHEMES = ("http://", "https://")
_NAME = "name"


@dataclass(frozen=True, slots=True)
class Listed:
    """What a list says of a file; `at` is None where it says no time."""

    url: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Template:
    """A URL with fields in braces, and how they are read from a file's name."""

    url: str
    pattern: re.Pattern[str] | None
    of_path: bool

    def url_of(self, relative: PurePosixPath) -> str | None:
        """The URL of a file; None where its name does not fit."""
        values = {_NAME: _stem(relative.name)}
        if self.pattern is not None:
            found = self.pattern.fullmatch(str(relative) if self.of_path else relative.name)
            if found is None:
                return None
            values |= found.groupdict()
        return _FIELD.sub(lambda one: quote(values[one.group(1)], safe=""), self.url)


@dataclass(frozen=True, slots=True, kw_only=True)
class Naming:
    """All that the user says of where files came from.

    listed  by relative path or name
    at      the time of files of which the list says none
    """

    listed: Mapping[str, Listed] = field(default_factory=dict)
    template: Template | None = None
    at: datetime | None = None

    def of(self, relative: PurePosixPath) -> Listed | None:
        """What the list says of a file, by its path or else by its name."""
        return self.listed.get(str(relative)) or self.listed.get(relative.name)

    def not_among(self, paths: Sequence[Path], folder: Path) -> list[str]:
        """The files that the list names and that are not among those of a folder."""
        if not self.listed:
            return []
        there = {path.name for path in paths}
        there |= {path.relative_to(folder).as_posix() for path in paths}
        return [name for name in self.listed if name not in there]


def template_of(url: str, name: str | None) -> Template:
    """A template; raises UsageError where it has no field, or one that names do not give.

    name  pattern of file names, or of paths if it has a slash: `{match_id}.raw.json.gz`
    """
    wanted = _FIELD.findall(url)
    if not url.startswith(_SCHEMES):
        raise UsageError(f"--url {url!r} does not begin with http:// or https://")
    if set("{}") & set(_FIELD.sub("", url)):
        raise UsageError(f"--url {url!r} has a brace that is part of no {{field}}")
    if not wanted:
        raise UsageError(f"--url {url!r} has no {{field}}: all files would have one URL")
    given = [_NAME, *(_FIELD.findall(name) if name else ())]
    for one in wanted:
        if one not in given:
            known = ", ".join(f"{{{each}}}" for each in dict.fromkeys(given))
            raise UsageError(f"--url has {{{one}}}, but a file's name gives {known} (see --name)")
    pattern = re.compile(_pattern(name)) if name else None
    return Template(url, pattern, "/" in (name or ""))


def read_list(path: Path) -> dict[str, Listed]:
    """URLs by file, from lines of file, URL and perhaps a date: .csv by commas, else by tabs.

    raises  UsageError that names a wrong line
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            if path.suffix.lower() == ".csv":
                return _listed(path, csv.reader(file), ",")
            rows = csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
            return _listed(path, rows, "<TAB>")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"cannot read {path}: {reason_of(error)}") from error
    except csv.Error as error:
        raise UsageError(f"{path}: {error}") from error


def read_time(text: str) -> datetime:
    """A time in ISO 8601, UTC where it names no zone; raises UsageError."""
    try:
        return read_date(text.strip())
    except HeadError as error:
        raise UsageError(f"not a date (2026-11-21, 2026-11-21T20:05:12Z): {text[:40]!r}") from error


def _listed(path: Path, rows: Iterable[list[str]], separator: str) -> dict[str, Listed]:
    """The rows of a list."""
    listed: dict[str, Listed] = {}
    for number, cells in enumerate(rows, start=1):
        row = [cell.strip() for cell in cells]
        where = f"{path}, line {number}"
        if not any(row):
            continue
        if not listed and len(row) > 1 and row[0].lower() in _HEADINGS and "://" not in row[1]:
            continue
        if len(row) < 2 or not row[0] or not row[1].startswith(_SCHEMES):
            raise UsageError(f"{where}: not 'file{separator}URL': {separator.join(row)[:40]!r}")
        try:
            at = read_time(row[2]) if len(row) > 2 and row[2] else None
        except UsageError as error:
            raise UsageError(f"{where}: {error}") from error
        one = Listed(row[1], at)
        if listed.setdefault(row[0].replace("\\", "/"), one) != one:
            raise UsageError(f"{where}: {row[0]} has another URL or date above")
    if not listed:
        raise UsageError(f"{path} names no file")
    return listed


def _stem(name: str) -> str:
    """A file's name without its suffixes: what `{name}` stands for.

    >>> _stem("0a-1b.raw.json.gz"), _stem("match.1.html")
    ('0a-1b', 'match.1')
    """
    stem = PurePosixPath(bare_name(name)).stem
    return stem.removesuffix(".raw") or stem


def _pattern(name: str) -> str:
    """A pattern of names as a regular expression; a field holds anything but a slash."""
    seen: set[str] = set()
    pieces: list[str] = []
    at = 0
    for found in _FIELD.finditer(name):
        pieces.append(re.escape(name[at : found.start()]))
        one = found.group(1)
        pieces.append(f"(?P={one})" if one in seen else f"(?P<{one}>[^/]+?)")
        seen.add(one)
        at = found.end()
    return "".join((*pieces, re.escape(name[at:])))

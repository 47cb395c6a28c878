"""What a user may write into `warchouse.toml`; every key is optional."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from pathlib import Path

from warc.errors import UsageError

FILE_NAME = "warchouse.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings of fetching; an option on the command line goes before each.

    contact     who answers for the crawl: an address or a URL, sent in the User-Agent
    pace        seconds between requests to one host, MIN-MAX, for every source
    deadline_s  seconds for one exchange
    """

    contact: str = ""
    pace: str = ""
    deadline_s: float = 60.0


def read_settings(path: Path | None = None) -> Settings:
    """The settings of a file, of `warchouse.toml` in the working folder, or the defaults.

    path    a file that must exist; None: the default one, if it is there
    raises  UsageError naming the file and the key
    """
    chosen = path or Path(FILE_NAME)
    try:
        text = chosen.read_text("utf-8")
    except FileNotFoundError:
        if path is None:
            return Settings()
        raise UsageError(f"{chosen}: no such settings file") from None
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{chosen}: cannot be read: {error}") from error
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{chosen}: not TOML: {error}") from error
    return _checked(table, chosen)


def _checked(table: dict[str, object], path: Path) -> Settings:
    """The settings of a table, each key known and of its type."""
    known = {field.name for field in fields(Settings)}
    if unknown := sorted(set(table) - known):
        raise UsageError(
            f"{path}: unknown key {unknown[0]!r}; known are {', '.join(sorted(known))}"
        )
    texts = {name: _text(table, name, path) for name in ("contact", "pace")}
    deadline = table.get("deadline_s", Settings().deadline_s)
    if isinstance(deadline, bool) or not isinstance(deadline, int | float) or deadline <= 0:
        raise UsageError(f"{path}: deadline_s must be a number of seconds above 0")
    return Settings(**texts, deadline_s=float(deadline))


def _text(table: dict[str, object], name: str, path: Path) -> str:
    """A key that holds text."""
    value = table.get(name, "")
    if not isinstance(value, str):
        raise UsageError(f"{path}: {name} must be text in quotes")
    return value

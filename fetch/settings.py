"""What a user may write into `warchouse.toml`; every key is optional."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from math import inf
from pathlib import Path

from fetch.secrets import Secrets, read_host_headers
from fetch.sizes import parse_bytes
from warc.errors import UsageError
from warc.words import reason_of

FILE_NAME = "warchouse.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings of fetching; an option on the command line goes before each.

    contact     who answers for the crawl: an address or a URL, sent in the User-Agent
    pace        seconds between requests to one host, MIN-MAX, for every source
    deadline_s  seconds for one exchange
    keep_free   room that a crawl leaves on the disk of the archive: 200MB, 2GiB
    headers     fields that a host is sent besides, with secrets from the environment
    """

    contact: str = ""
    pace: str = ""
    deadline_s: float = 60.0
    keep_free: str = ""
    headers: Secrets = field(default_factory=Secrets)


def read_settings(path: Path | None = None, environ: Mapping[str, str] = os.environ) -> Settings:
    """The settings of a file, of `warchouse.toml` in the working folder, or the defaults.

    path     a file that must exist; None: the default one, if it is there
    environ  the variables that `headers` may name
    raises   UsageError naming the file and the key
    """
    chosen = path or Path(FILE_NAME)
    try:
        text = chosen.read_text("utf-8")
    except FileNotFoundError:
        if path is None:
            return Settings()
        raise UsageError(f"{chosen}: no such settings file") from None
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{chosen}: cannot be read: {reason_of(error)}") from error
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{chosen}: not TOML: {error}") from error
    headers = read_host_headers(table.pop("headers", {}), environ, chosen)
    return replace(_checked(table, chosen), headers=headers)


def _checked(table: dict[str, object], path: Path) -> Settings:
    """The settings of a table, each key known and of its type."""
    known = {one.name for one in fields(Settings)}
    if unknown := sorted(set(table) - known):
        raise UsageError(
            f"{path}: unknown key {unknown[0]!r}; known are {', '.join(sorted(known))}"
        )
    texts = {name: _text(table, name, path) for name in ("contact", "pace", "keep_free")}
    if texts["keep_free"]:
        parse_bytes(texts["keep_free"], f"{path}: keep_free")
    deadline = table.get("deadline_s", Settings().deadline_s)
    if isinstance(deadline, bool) or not isinstance(deadline, int | float):
        deadline = 0.0
    if not 0 < deadline < inf:
        raise UsageError(f"{path}: deadline_s must be a number of seconds above 0")
    return Settings(
        contact=texts["contact"],
        pace=texts["pace"],
        keep_free=texts["keep_free"],
        deadline_s=float(deadline),
    )


def _text(table: dict[str, object], name: str, path: Path) -> str:
    """A key that holds text."""
    value = table.get(name, "")
    if not isinstance(value, str):
        raise UsageError(f"{path}: {name} must be text in quotes")
    return value

"""What a file of a store holds, once all its compression is undone, and whether it is whole.

Stores compress twice at times: a body that came as gzip is gzipped again. Layers are told by their
bytes, not by the file's name, and what they inflate to is bounded.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

import msgspec

from warc.codec import INFLATE_ERRORS, inflate_all
from warc.imports.page import address_of, single_page
from warc.words import reason_of

# 256 MiB: the largest telemetry known inflates to some 60 MB, the largest page to 6 MB.
PAYLOAD_LIMIT_BYTES = 1 << 28

# A server's layer, a client's and a store's; more is a mistake or an attack.
LAYERS_MAX = 4

Kind = Literal["html", "mhtml", "json"]

_KINDS: dict[str, Kind] = {
    ".html": "html",
    ".htm": "html",
    ".mhtml": "mhtml",
    ".mht": "mhtml",
    ".json": "json",
}
SUFFIXES = tuple(_KINDS)
"""Of the files that are taken, `.gz` behind them or not."""

_TYPES: dict[Kind, str] = {
    "html": "text/html",
    "mhtml": "text/html",
    "json": "application/json",
}
_UNDOING_ERRORS: tuple[type[Exception], ...] = (ValueError, *INFLATE_ERRORS)
_GZIP_MAGIC = b"\x1f\x8b"
_JSON_STARTS = (b"{", b"[")


class Unfit(ValueError):
    """A file that cannot be archived; the text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Payload:
    """What a file holds.

    url       where it says it came from, "" if it does not say
    saved_at  when it says it was saved, None if it does not say
    """

    data: bytes
    content_type: str
    url: str = ""
    saved_at: datetime | None = None


def kind_of(path: Path) -> Kind | None:
    """What a file's name says that it holds; None where it is nothing that is taken.

    >>> kind_of(Path("0a.raw.json.gz")), kind_of(Path("b.HTM")), kind_of(Path("c.png"))
    ('json', 'html', None)
    """
    return _KINDS.get(Path(bare_name(path.name).lower()).suffix)


def bare_name(name: str) -> str:
    """A name without the compressions at its end.

    >>> bare_name("a.json.gz.gz")
    'a.json'
    """
    while name.lower().endswith(".gz"):
        name = name[:-3]
    return name


def read_payload(path: Path, kind: Kind) -> Payload:
    """What a file holds; raises Unfit where it is cut, empty, too long or of another kind."""
    try:
        if path.stat().st_size > PAYLOAD_LIMIT_BYTES:
            raise Unfit(f"longer than {PAYLOAD_LIMIT_BYTES >> 20} MiB")
        data = path.read_bytes()
    except OSError as error:
        raise Unfit(f"cannot be read: {reason_of(error)}") from error
    data = _undone(data)
    if not data.strip():
        raise Unfit("empty")
    if kind == "json":
        _check_json(data)
        return Payload(data=data, content_type=_TYPES[kind])
    if kind == "html":
        return Payload(data=data, content_type=_TYPES[kind], url=address_of(data))
    page = single_page(data)
    if page is None:
        raise Unfit("no page in it (MHTML)")
    return Payload(data=page.body, content_type=_TYPES[kind], url=page.url, saved_at=page.saved_at)


def _undone(data: bytes) -> bytes:
    """The data with all layers of gzip undone."""
    for _ in range(LAYERS_MAX):
        if not data.startswith(_GZIP_MAGIC):
            return data
        try:
            data = inflate_all(data, PAYLOAD_LIMIT_BYTES)
        except _UNDOING_ERRORS as error:
            raise Unfit(f"cannot be inflated: {error}") from error
    if data.startswith(_GZIP_MAGIC):
        raise Unfit(f"more than {LAYERS_MAX} layers of gzip")
    return data


def _check_json(data: bytes) -> None:
    """Raise Unfit where the data are no JSON document; nothing is built of it."""
    if not data.lstrip().startswith(_JSON_STARTS):
        raise Unfit("not a JSON object or list")
    try:
        msgspec.json.decode(data, type=msgspec.Raw)
    except msgspec.DecodeError as error:
        raise Unfit(f"not JSON: {error}") from error
    except RecursionError as error:
        raise Unfit("not JSON: nested too deeply") from error
    try:
        str(data, "utf-8")
    except UnicodeDecodeError as error:
        raise Unfit(f"not JSON: {reason_of(error)}") from error

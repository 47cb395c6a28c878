"""How secrets could lie on a disk: forms written without the code under test, and all bytes."""

from __future__ import annotations

import base64
import gzip
import html
import json
import zlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from urllib.parse import quote, quote_plus

import polars as pl

from warc.errors import ArchiveError
from warc.http import decode_body, read_response
from warc.reader import read_records
from warc.record import Record

FORMS: dict[str, Callable[[str], bytes]] = {
    "raw": str.encode,
    "URL": lambda text: quote(text, safe="").encode(),
    "URL, slashes kept": lambda text: quote(text).encode(),
    "URL, lower case": lambda text: "".join(f"%{ord(one):02x}" for one in text).encode(),
    "URL twice": lambda text: quote(quote(text, safe=""), safe="").encode(),
    "form": lambda text: quote_plus(text).encode(),
    "JSON": lambda text: json.dumps(text)[1:-1].encode(),
    "JSON, slashes escaped": lambda text: json.dumps(text)[1:-1].replace("/", "\\/").encode(),
    "JSON, all escaped": lambda text: "".join(f"\\u{ord(one):04X}" for one in text).encode(),
    "JSON in JSON": lambda text: json.dumps(json.dumps(text))[3:-3].encode(),
    "JavaScript": lambda text: "".join(f"\\x{ord(one):02x}" for one in text).encode(),
    "HTML": lambda text: html.escape(text).encode(),
    "HTML twice": lambda text: html.escape(html.escape(text)).encode(),
    "HTML, numbers": lambda text: "".join(f"&#{ord(one)};" for one in text).encode(),
    "HTML, hexadecimal": lambda text: "".join(f"&#x{ord(one):04x};" for one in text).encode(),
    "HTML in JSON": lambda text: (
        json.dumps(html.escape(text))[1:-1].replace("&", "\\u0026").encode()
    ),
    "Base64": lambda text: base64.b64encode(text.encode()),
    "Base64 of user:secret": lambda text: base64.b64encode(b"me:" + text.encode()),
    "Base64 of users:secret": lambda text: base64.b64encode(b"user:" + text.encode()),
    "Base64 of u:secret:": lambda text: base64.b64encode(b"u:" + text.encode() + b":more"),
    "Base64 for URLs": lambda text: base64.urlsafe_b64encode(text.encode()).rstrip(b"="),
    "Base64 in lines": lambda text: base64.encodebytes(b"x" * 50 + text.encode()),
    "Base64 in JSON": lambda text: base64.b64encode(text.encode()).replace(b"/", b"\\/"),
    "Base64 in a URL": lambda text: quote(base64.b64encode(text.encode()), safe="").encode(),
    "hexadecimal": lambda text: text.encode().hex().encode(),
    "HEXADECIMAL": lambda text: text.encode().hex().upper().encode(),
    "UTF-16": lambda text: text.encode("utf-16-le"),
}


def traces_of(secret: str) -> set[bytes]:
    """What must not be left of a secret; Base64 of it is cut to what the secret alone decides."""
    plain = {write(secret) for name, write in FORMS.items() if not name.startswith("Base64")}
    encoded = {base64.b64encode(bytes(before) + secret.encode())[4:-4] for before in range(3)}
    url_safe = {one.translate(bytes.maketrans(b"+/", b"-_")) for one in encoded}
    return plain | {one for one in encoded | url_safe if len(one) >= 6}


def found_in(texts: Iterable[tuple[str, bytes]], secrets: Iterable[str]) -> list[str]:
    """Where which trace of a secret lies."""
    traces = {trace for secret in secrets for trace in traces_of(secret)}
    return [
        f"{place}: {trace!r} in …{data[max(0, at - 60) : at + 60]!r}…"
        for place, data in texts
        for trace in traces
        if (at := data.find(trace)) >= 0
    ]


def at_rest(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Every file below a folder as it lies there, and whatever can be unpacked from it."""
    for path in sorted(folder.rglob("*")):
        if not path.is_file():
            continue
        name, data = path.relative_to(folder).as_posix(), path.read_bytes()
        yield name, data
        yield f"the name of {name}", name.encode()
        if ".warc.gz" in path.name:
            yield from _records(path, name, data)
        elif path.suffix == ".parquet":
            table = pl.read_parquet(path)
            yield f"rows of {name}", repr(table.rows()).encode()


def _records(path: Path, name: str, data: bytes) -> Iterator[tuple[str, bytes]]:
    """A WARC file inflated, and each body decoded."""
    yield f"{name}, inflated", gzip.decompress(data)
    for record in read_records(path):
        assert isinstance(record, Record), record
        place = f"{name}, record at {record.offset}"
        yield place, record.block
        if record.type == "response":
            yield f"{place}, decoded", _decoded(record.block)


def _decoded(block: bytes) -> bytes:
    """A body without its coding, as far as anyone can get."""
    message = read_response(block)
    try:
        return decode_body(message)
    except ArchiveError:
        stream, plain = zlib.decompressobj(wbits=31), b""
        try:
            for place in range(len(message.body)):
                plain += stream.decompress(message.body[place : place + 1])
        except zlib.error:
            pass
        return plain

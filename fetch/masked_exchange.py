"""An exchange without secrets: heads line by line, bodies decoded as far as anyone could.

What holds no secret is left as it came. A coded body that holds one is stored decoded, and its
Content-Encoding is renamed X-Orig-Content-Encoding. A body whose coding cannot be undone here is
withheld if its request carried a secret: the archive cannot promise anything about it.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from fetch.secrets import MASK, MASK_IN_URL, Secrets
from fetch.spool import Spool
from warc.codec import GZIP_WINDOW_BITS, RAW_WINDOW_BITS, ZLIB_WINDOW_BITS
from warc.exchange import Body, Exchange, Truncation, body_chunks, body_size
from warc.http import DECODED_LIMIT_BYTES

# Bytes inflated at a time: 64 MiB come out at most, as deflate makes a thousandth of it at best.
_SLICE_BYTES = 65_536

_WITHHELD = b"[withheld by Warchouse: its coding hides whether it holds a secret]"
_NO_CODING = frozenset({"", "identity", "none", "binary", "chunked"})
_INFLATED = frozenset({"gzip", "x-gzip", "deflate"})
_GZIP_MAGIC = b"\x1f\x8b"


@dataclass(slots=True)
class _Decoding:
    """How undoing a body's codings went.

    damaged  it broke off: nobody can read what follows
    hidden   it went no further than we do: an unknown coding, or more than the limit
    """

    damaged: bool = False
    hidden: bool = False


def masked_exchange(
    exchange: Exchange, secrets: Secrets, *, sent: bool, folder: Path | None = None
) -> Exchange:
    """An exchange with every secret in it replaced, saying where; the same one if it has none.

    sent     whether its request carried a secret
    folder   where a large body waits that is made anew; the old one stays open
    raises   CollectionError where a disk refuses
    """
    asked = replace(
        exchange,
        url=secrets.mask_text(exchange.url, mask=MASK_IN_URL),
        request_head=masked_head(exchange.request_head, secrets),
        request_body=secrets.mask(exchange.request_body),
    )
    codings = _codings(exchange.response_head)
    answered = replace(asked, response_head=masked_head(exchange.response_head, secrets))
    answered = _with_body(answered, codings, secrets, sent=sent, folder=folder)
    places = (("request", asked != exchange), ("response", answered != asked))
    masked = " ".join(name for name, changed in places if changed)
    return replace(answered, masked=masked) if masked else exchange


def masked_head(head: bytes, secrets: Secrets) -> bytes:
    """A head with secrets replaced, still a head: a first line, and fields."""
    if not secrets.is_in(head):
        return head
    first, *lines = head.split(b"\r\n")
    first = _masked_first_line(first, secrets)
    made = b"\r\n".join([first, *(_masked_field(line, secrets) for line in lines)])
    # Lines are masked one by one; what lies across several is not worth keeping.
    return b"%s\r\nX-Masked: %s\r\n\r\n" % (first, MASK.encode()) if secrets.is_in(made) else made


def _masked_first_line(line: bytes, secrets: Secrets) -> bytes:
    """A status line without secrets in its reason, a request line without any in its target."""
    if line.startswith(b"HTTP/"):
        version, _, rest = line.partition(b" ")
        status, _, reason = rest.partition(b" ")
        made = b" ".join((version, status, secrets.mask(reason)))
        return b" ".join((version, status, MASK.encode())) if secrets.is_in(made) else made
    method, _, rest = line.partition(b" ")
    target, _, version = rest.rpartition(b" ")
    made = b" ".join((method, secrets.mask(target, mask=MASK_IN_URL), version))
    return b" ".join((method, MASK_IN_URL.encode(), version)) if secrets.is_in(made) else made


def _masked_field(line: bytes, secrets: Secrets) -> bytes:
    """A field without secrets in its name or value."""
    if not secrets.is_in(line):
        return line
    name, colon, value = line.partition(b":")
    if not colon or line[:1] in b" \t":
        return line[:1] + secrets.mask(line[1:])
    if secrets.is_in(name):
        name = b"X-Masked"
    made = name + b":" + secrets.mask(value)
    return b"X-Masked: " + MASK.encode() if secrets.is_in(made) else made


def _with_body(
    exchange: Exchange,
    codings: tuple[str, ...],
    secrets: Secrets,
    *,
    sent: bool,
    folder: Path | None,
) -> Exchange:
    """An exchange with its body searched as sent and decoded, and replaced where it must be."""
    state, body = _Decoding(), exchange.body

    def is_cut() -> bool:
        return bool(exchange.truncated) or state.damaged or state.hidden

    def decoded() -> Iterator[bytes]:
        return _decoded(body_chunks(body), codings, state)

    if codings and _is_in(decoded(), secrets, is_cut):
        made = _masked_body(decoded(), secrets, is_cut, folder)
        broke: Truncation = ""
        if state.hidden or state.damaged:
            broke = "length" if state.hidden else "unspecified"
        return replace(
            exchange,
            response_head=_renamed_coding(exchange.response_head),
            body=made,
            truncated=exchange.truncated or broke,
        )
    plain = not codings or state.damaged or state.hidden
    if plain and _is_in(body_chunks(body), secrets, is_cut):
        return replace(exchange, body=_masked_body(body_chunks(body), secrets, is_cut, folder))
    if state.hidden and sent and body_size(body):
        head = _renamed_coding(exchange.response_head)
        return replace(exchange, response_head=head, body=_WITHHELD, truncated="unspecified")
    return exchange


def _is_in(chunks: Iterable[bytes], secrets: Secrets, is_cut: Callable[[], bool]) -> bool:
    """Whether a stream holds a secret, or ends within one where it was cut.

    is_cut  asked at the end of the stream
    """
    window = b""
    for window in secrets.windows(chunks):
        if secrets.is_in(window):
            return True
    return is_cut() and secrets.mask_end(window) is not window


def _masked_body(
    chunks: Iterable[bytes], secrets: Secrets, is_cut: Callable[[], bool], folder: Path | None
) -> bytes | Body:
    """A stream without secrets, kept like any body."""
    spool, held, reach = Spool(DECODED_LIMIT_BYTES, folder), b"", secrets.reach_bytes
    try:
        for chunk in secrets.mask_chunks(chunks):
            held += chunk
            if len(held) > reach:
                spool.add(held[:-reach])
                held = held[-reach:]
        spool.add(secrets.mask_end(held) if is_cut() else held)
    except BaseException:
        spool.close()
        raise
    return spool.body()


def _codings(head: bytes) -> tuple[str, ...]:
    """The codings a head names, the last applied first; chunk framing is gone already."""
    named: list[str] = []
    for wanted in (b"content-encoding", b"transfer-encoding"):
        for line in head.split(b"\r\n")[1:]:
            name, _, value = line.partition(b":")
            if name.strip().lower() == wanted:
                named += [one.strip().lower() for one in value.decode("latin-1").split(",")]
    return tuple(reversed([coding for coding in named if coding not in _NO_CODING]))


def _renamed_coding(head: bytes) -> bytes:
    """A head whose body is stored decoded."""
    lines = head.split(b"\r\n")
    return b"\r\n".join(
        b"X-Orig-" + line if line.lower().startswith(b"content-encoding") else line
        for line in lines
    )


def _decoded(
    chunks: Iterable[bytes], codings: tuple[str, ...], state: _Decoding
) -> Iterator[bytes]:
    """A body with its codings undone, as far as that goes; the state says how far."""
    for coding in codings:
        if coding not in _INFLATED:
            state.hidden = True
            return
        chunks = _inflated(chunks, state, is_gzip=coding != "deflate")
    size = 0
    for chunk in chunks:
        size += len(chunk)
        if size > DECODED_LIMIT_BYTES:
            state.hidden = True
            return
        yield chunk


def _inflated(chunks: Iterable[bytes], state: _Decoding, *, is_gzip: bool) -> Iterator[bytes]:
    """A stream inflated, to the last byte that any reader could get out of it."""
    stream: Any = None  # zlib's own: it can be copied, which ISA-L's cannot
    rest = b""
    for piece in _slices(chunks):
        rest += piece
        while rest and (stream is not None or len(rest) >= len(_GZIP_MAGIC)):
            if stream is None:
                stream = zlib.decompressobj(wbits=_window_bits(rest, is_gzip=is_gzip))
            before = stream.copy()
            try:
                made = stream.decompress(rest)
            except zlib.error:
                state.damaged = True
                yield from _to_the_damage(before, rest)
                return
            yield made
            rest = stream.unused_data
            if not stream.eof:
                continue
            stream = None
            if not is_gzip or (len(rest) >= len(_GZIP_MAGIC) and rest[:2] != _GZIP_MAGIC):
                state.damaged = state.damaged or bool(rest.strip(b"\0"))
                return
    if stream is not None or rest.strip(b"\0"):
        state.damaged = True


def _to_the_damage(stream: Any, data: bytes) -> Iterator[bytes]:
    """What can be inflated of data that is damaged somewhere."""
    try:
        for place in range(len(data)):
            yield stream.decompress(data[place : place + 1])
    except zlib.error:
        return


def _window_bits(data: bytes, *, is_gzip: bool) -> int:
    """How a stream is framed: several servers send 'deflate' without zlib's two bytes."""
    if is_gzip:
        return GZIP_WINDOW_BITS
    zlib_head = data[0] & 0x0F == zlib.DEFLATED and int.from_bytes(data[:2], "big") % 31 == 0
    return ZLIB_WINDOW_BITS if zlib_head else RAW_WINDOW_BITS


def _slices(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Chunks in pieces whose inflated size memory can take."""
    for chunk in chunks:
        for start in range(0, len(chunk), _SLICE_BYTES):
            yield chunk[start : start + _SLICE_BYTES]

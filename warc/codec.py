"""gzip members: compressed and inflated with ISA-L where it is installed, with zlib elsewhere.

ISA-L at level 2 makes a whole crawl 5.8 times faster than zlib at level 9, for 14 % larger files
(spec/warc.md 3b). Both give members that any gzip reads.
"""

from __future__ import annotations

import zlib
from typing import Any, Protocol

try:
    from isal import isal_zlib
except ImportError:  # a platform without a wheel; tests/warc/test_codec.py runs without it
    isal_zlib = None  # type: ignore[assignment]

GZIP_WINDOW_BITS = 31  # 15 bits of window, plus 16: gzip framing (zlib.h, deflateInit2)
RAW_WINDOW_BITS = -15
ZLIB_WINDOW_BITS = 15
_ISAL_LEVEL = 2
_ZLIB_LEVEL = 6

# The stubs of isal do not say that its error is a class.
_foreign_error: Any = None if isal_zlib is None else isal_zlib.error
INFLATE_ERRORS: tuple[type[Exception], ...] = (
    (zlib.error,) if _foreign_error is None else (zlib.error, _foreign_error)
)


class Inflater(Protocol):
    """What zlib's and ISA-L's decompression objects have in common."""

    @property
    def eof(self) -> bool:
        """Whether the end of the stream, checksum included, has been read."""

    @property
    def unused_data(self) -> bytes:
        """What was fed beyond the end of the stream."""

    def decompress(self, data: bytes | memoryview, max_length: int = ..., /) -> bytes:
        """Inflate more of the stream; 0 or absent means no limit for zlib."""


class Deflater(Protocol):
    """What zlib's and ISA-L's compression objects have in common."""

    def compress(self, data: bytes, /) -> bytes:
        """Deflate more of the stream."""

    def flush(self) -> bytes:
        """End the stream."""


def compress_member(data: bytes) -> bytes:
    """One gzip member that holds the data; no name and no time in its head."""
    if isal_zlib is None:
        return zlib.compress(data, level=_ZLIB_LEVEL, wbits=GZIP_WINDOW_BITS)
    return isal_zlib.compress(data, _ISAL_LEVEL, wbits=GZIP_WINDOW_BITS)


def deflater() -> Deflater:
    """A compression object for one gzip member that is too large for memory."""
    if isal_zlib is None:
        return zlib.compressobj(level=_ZLIB_LEVEL, wbits=GZIP_WINDOW_BITS)
    made: Any = isal_zlib.compressobj(level=_ISAL_LEVEL, wbits=GZIP_WINDOW_BITS)
    checked: Deflater = made
    return checked


def inflater(window_bits: int = GZIP_WINDOW_BITS) -> Inflater:
    """A decompression object for one stream; the checksum is verified before `eof` is true.

    Its `decompress` raises one of INFLATE_ERRORS where the stream is damaged.
    """
    module: Any = zlib if isal_zlib is None else isal_zlib
    made: Inflater = module.decompressobj(wbits=window_bits)
    return made


def inflate_all(body: bytes, limit: int) -> bytes:
    """Inflate one gzip stream of any number of members.

    limit   bytes that it may inflate to
    raises  ValueError where it is cut, too long or followed by other bytes; INFLATE_ERRORS
    """
    pieces: list[bytes] = []
    total = 0
    rest = body
    while rest.rstrip(b"\0"):
        if pieces and not rest.startswith(b"\x1f\x8b"):
            raise ValueError(f"{len(rest)} bytes follow the gzip stream")
        piece, rest = inflate_one(rest, GZIP_WINDOW_BITS, limit - total)
        pieces.append(piece)
        total += len(piece)
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)


def inflate_one(data: bytes, window_bits: int, limit: int) -> tuple[bytes, bytes]:
    """Inflate one stream, and what follows it; raises as `inflate_all` does."""
    stream = inflater(window_bits)
    # One call with a limit just above what may come: zlib counts 0 as no limit.
    piece = stream.decompress(data, limit + 1)
    if len(piece) > limit:
        raise ValueError(f"it inflates to more than the {limit} bytes that are left to it")
    if not stream.eof:
        raise ValueError("compressed data ends before its end mark")
    return piece, stream.unused_data

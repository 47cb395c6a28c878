"""The ways in which writers lay records into files, by the libraries and tools that they use."""

from __future__ import annotations

import gzip
import random
from collections.abc import Callable, Sequence

import zstandard

DICTIONARY_MAGIC = b"\x5d\x2a\x4d\x18"
SEEK_TABLE_MAGIC = b"\x5e\x2a\x4d\x18"


def zstd(data: bytes, dictionary: zstandard.ZstdCompressionDict | None = None) -> bytes:
    """A frame as the specification of .warc.zst wants it."""
    made = zstandard.ZstdCompressor(dict_data=dictionary, write_checksum=True)
    return made.compress(data)


def skippable(data: bytes, magic: bytes = SEEK_TABLE_MAGIC) -> bytes:
    """A skippable frame."""
    return magic + len(data).to_bytes(4, "little") + data


def dictionary_for(records: Sequence[bytes]) -> zstandard.ZstdCompressionDict:
    """A real dictionary, trained on variations of the records."""
    rng = random.Random(7)
    samples: list[bytes | bytearray | memoryview] = [
        record.replace(b"abc", b"%d" % rng.randrange(10**6))
        for record in records
        for _ in range(60)
    ]
    return zstandard.train_dictionary(4096, samples)


def cut(data: bytes, size: int) -> list[bytes]:
    """Data in pieces of a size."""
    return [data[at : at + size] for at in range(0, len(data), size)]


def with_dictionary(records: Sequence[bytes], *, packed: bool) -> bytes:
    """Frames that need the dictionary in front of them."""
    dictionary = dictionary_for(records)
    data = dictionary.as_bytes()
    front = skippable(zstd(data) if packed else data, DICTIONARY_MAGIC)
    return front + b"".join(zstd(record, dictionary) for record in records)


FRAMINGS: dict[str, Callable[[Sequence[bytes]], bytes]] = {
    "plain": b"".join,
    "gzip per record": lambda records: b"".join(gzip.compress(one, mtime=0) for one in records),
    "gzip whole": lambda records: gzip.compress(b"".join(records), mtime=0),
    "gzip in blocks": lambda records: b"".join(
        gzip.compress(piece, mtime=0) for piece in cut(b"".join(records), 300)
    ),
    "zstd per record": lambda records: b"".join(zstd(one) for one in records),
    "zstd unchecked": lambda records: b"".join(
        zstandard.ZstdCompressor(write_content_size=False).compress(one) for one in records
    ),
    "zstd whole": lambda records: zstd(b"".join(records)),
    "zstd in blocks": lambda records: b"".join(zstd(one) for one in cut(b"".join(records), 300)),
    "zstd, frames per record": lambda records: b"".join(
        zstd(piece) for one in records for piece in cut(one, 300)
    ),
    "zstd with dictionary": lambda records: with_dictionary(records, packed=False),
    "zstd with packed dictionary": lambda records: with_dictionary(records, packed=True),
    "zstd with voids": lambda records: (
        zstd(b"")
        + skippable(b"front")
        + b"".join(zstd(one) + skippable(b"x" * 9) + zstd(b"") for one in records)
        + skippable(b"seek table")
    ),
}
"""Bytes of a file, by how its records are laid into it."""

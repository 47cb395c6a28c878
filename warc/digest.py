"""Labelled digests: `sha1:` and base32 as we write them, and what other writers use, compared.

Labels and encodings in use: spec/warc.md 1.3 (sha1 in upper-case base32, md5 and sha256 in
lower-case base16); base16, base32 and base64 are read for each algorithm.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import hashlib
from collections.abc import Iterable

_ALGORITHMS = {
    "sha1": "sha1",
    "sha-1": "sha1",
    "md5": "md5",
    "sha256": "sha256",
    "sha-256": "sha256",
    "sha512": "sha512",
    "sha-512": "sha512",
}


def sha1_of(pieces: Iterable[bytes | memoryview]) -> str:
    """The labelled SHA-1 of the pieces, one after the other: 'sha1:' and 32 base32 letters.

    >>> sha1_of((b"",))
    'sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ'
    """
    made = hashlib.sha1(usedforsecurity=False)
    for piece in pieces:
        made.update(piece)
    return label_of(made.digest())


def label_of(sha1: bytes) -> str:
    """A finished SHA-1 as it is written in records."""
    return "sha1:" + base64.b32encode(sha1).decode("ascii")


def mismatch(label: str, *pieces: bytes | memoryview) -> str | None:
    """What the pieces give instead of what the label says; None where they agree.

    label    'sha1:…', 'sha256:…', 'md5:…'
    returns  None too for an algorithm that is not known: nothing can be said then
    """
    algorithm, _, value = label.partition(":")
    name = _ALGORITHMS.get(algorithm.strip().lower())
    if name is None:
        return None
    made = hashlib.new(name, usedforsecurity=False)
    for piece in pieces:
        made.update(piece)
    computed = made.digest()
    written = label_of(computed) if name == "sha1" else f"{name}:{computed.hex()}"
    if label == written or computed in _readings(value.strip()):
        return None
    return written


def is_known(label: str | None) -> bool:
    """Whether a labelled digest can be compared: its algorithm is known.

    >>> is_known("sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ"), is_known("blake3:00"), is_known(None)
    (True, False, False)
    """
    return label is not None and label.partition(":")[0].strip().lower() in _ALGORITHMS


def _readings(value: str) -> tuple[bytes, ...]:
    """The digests a text may mean: base16, base32 and base64, whichever can be read."""
    found = []
    with contextlib.suppress(ValueError):
        found.append(bytes.fromhex(value))
    bare = value.rstrip("=")
    with contextlib.suppress(binascii.Error, ValueError):
        found.append(base64.b32decode(bare + "=" * (-len(bare) % 8), casefold=True))
    with contextlib.suppress(binascii.Error, ValueError):
        found.append(base64.b64decode(value.replace("-", "+").replace("_", "/"), validate=True))
    return tuple(found)

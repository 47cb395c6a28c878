from __future__ import annotations

import base64
import hashlib

import pytest

from warc.digest import mismatch, sha1_of

DATA = b"the payload"
SHA1 = hashlib.sha1(DATA).digest()
MD5 = hashlib.md5(DATA).digest()
SHA256 = hashlib.sha256(DATA).digest()


@pytest.mark.parametrize(
    "label",
    [
        sha1_of((DATA,)),
        f"sha1:{SHA1.hex()}",
        f"SHA1:{base64.b32encode(SHA1).decode().lower()}",
        f"sha-1:{base64.b64encode(SHA1).decode()}",
        f"md5:{MD5.hex().upper()}",
        f"md5:{base64.b32encode(MD5).decode()}",
        f"sha256:{SHA256.hex()}",
        f"sha-256:{base64.b32encode(SHA256).decode().rstrip('=')}",
    ],
)
def test_a_digest_agrees_in_every_encoding_in_use(label: str) -> None:
    assert mismatch(label, DATA[:3], DATA[3:]) is None
    assert mismatch(label, DATA + b"x") is not None


def test_an_unknown_algorithm_says_nothing() -> None:
    assert mismatch("blake9:00", DATA) is None


@pytest.mark.parametrize("value", ["", "not a digest", "é", "=" * 8])
def test_an_unreadable_value_is_a_mismatch(value: str) -> None:
    assert mismatch(f"sha1:{value}", DATA) == sha1_of((DATA,))

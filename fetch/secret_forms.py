"""The forms in which a secret may lie in bytes: as it is, escaped, encoded, each as a pattern.

A server that echoes a header writes it in its own way: into JSON, HTML or a URL, whole or in
parts, as Base64 or hexadecimal digits. Each pattern takes every character of the secret in any of
these ways, so mixtures are found too. All repetitions are bounded, so a match is never longer than
`reach_bytes`, and a stream can be searched with that much held back.
"""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html.entities import html5
from itertools import groupby
from urllib.parse import quote

# Bytes one character may take in a form: `\\\\u0026amp;amp;amp;DiacriticalGrave;` with three
# backslashes before it is 41; a margin beside.
_CHARACTER_REACH = 48

# What an encoder of Base64 puts between two characters every 76 or 64 of them.
_LINE_BREAK = rb"(?:\r?\n|(?:\\{1,2}r)?\\{1,2}n)?"
_LINE_BREAK_REACH = 6

# Characters that JSON and JavaScript write with a backslash before them.
_BACKSLASHED = b"/\"'&<>`$"

# Characters of a secret that a piece of it needs, to be told from other text.
_PIECE = 4


@dataclass(frozen=True, slots=True)
class Form:
    """One way of writing a secret.

    reach_bytes  no match is longer
    """

    pattern: re.Pattern[bytes]
    reach_bytes: int


def forms_of(secret: str) -> tuple[Form, ...]:
    """All ways of writing a secret of printable ASCII that are looked for."""
    raw = secret.encode("ascii")
    digits = b"".join(_hex(character) for character in raw)
    wide = rb"\x00".join(re.escape(bytes([character])) for character in raw)
    return (
        Form(re.compile(_escaped(raw)), _CHARACTER_REACH * len(raw)),
        *(_base64_form(piece) for piece in _base64_pieces(raw)),
        Form(re.compile(digits), 2 * len(raw)),
        Form(re.compile(wide), 2 * len(raw)),
    )


def cut_forms(secret: str) -> tuple[bytes, ...]:
    """The ways of writing a secret whose beginnings are looked for where data was cut off."""
    raw = secret.encode("ascii")
    in_json = json.dumps(secret)[1:-1]
    texts = (quote(secret, safe=""), quote(secret), in_json, in_json.replace("/", "\\/"))
    pieces = tuple(_base64_pieces(raw))
    url_safe = (piece.translate(bytes.maketrans(b"+/", b"-_")) for piece in pieces)
    written = (raw, *(text.encode() for text in texts), html.escape(secret).encode(), *pieces)
    digits = raw.hex().encode()
    return tuple(dict.fromkeys((*written, *url_safe, digits, digits.upper())))


def begun(data: bytes, form: bytes) -> int:
    """How many bytes at the end of the data are the beginning of a form; 0 where too few are."""
    most = min(len(form) - 1, len(data))
    return next((size for size in range(most, _PIECE - 1, -1) if data.endswith(form[:size])), 0)


def pieces_in(text: str, secret: str) -> Iterator[tuple[int, int]]:
    """Where in a text pieces of a secret lie, as starts and ends: a message may quote a part."""
    size = min(len(secret), 2 * _PIECE)
    known = {secret[start : start + size] for start in range(len(secret) - size + 1)}
    for start in range(len(text) - size + 1):
        if text[start : start + size] in known:
            yield start, start + size


def _escaped(raw: bytes) -> bytes:
    """The pattern of a secret, each character as it is or escaped in any known way."""
    parts: list[bytes] = []
    for character, run in groupby(raw):
        count, way = len(list(run)), _any_of(_written(character))
        if character == ord("\\"):
            # JSON doubles each, JSON in JSON again; as one run, or the ways explode in number.
            parts.append(way + b"{%d,%d}" % (count, 4 * count))
            continue
        for _ in range(count):
            parts.append((_before(character) if parts else b"") + way)
    return b"".join(parts)


def _before(character: int) -> bytes:
    """The pattern of backslashes that may stand before a character."""
    return rb"\\{0,3}" if character in _BACKSLASHED else b""


def _written(character: int) -> list[bytes]:
    """Patterns of one character; each begins with a literal, which makes a search fast."""
    digits = _hex(character)
    named = sorted((name for name, value in html5.items() if value == chr(character)), key=len)
    entity = rb"(?:amp;){0,3}(?:#0{0,5}%d;?|#[xX]0{0,5}%s;?" % (character, digits)
    entity += b"".join(b"|" + re.escape(name.encode()) for name in reversed(named)) + b")"
    ways = [
        rb"%%(?:25){0,3}%s" % digits,
        rb"\\\\{0,3}(?:u00%s|x%s)" % (digits, digits),
        rb"&%s" % entity,
        rb"\\\\{0,3}u0026%s" % entity,
        re.escape(bytes([character])),
    ]
    return [*ways, rb"\+"] if character == ord(" ") else ways


def _any_of(ways: list[bytes]) -> bytes:
    """One pattern of several."""
    return b"(?:" + b"|".join(ways) + b")"


def _hex(character: int) -> bytes:
    """The pattern of a character's two hexadecimal digits, in either case."""
    digits = f"{character:02x}"
    return "".join(f"[{one}{one.upper()}]" if one.isalpha() else one for one in digits).encode()


def _base64_pieces(raw: bytes) -> Iterator[bytes]:
    """The characters of Base64 that a secret alone decides, wherever it begins in the input."""
    for before in range(3):
        encoded = base64.b64encode(bytes(before) + raw)
        first, last = -(-8 * before // 6), 8 * (before + len(raw)) // 6
        yield encoded[first:last]


def _base64_form(piece: bytes) -> Form:
    """The form of a piece of Base64 in either alphabet, broken over lines; signs are escaped."""
    also = {ord("+"): ord("-"), ord("/"): ord("_")}
    ways = [
        _before(one) + _any_of(_written(one) + _written(also[one])) if one in also else b"%c" % one
        for one in piece
    ]
    ways[0] = ways[0].removeprefix(_before(piece[0]))
    # The last character holds bits of what follows, too.
    pattern = _LINE_BREAK.join(ways) + rb"[A-Za-z0-9+/_-]?={0,2}"
    reach = (_CHARACTER_REACH + _LINE_BREAK_REACH) * len(piece) + 3
    return Form(re.compile(pattern), reach)

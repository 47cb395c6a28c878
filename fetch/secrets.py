"""Secrets that an operator supplies: taken from the environment, sent to one host, kept nowhere.

Settings name the variable, never the value:

    [headers."api.example.org"]
    Authorization = "Bearer $EXAMPLE_API_KEY"

What is sent is decided here, and what must not be written is found here; `fetch.masking` does
both for every exchange.
"""

from __future__ import annotations

import base64
import binascii
import logging
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, urlsplit

from fetch.secret_forms import Form, begun, cut_forms, forms_of, pieces_in
from warc.errors import MissingKeyError, UsageError
from warc.software import SOFTWARE

# What stands where a secret stood; in a URL, percent-encoded.
MASK = "[masked by Warchouse]"
MASK_IN_URL = quote(MASK)

# Characters. What is shorter is found in ordinary text by chance.
_SHORTEST = 6

# Characters. The longest header lines that servers take are 8 KiB, cookies 4 KiB; patterns of a
# longer secret take seconds to build.
_LONGEST = 4096

# Fields that carry secrets, and words in the names of such fields.
_TELLTALE = re.compile(
    r"authori[sz]ation|cookie|api-?_?key|access-?_?key|token|secret|passw|session|signature",
    re.IGNORECASE,
)

# Fields that the transport answers for: framing, codings it can undo, and who is asking.
_RESERVED = re.compile(
    r"host|connection|content-length|transfer-encoding|te|upgrade|expect|accept-encoding|user-agent",
    re.IGNORECASE,
)

_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_HOST = re.compile(r"(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])(?::[0-9]{1,5})?")
_VARIABLE = re.compile(r"\$(?:(\$)|([A-Za-z_][A-Za-z0-9_]*)|\{([A-Za-z_][A-Za-z0-9_]*)\})")
_USERINFO = re.compile(r"\s*(?:[A-Za-z][A-Za-z0-9+.-]*:)?[/\\]*[^/?#\\]*@")


@dataclass(frozen=True, slots=True)
class Secrets:
    """The fields each host is sent besides the transport's own, and the secrets in them.

    headers  fields by host, the port included where the URL has one
    values   each secret, printable ASCII
    only     by host, what paths must begin with that are sent its fields; other hosts: all
    """

    headers: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict, repr=False)
    values: tuple[str, ...] = field(default=(), repr=False)
    only: Mapping[str, re.Pattern[str]] = field(default_factory=dict)
    _forms: tuple[Form, ...] = field(init=False, repr=False, compare=False)
    _cut: tuple[bytes, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Build the patterns; of two secrets, one within the other, the longer is masked first."""
        values = sorted(set(self.values), key=lambda value: (-len(value), value))
        forms = tuple(form for value in values for form in forms_of(value))
        object.__setattr__(self, "_forms", forms)
        object.__setattr__(self, "_cut", tuple(cut for one in values for cut in cut_forms(one)))

    def __bool__(self) -> bool:
        """Whether any host is sent anything."""
        return bool(self.headers)

    def headers_for(self, url: str) -> tuple[tuple[str, str], ...]:
        """The fields that go to the host of a URL, for its path."""
        parts = urlsplit(url)
        wanted = self.only.get(parts.netloc)
        return () if wanted and not wanted.match(parts.path) else self.headers.get(parts.netloc, ())

    def with_key(
        self, variable: str, environ: Mapping[str, str], *, host: str, only: re.Pattern[str]
    ) -> Secrets:
        """These, and a key that a host takes as a bearer, for paths that begin as `only` says.

        raises  UsageError where the variable is not set or holds no key, or the host already has
                fields of its own
        """
        if host in self.headers:
            raise UsageError(f'headers."{host}" is not needed: {host} takes the key in {variable}')
        if not (value := environ.get(variable, "")):
            raise MissingKeyError(
                f"the environment variable {variable} is not set: {host} wants a key"
            )
        key = tuple(_checked([(variable, value)], host, "the key"))
        return Secrets(
            {**self.headers, host: (("Authorization", f"Bearer {value}"),)},
            (*self.values, *key),
            {**self.only, host: only},
        )

    def refuse_in(self, text: str, where: str) -> None:
        """Raise UsageError, which does not repeat the text, where it holds a secret."""
        if self.mask_text(text) != text:
            raise UsageError(f"{where} holds a secret: it would be written into the archive")

    def is_in(self, data: bytes | Iterable[bytes]) -> bool:
        """Whether a secret lies in the data in any form."""
        if isinstance(data, bytes):
            return any(form.pattern.search(data) for form in self._forms)
        return any(self.is_in(window) for window in self.windows(data))

    def mask(self, data: bytes, *, mask: str = MASK) -> bytes:
        """The data with every form of every secret replaced; the same object if there is none."""
        for form in self._forms:
            if form.pattern.search(data):
                data = form.pattern.sub(mask.encode(), data)
        return data

    def mask_text(self, text: str, *, mask: str = MASK) -> str:
        """A text with every form of every secret replaced."""
        data = text.encode("utf-8", "surrogatepass")
        return self.mask(data, mask=mask).decode("utf-8", "surrogatepass")

    def mask_message(self, text: str) -> str:
        """A message with every secret replaced, and what it quotes of one."""
        text = self.mask_text(text)
        for value in self.values:
            spans: list[tuple[int, int]] = []
            for start, end in pieces_in(text, value):
                if spans and start <= spans[-1][1]:
                    spans[-1] = (spans[-1][0], end)
                else:
                    spans.append((start, end))
            for start, end in reversed(spans):
                text = text[:start] + MASK + text[end:]
        return text

    def mask_chunks(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        """A stream with every form of every secret replaced, wherever its chunks end."""
        for form in self._forms:
            chunks = _masked_stream(chunks, form)
        yield from chunks

    def mask_end(self, data: bytes) -> bytes:
        """Data that was cut off, without the beginning of a secret at its end."""
        begins = max((begun(data, form) for form in self._cut), default=0)
        return data[: len(data) - begins] + MASK.encode() if begins else data

    @property
    def reach_bytes(self) -> int:
        """No form of a secret is longer."""
        return max((form.reach_bytes for form in self._forms), default=0)

    def windows(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        """Each chunk of a stream with so much before it that no secret lies across."""
        held, reach = b"", self.reach_bytes
        for chunk in chunks:
            window = held + chunk
            yield window
            held = window[max(0, len(window) - reach) :]


def read_host_headers(table: object, environ: Mapping[str, str], file: Path) -> Secrets:
    """The secrets that the `headers` table of a settings file asks for.

    table    by host, by field name: text in which every $NAME or ${NAME} is a variable of the
             environment; $$ is a dollar sign
    raises   UsageError naming file, host and field, or the variable; never a value
    """
    headers: dict[str, tuple[tuple[str, str], ...]] = {}
    values: list[str] = []
    for host, fields in _table(table, f"{file}: headers").items():
        place = f'{file}: headers."{host}"'
        if not _HOST.fullmatch(host):
            where = f"{file}: headers" if "@" in host else place
            raise UsageError(f"{where} must name a host as URLs do: lower case, HOST or HOST:PORT")
        made: list[tuple[str, str]] = []
        for name, template in _table(fields, place).items():
            value, secrets = _filled(name, template, environ, f"{place}.{name}")
            made.append((name, value))
            values.extend(_checked(secrets, host, f"{place}.{name}"))
        headers[host] = tuple(made)
    return Secrets(headers, tuple(dict.fromkeys(values)))


def refuse_userinfo(url: str, where: str) -> None:
    """Raise UsageError, which does not repeat the URL, where it holds a user name or password."""
    if _USERINFO.match(url):
        raise UsageError(
            f"{where} holds a user name or a password: secrets come from the environment"
        )


def mask_log(handler: logging.Handler, secrets: Secrets) -> None:
    """Keep secrets out of what a log handler writes."""

    def masked(record: logging.LogRecord) -> bool:
        record.msg, record.args = secrets.mask_text(record.getMessage()), None
        if record.exc_info:
            told = logging.Formatter().formatException(record.exc_info)
            record.exc_text = secrets.mask_text(told)
        return True

    handler.addFilter(masked)


def _masked_stream(chunks: Iterable[bytes], form: Form) -> Iterator[bytes]:
    """A stream with one form replaced; as much is held back as a match may be long."""
    held = b""
    for chunk in chunks:
        data = held + chunk
        done, safe = 0, max(0, len(data) - form.reach_bytes)
        for found in form.pattern.finditer(data):
            if found.start() >= safe:
                break
            yield data[done : found.start()] + MASK.encode()
            done = found.end()
        yield data[done : max(safe, done)]
        held = data[max(safe, done) :]
    yield form.pattern.sub(MASK.encode(), held)


def _table(value: object, place: str) -> dict[str, object]:
    """A table of the settings file."""
    if not isinstance(value, dict):
        raise UsageError(f"{place} must be a table")
    return value


def _filled(
    name: str, template: object, environ: Mapping[str, str], place: str
) -> tuple[str, list[tuple[str, str]]]:
    """A field's value, and the secrets in it, each with what it is called."""
    if not _NAME.fullmatch(name) or _RESERVED.fullmatch(name):
        raise UsageError(f"{place}: not a header field that may be set")
    if not isinstance(template, str) or not template.isascii() or not template.isprintable():
        raise UsageError(f"{place} must be text of printable ASCII characters")
    secrets: list[tuple[str, str]] = []

    def value_of(found: re.Match[str]) -> str:
        if found[1]:
            return "$"
        variable = found[2] or found[3]
        value = environ.get(variable, "")
        if not value:
            raise UsageError(f"{place}: the environment variable {variable} is not set")
        secrets.append((variable, value))
        return value

    text = _VARIABLE.sub(value_of, template)
    if not secrets and _TELLTALE.search(name):
        raise UsageError(f"{place}: a secret is not written here; name a variable, as $NAME")
    if secrets and text[:6].lower() == "basic ":
        text, more = _basic(text[6:].strip())
        secrets.extend((secrets[0][0], value) for value in more)
    return text, secrets


def _basic(credentials: str) -> tuple[str, list[str]]:
    """Basic credentials, encoded if they are `USER:PASSWORD`, and the secrets in them."""
    if ":" in credentials:
        encoded = base64.b64encode(credentials.encode()).decode()
    else:
        encoded = credentials
        try:
            credentials = base64.b64decode(encoded, validate=True).decode("ascii")
        except (binascii.Error, UnicodeDecodeError):
            return f"Basic {encoded}", []
    password = credentials.partition(":")[2]
    found = (encoded, credentials, password)
    kept = [text for text in found if len(text) >= _SHORTEST and text.isprintable()]
    return f"Basic {encoded}", kept


def _checked(secrets: Iterable[tuple[str, str]], host: str, place: str) -> Iterator[str]:
    """The secrets, each one that can be sent, and told from other text."""
    for variable, value in secrets:
        what = f"{place}: the environment variable {variable}"
        if not value.isascii() or not value.isprintable() or value != value.strip():
            raise UsageError(f"{what} holds a character that is not sent (a line break?)")
        if not _SHORTEST <= len(value) <= _LONGEST:
            raise UsageError(
                f"{what} must be of {_SHORTEST} to {_LONGEST} characters, "
                f"or it cannot be told from other text"
            )
        if any(value.lower() in text.lower() for text in (host, MASK, MASK_IN_URL, SOFTWARE)):
            raise UsageError(f"{what} is no secret: it is part of {host} or of a common name")
        yield value

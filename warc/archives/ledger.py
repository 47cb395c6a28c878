"""What one record says of others, kept for the end: ids, originals, revisits, notes.

In a temporary SQLite file, so that memory does not grow with the archive: about 150 bytes of disk
per record, and at most 16 MiB of cache. Keys are 16 bytes of BLAKE2b: among 10^9 records the chance
that any two agree by accident is below 10^-20.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from dataclasses import astuple, dataclass
from datetime import datetime

from warc.archives.findings import Finding
from warc.head import HeadError, bare, read_date
from warc.record import Record

_TABLES = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
PRAGMA cache_size = -16384;
PRAGMA temp_store = FILE;
CREATE TABLE files (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE records (key BLOB PRIMARY KEY, type TEXT NOT NULL, file INTEGER NOT NULL,
                      offset INTEGER NOT NULL, payload TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE originals (key BLOB PRIMARY KEY, payload TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE notes (key BLOB PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE sizes (key BLOB PRIMARY KEY, size INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE revisits (file INTEGER NOT NULL, offset INTEGER NOT NULL, id TEXT NOT NULL,
                       payload TEXT NOT NULL, by_id BLOB, by_date BLOB, by_date_and_payload BLOB,
                       by_payload BLOB, by_url BLOB);
CREATE TABLE warcinfos (key BLOB PRIMARY KEY, file INTEGER NOT NULL, offset INTEGER NOT NULL,
                        id TEXT NOT NULL) WITHOUT ROWID;
"""

_ORIGINALS = frozenset({"response", "resource", "conversion"})


@dataclass(frozen=True, slots=True)
class _Keys:
    """By what a revisit knows its original, the surest first; None for what it does not say."""

    by_id: bytes | None
    by_date: bytes | None
    by_date_and_payload: bytes | None
    by_payload: bytes | None
    by_url: bytes | None


class Ledger:
    """Ids, originals, revisits and notes of all files that are verified together."""

    def __init__(self) -> None:
        """Begin with nothing; the file goes when the ledger is closed or the process ends."""
        self._connection = sqlite3.connect("", isolation_level=None)
        self._connection.executescript(_TABLES)
        # One transaction that never ends: nothing of this is to be kept.
        self._connection.execute("BEGIN")
        self._file = 0

    def close(self) -> None:
        """Forget everything."""
        self._connection.close()

    def begin_file(self, name: str) -> None:
        """Name the file that the next records are of."""
        made = self._connection.execute("INSERT INTO files (name) VALUES (?)", (name,))
        self._file = made.lastrowid or 0

    def add(self, record: Record) -> Iterator[Finding]:
        """Note a record; yield a finding where its id was met before."""
        key = _key("id", record.record_id)
        place = (self._file, record.offset)
        added = self._connection.execute(
            "INSERT OR IGNORE INTO records VALUES (?, ?, ?, ?, ?)",
            (key, record.type, *place, _payload_of(record)),
        ).rowcount
        if not added:
            yield self._repeated(record, key)
        warcinfo = bare(record.fields.first("WARC-Warcinfo-ID") or "")
        if warcinfo:
            self._connection.execute(
                "INSERT OR IGNORE INTO warcinfos VALUES (?, ?, ?, ?)",
                (_key("id", warcinfo), *place, warcinfo),
            )
        if record.type in _ORIGINALS:
            self._add_original(record)
        elif record.type == "revisit":
            self._add_revisit(record)

    def add_note(self, url: str) -> None:
        """Note that a metadata record says why a URL has no capture."""
        self._connection.execute("INSERT OR IGNORE INTO notes VALUES (?)", (_key("url", url),))

    def has_note(self, url: str) -> bool:
        """Whether a metadata record says why a URL has no capture."""
        return self._has("notes", _key("url", url))

    def add_size(self, record: Record, size: int) -> None:
        """Note how large the payload of an original is, once decoded."""
        keys = [_key("id", record.record_id)]
        if payload := _payload_of(record):
            keys.append(_key("digest", payload))
        self._connection.executemany(
            "INSERT OR IGNORE INTO sizes VALUES (?, ?)", [(key, size) for key in keys]
        )

    def size_of_original(self, record: Record) -> int:
        """How large the payload of a revisit's original is; 0 where that was not met."""
        refers_to = bare(record.fields.first("WARC-Refers-To") or "")
        for key in (_key("id", refers_to), _key("digest", _payload_of(record))):
            row = self._connection.execute("SELECT size FROM sizes WHERE key = ?", (key,))
            if found := row.fetchone():
                return int(found[0])
        return 0

    def at_the_end(self) -> Iterator[Finding]:
        """Yield what only shows once all files were read: revisits and warcinfos of nowhere."""
        rows = self._connection.execute(
            "SELECT name, offset, revisits.id, payload, by_id, by_date, by_date_and_payload,"
            " by_payload, by_url FROM revisits JOIN files ON files.id = file"
        )
        for name, offset, target, payload, *keys in rows:
            for kind, problem in self._of_revisit(payload, _Keys(*keys)):
                detail = f"the original {target[:60]} {problem}"
                yield Finding(kind=kind, detail=detail, file=name, offset=offset)
        rows = self._connection.execute(
            "SELECT name, offset, warcinfos.id FROM warcinfos JOIN files ON files.id = file"
            " WHERE NOT EXISTS (SELECT 1 FROM records WHERE records.key = warcinfos.key)"
            " ORDER BY file, offset"
        )
        for name, offset, target in rows:
            detail = f"the warcinfo {target[:60]} is nowhere"
            yield Finding(kind="warcinfo-elsewhere", detail=detail, file=name, offset=offset)

    def _of_revisit(self, payload: str, keys: _Keys) -> Iterator[tuple[str, str]]:
        """Yield what is wrong with the original of a revisit; nothing where it is there."""
        named = self._row("SELECT type, payload FROM records WHERE key = ?", keys.by_id)
        dated = self._original(keys.by_date)
        if named is not None and named[0] == "revisit":
            yield "revisit-of-revisit", "is a revisit itself"
            named = None
        elif keys.by_id and keys.by_date and (named is None) != (dated is None):
            way = "URL and date" if named is None else "record id"
            yield "revisit-astray", f"is found by {way} alone"
        if named is None and self._original(keys.by_date_and_payload) is None:
            named = dated
        elif named is None:
            return
        if named is None:
            if self._original(keys.by_payload) or self._original(keys.by_url):
                return
            if payload and self._original(_key("digest", payload)):
                yield "revisit-by-digest", "is nowhere, another URL has its payload"
            else:
                yield "revisit-dangling", "is nowhere"
        elif _differ(payload, named[1]):
            yield "revisit-differs", f"has another payload digest: {named[1][:60]}"

    def _original(self, key: bytes | None) -> tuple[str, str] | None:
        """The original a key names; None where it is nowhere."""
        return self._row("SELECT 'original', payload FROM originals WHERE key = ?", key)

    def _row(self, statement: str, key: bytes | None) -> tuple[str, str] | None:
        """The row of a key; None for no key."""
        if key is None:
            return None
        found: tuple[str, str] | None = self._connection.execute(statement, (key,)).fetchone()
        return found

    def _repeated(self, record: Record, key: bytes) -> Finding:
        """The finding that names both records of one id."""
        name, offset = self._connection.execute(
            "SELECT name, offset FROM records JOIN files ON files.id = file WHERE key = ?", (key,)
        ).fetchone()
        detail = f"{record.record_id[:60]} is also at {name}, byte {offset}"
        return Finding(kind="id-repeated", detail=detail, file=record.file, offset=record.offset)

    def _add_original(self, record: Record) -> None:
        """Note what a revisit may know an original by."""
        payload = _payload_of(record)
        keys = [_capture_key(record.target_uri, record.date), _key("url", record.target_uri)]
        if payload:
            keys.append(_key("payload", record.target_uri, payload))
            keys.append(_capture_key(record.target_uri, record.date, payload))
            keys.append(_key("digest", payload))
        self._connection.executemany(
            "INSERT OR IGNORE INTO originals VALUES (?, ?)", [(key, payload) for key in keys]
        )

    def _add_revisit(self, record: Record) -> None:
        """Note by what a revisit knows its original; resolved once all files were read."""
        fields = record.fields
        refers_to = bare(fields.first("WARC-Refers-To") or "")
        url = bare(fields.first("WARC-Refers-To-Target-URI") or "") or record.target_uri
        at = _date_of(fields.first("WARC-Refers-To-Date") or "")
        # A 304 has a payload of its own, if any: its digest says nothing of the original's.
        is_304 = bare(fields.first("WARC-Profile") or "").endswith("/server-not-modified")
        payload = "" if is_304 else _payload_of(record)
        target = refers_to or (f"{url} of {at}" if at else f"{url} {payload}".strip())
        keys = _Keys(
            by_id=_key("id", refers_to) if refers_to else None,
            by_date=_capture_key(url, at) if at else None,
            by_date_and_payload=_capture_key(url, at, payload) if at and payload else None,
            by_payload=_key("payload", url, payload) if payload else None,
            # Without any reference, the last response of its URL is meant.
            by_url=_key("url", url) if not (refers_to or at or payload) else None,
        )
        self._connection.execute(
            "INSERT INTO revisits VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (self._file, record.offset, target, payload, *astuple(keys)),
        )

    def _has(self, table: str, key: bytes) -> bool:
        """Whether a table of keys has one."""
        statement = f"SELECT 1 FROM {table} WHERE key = ?"  # noqa: S608 - a name of our own
        return self._connection.execute(statement, (key,)).fetchone() is not None


def _key(*parts: str) -> bytes:
    """A key of texts."""
    joined = "\n".join(parts).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(joined, digest_size=16).digest()


def _capture_key(url: str, at: datetime, payload: str = "") -> bytes:
    """The key of a URL at a time, to the second: writers cut fractions differently."""
    return _key("capture", url, at.replace(microsecond=0, tzinfo=None).isoformat(), payload)


def _payload_of(record: Record) -> str:
    """The payload digest of a record in one form; "" if it has none.

    The label in lower case, the value in upper case without padding.
    """
    algorithm, _, value = (record.fields.first("WARC-Payload-Digest") or "").partition(":")
    return f"{algorithm.strip().lower()}:{value.strip().upper().rstrip('=')}" if value else ""


def _differ(one: str, other: str) -> bool:
    """Whether two payload digests say that the payloads differ: not where they cannot tell."""
    if not one or not other or len(one) != len(other):
        return False  # of another algorithm, or in another encoding
    return one.partition(":")[0] == other.partition(":")[0] and one != other


def _date_of(text: str) -> datetime | None:
    """A date of a field, None where it is absent or none."""
    try:
        return read_date(text)
    except HeadError:
        return None

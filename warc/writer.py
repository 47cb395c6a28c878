"""One WARC file being written: whole exchanges, each appended in one write.

Theory of operation. A file is NAME.warc.gz.open until it is sealed. Each record is a gzip member
of its own; an exchange is request, response (or revisit), metadata, written together with the
metadata last, so that a tail without it is known to be torn. Nothing counts as archived until
`sync` has returned. Where writing or syncing fails, the file is cut back to what was synced last
and the writer is of no more use: what has not been synced was never acknowledged.
"""

from __future__ import annotations

import contextlib
import hashlib
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from warc.codec import compress_member, deflater
from warc.digest import label_of, sha1_of
from warc.disk import Disk
from warc.errors import CollectionError
from warc.exchange import Body, CrawlInfo, Exchange, Note, RevisitTarget, body_chunks, body_size
from warc.format import (
    FIELDS_TYPE,
    REQUEST_TYPE,
    RESPONSE_TYPE,
    TRAILER,
    clean_uri,
    fields_block,
    record_head,
    revisit_fields,
    stored_head,
    warc_date,
    warcinfo_block,
)

OPEN_SUFFIX = ".open"


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """Where a record now lies; archived only once the file has been synced.

    file    name of the file, without .open
    offset  where the response, revisit or lone metadata record begins
    size    bytes of the file up to and with this exchange
    """

    file: str
    offset: int
    length: int
    size: int
    type: str
    record_id: str
    payload_digest: str = ""


def payload_digest(exchange: Exchange) -> str:
    """The labelled SHA-1 of an exchange's body: transfer coding removed, content coding kept."""
    return sha1_of(body_chunks(exchange.body))


def next_name(folder: Path, source: str, at: datetime) -> str:
    """A name for a new file: SOURCE-TIME-SERIAL.warc.gz, its serial above all that are there."""
    serials = [0]
    for path in folder.glob(f"{source}-*.warc.gz*"):
        serial = path.name.split(".")[0].rpartition("-")[2]
        serials.append(int(serial) if serial.isdecimal() else 0)
    stamp = at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    return f"{source}-{stamp}-{max(serials) + 1:05d}.warc.gz"


class WarcWriter:
    """One open file of a collection."""

    def __init__(
        self, folder: Path, name: str, info: CrawlInfo, *, at: datetime, disk: Disk
    ) -> None:
        """Create NAME.open with its warcinfo record.

        name    ends in .warc.gz
        at      aware UTC, the warcinfo's date
        raises  CollectionError where that is impossible
        """
        self.name = name
        self.path = folder / (name + OPEN_SUFFIX)
        self.size = 0
        self.synced_size = 0
        self._disk = disk
        self._handle: int | None = None
        self._warcinfo_id = _new_id()
        try:
            self._handle = disk.create(self.path)
            disk.sync_folder(folder)
        except OSError as error:
            self._release()
            raise self._failed("created", error) from error
        block = warcinfo_block(info)
        head = record_head(
            "warcinfo",
            self._warcinfo_id,
            warc_date(at),
            (("WARC-Filename", name), ("WARC-Block-Digest", sha1_of((block,)))),
            content_type=FIELDS_TYPE,
            length=len(block),
        )
        self._write((compress_member(head + block + TRAILER),))

    def append(
        self,
        exchange: Exchange,
        note: Note,
        *,
        revisit_of: RevisitTarget | None = None,
        digest: str | None = None,
    ) -> Written:
        """Append an exchange with its note.

        revisit_of  the synced response whose payload this one repeats: the body is left out
        digest      the payload digest where the caller has computed it already
        raises      CollectionError where the disk refuses; the writer is then of no more use
        """
        start = self.size
        request_id, response_id = _new_id(), _new_id()
        date = warc_date(exchange.started_at)
        digest = digest or payload_digest(exchange)
        shared = (
            ("WARC-Target-URI", clean_uri(exchange.url)),
            ("WARC-Warcinfo-ID", f"<{self._warcinfo_id}>"),
            ("WARC-IP-Address", exchange.ip),
        )
        protocols = tuple(("WARC-Protocol", protocol) for protocol in exchange.protocols)
        request = _small_member(
            ("request", request_id, date),
            (*shared, ("WARC-Concurrent-To", f"<{response_id}>"), *protocols),
            (exchange.request_head, exchange.request_body),
            content_type=REQUEST_TYPE,
        )
        fields = (
            *shared,
            ("WARC-Concurrent-To", f"<{request_id}>"),
            *protocols,
            ("WARC-Truncated", exchange.truncated),
            ("WARC-Payload-Digest", digest),
            *(revisit_fields(revisit_of) if revisit_of else ()),
        )
        metadata = _small_member(
            ("metadata", _new_id(), date),
            (*shared[:2], ("WARC-Concurrent-To", f"<{response_id}>")),
            (fields_block(note.fields),),
            content_type=FIELDS_TYPE,
        )
        record_type = "revisit" if revisit_of else "response"
        described = (record_type, response_id, date)
        length = self._write_exchange(described, fields, exchange, before=request, after=metadata)
        return Written(
            file=self.name,
            offset=start + len(request),
            length=length,
            size=self.size,
            type=record_type,
            record_id=response_id,
            payload_digest=digest,
        )

    def note(self, url: str, note: Note, *, at: datetime) -> Written:
        """Append a lone metadata record: a failed or skipped URL, the end of a crawl."""
        block = fields_block(note.fields)
        return self._append_lone("metadata", url, block, content_type=FIELDS_TYPE, at=at)

    def resource(self, url: str, payload: bytes, *, content_type: str, at: datetime) -> Written:
        """Append a resource record: a page that came without its HTTP exchange."""
        digest = sha1_of((payload,))
        return self._append_lone(
            "resource", url, payload, content_type=content_type, at=at, digest=digest
        )

    def sync(self) -> None:
        """Return when all that was appended would survive a power cut."""
        if self.synced_size == self.size:
            return
        try:
            self._disk.sync(self._open_handle())
        except OSError as error:
            self._give_up()
            raise self._failed("synced", error) from error
        self.synced_size = self.size

    def seal(self) -> Path:
        """Sync, close and rename the file to its final name; it is never changed again."""
        self.sync()
        target = self.path.with_name(self.name)
        try:
            handle, self._handle = self._open_handle(), None
            self._disk.close(handle)
            self._disk.rename(self.path, target)
            self._disk.sync_folder(target.parent)
        except OSError as error:
            raise self._failed("sealed", error) from error
        return target

    def _append_lone(
        self,
        record_type: str,
        url: str,
        block: bytes,
        *,
        content_type: str,
        at: datetime,
        digest: str = "",
    ) -> Written:
        """Append a record that belongs to no exchange; `digest` is its payload's, if it has one."""
        start, record_id = self.size, _new_id()
        member = _small_member(
            (record_type, record_id, warc_date(at)),
            (
                ("WARC-Target-URI", clean_uri(url)),
                ("WARC-Warcinfo-ID", f"<{self._warcinfo_id}>"),
                ("WARC-Payload-Digest", digest),
            ),
            (block,),
            content_type=content_type,
        )
        self._write((member,))
        return Written(
            file=self.name,
            offset=start,
            length=len(member),
            size=self.size,
            type=record_type,
            record_id=record_id,
            payload_digest=digest,
        )

    def _write_exchange(
        self,
        described: tuple[str, str, str],
        fields: tuple[tuple[str, str], ...],
        exchange: Exchange,
        *,
        before: bytes,
        after: bytes,
    ) -> int:
        """Append a response or revisit between its request and metadata; its member's length."""
        head = stored_head(exchange.response_head, body_size(exchange.body))
        block: tuple[bytes, ...]
        if described[0] == "revisit":
            block = (head,)
        elif isinstance(exchange.body, bytes):
            block = (head, exchange.body)
        else:
            return self._write_large(
                described, fields, head, exchange.body, before=before, after=after
            )
        response = _small_member(described, fields, block, content_type=RESPONSE_TYPE)
        self._write((before + response + after,))
        return len(response)

    def _write_large(
        self,
        described: tuple[str, str, str],
        fields: tuple[tuple[str, str], ...],
        head: bytes,
        body: Body,
        *,
        before: bytes,
        after: bytes,
    ) -> int:
        """Append an exchange whose body is not held in memory; the response member's length."""
        whole = hashlib.sha1(head, usedforsecurity=False)
        for chunk in body.chunks():
            whole.update(chunk)
        record_type, record_id, date = described
        record = record_head(
            record_type,
            record_id,
            date,
            (*fields, ("WARC-Block-Digest", label_of(whole.digest()))),
            content_type=RESPONSE_TYPE,
            length=len(head) + body.size,
        )

        def pieces() -> Iterator[bytes]:
            yield before
            stream = deflater()
            yield stream.compress(record + head)
            for chunk in body.chunks():
                yield stream.compress(chunk)
            yield stream.compress(TRAILER)
            yield stream.flush()
            yield after

        return self._write(pieces()) - len(before) - len(after)

    def _write(self, pieces: Iterator[bytes] | tuple[bytes, ...]) -> int:
        """Append pieces, each whole; returns how many bytes in all."""
        handle = self._open_handle()
        before = self.size
        try:
            for piece in pieces:
                written = self._disk.write(handle, piece) if piece else 0
                while written < len(piece):
                    written += self._disk.write(handle, memoryview(piece)[written:])
                self.size += len(piece)
        except OSError as error:
            self._give_up()
            raise self._failed("written", error) from error
        return self.size - before

    def _give_up(self) -> None:
        """Cut the file back to what was synced, if the disk lets us; then let go of it."""
        if self._handle is not None:
            try:
                self._disk.truncate(self._handle, self.synced_size)
                self._disk.sync(self._handle)
            except OSError:
                pass  # The next opening of the collection sets the tail aside.
        self._release()

    def _release(self) -> None:
        """Close the file without a word, after an error that is being reported."""
        if self._handle is not None:
            handle, self._handle = self._handle, None
            with contextlib.suppress(OSError):  # the error that led here says what is wrong
                self._disk.close(handle)

    def abandon(self) -> None:
        """Let go of the file as it is, after an error that is being reported."""
        self._release()

    def _open_handle(self) -> int:
        """The file's handle; raises CollectionError after a failure."""
        if self._handle is None:
            raise CollectionError(f"{self.path} is no longer being written")
        return self._handle

    def _failed(self, what: str, error: OSError) -> CollectionError:
        """The error that says which file could not be what, and why."""
        reason = error.strerror or str(error)
        return CollectionError(f"{self.path} cannot be {what}: {reason} (see --archives)")


def _small_member(
    described: tuple[str, str, str],
    fields: tuple[tuple[str, str], ...],
    block: tuple[bytes, ...],
    *,
    content_type: str,
) -> bytes:
    """A record as one gzip member.

    described  WARC-Type, WARC-Record-ID, WARC-Date
    block      in pieces, so that a page is copied once
    """
    record_type, record_id, date = described
    head = record_head(
        record_type,
        record_id,
        date,
        (*fields, ("WARC-Block-Digest", sha1_of(block))),
        content_type=content_type,
        length=sum(map(len, block)),
    )
    return compress_member(b"".join((head, *block, TRAILER)))


def _new_id() -> str:
    """A new record id."""
    return f"urn:uuid:{uuid.uuid4()}"

"""One WARC file being written: whole exchanges, each appended in one write.

Theory of operation. A file is NAME.warc.gz.open until it is sealed. Each record is a gzip member
of its own; an exchange is request, response (or revisit), metadata, written together with the
metadata last, so that a tail without it is known to be torn. What was made of a page (its DOM)
stands before its request, in the same write. Nothing counts as archived until
`sync` has returned. Where writing or syncing fails, the file is cut back to what was synced last
and the writer is of no more use: what has not been synced was never acknowledged.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from warc.codec import compress_member, deflater
from warc.digest import label_of, sha1_of
from warc.disk import Disk
from warc.errors import CollectionError
from warc.exchange import (
    Body,
    CrawlInfo,
    Exchange,
    Note,
    Resource,
    RevisitTarget,
    body_chunks,
    body_size,
)
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
from warc.member import new_id, small_member

OPEN_SUFFIX = ".open"


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """Where a record now lies; archived only once the file has been synced.

    file       name of the file, without .open
    offset     where the response, revisit, resource or lone metadata record begins
    size       bytes of the file up to and with this exchange
    resources  where what was made of the page lies, in the order given
    """

    file: str
    offset: int
    length: int
    size: int
    type: str
    record_id: str
    payload_digest: str = ""
    resources: tuple[Written, ...] = ()


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
        self._warcinfo_id = new_id()
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
        resources: Sequence[Resource] = (),
        revisit_of: RevisitTarget | None = None,
        digest: str | None = None,
    ) -> Written:
        """Append an exchange with its note.

        resources   what was made of the page; dated as the exchange is
        revisit_of  the synced response whose payload this one repeats: the body is left out
        digest      the payload digest where the caller has computed it already
        raises      CollectionError where the disk refuses; the writer is then of no more use
        """
        start = self.size
        request_id, response_id = new_id(), new_id()
        date = warc_date(exchange.started_at)
        unmodified = revisit_of is not None and revisit_of.unmodified
        # A 304 has no payload of its own, and says nothing of the digest of the one it confirms.
        digest = "" if unmodified else digest or payload_digest(exchange)
        made = [self._of_page(one, response_id, date) for one in resources]
        shared = (
            ("WARC-Target-URI", clean_uri(exchange.url)),
            ("WARC-Warcinfo-ID", f"<{self._warcinfo_id}>"),
            ("WARC-IP-Address", exchange.ip),
        )
        protocols = tuple(("WARC-Protocol", protocol) for protocol in exchange.protocols)
        request = small_member(
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
        metadata = small_member(
            ("metadata", new_id(), date),
            (*shared[:2], ("WARC-Concurrent-To", f"<{response_id}>")),
            (fields_block(note.fields),),
            content_type=FIELDS_TYPE,
        )
        record_type = "revisit" if revisit_of else "response"
        described = (record_type, response_id, date)
        before = b"".join((*(member for member, _, _ in made), request))
        length = self._write_exchange(described, fields, exchange, before=before, after=metadata)
        return Written(
            file=self.name,
            offset=start + len(before),
            length=length,
            size=self.size,
            type=record_type,
            record_id=response_id,
            payload_digest=digest,
            resources=self._placed(made, start),
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

    def _of_page(self, made: Resource, response_id: str, date: str) -> tuple[bytes, str, str]:
        """A resource record beside a response: its member, record id and payload digest."""
        record_id, digest = new_id(), sha1_of((made.payload,))
        fields = (
            ("WARC-Target-URI", clean_uri(made.url)),
            ("WARC-Warcinfo-ID", f"<{self._warcinfo_id}>"),
            ("WARC-Concurrent-To", f"<{response_id}>"),
            ("WARC-Payload-Digest", digest),
        )
        described, block = ("resource", record_id, date), (made.payload,)
        member = small_member(described, fields, block, content_type=made.content_type)
        return member, record_id, digest

    def _placed(self, made: Sequence[tuple[bytes, str, str]], start: int) -> tuple[Written, ...]:
        """Where the resource records of an exchange that begins at `start` lie."""
        placed = []
        for member, record_id, digest in made:
            placed.append(
                Written(
                    file=self.name,
                    offset=start,
                    length=len(member),
                    size=self.size,
                    type="resource",
                    record_id=record_id,
                    payload_digest=digest,
                )
            )
            start += len(member)
        return tuple(placed)

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
        start, record_id = self.size, new_id()
        member = small_member(
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
        response = small_member(described, fields, block, content_type=RESPONSE_TYPE)
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

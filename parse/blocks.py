"""Blocks of tables built before: found again by what went into them.

Theory of operation. A block is made of its roots' entities and of those entities that the roots ask
for and get (the first root that asks for one gets it). What the roots ask for follows from their
own pages alone, so it is remembered under a digest of those; with it, the digest of all that goes
into a block is known without building it, in the same ascending order in which a build would go,
so that who gets what comes out alike. A digest covers the code, the rules and every capture's
contribution: same digest, same bytes. The parts themselves lie in the snapshot that has them.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

from parse.account import RowSum
from parse.dimensions import Sighted
from parse.kept import Batch, Earlier
from parse.merge import Ask, owner_of
from parse.model import EntityId
from parse.stage import Stage
from warehouse.part import Part, is_whole

DIGEST_BYTES = 32  # of SHA-256

Noted = tuple[int, str, str, str]
"""A row of the stage's `notes`."""

Refusal = tuple[int, str, str, str, str, str]
"""A row of the stage's `refused`."""


class Place(NamedTuple):
    """Which block of a source: the kind of its roots, and its number among theirs."""

    kind: str
    number: int


class Block(msgspec.Struct):
    """What a run of roots made: the parts written, and all else that a build needs of it."""

    rows: RowSum = msgspec.field(default_factory=RowSum)
    parts: list[Part] = []
    batches: dict[str, list[Batch]] = {}
    notes: list[Noted] = []
    refused: list[Refusal] = []
    sightings: list[Sighted] = []


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Block).decode
_decode_asks = msgspec.msgpack.Decoder(list[Ask]).decode


class Blocks:
    """The blocks of one source, those of earlier builds and those of this one."""

    def __init__(self, stage: Stage, source: str, code: str, snapshots: Path) -> None:
        """Find blocks that were built by the same code.

        code  fingerprint of the code and the rules that make the tables
        """
        self.reused = 0
        self._stage = stage
        self._source = source
        self.code = code
        self._snapshots = snapshots
        self._roots: tuple[EntityId, ...] = ()
        self._place = Place("", 0)
        self._of_roots = b""
        self._snapshot = ""

    def find(self, place: Place, roots: tuple[EntityId, ...]) -> Block | None:
        """The block of these roots, if one into which the same went was built before."""
        self._roots, self._place = roots, place
        self._of_roots = self._roots_digest()
        db = self._stage.db
        asks = self._asks()
        if asks is None:
            return None
        digest = self._digest(asks)
        find = "SELECT snapshot, block FROM blocks WHERE digest = ?"
        if (found := db.execute(find, (digest,)).fetchone()) is None:
            return None
        self._snapshot = found[0]
        block = _unpacked(found[1])
        if not all(self._is_there(part) for part in block.parts):
            return None
        self._made(digest, found[1])
        self.reused += 1
        return block

    def seems_known(self, place: Place, roots: tuple[EntityId, ...]) -> bool:
        """Whether `find` may have the block, as far as can be told before its turn.

        That is: if its roots get all they ask for, which is only sure when all before it are done.
        """
        self._roots, self._place = roots, place
        self._of_roots = self._roots_digest()
        if (asks := self._asks()) is None:
            return False
        digest = self._digest(asks, claim=False)
        find = "SELECT 1 FROM blocks WHERE digest = ?"
        return self._stage.db.execute(find, (digest,)).fetchone() is not None

    def _asks(self) -> list[Ask] | None:
        """What the roots ask for, if their pages were ever assembled."""
        find = "SELECT asks FROM asks WHERE digest = ?"
        found = self._stage.db.execute(find, (self._of_roots,)).fetchone()
        return None if found is None else _decode_asks(found[0])

    def path_of(self, part: Part) -> Path:
        """Where a part of the block that was found last lies."""
        return self._snapshots / self._snapshot / part.table / part.name

    def keep(self, block: Block, asks: Sequence[Ask]) -> None:
        """Have a block that was built found by later builds, once this one is committed."""
        packed = (self._of_roots, _encode(asks))
        self._stage.db.execute("INSERT OR REPLACE INTO asks VALUES (?, ?)", packed)
        if not block.rows.lost:
            packed_block = _encode(block)
            self._made(self._digest(asks), _sha256(packed_block) + packed_block)

    def earlier(self, place: Place) -> Earlier | None:
        """The last block that was built at a place, whatever went into it."""
        find = (
            "SELECT snapshot, block FROM blocks WHERE source = ? AND number = ?"
            " ORDER BY rowid DESC LIMIT 1"
        )
        key = self._kind(place.kind), place.number
        if (found := self._stage.db.execute(find, key).fetchone()) is None:
            return None
        block = _unpacked(found[1])
        return Earlier(block.batches, block.parts, str(self._snapshots / found[0]))

    def _made(self, digest: bytes, packed: bytes) -> None:
        kind, number = self._place
        self._stage.insert("made", [(digest, self._kind(kind), number, packed)])

    def _kind(self, kind: str) -> str:
        """A kind of entity as stage and cache call it."""
        return f"{self._source}.{kind}"

    def _is_there(self, part: Part) -> bool:
        """Whether a part lies where it was, byte for byte."""
        return is_whole(part, self.path_of(part))

    def _roots_digest(self) -> bytes:
        """The digest of what the roots' own pages say."""
        kind, number = self._place
        made = hashlib.sha256(f"{self.code} {self._kind(kind)} {number}".encode())
        self._contribute(made, kind, self._roots[0], self._roots[-1])
        return made.digest()

    def _digest(self, asks: Sequence[Ask], *, claim: bool = True) -> bytes:
        """The digest of all that goes into the block, given what its roots ask for.

        claim  False to take for granted that they get it
        """
        made = hashlib.sha256(self._of_roots)
        for root, kind, entity_id in asks:
            owner = owner_of(self._place.kind, root)
            is_ours = not claim or self._stage.use(self._kind(kind), entity_id, owner)
            made.update(_encode((root, kind, entity_id, is_ours)))
            if is_ours:
                self._contribute(made, kind, entity_id, entity_id)
        return made.digest()

    def _contribute(self, made: hashlib._Hash, kind: str, first: EntityId, last: EntityId) -> None:
        for contribution in self._stage.contributions(self._kind(kind), first, last):
            made.update(_encode(contribution))


def _unpacked(packed: bytes) -> Block:
    """A block as it was kept, behind its digest.

    raises  sqlite3.DatabaseError where it is not what was kept
    """
    digest, block = packed[:DIGEST_BYTES], packed[DIGEST_BYTES:]
    if _sha256(block) != digest:
        raise sqlite3.DatabaseError("a block is not the one that was kept")
    return _decode(block)


def _sha256(data: bytes) -> bytes:
    """The digest that stands before a block."""
    return hashlib.sha256(data).digest()


def commit_blocks(stage: Stage, snapshot: str) -> None:
    """The blocks of a build lie in a committed snapshot from now on."""
    take = "INSERT OR REPLACE INTO blocks SELECT digest, source, number, ?, block FROM made"
    stage.db.execute(take, (snapshot,))

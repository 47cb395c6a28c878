"""zstd frames by position: where they end, what they inflate to, the dictionary a file begins with.

Theory of operation. Where a frame ends is found by walking over the heads of its blocks, and the
blocks are fed to the decoder a few at a time. A block gives at most 128 KiB, so no frame, however
it was made, gives more at once than is looked at, and a frame counts only if its end, checksum
included, was reached. What is skippable, and a frame of no content, holds nothing: a *void*.
Sources: RFC 8878 section 3.1, and IIPC's Zstandard Compression for WARC Files 1.0, by which the
voids may stand anywhere and a dictionary, itself compressed or not, in a skippable frame in front.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import zstandard

from warc.window import BytesWindow, Window

FRAME_MAGIC = b"\x28\xb5\x2f\xfd"
DICTIONARY_MAGIC = b"\x5d\x2a\x4d\x18"

# Bytes that one block may inflate to, and blocks that are fed at once: 1 MiB comes out.
BLOCK_LIMIT_BYTES = 128 << 10
_BLOCKS_FED = 8

# 64 MiB: eight times what a reader must accept by the specification of .warc.zst.
DICTIONARY_LIMIT_BYTES = 64 << 20

# 2 GiB: what `zstd --long=31` needs; memory is taken only as far as a frame fills it.
_WINDOW_LIMIT_BYTES = 1 << 31

_SKIPPABLE_TAIL = b"\x2a\x4d\x18"
_SKIPPABLE_FIRST = range(0x50, 0x60)
_HEAD_BYTES = 18
_TORN = "zstd frame ends with the file, before its end"
_RAW, _RLE, _COMPRESSED = 0, 1, 2


class FrameError(ValueError):
    """A frame cannot be inflated; `is_torn` where it ends with the file."""

    def __init__(self, problem: str, *, is_torn: bool = False) -> None:
        """Say what is wrong."""
        super().__init__(problem)
        self.is_torn = is_torn


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameHead:
    """The head of a frame; of a skippable one only `size` and `skipped` count.

    size          bytes of the head, magic included
    skipped       bytes behind it that are to be skipped, None in a frame of content
    content_size  None where the frame does not say
    """

    size: int
    skipped: int | None = None
    content_size: int | None = None
    dictionary_id: int = 0
    has_checksum: bool = False


def is_frame(start: bytes) -> bool:
    """Whether the bytes begin a zstd frame, skippable ones included."""
    return start.startswith(FRAME_MAGIC) or _is_skippable(start)


def decode_frames(data: bytes, limit: int) -> bytes:
    """Inflate frames that follow each other; voids among them give nothing.

    raises  FrameError where a frame is damaged or torn, other bytes follow, or it is too long
    """
    window = BytesWindow(data)
    frames = Frames(window)
    pieces: list[bytes] = []
    total = position = 0

    def take(piece: bytes) -> None:
        nonlocal total
        total += len(piece)
        if total > limit:
            raise FrameError(f"body inflates to more than {limit} bytes")
        pieces.append(piece)

    while position < len(data):
        position = frames.void_end(position) or frames.inflate(position, take)
    return b"".join(pieces)


class Frames:
    """The frames of one file or body."""

    def __init__(self, window: Window) -> None:
        """Look at these bytes; a dictionary is read when a frame is first inflated."""
        self._window = window
        self._decoder: zstandard.ZstdDecompressor | None = None
        self._dictionary_id = 0
        self._dictionary_problem = ""

    def head(self, position: int) -> FrameHead:
        """The head of the frame at a position; raises FrameError where there is none."""
        view = bytes(self._window.view(position, _HEAD_BYTES))
        if _is_skippable(view):
            if len(view) < 8:
                raise FrameError(_TORN, is_torn=True)
            return FrameHead(size=8, skipped=int.from_bytes(view[4:8], "little"))
        if not view.startswith(FRAME_MAGIC):
            raise FrameError("no zstd frame begins here")
        return _content_head(view)

    def void_end(self, position: int) -> int | None:
        """Where the void at a position ends; None where none, or a torn one, begins."""
        try:
            head = self.head(position)
        except FrameError:
            return None
        begin = position + head.size
        if head.skipped is not None:
            end = begin + head.skipped
            return end if end <= self._window.size else None
        block = int.from_bytes(self._window.view(begin, 3), "little")
        end = begin + 3 + (4 if head.has_checksum else 0)
        is_empty = block == 1 and head.content_size in {0, None}  # the last block, raw, of 0 bytes
        return end if is_empty and end <= self._window.size else None

    def inflate(self, position: int, take: Callable[[bytes], None]) -> int:
        """Hand on what a frame of content inflates to, in pieces; where the frame ends.

        raises  FrameError; what was handed on until then counts for nothing
        """
        reached = position
        for piece, end in self.pieces(position):
            reached = end
            take(piece)
        return reached

    def beginning(self, position: int, length: int) -> bytes:
        """The first bytes that a frame inflates to; b"" where it is no good frame."""
        found = b""
        try:
            for piece, _ in self.pieces(position):
                found += piece[:length]
                if len(found) >= length:
                    break
        except FrameError:
            return b""
        return found[:length]

    def pieces(self, position: int) -> Iterator[tuple[bytes, int]]:
        """Yield what a frame inflates to, and how far in the file each piece reaches.

        raises  FrameError, also behind the last piece
        """
        head = self.head(position)
        if head.skipped is not None:
            raise FrameError(_TORN, is_torn=True)
        stream = self._decoder_for(head).decompressobj()
        fed, blocks, wanted = position, 0, 1
        end, is_last = position + head.size, False
        while not is_last:
            end, is_last = self._block_end(end)
            if is_last and head.has_checksum:
                end += 4
            if end > self._window.size:
                raise FrameError(_TORN, is_torn=True)
            blocks += 1
            if blocks < wanted and not is_last:
                continue
            try:
                piece = stream.decompress(bytes(self._window.view(fed, end - fed)))
            except zstandard.ZstdError as error:
                raise FrameError(f"zstd frame cannot be inflated: {error}") from error
            fed, blocks, wanted = end, 0, _BLOCKS_FED
            yield piece, end
        if not stream.eof or stream.unused_data:
            raise FrameError("zstd frame cannot be inflated: its end is not where it says")

    def _block_end(self, position: int) -> tuple[int, bool]:
        """Where the block at a position ends, and whether it is the last."""
        view = self._window.view(position, 3)
        if len(view) < 3:
            raise FrameError(_TORN, is_torn=True)
        head = int.from_bytes(view, "little")
        kind, size = head >> 1 & 3, head >> 3
        if kind not in {_RAW, _RLE, _COMPRESSED} or size > BLOCK_LIMIT_BYTES:
            raise FrameError("zstd frame cannot be inflated: a block is none")
        return position + 3 + (1 if kind == _RLE else size), bool(head & 1)

    def _decoder_for(self, head: FrameHead) -> zstandard.ZstdDecompressor:
        """The decoder with the file's dictionary; raises FrameError where that is another."""
        if self._decoder is None:
            self._decoder = self._made_decoder()
        if head.dictionary_id and head.dictionary_id != self._dictionary_id:
            what = self._dictionary_problem or "which is not in the file"
            raise FrameError(f"zstd frame needs dictionary {head.dictionary_id}, {what}")
        return self._decoder

    def _made_decoder(self) -> zstandard.ZstdDecompressor:
        """A decoder; where the dictionary is damaged, for the frames that need none."""
        try:
            if (data := self._dictionary()) is not None:
                dictionary = zstandard.ZstdCompressionDict(data)
                self._dictionary_id = dictionary.dict_id()
                return zstandard.ZstdDecompressor(
                    dict_data=dictionary, max_window_size=_WINDOW_LIMIT_BYTES
                )
        except (FrameError, zstandard.ZstdError) as error:
            self._dictionary_id = 0
            self._dictionary_problem = f"and the one in front of the file is damaged: {error}"
        return zstandard.ZstdDecompressor(max_window_size=_WINDOW_LIMIT_BYTES)

    def _dictionary(self) -> bytes | None:
        """The dictionary that the file begins with, inflated; None where it has none."""
        if bytes(self._window.view(0, 4)) != DICTIONARY_MAGIC:
            return None
        head = self.head(0)
        size = head.skipped or 0
        data = bytes(self._window.view(head.size, min(size, DICTIONARY_LIMIT_BYTES + 1)))
        if size > DICTIONARY_LIMIT_BYTES or len(data) < size:
            raise FrameError("it is too long or torn")
        if data.startswith(FRAME_MAGIC):
            return decode_frames(data, DICTIONARY_LIMIT_BYTES)
        return data


def _content_head(view: bytes) -> FrameHead:
    """The head of a frame of content; raises FrameError where it is torn or none."""
    if len(view) < 5:
        raise FrameError(_TORN, is_torn=True)
    described = view[4]
    if described & 8:
        raise FrameError("zstd frame cannot be inflated: its head has a reserved bit")
    is_single = bool(described & 0x20)
    at = 5 + (0 if is_single else 1)
    id_size = (0, 1, 2, 4)[described & 3]
    content_bytes = (1 if is_single else 0, 2, 4, 8)[described >> 6]
    size = at + id_size + content_bytes
    if len(view) < size:
        raise FrameError(_TORN, is_torn=True)
    said = int.from_bytes(view[at + id_size : size], "little")
    return FrameHead(
        size=size,
        content_size=said + (256 if content_bytes == 2 else 0) if content_bytes else None,
        dictionary_id=int.from_bytes(view[at : at + id_size], "little"),
        has_checksum=bool(described & 4),
    )


def _is_skippable(start: bytes) -> bool:
    """Whether the bytes begin a skippable frame."""
    return start[1:4] == _SKIPPABLE_TAIL and start[0] in _SKIPPABLE_FIRST

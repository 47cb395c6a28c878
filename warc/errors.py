"""Every error raised on purpose: one root, and the branch that says the bytes are wrong."""

from __future__ import annotations


class WarchouseError(Exception):
    """Something went wrong that the program knows how to name; its text is fit for a user."""

    exit_code = 1


class UsageError(WarchouseError):
    """The caller is wrong: an option, a setting or a path."""

    exit_code = 2


class MissingKeyError(UsageError):
    """A key that a host wants is not set."""

    exit_code = 3


class ArchiveError(WarchouseError):
    """The bytes of an archive are wrong, at a place that is named.

    problem  what is wrong, lower case, with the offending value
    file     path or name of the WARC file
    offset   byte offset in the file as it lies on disk (compressed, where it is)
    """

    exit_code = 4

    def __init__(self, problem: str, *, file: str, offset: int) -> None:
        """Say what is wrong, and where."""
        super().__init__(f"{problem} ({file}, byte {offset})")
        self.problem = problem
        self.file = file
        self.offset = offset


class RecordSyntaxError(ArchiveError):
    """A record's head breaks the rules of the WARC format."""


class TruncatedRecord(ArchiveError):
    """A record ends before its own Content-Length or its gzip member says."""


class CorruptMember(ArchiveError):
    """A gzip member cannot be inflated, or its checksum or length disagrees."""


class DigestMismatch(ArchiveError):
    """A digest written in a record differs from the one its bytes give."""

    def __init__(self, *, name: str, expected: str, computed: str, file: str, offset: int) -> None:
        """Name the field and both values."""
        super().__init__(
            f"{name} says {expected}, the bytes give {computed}", file=file, offset=offset
        )
        self.expected = expected
        self.computed = computed


class UnresolvedRevisit(ArchiveError):
    """A revisit refers to a capture that is nowhere in the archives read."""


class UndecodableBody(ArchiveError):
    """A body is not what its Transfer-Encoding or Content-Encoding says."""


class CollectionError(WarchouseError):
    """A collection is locked, unwritable or not one; nothing was changed."""

    exit_code = 4


class JournalError(WarchouseError):
    """A journal of admin data cannot be read, or a line of it is damaged."""

    exit_code = 4

    def __init__(self, problem: str, *, file: str, line: int = 0) -> None:
        """Say what is wrong, and where; line 0: the file as a whole."""
        super().__init__(f"{file}: " + (f"line {line}: " if line else "") + problem)
        self.problem = problem
        self.file = file
        self.line = line

"""The branch of errors that says a page cannot be read by its parser."""

from __future__ import annotations

from warc.errors import WarchouseError


class ParseError(WarchouseError):
    """A page is not readable by its parser; the capture counts as failed.

    problem  what is wrong, lower case
    field    the part of the page concerned
    """

    def __init__(self, problem: str, *, field: str = "") -> None:
        """Say what is wrong, and with which part."""
        super().__init__(f"{problem} ({field})" if field else problem)
        self.problem = problem
        self.field = field


class ValueFormatError(ParseError):
    """A text is not the number, percentage or time it should be."""

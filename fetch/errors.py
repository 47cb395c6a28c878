"""Why a page could not be had: the branch of errors that belongs to the network."""

from __future__ import annotations

from warc.errors import WarchouseError


class FetchError(WarchouseError):
    """A request got no usable answer.

    url       what was asked for
    problem   what went wrong, lower case
    """

    def __init__(self, problem: str, *, url: str) -> None:
        """Say what is wrong, and with which URL."""
        super().__init__(f"{url}: {problem}")
        self.problem = problem
        self.url = url


class BrokeDown(FetchError):
    """The transport itself failed, which says nothing about the host."""


class Unreachable(FetchError):
    """No connection came about: unknown host, refused port, failed TLS handshake."""


class ConnectionLost(FetchError):
    """The connection closed before the head of a response had arrived."""


class TimedOut(FetchError):
    """The deadline passed before the head of a response had arrived."""


class BadAnswer(FetchError):
    """What came back is not HTTP as the client understands it."""

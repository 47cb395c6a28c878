"""Chromium's names of network errors, as the crawl's. Data."""

from __future__ import annotations

from fetch.errors import BadAnswer, ConnectionLost, FetchError, TimedOut, Unreachable

_KINDS: tuple[tuple[type[FetchError], str, tuple[str, ...]], ...] = (
    (Unreachable, "the host name is unknown", ("NAME_NOT_RESOLVED", "NAME_RESOLUTION_FAILED")),
    (Unreachable, "no connection: Connection refused", ("CONNECTION_REFUSED",)),
    (Unreachable, "no connection in time", ("CONNECTION_TIMED_OUT",)),
    (
        Unreachable,
        "no connection",
        (
            "ADDRESS_",
            "INTERNET_DISCONNECTED",
            "NETWORK_",
            "CONNECTION_FAILED",
            "SOCKET_",
            "UNSAFE_PORT",
        ),
    ),
    (Unreachable, "no secure connection", ("CERT_", "SSL_", "BAD_SSL", "ECH_")),
    (TimedOut, "the browser gave up waiting", ("TIMED_OUT",)),
    (
        BadAnswer,
        "not HTTP as expected",
        (
            "INVALID_HTTP_RESPONSE",
            "RESPONSE_HEADERS",
            "INVALID_RESPONSE",
            "INVALID_REDIRECT",
            "UNSAFE_REDIRECT",
            "TOO_MANY_REDIRECTS",
            "INVALID_URL",
            "UNKNOWN_URL_SCHEME",
            "CONTENT_DECODING",
            "HTTP_1_1_REQUIRED",
        ),
    ),
)


def failure_of(text: str, url: str) -> FetchError:
    """Our name for a failure before the head of a response.

    text  as the browser says it

    >>> failure_of("net::ERR_CONNECTION_REFUSED", "http://a/")
    Unreachable('http://a/: no connection: Connection refused (net::ERR_CONNECTION_REFUSED)')
    """
    name = text.removeprefix("net::ERR_")
    for kind, problem, starts in _KINDS:
        if name.startswith(starts):
            return kind(f"{problem} ({text})", url=url)
    return ConnectionLost(f"the connection closed before an answer ({text})", url=url)

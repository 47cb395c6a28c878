"""The one thing a crawl needs of a network: a request in, an exchange out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from warc.exchange import Exchange

# Seconds for one exchange, head and body: a browser's navigation deadline on this kind of site
# is 30 to 45 (spec/hltv.md 9.4); large bodies on slow lines need more.
DEADLINE_S = 60.0

# Bytes of body as sent. The largest page known, a DOM dump, is 6.2 MB uncompressed
# (spec/hltv.md 2); what is longer is no page and is cut, and marked as cut.
MAX_BODY = 64 * 2**20


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One GET request; a redirect it leads to is another one.

    url         absolute, already in the form that goes on the wire
    deadline_s  seconds from sending until the last byte of the body
    max_body    bytes of body, still encoded, after which it is cut
    """

    url: str
    deadline_s: float = DEADLINE_S
    max_body: int = MAX_BODY


class Transport(Protocol):
    """Performs single exchanges."""

    async def fetch(self, request: Request) -> Exchange:
        """Send one request and record both sides of it.

        A body that stops early gives an exchange whose `truncated` says why.
        raises  FetchError when no head of a response arrived
        """

    async def close(self) -> None:
        """Let go of connections."""

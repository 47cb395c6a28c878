"""The one thing a crawl needs of a network: a request in, its exchanges out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from warc.exchange import Exchange, Resource

HTML = "text/html,application/xhtml+xml,application/json;q=0.9,*/*;q=0.8"
"""Media types that a crawl of pages asks for."""

# Seconds for one exchange, head and body: a browser's navigation deadline on this kind of site
# is 30 to 45 (spec/hltv.md 9.4); large bodies on slow lines need more.
DEADLINE_S = 60.0

# Bytes of body as sent. The largest page known, a DOM dump, is 6.2 MB uncompressed
# (spec/hltv.md 2); what is longer is no page and is cut, and marked as cut.
MAX_BODY = 64 * 2**20


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One page asked for with GET.

    url         absolute, already in the form that goes on the wire
    headers     sent besides the transport's own: If-None-Match and the like
    deadline_s  seconds from sending until the last byte of the body
    max_body    bytes of body, still encoded, after which it is cut
    follows     whether a redirect to this absolute URL may be followed; a transport that cannot
                follow one by itself never asks
    admits      whether the page's own response may be shown, so that its scripts run; a transport
                that shows nothing never asks
    is_whole    whether a shown page's DOM, in UTF-8, has all that its scripts bring; where not,
                the page is watched on, within the transport's patience
    """

    url: str
    headers: tuple[tuple[str, str], ...] = ()
    deadline_s: float = DEADLINE_S
    max_body: int = MAX_BODY
    follows: Callable[[str], bool] = lambda _url: False
    admits: Callable[[Exchange], bool] = lambda _exchange: True
    is_whole: Callable[[bytes], bool] = lambda _dom: True


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """What came of one request.

    hops       exchanges of the page itself, at least one: redirects that were followed, and last
               the answer (or a redirect that was not followed)
    parts      exchanges that the page asked for by itself once it was shown: XHR, JSON
    resources  what was made of the shown page: its DOM, a list of its parts, a picture
    """

    hops: tuple[Exchange, ...]
    parts: tuple[Exchange, ...] = ()
    resources: tuple[Resource, ...] = ()


class Transport(Protocol):
    """Asks for pages."""

    async def fetch(self, request: Request) -> Fetched:
        """Ask for one page and record both sides of every exchange.

        A body that stops early gives an exchange whose `truncated` says why.
        raises  FetchError when no head of a response arrived; BrokeDown for its own fault
        """

    async def close(self) -> None:
        """Let go of connections and processes."""

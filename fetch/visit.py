"""One page asked for: every redirect hop at the host's pace, every answer archived and judged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import urljoin, urlsplit

from fetch.answer import read_answer
from fetch.gate import Gate, host_of
from fetch.retry import retry_after
from fetch.spool import release
from fetch.transport import Request, Transport
from warc.collection import Collection
from warc.exchange import Exchange, Note, body_size
from warc.sites.page import Judgement, PageRef, Response, Site

# Redirect hops followed for one page; a site that moved a page needs one or two.
MAX_HOPS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A page to ask for, and how it was found.

    page      None for what is of no page type: robots.txt
    priority  place in the queue, lower is sooner
    hops      links between the seed and this page
    attempts  requests for it that failed
    """

    url: str
    page: PageRef | None
    priority: int = 0
    hops: int = 0
    attempts: int = 0
    found_on: str = ""

    @property
    def host(self) -> str:
        """Whose pace it obeys."""
        return host_of(self.url)


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """What the last answer to a task was.

    capture_id     the last hop's, for the manifest
    url            the last hop's
    headers        lower-case names
    body           decoded; b"" where it cannot be decoded or is longer than any page
    is_whole       whether the body came to its end and could be decoded
    size           bytes of all bodies as sent
    retry_after_s  what the host asked for
    """

    capture_id: int
    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    judged: Judgement
    size: int
    is_whole: bool = True
    retry_after_s: float | None = None


class Visitor:
    """Asks for pages, and archives what comes before anyone reads it."""

    def __init__(
        self,
        *,
        site: Site,
        transport: Transport,
        collection: Collection,
        gate: Gate,
        deadline_s: float,
    ) -> None:
        """Bring transport and archive together."""
        self._site = site
        self._transport = transport
        self._collection = collection
        self._gate = gate
        self._deadline_s = deadline_s

    async def visit(self, task: Task) -> Visit:
        """Ask for a page and follow its redirects within its own host.

        raises  FetchError when a hop got no answer, Stopped when the crawl shall end before one;
                the hops before it are archived
        """
        url, size, trail, via = task.url, 0, "L" * task.hops, task.found_on
        for hop in range(MAX_HOPS + 1):
            await self._gate.turn(host_of(url))
            fetched = await self._transport.fetch(Request(url=url, deadline_s=self._deadline_s))
            (exchange,) = fetched.hops
            size += body_size(exchange.body)
            visit = self._archive(exchange, task, via=via, trail=trail, size=size)
            if visit.judged.verdict != "redirect":
                return visit
            self._gate.answered(host_of(url))
            target, problem = _next_hop(visit.headers.get("location", ""), url)
            if problem or hop == MAX_HOPS:
                judged = Judgement("error", problem or f"more than {MAX_HOPS} redirects")
                return replace(visit, judged=judged, body=b"")
            url, via, trail = target, url, trail + "R"
        raise AssertionError("the loop returns in its last round")

    def _archive(self, exchange: Exchange, task: Task, *, via: str, trail: str, size: int) -> Visit:
        """Judge an exchange and hand it to the collection."""
        answer = read_answer(exchange, limit=self._site.max_page_bytes)
        response = Response(status=answer.status, headers=answer.headers, body=answer.body or b"")
        judged = self._judge(exchange, task.page, response, decodable=answer.body is not None)
        note = Note(
            fields=(
                *((("via", via),) if via else ()),
                ("hopsFromSeed", trail),
                ("source", self._site.name),
                *((("verdict-reason", judged.reason),) if judged.reason else ()),
            )
        )
        capture_id = self._collection.add(
            exchange, note, page=task.page, page_url=task.url, verdict=judged.verdict
        )
        release(exchange.body)
        return Visit(
            capture_id=capture_id,
            url=exchange.url,
            status=answer.status,
            headers=answer.headers,
            body=response.body,
            judged=judged,
            size=size,
            is_whole=answer.body is not None and not exchange.truncated,
            retry_after_s=retry_after(answer.headers.get("retry-after"), now=exchange.started_at),
        )

    def _judge(
        self, exchange: Exchange, page: PageRef | None, response: Response, *, decodable: bool
    ) -> Judgement:
        """What an answer is worth; a body that was cut or cannot be decoded is never content."""
        if 300 <= response.status < 400 and response.headers.get("location"):
            return Judgement("redirect", f"status {response.status}")
        if page is None:
            return Judgement("unknown")
        size = body_size(exchange.body)
        if size > self._site.max_page_bytes and response.status == 200:
            return Judgement("wrong_page", f"body of {size} bytes is longer than any page")
        judged = self._site.judge(page, response)
        if judged.verdict == "content" and exchange.truncated:
            return Judgement("truncated", f"cut in transit: {exchange.truncated}")
        if not decodable and judged.verdict not in {"block", "challenge"}:
            return Judgement("truncated", "the body is not what its coding says")
        return judged


def _next_hop(location: str, url: str) -> tuple[str, str]:
    """Where a redirect leads, or why it is not followed."""
    try:
        target = urljoin(url, location.strip()).partition("#")[0]
        leaves = urlsplit(target).netloc != urlsplit(url).netloc
    except ValueError:
        return "", f"redirect to {location[:80]!r}, which is no URL"
    if leaves:
        return "", f"redirect to another site: {target[:80]}"
    return target, ""

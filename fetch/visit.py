"""One page asked for: every redirect hop at the host's pace, every answer archived and judged."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from urllib.parse import urljoin, urlsplit

from fetch.allowance import patience_asked, pause_allowed
from fetch.answer import Answer
from fetch.disk_space import DiskSpace
from fetch.errors import BrokeDown
from fetch.judge import Judge
from fetch.log import LOGGER
from fetch.retry import retry_after
from fetch.spool import release
from fetch.throttle import Throttle, host_of
from fetch.transport import Fetched, Request, Transport
from warc.capture_reader import LOOKED_AT, NOT_MODIFIED_STATUS, Validators
from warc.collection import Collection
from warc.errors import ArchiveError
from warc.exchange import Exchange, Note, body_size
from warc.http import decode_body
from warc.sites.page import Judgement, PageRef, Site

# Redirect hops followed for one page; a site that moved a page needs one or two.
MAX_HOPS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A page to ask for, and how it was found.

    page      None for what is of no page type: robots.txt
    priority  place in the queue, lower is sooner
    hops      links between the seed and this page
    attempts  requests for it that failed
    is_free   its host does not limit pages of its type
    """

    url: str
    page: PageRef | None
    priority: int = 0
    hops: int = 0
    attempts: int = 0
    found_on: str = ""
    is_free: bool = False

    @property
    def host(self) -> str:
        """Whose pace it obeys; redirects stay on it."""
        return host_of(self.url, is_free=self.is_free)


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """What the last answer to a task was.

    capture_id     the last hop's, for the manifest
    url            the last hop's
    headers        lower-case names
    body           decoded; b"" where it cannot be decoded or is longer than any page; of a page
                   that is content only as a browser shows it, the DOM
    is_whole       whether the body came to its end and could be decoded
    size           bytes of all bodies as sent
    retry_after_s  what the host asked for
    pause_s        seconds after which the host's own count of requests allows the next
    is_unchanged   whether the page says what its last good capture said
    barred         why robots.txt does not let the crawl go where the page has moved
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
    pause_s: float | None = None
    is_unchanged: bool = False
    barred: str = ""


@dataclass(slots=True, kw_only=True)
class _Journey:
    """How far the visit of one page has come.

    url    asked for next
    via    where it was found: a page, or the redirect that led there
    trail  the hops from the seed, as hopsFromSeed
    bars   answers why a redirect's target must not be asked for
    size   bytes of bodies that came so far
    """

    task: Task
    url: str
    via: str
    trail: str
    bars: Callable[[str], str]
    size: int = 0
    redirects: int = 0
    problem: str = ""
    barred: str = ""

    def follow(self, location: str) -> bool:
        """Go where a redirect leads, if that may be; otherwise say why not."""
        target, self.problem = _next_hop(location, self.url)
        if not self.problem and self.redirects >= MAX_HOPS:
            self.problem = f"more than {MAX_HOPS} redirects"
        if not self.problem and (why := self.bars(target)):
            self.problem = self.barred = f"redirect to {target[:80]}: {why}"
        if self.problem:
            return False
        self.go_to(target)
        return True

    def go_to(self, target: str) -> None:
        """Take one redirect."""
        self.redirects += 1
        self.url, self.via, self.trail = target, self.url, self.trail + "R"


class Visitor:
    """Asks for pages, and archives what comes before anyone reads it.

    disk      of the archive that the archive is on, None: it is not looked at
    fallback  asks for pages that `transport` does not take whole; None: nobody does
    """

    def __init__(
        self,
        *,
        site: Site,
        transport: Transport,
        collection: Collection,
        throttle: Throttle,
        deadline_s: float,
        disk: DiskSpace | None = None,
        fallback: Transport | None = None,
    ) -> None:
        """Bring transport and archive together."""
        self._site = site
        self._judge = Judge(site)
        self._transport = transport
        self._collection = collection
        self._throttle = throttle
        self._deadline_s = deadline_s
        self._disk = disk
        self._fallback = fallback

    async def visit(self, task: Task, *, bars: Callable[[str], str] = lambda _url: "") -> Visit:
        """Ask for a page and follow its redirects within its own host.

        bars    why robots.txt does not allow a redirect's target; "" if it does
        raises  FetchError when a hop got no answer, Stopped when the crawl shall end before one,
                DiskLow; the hops before it are archived
        """
        trail = "L" * task.hops
        journey = _Journey(task=task, url=task.url, via=task.found_on, trail=trail, bars=bars)
        transport, hung = self._transport, False
        while True:
            known = self._known(journey)
            fetched = await self._ask(transport, journey, known)
            visit = self._archive(fetched, journey, known)
            if visit.judged.verdict == "redirect":
                self._throttle.answered(task.host)
                if not journey.follow(visit.headers.get("location", "")):
                    return _stranded(visit, journey)
            elif fetched.hops[-1].truncated == "length" and self._takes_over(transport):
                assert self._fallback is not None
                transport = self._fallback
                self._throttle.answered(task.host)
            elif not hung and self._is_unread(visit, fetched, task):
                hung = True  # The browser's fault or the page's: another try tells.
            else:
                return visit

    async def _ask(
        self, transport: Transport, journey: _Journey, known: Validators | None
    ) -> Fetched:
        """Ask once it is the host's turn, and once more where the transport itself broke down."""
        await self._throttle.turn(journey.task.host)
        if self._disk is not None:
            self._disk.check()
        try:
            return await transport.fetch(self._request(journey, known))
        except BrokeDown as error:
            LOGGER.info("asked again: %s", error)
        await self._throttle.turn(journey.task.host)
        return await transport.fetch(self._request(journey, known))

    def _is_unread(self, visit: Visit, fetched: Fetched, task: Task) -> bool:
        """Whether a page came whose DOM is read too, and could not be."""
        lacks_dom = self._judge.lacks_dom(task.page, fetched.resources)
        return visit.judged.verdict == "content" and lacks_dom

    def _takes_over(self, transport: Transport) -> bool:
        """Whether another transport can be asked for what this one does not take whole."""
        return self._fallback is not None and transport is not self._fallback

    def _known(self, journey: _Journey) -> Validators | None:
        """What the archive knows of a page's last good capture, to ask only for what is newer."""
        page = journey.task.page
        shown = self._fallback is not None and self._judge.is_rendered(page)
        # What a script adds to a page may change where the page itself does not.
        return None if page is None or shown else self._collection.validators(journey.url)

    def _request(self, journey: _Journey, known: Validators | None) -> Request:
        """What is asked of the transport."""
        redirects = journey.redirects

        def follows(target: str) -> bool:
            nonlocal redirects
            redirects += 1
            _, problem = _next_hop(target, journey.url)
            return not problem and redirects <= MAX_HOPS and not journey.bars(target)

        return Request(
            url=journey.url,
            headers=known.headers if known else (),
            deadline_s=self._deadline_s,
            follows=follows,
            admits=lambda exchange: self._judge.admits(journey.task.page, exchange),
            is_whole=lambda dom: self._judge.is_whole(journey.task.page, dom),
        )

    def _archive(self, fetched: Fetched, journey: _Journey, known: Validators | None) -> Visit:
        """Hand everything that came to the collection: the page itself last, so that it counts
        only once all of it is there.
        """
        exchanges = (*fetched.hops, *fetched.parts)
        size = sum(body_size(exchange.body) for exchange in exchanges)
        try:
            if self._disk is not None:
                self._disk.check(size)
            journey.size += size
            *passed, last = fetched.hops
            for exchange, following in zip(passed, fetched.hops[1:], strict=True):
                self._add_redirect(exchange, journey)
                journey.go_to(following.url)
            for part in fetched.parts:
                self._add_part(part, journey, page_url=last.url)
            visit = self._add_page(last, fetched, journey, known)
            return self._stopped_by_wall(visit, fetched.parts)
        finally:
            for exchange in exchanges:
                release(exchange.body)

    def _stopped_by_wall(self, visit: Visit, parts: tuple[Exchange, ...]) -> Visit:
        """The visit, or the refusal that the page's own host gave to what the page asked for."""
        for part in parts:
            wall = self._judge.wall(part) if host_of(part.url) == host_of(visit.url) else None
            if wall is not None:
                return replace(visit, url=part.url, judged=wall)
        return visit

    def _add_redirect(self, exchange: Exchange, journey: _Journey) -> None:
        """A hop that the transport followed by itself."""
        judged = self._judge.judged(journey.task.page, exchange)[0]
        self._collection.add(
            exchange,
            self._note(journey, judged),
            page=journey.task.page,
            page_url=journey.task.url,
            verdict=judged.verdict,
        )

    def _add_part(self, exchange: Exchange, journey: _Journey, *, page_url: str) -> None:
        """An exchange that a shown page asked for by itself."""
        fields = (
            ("via", page_url),
            ("hopsFromSeed", journey.trail + "E"),
            ("source", self._site.name),
        )
        self._collection.add(exchange, Note(fields=fields), page=None, verdict="unknown")
        answer = self._judge.judged(None, exchange)[1]
        if answer.status in {429, 503}:
            asked_s = retry_after(answer.headers.get("retry-after"), now=exchange.started_at)
            self._throttle.troubled(host_of(exchange.url), asked_s)

    def _add_page(
        self, exchange: Exchange, fetched: Fetched, journey: _Journey, known: Validators | None
    ) -> Visit:
        """The last hop: the page, or a redirect that was not followed."""
        page = journey.task.page
        judged, answer = self._judge.judged(page, exchange)
        body, shown = answer.body or b"", self._judge.judged_dom(page, fetched.resources)
        again: Validators | None = None
        if answer.status == NOT_MODIFIED_STATUS and known is not None:
            stored = self._stored(known)
            if stored is not None:
                again, body, judged = known, stored, Judgement("content")
        capture_id = self._collection.add(
            exchange,
            self._note(journey, judged),
            page=page,
            page_url=journey.task.url,
            verdict=judged.verdict,
            resources=fetched.resources,
            dom_verdict=shown[0].verdict if shown else None,
            revalidates=again.capture if again else None,
        )
        is_unfinished = judged.verdict in {"wrong_page", "truncated"}
        if shown and is_unfinished and shown[0].verdict == "content":
            judged, body = shown
        return Visit(
            capture_id=capture_id,
            url=exchange.url,
            status=answer.status,
            headers=answer.headers,
            body=body,
            judged=judged,
            size=journey.size,
            is_whole=answer.body is not None and not exchange.truncated,
            retry_after_s=_asked_patience(answer, exchange),
            pause_s=pause_allowed(answer.headers, now=exchange.started_at),
            is_unchanged=judged.verdict == "content" and self._says_the_same(capture_id, exchange),
        )

    def _note(self, journey: _Journey, judged: Judgement) -> Note:
        """What the archive keeps beside an exchange."""
        fields = (
            ("via", journey.via),
            ("hopsFromSeed", journey.trail),
            ("source", self._site.name),
            ("verdict-reason", judged.reason),
        )
        said = ((name, value) for name, value in fields if value or name == "hopsFromSeed")
        return Note(fields=tuple(said))

    def _stored(self, known: Validators) -> bytes | None:
        """The body that a page still has; None where the archive cannot give it."""
        try:
            return decode_body(self._collection.read_capture(known.capture))
        except ArchiveError as error:
            LOGGER.warning("%s cannot be read from the archive: %s", known.capture.url, error)
            return None

    def _says_the_same(self, capture_id: int, exchange: Exchange) -> bool:
        """Whether the newest content of this URL before a capture had the same body."""
        captures = self._collection.manifest.captures_of(exchange.url, most=LOOKED_AT)
        own = next((one for one in captures if one.id == capture_id), None)
        before = (one for one in captures if one.id < capture_id and one.verdict == "content")
        last = max(before, key=lambda one: one.id, default=None)
        if own is None or last is None:
            return False
        return own.status == NOT_MODIFIED_STATUS or own.payload_digest == last.payload_digest


def _stranded(visit: Visit, journey: _Journey) -> Visit:
    """A visit that ends at a redirect which is not followed."""
    return Visit(
        capture_id=visit.capture_id,
        url=visit.url,
        status=visit.status,
        headers=visit.headers,
        body=b"",
        judged=Judgement("error", journey.problem),
        size=visit.size,
        is_whole=visit.is_whole,
        barred=journey.barred,
    )


def _asked_patience(answer: Answer, exchange: Exchange) -> float | None:
    """Seconds that the host asked for."""
    now = exchange.started_at
    asked_s = retry_after(answer.headers.get("retry-after"), now=now)
    if asked_s is None and answer.status == 429:
        return patience_asked(answer.headers, now=now)
    return asked_s


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

"""Whether a URL may be asked for: the robots.txt of its host, archived and kept for a day."""

from __future__ import annotations

import asyncio

from fetch.clock import Clock
from fetch.errors import FetchError
from fetch.gate import Gate, host_of
from fetch.log import LOGGER
from fetch.report import Refusal
from fetch.rests import HostRests
from fetch.robots import RobotsRules, read_rules, robots_url, unreachable
from fetch.visit import Task, Visit, Visitor
from warc.collection import Collection
from warc.errors import ArchiveError
from warc.http import decode_body
from warc.sites.page import Response
from warc.sites.refusals import wall_of


class Turned(Exception):
    """A site refuses the crawl."""

    def __init__(self, refusal: Refusal) -> None:
        """Carry what a person must know."""
        super().__init__(refusal.problem)
        self.refusal = refusal


class Admission:
    """Knows the rules of every host the crawl meets.

    obeys  False where the operator overrides what robots.txt forbids: it is asked for, archived
           and slows the crawl down as ever, but refuses nothing
    """

    def __init__(
        self,
        *,
        visitor: Visitor,
        collection: Collection,
        gate: Gate,
        clock: Clock,
        rests: HostRests | None = None,
        obeys: bool = True,
    ) -> None:
        """Know no host yet but those that asked an earlier run for patience."""
        self._visitor = visitor
        self._collection = collection
        self._gate = gate
        self._clock = clock
        self._rests = rests
        self._obeys = obeys
        self._rules: dict[str, RobotsRules] = {}
        self._asking = asyncio.Lock()

    async def why_not(self, url: str) -> str:
        """Why a URL must not be asked for; "" if it may.

        raises  Turned when the host refuses everything, FetchError when it cannot be reached
        """
        if self._rests is not None and (refusal := self._rests.refusal(url)):
            raise Turned(refusal)
        async with self._asking:
            rules = await self._rules_of(url)
        if not self._obeys:
            return ""
        if rules.refusal:
            raise Turned(
                Refusal(
                    problem=rules.refusal, url=robots_url(url), retry_after_s=rules.retry_after_s
                )
            )
        return rules.why_not(url)

    def bars(self, url: str) -> str:
        """Why a redirect to a URL of a host that was met must not be followed; "" if it may."""
        rules = self._rules.get(host_of(url))
        return rules.why_not(url) if rules is not None and self._obeys else ""

    async def _rules_of(self, url: str) -> RobotsRules:
        """The rules of a URL's host, not older than a day."""
        host = host_of(url)
        rules = self._rules.get(host)
        if rules is None or not rules.is_fresh(self._clock.now()):
            rules = self._archived(url) or await self._ask(url, first=rules is None)
            self._rules[host] = rules
            self._gate.slow_down(host, rules.crawl_delay_s())
        return rules

    def _archived(self, url: str) -> RobotsRules | None:
        """The rules of a host from an earlier crawl, if they are still fresh."""
        capture = next(iter(self._collection.manifest.captures_of(robots_url(url))), None)
        if capture is None or capture.truncated:
            return None
        if capture.status >= 429 or 300 <= capture.status < 400:
            return None
        try:
            message = self._collection.read_capture(capture)
            body = decode_body(message)
        except ArchiveError as error:
            LOGGER.warning("robots.txt of an earlier crawl is not readable: %s", error)
            return None
        headers = {name.lower(): value for name, value in message.fields}
        response = Response(status=message.status, headers=headers, body=body)
        if wall_of(response, plausible=False):
            return None  # The site said no, which is no rule to go by.
        rules = read_rules(message.status, body, read_at=capture.fetched_at)
        return rules if rules.is_fresh(self._clock.now()) else None

    async def _ask(self, url: str, *, first: bool) -> RobotsRules:
        """Ask a host for its rules; archived like any other answer."""
        target = robots_url(url)
        now = self._clock.now()
        try:
            visit = await self._visitor.visit(Task(url=target, page=None))
        except FetchError as error:
            self._gate.troubled(host_of(url), None)
            if first:
                raise
            return unreachable(error.problem, read_at=now)
        if visit.status == 429 or visit.status >= 500:
            self._gate.troubled(host_of(url), visit.retry_after_s)
        else:
            self._gate.answered(host_of(url))
        self._refuse_walls(visit)
        if 200 <= visit.status < 300 and not visit.is_whole:
            # What was cut away may have been the rules: as good as unreachable (2.3.1.4).
            return unreachable("its answer was cut or cannot be decoded", read_at=now)
        return read_rules(visit.status, visit.body, read_at=now, retry_after_s=visit.retry_after_s)

    def _refuse_walls(self, visit: Visit) -> None:
        """Leave where a bot wall stands before robots.txt; a bare 4xx allows (RFC 9309)."""
        response = Response(status=visit.status, headers=visit.headers, body=visit.body)
        if wall := wall_of(response, plausible=False):
            self._gate.shut()
            raise Turned(
                Refusal(
                    problem=wall.reason,
                    url=visit.url,
                    retry_after_s=visit.retry_after_s,
                    is_wall=True,
                )
            )

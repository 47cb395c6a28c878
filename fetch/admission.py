"""Whether a URL may be asked for: the robots.txt of its host, archived and kept for a day."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import NoReturn

from fetch.clock import Clock
from fetch.cooldown import Cooldowns
from fetch.errors import FetchError
from fetch.log import LOGGER
from fetch.report import Refusal, span
from fetch.robots import RobotsRules, read_rules, robots_url, unreachable
from fetch.throttle import Throttle, host_of
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
    say    told of a host that asks for a slower pace than the crawl's own
    """

    def __init__(
        self,
        *,
        visitor: Visitor,
        collection: Collection,
        throttle: Throttle,
        clock: Clock,
        cooldowns: Cooldowns,
        obeys: bool = True,
        say: Callable[[str], None],
    ) -> None:
        """Know no host yet but those that asked an earlier run for patience."""
        self._visitor = visitor
        self._collection = collection
        self._throttle = throttle
        self._clock = clock
        self._cooldowns = cooldowns
        self._obeys = obeys
        self._say = say
        self._rules: dict[str, RobotsRules] = {}
        self._asking = asyncio.Lock()

    async def why_not(self, url: str) -> str:
        """Why a URL must not be asked for; "" if it may.

        raises  Turned when the host refuses everything, FetchError when it cannot be reached
        """
        if refusal := self._cooldowns.refusal(url):
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

    def turn_away(
        self, reason: str, *, url: str, retry_after_s: float | None, advice: str = ""
    ) -> NoReturn:
        """Leave a site that blocks the crawl: nothing more is asked of anyone; raises Turned.

        advice  what a person can do about it: then the site is not left alone for an hour
        """
        self._throttle.shut()
        raise Turned(
            Refusal(
                problem=reason,
                url=url,
                retry_after_s=retry_after_s,
                is_wall=not advice,
                advice=advice,
            )
        )

    def bars(self, url: str) -> str:
        """Why a redirect to a URL of a host that was met must not be followed; "" if it may."""
        rules = self._rules.get(host_of(url))
        return rules.why_not(url) if rules is not None and self._obeys else ""

    async def _rules_of(self, url: str) -> RobotsRules:
        """The rules of a URL's host, not older than a day."""
        host = host_of(url)
        rules = self._rules.get(host)
        if rules is None or not rules.is_fresh(self._clock.now()):
            known = self._archived(url)
            rules = known or await self._ask(url, first=rules is None)
            self._rules[host] = rules
            self._slow_down(host, rules.crawl_delay_s())
            if known is None:
                self._throttle.rest(host, rules.crawl_delay_s())  # robots.txt was a request, too
        return rules

    def _slow_down(self, host: str, crawl_delay_s: float) -> None:
        """Keep the pace that a host asks for, and say so where it is not the crawl's own."""
        before = self._throttle.pace_of(host)
        self._throttle.slow_down(host, crawl_delay_s)
        if (pace := self._throttle.pace_of(host)) != before:
            self._say(f"{host} asks for {span(crawl_delay_s)} between requests: pace {pace} there.")

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
            self._throttle.troubled(host_of(url), None)
            if first:
                raise
            return unreachable(error.problem, read_at=now)
        if visit.status == 429 or visit.status >= 500:
            self._throttle.troubled(host_of(url), visit.retry_after_s)
        else:
            self._throttle.answered(host_of(url))
        self._refuse_walls(visit)
        if 200 <= visit.status < 300 and not visit.is_whole:
            # What was cut away may have been the rules: as good as unreachable (2.3.1.4).
            return unreachable("its answer was cut or cannot be decoded", read_at=now)
        return read_rules(
            visit.status,
            visit.body,
            read_at=now,
            reason=visit.judged.reason,
            retry_after_s=visit.retry_after_s,
        )

    def _refuse_walls(self, visit: Visit) -> None:
        """Leave where a bot wall stands before robots.txt; a bare 4xx allows (RFC 9309)."""
        response = Response(status=visit.status, headers=visit.headers, body=visit.body)
        if wall := wall_of(response, plausible=False):
            self.turn_away(wall.reason, url=visit.url, retry_after_s=visit.retry_after_s)

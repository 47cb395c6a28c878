"""What robots.txt allows (RFC 9309): 2xx is read, 4xx allows everything, the rest nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from protego import Protego

# The name robots.txt files address us by: the product token of the User-Agent.
AGENT = "Warchouse"

# RFC 9309 section 2.4: a cached copy is not to be used for longer.
MAX_AGE = timedelta(hours=24)

# Seconds. A site that wants fewer pages than one an hour does not want to be crawled.
LONGEST_DELAY_S = 3600.0

# Bytes read of a robots.txt; RFC 9309 section 2.5 asks for 500 KiB at least.
MAX_BYTES = 512_000


@dataclass(frozen=True, slots=True)
class RobotsRules:
    """What one host allows, and since when that is known.

    refusal        why everything is refused, "" if it is not
    parsed         the rules, None where everything is allowed or refused
    retry_after_s  what a host that refuses asked for
    """

    read_at: datetime
    parsed: Protego | None = None
    refusal: str = ""
    retry_after_s: float | None = None

    def is_fresh(self, now: datetime) -> bool:
        """Whether the rules may still be relied on."""
        return now - self.read_at < MAX_AGE

    def why_not(self, url: str) -> str:
        """Why a URL must not be asked for; "" if it may."""
        if self.refusal:
            return self.refusal
        if self.parsed is not None and not self.parsed.can_fetch(url, AGENT):
            return "robots.txt disallows it"
        return ""

    def crawl_delay_s(self) -> float:
        """Seconds between requests that the host asks for; 0 if it asks for nothing."""
        delay = self.parsed.crawl_delay(AGENT) if self.parsed is not None else None
        return float(delay or 0.0)


def robots_url(url: str) -> str:
    """Where the robots.txt of a URL's host lies."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}/robots.txt"


def read_rules(
    status: int,
    body: bytes,
    *,
    read_at: datetime,
    reason: str = "",
    retry_after_s: float | None = None,
) -> RobotsRules:
    """The rules that an answer to a request for robots.txt gives (RFC 9309 section 2.3.1).

    reason  what more there is to say of an answer that gives no rules
    """
    if 200 <= status < 300:
        # A byte order mark would hide the first line, and with it a whole group of rules.
        text = body[:MAX_BYTES].decode("utf-8-sig", "replace")
        rules = RobotsRules(read_at, parsed=Protego.parse(text))
        if (delay_s := rules.crawl_delay_s()) > LONGEST_DELAY_S:
            wish = f"robots.txt asks for {delay_s:,.0f} s between requests (Crawl-delay)"
            return RobotsRules(read_at, refusal=wish)
        return rules
    if 400 <= status < 500 and status != 429:
        return RobotsRules(read_at)
    problem = f"robots.txt answered status {status}" + (f" ({reason})" if reason else "")
    return RobotsRules(read_at, refusal=problem, retry_after_s=retry_after_s)


def unreachable(problem: str, *, read_at: datetime) -> RobotsRules:
    """The rules of a host whose robots.txt could not be asked for: nothing is allowed."""
    return RobotsRules(read_at, refusal=f"robots.txt could not be read: {problem}")

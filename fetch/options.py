"""What a user may ask of a crawl, checked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from hashlib import sha256
from ipaddress import ip_address
from urllib.parse import urlsplit

from fetch.disk_space import KEEP_FREE
from fetch.limits import Limits
from fetch.links import Link
from fetch.pace import NO_PACE, Pace, parse_pace
from fetch.secrets import refuse_userinfo
from fetch.seed import SeedGroup
from fetch.walk import WalkPlan
from warc.errors import UsageError
from warc.sites.page import Site
from warc.software import SOFTWARE

# Seconds. Below this a foreign host is asked only if the settings file says so.
_POLITE_S = 1.0

_DAY_MS = 86_400_000

# Pages of a list to fetch again that one run asks for: half an hour at HLTV's pace.
MAX_REFETCH = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class CrawlOptions:
    """One crawl's options.

    base_url       the site's address or its stand-in's, without a slash at the end
    limits         where the run stops although there is more to do
    keep_free      bytes of the disk that are left alone
    refetch        "all", page types, keys of root pages
    refetch_list   pages that parsing lists as worth fetching again
    max_refetch    most pages of that list in one run
    refetch_urls   those of the list that this run asks for again
    left_out       how many of the list it does not ask for
    retry_failed   put pages that were given up or skipped back into the queue
    ignore_robots  ask for what robots.txt forbids, too: the operator answers for that
    deadline_s     seconds for one exchange
    seeds          pages that the run asks for anew, of sources without a listing
    watch          look at the seeds again and again, until somebody stops the run; failures, which
                   are waited out, do not end it
    """

    base_url: str
    plan: WalkPlan
    pace: Pace
    limits: Limits = field(default_factory=Limits)
    keep_free: int = KEEP_FREE
    refetch: tuple[str, ...] = ()
    refetch_list: tuple[Link, ...] = ()
    max_refetch: int = MAX_REFETCH
    refetch_urls: tuple[str, ...] = ()
    left_out: int = 0
    retry_failed: bool = False
    ignore_robots: bool = False
    deadline_s: float = 60.0
    seeds: tuple[SeedGroup, ...] = ()
    watch: bool = False

    def as_json(self) -> dict[str, object]:
        """The options for the record of the crawl."""
        plan = self.plan
        return {
            "base_url": self.base_url,
            "pace": str(self.pace),
            "first_offset": plan.first_offset,
            "stop_offset": plan.stop_offset,
            "since_ms": plan.since_ms,
            "until_ms": plan.until_ms,
            "full": plan.full,
            "max_pages": self.limits.pages,
            "max_seconds": self.limits.seconds,
            "max_bytes": self.limits.size,
            "max_failures": self.limits.failures,
            "keep_free": self.keep_free,
            "refetch": list(self.refetch),
            "refetch_list": _digest(self.refetch_list),
            "refetch_urls": list(self.refetch_urls),
            "retry_failed": self.retry_failed,
            "robots": self.robots,
        }

    @property
    def robots(self) -> str:
        """The policy towards robots.txt, as the archive's warcinfo names it."""
        return "ignore" if self.ignore_robots else "obey"


def _digest(listed: Sequence[Link]) -> str:
    """A short name of a list of pages, by which a later run knows it again; "" for none."""
    urls = "\n".join(sorted(link.url for link in listed))
    return sha256(urls.encode()).hexdigest()[:16] if listed else ""


def user_agent(contact: str) -> str:
    """How the crawl introduces itself; raises UsageError where the contact cannot be sent."""
    if "://" in contact:
        refuse_userinfo(contact, "the contact, which is sent to the site,")
    if not contact.isascii() or not contact.isprintable():
        raise UsageError(f"contact {contact!r} must be printable ASCII: it is sent to the site")
    return SOFTWARE + (f" (+{contact})" if contact else "")


def checked_base_url(text: str) -> str:
    """A base URL: scheme, host and port, nothing else."""
    refuse_userinfo(text, "the base URL")
    try:
        parts = urlsplit(text)
        well_formed = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        well_formed = False
    if not well_formed or parts.scheme not in {"http", "https"}:
        raise UsageError(f"base URL {text!r} is not http://HOST[:PORT] or https://HOST[:PORT]")
    if parts.path.strip("/") or parts.query or parts.fragment or "@" in parts.netloc:
        raise UsageError(f"base URL {text!r} must end after the host and port")
    return f"{parts.scheme}://{parts.netloc.lower()}"


def is_loopback(url: str) -> bool:
    """Whether a URL's host is this machine, as far as its text says."""
    host = urlsplit(url).hostname or ""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def chosen_pace(option: str, setting: str, *, usual: Pace, base_url: str) -> Pace:
    """The pace: the option's, the settings file's, none on loopback, else the source's usual one.

    raises  UsageError where an option asks for less than a polite pause on a foreign host
    """
    loopback = is_loopback(base_url)
    if option:
        pace = parse_pace(option)
        if pace.min_s < _POLITE_S and not loopback and pace != (setting and parse_pace(setting)):
            raise UsageError(
                f"pace {pace} is too fast for {base_url}: at least {_POLITE_S:g} s "
                f"(less only if warchouse.toml says the same pace)"
            )
        return pace
    if setting:
        return parse_pace(setting)
    return NO_PACE if loopback else usual


def walk_plan(
    *, from_offset: int | None, to_offset: int | None, since: str, until: str, full: bool
) -> WalkPlan:
    """The walk that the options describe; an explicit range never stops early."""
    if from_offset is not None and from_offset < 0:
        raise UsageError(f"--from-offset {from_offset} is below 0")
    if to_offset is not None and to_offset <= (from_offset or 0):
        raise UsageError(f"--to-offset {to_offset} leaves nothing after {from_offset or 0}")
    first, last = _day(since, "--since"), _day(until, "--until")
    if first and last and first > last:
        raise UsageError(f"--since {since} is after --until {until}")
    return WalkPlan(
        first_offset=from_offset or 0,
        stop_offset=to_offset,
        since_ms=_midnight_ms(first) if first else None,
        until_ms=_midnight_ms(last) + _DAY_MS if last else None,
        full=full or from_offset is not None or to_offset is not None,
    )


def checked_refetch(wanted: Sequence[str], site: Site, root: str) -> tuple[str, ...]:
    """What to fetch again: `all`, page types, or keys of root pages.

    root  page type of root pages: where its example is told by a number, all are
    """
    names = {page_type.name: page_type for page_type in site.page_types}
    example = site.page_type_of(names[root].example)
    is_numbered = example is not None and example.key.isdecimal()
    for what in wanted:
        is_key = what.isascii() and what.isdecimal() if is_numbered else bool(what)
        if what != "all" and what not in names and not is_key:
            known = ", ".join(sorted(names))
            raise UsageError(f"--refetch {what!r} is not all, {known}, or an id")
    return tuple(wanted)


def _day(text: str, option: str) -> date | None:
    """A day as YYYY-MM-DD, None where nothing is written."""
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{option} {text!r} is not a date like 2026-11-21") from None


def _midnight_ms(day: date) -> int:
    """Epoch milliseconds at which a day begins in UTC."""
    return round(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp() * 1000)

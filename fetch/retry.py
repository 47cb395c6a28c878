"""What an answer means for the crawl: go on, try again, give the page up, or leave the site."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Literal

from warc.sites.page import Judgement

Action = Literal[
    "keep",  # content
    "again",  # trouble that may pass: the page waits, the host is asked more slowly
    "again_page",  # only this page is odd: it waits, the host is not blamed
    "give_up",  # the page is not there
    "leave",  # the site refuses us: the crawl stops
]

# Requests for one page in one run, before it is left to the next one (spec/hltv.md 9.4).
ATTEMPTS = 4

# Requests for one page in all, before it is given up: trouble that outlasts three runs, which are
# hours or days apart, is the page's own, and a person should look at it (--retry-failed).
MOST_ATTEMPTS = 3 * ATTEMPTS

# Seconds. Pauses before the second, third and fourth request for one page; the host's own pace
# and back-off come on top.
_PAUSES_S = (10.0, 60.0, 300.0)

# Seconds. What is asked for beyond a year is the same to us, and stays a number people can read.
_LONGEST_S = 366 * 86_400.0

# Seconds. A Retry-After longer than this is a site that wants to be left alone today.
PATIENCE_S = 900.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What to do after an answer, and why.

    retry_after_s  what the host asked for, None if nothing
    """

    action: Action
    reason: str = ""
    retry_after_s: float | None = None


def outcome_of(judged: Judgement, *, status: int, retry_after_s: float | None = None) -> Outcome:
    """What a judged response means; the order follows spec/hltv.md section 8."""
    reason = judged.reason or f"status {status}"
    if judged.verdict == "content":
        return Outcome("keep")
    if judged.verdict == "challenge":
        return Outcome("leave", reason, retry_after_s)
    if status == 429 or status >= 500:
        action: Action = "leave" if (retry_after_s or 0.0) > PATIENCE_S else "again"
        return Outcome(action, reason, retry_after_s)
    if judged.verdict == "block":
        return Outcome("leave", reason, retry_after_s)
    if judged.verdict == "truncated":
        return Outcome("again", reason, retry_after_s)
    if judged.verdict == "wrong_page" or status == 304:
        return Outcome("again_page", reason)
    return Outcome("give_up", reason)


def pause_before(attempt: int) -> float | None:
    """Seconds until a page is asked for again after its `attempt`-th failure in this run.

    returns  None where this run has asked often enough
    """
    return _PAUSES_S[attempt - 1] if attempt < ATTEMPTS else None


def retry_after(value: str | None, *, now: datetime) -> float | None:
    """Seconds that a Retry-After field asks for: a number of seconds, or an HTTP date.

    now      wall time, aware: dates are relative to it
    returns  None where there is no readable field (RFC 9110 section 10.2.3)
    """
    if value is None:
        return None
    text = value.strip()
    if text.isascii() and text.isdigit():
        return min(float(text), _LONGEST_S)
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError):  # a year or a zone of twenty digits
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return min(max(0.0, (moment - now).total_seconds()), _LONGEST_S)

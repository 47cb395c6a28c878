"""How bot walls say no, on whatever site: challenges and bans told by headers, marks and titles.

Sources: spec/browser-capture.md section 4 (order, headers), spec/hltv.md section 8 (texts).
"""

from __future__ import annotations

import re

from warc.sites.page import Judgement, Response

# Characters of title compared; real titles of a challenge are shorter.
_TITLE = re.compile(rb"<title[^>]*>([^<]{0,200})", re.IGNORECASE)

# Bytes at the start of a page in which its title stands.
_HEAD = 65_536

_CHALLENGE_HEADERS = (
    ("cf-mitigated", ("challenge",)),
    ("x-vercel-mitigated", ("challenge",)),
    ("x-amzn-waf-action", ("challenge", "captcha")),
)

# Each a mark, and what must stand beside it. Not `/cdn-cgi/challenge-platform/` alone: every page
# of a guarded site may carry that (hltv.md 2, 8); nor Turnstile alone: a contact form may use it.
_CHALLENGE_MARKS = (
    (b"_cf_chl_opt", b""),
    (b"cf-turnstile-response", b"/cdn-cgi/challenge-platform/"),
    (b"/_Incapsula_Resource?", b""),
    (b"captcha-delivery.com", b""),
    (b"px-captcha", b""),
)

_CHALLENGE_TITLES = (
    "just a moment",
    "checking your browser",
    "et øjeblik",
    "einen moment",
    "un instant",
    "un momento",
    "um momento",
    "een moment",
    "bir an",
    "chwileczkę",
    "подождите",
    "少々お待ちください",
    "请稍候",
)

_BLOCK_TITLES = ("access denied", "attention required!")
_BLOCK_MARKS = (b"cf-error-details", b"Sorry, you have been blocked")
_ERROR_CODE = re.compile(rb"[Ee]rror(?: code:)? (10[01]\d|1020)\b")

# Bytes. Walls are 0.1 to 8 kB (spec/hltv.md 8); pages longer than this are searched only when
# their status is an error, because a real page carries a wall's script address near its end.
_WALL_SIZE = 20_000


def refusal_of(response: Response, *, plausible: bool) -> Judgement | None:
    """The challenge or block that a response is, or None.

    plausible  the response carries the mark of real content: then headers alone may refuse it
    """
    if refused := wall_of(response, plausible=plausible):
        return refused
    return None if plausible else _refusing_status(response.status)


def wall_of(response: Response, *, plausible: bool) -> Judgement | None:
    """The refusal that a response spells out in headers, marks or title; a status is not enough."""
    for name, values in _CHALLENGE_HEADERS:
        if (value := response.headers.get(name, "").lower()) in values:
            return Judgement("challenge", f"header {name}: {value}")
    if plausible:
        return None
    status, body = response.status, response.body
    if status >= 400 or len(body) < _WALL_SIZE:
        for mark, beside in _CHALLENGE_MARKS:
            if mark in body and beside in body:
                return Judgement("challenge", f"status {status} and mark {mark.decode()}")
        if refused := _block_of(status, body):
            return refused
    return _refusing_title(status, body)


def _block_of(status: int, body: bytes) -> Judgement | None:
    """The ban that a short or failed page announces."""
    if any(mark in body for mark in _BLOCK_MARKS):
        return Judgement("block", f"status {status} and a page that says so")
    if found := _ERROR_CODE.search(body):
        return Judgement("block", f"status {status}, error code {found.group(1).decode()}")
    return None


def _refusing_title(status: int, body: bytes) -> Judgement | None:
    """The refusal that a page's title is known for, in any language met so far."""
    found = _TITLE.search(body, 0, _HEAD)
    if found is None:
        return None
    title = found.group(1).decode(errors="replace").strip()
    if title.lower().startswith(_CHALLENGE_TITLES):
        return Judgement("challenge", f"status {status}, title {title[:40]!r}")
    if title.lower().startswith(_BLOCK_TITLES):
        return Judgement("block", f"status {status}, title {title[:40]!r}")
    return None


def _refusing_status(status: int) -> Judgement | None:
    """The refusal that a status alone is; 429 asks to come later, which is not judged here."""
    if status == 429:
        return Judgement("block", "status 429: too many requests")
    if status in {401, 403, 451}:
        return Judgement("block", f"status {status}")
    return None

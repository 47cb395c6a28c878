"""What the browser tells of its requests, joined into loads with their hops. Pure.

Facts: spec/browser-capture.md section 2. The events of one request come in any order, and redirects
reuse its id: so each kind is queued per request, and the i-th of one kind goes with the i-th hop
once all has come. Unknown events and fields change nothing.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from fetch.browsing.connection import Json

# Kinds of load that never end by themselves, or are none of the page's business.
UNCOUNTED = frozenset(
    {"EventSource", "WebSocket", "Ping", "Media", "Prefetch", "CSPViolationReport"}
)

# What the connection broke off, as the browser names it.
_CUT = frozenset(
    {
        "net::ERR_CONTENT_LENGTH_MISMATCH",
        "net::ERR_INCOMPLETE_CHUNKED_ENCODING",
        "net::ERR_INCOMPLETE_HTTP2_STREAM",
        "net::ERR_CONTENT_DECODING_FAILED",
        "net::ERR_CONTENT_DECODING_INIT_FAILED",
        "net::ERR_CONNECTION_RESET",
        "net::ERR_CONNECTION_CLOSED",
        "net::ERR_HTTP2_PROTOCOL_ERROR",
        "net::ERR_QUIC_PROTOCOL_ERROR",
    }
)


@dataclass(slots=True, kw_only=True)
class Hop:
    """One request with its response; all but the last of a load are redirects.

    asked      what the page asked for: "url", "method", "headers", "postDataEntries"
    wall_s     seconds since 1970 at which it was asked
    begun_s    the browser's own clock then
    ended_s    the same clock when the next hop began or the load was over, 0.0 before
    response   as the browser reports it; empty until then, and for ever for an aborted load
    has_extra  whether the heads as sent and received are told besides; None: not known
    """

    asked: Json
    wall_s: float
    begun_s: float
    ended_s: float = 0.0
    response: Json = field(default_factory=dict)
    has_extra: bool | None = None

    @property
    def url(self) -> str:
        """What was asked for, without its fragment."""
        return str(self.asked.get("url", "")).partition("#")[0]


@dataclass(slots=True, kw_only=True)
class Load:
    """One request of the page, with all its redirects.

    sent, got  heads as sent and received, in the order of those hops that have them
    paused     the last response as the interception saw it; empty if it saw none
    body       None until it is known
    error      why the load failed, "" if it did not
    blocked    why it was never sent, "" if it was
    """

    id: str
    kind: str = ""
    frame: str = ""
    hops: list[Hop] = field(default_factory=list)
    sent: list[Json] = field(default_factory=list)
    got: list[Json] = field(default_factory=list)
    paused: Json = field(default_factory=dict)
    body: bytes | None = None
    post: bytes = b""
    is_over: bool = False
    error: str = ""
    blocked: str = ""
    encoded_length: int = 0

    @property
    def url(self) -> str:
        """What the last hop asked for."""
        return self.hops[-1].url if self.hops else ""

    @property
    def was_cut(self) -> bool:
        """Whether the connection broke off within the body."""
        return self.error in _CUT

    @property
    def awaits_post(self) -> bool:
        """Whether it has a body of its own that was not told with the request."""
        return bool(self.hops) and bool(
            self.hops[0].asked.get("hasPostData") and not self.hops[0].asked.get("postDataEntries")
        )

    def sent_of(self, index: int) -> Json:
        """The head as sent of a hop; empty if not told."""
        return self._extra(self.sent, index)

    def got_of(self, index: int) -> Json:
        """The head as received of a hop; empty if not told."""
        return self._extra(self.got, index)

    def _extra(self, told: list[Json], index: int) -> Json:
        """The one among those told that belongs to a hop."""
        if self.hops[index].has_extra is False:
            return {}
        place = sum(hop.has_extra is not False for hop in self.hops[:index])
        return told[place] if place < len(told) else {}


class Ledger:
    """All requests of one visit, in the order in which they were first heard of."""

    def __init__(self) -> None:
        """Know none."""
        self.loads: dict[str, Load] = {}
        self._notes: Mapping[str, Callable[[Load, Json], None]] = {
            "Network.requestWillBeSent": _asked,
            "Network.requestWillBeSentExtraInfo": _sent,
            "Network.responseReceivedExtraInfo": _got,
            "Network.responseReceived": _answered,
            "Network.loadingFinished": _finished,
            "Network.loadingFailed": _failed,
        }

    def note(self, method: str, event: Json) -> Load | None:
        """Take an event; the load it belongs to, None where it tells nothing of a load."""
        noted, load_id = self._notes.get(method), event.get("requestId")
        if noted is None or not isinstance(load_id, str):
            return None
        load = self.load(load_id)
        noted(load, event)
        return load

    def load(self, load_id: str) -> Load:
        """The load of an id, new if nothing was heard of it yet."""
        return self.loads.setdefault(load_id, Load(id=load_id))

    def pending(self) -> list[Load]:
        """Loads that are still under way and that a page waits for."""
        return [
            load
            for load in self.loads.values()
            if load.hops
            and not load.is_over
            and load.kind not in UNCOUNTED
            and load.url.startswith("http")
        ]


def _asked(load: Load, event: Json) -> None:
    """A request, or the next hop of one that was redirected."""
    begun_s = float(event.get("timestamp") or 0.0)
    if load.hops and (redirect := event.get("redirectResponse")):
        before = load.hops[-1]
        before.response, before.ended_s = redirect, begun_s
        before.has_extra = bool(event.get("redirectHasExtraInfo"))
    wall_s = float(event.get("wallTime") or 0.0)
    load.hops.append(Hop(asked=event.get("request") or {}, wall_s=wall_s, begun_s=begun_s))
    load.kind = str(event.get("type") or load.kind)
    load.frame = str(event.get("frameId") or load.frame)


def _sent(load: Load, event: Json) -> None:
    """The head of a request as it went out."""
    load.sent.append(event)


def _got(load: Load, event: Json) -> None:
    """The head of a response as it came in."""
    load.got.append(event)


def _answered(load: Load, event: Json) -> None:
    """The response of the last hop."""
    load.kind = str(event.get("type") or load.kind)
    if load.hops:
        load.hops[-1].response = event.get("response") or {}
        load.hops[-1].has_extra = bool(event.get("hasExtraInfo"))


def _finished(load: Load, event: Json) -> None:
    """The body is complete."""
    _over(load, event)
    load.encoded_length = int(event.get("encodedDataLength") or 0)


def _failed(load: Load, event: Json) -> None:
    """The load was refused, blocked, aborted or cut."""
    _over(load, event)
    load.kind = str(event.get("type") or load.kind)
    load.error = str(event.get("errorText") or "")
    load.blocked = load.blocked or str(event.get("blockedReason") or "")


def _over(load: Load, event: Json) -> None:
    """Nothing more comes."""
    load.is_over = True
    if load.hops:
        load.hops[-1].ended_s = float(event.get("timestamp") or 0.0)


def decoded(answer: Mapping[str, Any], name: str) -> bytes:
    """Bytes in a command's answer, base64 where it says so.

    >>> decoded({"body": "aGk=", "base64Encoded": True}, "body")
    b'hi'
    """
    text = str(answer.get(name) or "")
    if answer.get("base64Encoded"):
        return unbase64(text)
    return text.encode("utf-8", "replace")


def unbase64(text: str) -> bytes:
    """The bytes of a base64 text; b"" where it is none."""
    try:
        return base64.b64decode(text, validate=False)
    except (binascii.Error, ValueError):
        return b""

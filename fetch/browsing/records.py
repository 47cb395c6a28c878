"""Exchanges and resources made of what the browser told. Pure.

Facts: spec/browser-capture.md sections 2 and 7. Heads are rebuilt: names and order of a response
from its text as received, values from the fields, whose characters stand for single bytes. Bodies
come decoded, so Content-Encoding is kept as X-Orig-Content-Encoding; Content-Length and transfer
coding are the writer's business (`warc.format.stored_head`). Redirects come without a body.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from fetch.browsing.capture import Hop, Ledger, Load, unbase64
from fetch.browsing.connection import Json
from warc.exchange import Body, Exchange, Resource, Truncation, body_size

_TEXT_TYPE = "text/html; charset=utf-8"
_HTTP = ("http://", "https://")
_HEAD_END = b"\r\n\r\n"

# A HSTS upgrade and the like: made up by the browser, never on the wire.
_INTERNAL = "non-authoritative-reason"


def exchange_of(
    load: Load, index: int, body: bytes | Body = b"", truncated: Truncation = ""
) -> Exchange:
    """One hop of a load as an exchange.

    body       decoded; b"" for redirects, whose bodies the browser never tells
    truncated  "" if the head does not say otherwise: a Content-Length beyond the body is a cut
    """
    hop, got = load.hops[index], load.got_of(index)
    head = _response_head(load, index)
    is_answer = index == len(load.hops) - 1 and not 300 <= status_of(head) < 400
    if is_answer and not truncated and (load.was_cut or _is_short(head, hop, body)):
        truncated = "disconnect"
    return Exchange(
        url=hop.url,
        started_at=datetime.fromtimestamp(hop.wall_s, UTC),
        request_head=_request_head(hop, load.sent_of(index)),
        request_body=_request_body(hop) or (load.post if index == 0 else b""),
        response_head=head,
        body=body,
        ip=_address(hop),
        protocols=_protocols(hop, got),
        truncated=truncated,
        fetch_time_ms=max(0, round((hop.ended_s - hop.begun_s) * 1000)) if hop.ended_s else 0,
    )


def was_exchanged(load: Load, index: int) -> bool:
    """Whether a hop went over the network and was answered there."""
    hop = load.hops[index]
    if not hop.url.startswith(_HTTP):
        return False
    if any(name.lower() == _INTERNAL for name in hop.response.get("headers") or {}):
        return False
    from_store = ("fromDiskCache", "fromServiceWorker", "fromPrefetchCache")
    if any(hop.response.get(name) for name in from_store):
        return False
    return bool(hop.response or load.got_of(index) or (load.paused and hop is load.hops[-1]))


def dom_resource(url: str, html: str, at: datetime) -> Resource:
    """The rendered DOM of a page, lone surrogates replaced."""
    payload = html.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return Resource(
        url=f"urn:dom:{url}", content_type=_TEXT_TYPE, payload=payload.encode("utf-8"), at=at
    )


def view_resource(url: str, png: bytes, at: datetime) -> Resource:
    """A picture of a page as shown, without the images it would have."""
    return Resource(url=f"urn:view:{url}", content_type="image/png", payload=png, at=at)


def pageinfo_resource(
    url: str, ledger: Ledger, at: datetime, *, title: str, load_state: str, duration_ms: int
) -> Resource:
    """What became of a page and of all it asked for, as JSON.

    load_state  "complete", "partial" (what its scripts should bring did not come), "busy" (it
                never came to rest), "deadline", "hung", "failed"
    """
    told = {
        "url": url,
        "title": title,
        "loadState": load_state,
        "durationMs": duration_ms,
        "requests": list(_requests(ledger)),
    }
    payload = json.dumps(told, indent=1, ensure_ascii=True).encode("ascii")
    return Resource(
        url=f"urn:pageinfo:{url}", content_type="application/json", payload=payload, at=at
    )


def header_of(head: bytes, name: bytes) -> str:
    r"""The first value of a field of a head, "" if there is none.

    >>> header_of(b"HTTP/1.1 200 OK\r\nContent-Type: text/csv\r\n\r\n", b"content-type")
    'text/csv'
    """
    for line in head.split(b"\r\n")[1:]:
        found, _, value = line.partition(b":")
        if found.strip().lower() == name:
            return value.strip().decode("latin-1")
    return ""


def status_of(head: bytes) -> int:
    """The status a head that was rebuilt here says."""
    return int(head.split(b" ", 2)[1])


def _requests(ledger: Ledger) -> Iterator[dict[str, Any]]:
    """One entry per hop, in the order in which the page asked."""
    for load in ledger.loads.values():
        for hop in load.hops:
            if not hop.url.startswith(_HTTP):
                continue
            is_last = hop is load.hops[-1]
            yield {
                "url": hop.url,
                "method": hop.asked.get("method", "GET"),
                "type": load.kind,
                "status": hop.response.get("status", 0),
                "mime": hop.response.get("mimeType", ""),
                "failed": load.blocked or load.error if is_last else "",
                "encodedLength": load.encoded_length if is_last else 0,
            }


def _request_head(hop: Hop, sent: Json) -> bytes:
    """Request line and fields; fields as sent where the browser told them."""
    parts = urlsplit(hop.url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    told = sent.get("headers") or hop.asked.get("headers") or {}
    fields = {name: str(value) for name, value in told.items() if not name.startswith(":")}
    hosts = [name for name in fields if name.lower() == "host"]
    host = fields.pop(hosts[0]) if hosts else parts.netloc.rpartition("@")[2]
    lines = [f"{hop.asked.get('method', 'GET')} {target} HTTP/1.1".encode(), b"Host: " + _raw(host)]
    lines += [_line(name, value) for name, value in fields.items()]
    return b"\r\n".join(lines) + _HEAD_END


def _request_body(hop: Hop) -> bytes:
    """The body of a POST as sent."""
    entries = hop.asked.get("postDataEntries") or ()
    return b"".join(unbase64(str(entry.get("bytes") or "")) for entry in entries)


def _response_head(load: Load, index: int) -> bytes:
    """Status line and fields, from the best of what the browser told."""
    hop, got = load.hops[index], load.got_of(index)
    paused = load.paused if index == len(load.hops) - 1 else {}
    status = got.get("statusCode") or paused.get("responseStatusCode") or hop.response.get("status")
    reason = paused.get("responseStatusText") or hop.response.get("statusText") or ""
    first = f"HTTP/1.1 {int(status or 0)} {reason}"
    order: list[str] = []
    if text := str(got.get("headersText") or ""):
        first, *rest = text.replace("\r\n", "\n").split("\n")
        order = [line.partition(":")[0].strip() for line in rest if ":" in line]
    elif paused:
        order = [str(field.get("name")) for field in paused.get("responseHeaders") or ()]
    fields = got.get("headers") or hop.response.get("headers")
    if not fields:
        told = paused.get("responseHeaders") or ()
        pairs = [(str(field.get("name")), str(field.get("value"))) for field in told]
    else:
        pairs = list(_ordered({str(name): str(fields[name]) for name in fields}, order))
    lines = [_raw(first if first.startswith("HTTP/") else f"HTTP/1.1 {first}")]
    for name, value in pairs:
        renamed = f"X-Orig-{name}" if name.lower() == "content-encoding" else name
        lines.append(_line(renamed, value))
    return b"\r\n".join(lines) + _HEAD_END


def _ordered(fields: dict[str, str], order: list[str]) -> Iterator[tuple[str, str]]:
    """Fields in the order of names as received; values that came under one name are told apart.

    fields  several values of one name are joined by line feeds
    order   names in order, perhaps with some missing: a byte beyond ASCII can swallow a line end
    """
    left = {
        name.lower(): (name, value.split("\n"))
        for name, value in fields.items()
        if not name.startswith(":")
    }
    for name in order:
        _, values = left.get(name.lower(), ("", []))
        if values:
            yield name, values.pop(0)
    for name, values in left.values():
        for value in values:
            yield name, value


def _line(name: str, value: str) -> bytes:
    """A field on one line."""
    return _raw(name) + b": " + _raw(value.replace("\r", " ").replace("\n", " "))


def _raw(text: str) -> bytes:
    r"""Bytes of a head as they were on the wire: the browser shows them as windows-1252.

    >>> _raw("caf\u00c3\u00a9 \u20ac \x81")
    b'caf\xc3\xa9 \x80 \x81'
    """
    raw = bytearray()
    for char in text:
        try:
            raw += char.encode("cp1252")
        except UnicodeEncodeError:
            raw += char.encode("latin-1") if ord(char) < 256 else char.encode("utf-8", "replace")
    return bytes(raw)


def _is_short(head: bytes, hop: Hop, body: bytes | Body) -> bool:
    """Whether a body that came without coding is shorter than its Content-Length says."""
    if hop.asked.get("method") == "HEAD" or status_of(head) in {204, 304}:
        return False
    if header_of(head, b"x-orig-content-encoding"):
        return False
    length = header_of(head, b"content-length")
    return length.isdecimal() and body_size(body) < int(length)


def _address(hop: Hop) -> str:
    """The peer's address, without the brackets of IPv6; "" where the load was aborted."""
    return str(hop.response.get("remoteIPAddress") or "").strip("[]")


def _protocols(hop: Hop, got: Json) -> tuple[str, ...]:
    """WARC-Protocol values: ("h2", "tls/1.3"); HTTP/1.x is known from the text of the head too."""
    spoken = str(hop.response.get("protocol") or "").lower()
    if not spoken and (text := str(got.get("headersText") or "")).startswith("HTTP/1."):
        spoken = text[:8].lower()
    details = hop.response.get("securityDetails") or {}
    tls = str(details.get("protocol") or "").lower()
    secured = tls.replace("tls ", "tls/") if tls.startswith("tls ") else ""
    return tuple(part for part in (spoken, secured) if part)

"""What a browser's exchanges are made of; pure."""

from __future__ import annotations

from itertools import permutations
from typing import Any

from fetch.browsing.capture import Ledger
from fetch.browsing.records import exchange_of, was_exchanged

Event = tuple[str, dict[str, Any]]


def asked(path: str, at: float, **more: Any) -> Event:
    request = {"url": f"http://a{path}", "method": "GET", "headers": {}}
    told = {"requestId": "1", "request": request, "timestamp": at, "wallTime": 1.8e9 + at}
    return "Network.requestWillBeSent", told | {"type": "Document", "frameId": "F"} | more


def extra(kind: str, **more: Any) -> Event:
    return f"Network.{kind}ExtraInfo", {"requestId": "1"} | more


def test_events_of_a_redirect_are_paired_in_any_order() -> None:
    redirect = {"status": 302, "statusText": "Found", "remoteIPAddress": "127.0.0.1"}
    first = [
        asked("/1", 1.0),
        asked("/2", 2.0, redirectResponse=redirect, redirectHasExtraInfo=True),
    ]
    sent = [extra("requestWillBeSent", headers={"Host": "a", "N": str(n)}) for n in (1, 2)]
    got = [
        extra(
            "responseReceived",
            statusCode=302,
            headersText="HTTP/1.1 302 Found\r\nLocation: /2\r\n\r\n",
            headers={"Location": "/2"},
        ),
        extra(
            "responseReceived",
            statusCode=200,
            headersText="HTTP/1.1 200 OK\r\nB: 2\r\nA: 1\r\n\r\n",
            headers={"A": "1", "B": "2"},
        ),
    ]
    for order in permutations((first, sent, got)):
        ledger = Ledger()
        for method, event in [event for queue in order for event in queue]:
            ledger.note(method, event)
        (load,) = ledger.loads.values()
        hop, answer = (exchange_of(load, index, b"x" * index) for index in (0, 1))
        assert hop.request_head == b"GET /1 HTTP/1.1\r\nHost: a\r\nN: 1\r\n\r\n"
        assert hop.response_head == b"HTTP/1.1 302 Found\r\nLocation: /2\r\n\r\n"
        assert (hop.ip, hop.truncated, hop.fetch_time_ms) == ("127.0.0.1", "", 1000)
        assert answer.request_head == b"GET /2 HTTP/1.1\r\nHost: a\r\nN: 2\r\n\r\n"
        assert answer.response_head == b"HTTP/1.1 200 OK\r\nB: 2\r\nA: 1\r\n\r\n"


def test_a_hop_that_was_never_on_the_wire_takes_no_head_and_is_no_exchange() -> None:
    ledger = Ledger()
    upgrade = {"status": 307, "headers": {"Non-Authoritative-Reason": "HSTS"}}
    for method, event in (
        asked("/1", 1.0),
        asked("/2", 2.0, redirectResponse=upgrade, redirectHasExtraInfo=False),
        extra("responseReceived", statusCode=200, headers={"A": "1"}),
    ):
        ledger.note(method, event)
    (load,) = ledger.loads.values()
    assert not was_exchanged(load, 0)
    assert exchange_of(load, 1).response_head == b"HTTP/1.1 200 \r\nA: 1\r\n\r\n"


def test_http_2_is_written_as_http_1_with_its_protocols() -> None:
    ledger = Ledger()
    ledger.note(*asked("/1?q=%20#f", 1.0))
    ledger.note(
        *extra("requestWillBeSent", headers={":authority": "a", ":path": "/1", "cookie": "c=1"})
    )
    ledger.note(
        *extra(
            "responseReceived",
            statusCode=200,
            headers={":status": "200", "set-cookie": "a\nb", "content-encoding": "br"},
        )
    )
    told = {"status": 200, "statusText": "", "protocol": "h2", "remoteIPAddress": "[::1]"}
    secured = told | {"securityDetails": {"protocol": "TLS 1.3"}}
    ledger.note(
        "Network.responseReceived", {"requestId": "1", "response": secured, "hasExtraInfo": True}
    )
    (load,) = ledger.loads.values()
    load.paused = {"responseHeaders": [{"name": "content-encoding", "value": "br"}]}
    exchange = exchange_of(load, 0, b"x")
    assert exchange.request_head == b"GET /1?q=%20 HTTP/1.1\r\nHost: a\r\ncookie: c=1\r\n\r\n"
    assert (
        exchange.response_head
        == b"HTTP/1.1 200 \r\nX-Orig-content-encoding: br\r\nset-cookie: a\r\nset-cookie: b\r\n\r\n"
    )
    assert (exchange.protocols, exchange.ip) == (("h2", "tls/1.3"), "::1")


def test_bytes_beyond_ascii_and_a_swallowed_line_end_are_as_received() -> None:
    ledger = Ledger()
    ledger.note(*asked("/", 1.0))
    text = "HTTP/1.1 200 OK\r\nx-a: caf\u00e9 Content-Length: 1\r\nX-b: 1\r\n\r\n"
    fields = {"x-a": "caf\u00c3\u00a9 \u00e9", "Content-Length": "1", "X-b": "1"}
    ledger.note(*extra("responseReceived", statusCode=200, headersText=text, headers=fields))
    (load,) = ledger.loads.values()
    expected = b"HTTP/1.1 200 OK\r\nx-a: caf\xc3\xa9 \xe9\r\nX-b: 1\r\nContent-Length: 1\r\n\r\n"
    assert exchange_of(load, 0, b"x").response_head == expected


def test_what_ends_early_is_marked() -> None:
    def cut(body: bytes, error: str, **fields: str) -> str:
        ledger = Ledger()
        ledger.note(*asked("/", 1.0))
        ledger.note(*extra("responseReceived", statusCode=200, headers=fields))
        ledger.note(
            "Network.loadingFailed", {"requestId": "1", "timestamp": 2.0, "errorText": error}
        )
        (load,) = ledger.loads.values()
        return exchange_of(load, 0, body).truncated

    assert cut(b"abc", "", **{"Content-Length": "4"}) == "disconnect"
    assert cut(b"abcd", "", **{"Content-Length": "4"}) == ""
    assert cut(b"abc", "", **{"Content-Length": "4", "Content-Encoding": "gzip"}) == ""
    assert cut(b"abc", "net::ERR_INCOMPLETE_CHUNKED_ENCODING") == "disconnect"
    assert cut(b"abc", "net::ERR_ABORTED") == ""


def test_unknown_events_and_fields_change_nothing() -> None:
    ledger = Ledger()
    assert ledger.note("Network.somethingNew", {"requestId": "1"}) is None
    assert ledger.note("Network.loadingFinished", {}) is None
    assert ledger.note("Network.loadingFinished", {"requestId": "1", "new": [1]}) is not None
    assert ledger.pending() == []

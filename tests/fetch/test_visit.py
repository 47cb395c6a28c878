"""One visit by either transport: every exchange archived in order, the page itself last."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import pytest

from fetch.disk_space import DiskLow, DiskSpace
from fetch.errors import BrokeDown, FetchError
from fetch.pace import Pace
from fetch.throttle import Throttle
from fetch.transport import Fetched, Request, Transport
from fetch.visit import MAX_HOPS, Task, Visit, Visitor
from tests.fakes import FakeClock
from tests.fetch.crawling import open_collection
from tests.fetch.tiny_site import BASE, FILLER, TinySite
from warc.collection import Collection
from warc.exchange import Exchange, Resource
from warc.manifest_rows import NewPage
from warc.reader import read_records
from warc.record import Record
from warc.sites.hltv import HLTV

MATCH = f"{BASE}/matches/2/old"
ECONOMY = f"{BASE}/stats/matches/economy/mapstatsid/21/m"
SITE = TinySite(matches=3)
MATCH_BODY = SITE.match(2)
ECONOMY_BODY = SITE.map_page("economy/", 21)
UNFINISHED = f"<html><body>to be completed{FILLER}</body></html>".encode()


@dataclass(slots=True)
class Scripted:
    """A transport that answers with what it was given, one request after the other."""

    answers: list[Callable[[Request], Fetched]]
    asked: list[Request] = field(default_factory=list)

    async def fetch(self, request: Request) -> Fetched:
        self.asked.append(request)
        return self.answers.pop(0)(request)

    async def close(self) -> None:
        """Nothing to let go of."""


def exchange(
    url: str, status: int = 200, body: bytes = b"", headers: str = "", truncated: str = ""
) -> Exchange:
    return Exchange(
        url=url,
        started_at=FakeClock().now(),
        request_head=f"GET {url} HTTP/1.1\r\n\r\n".encode(),
        response_head=f"HTTP/1.1 {status} Said\r\n{headers}\r\n".encode(),
        body=body,
        truncated="length" if truncated else "",
    )


def moved(url: str, to: str) -> Exchange:
    return exchange(url, 301, headers=f"Location: {to}\r\n")


def says(*hops: Exchange) -> Callable[[Request], Fetched]:
    return lambda _request: Fetched(hops=hops)


@contextmanager
def visitor(
    folder: Path, transport: Transport, *, fallback: Transport | None = None, free: int = 10**12
) -> Iterator[tuple[Visitor, Collection]]:
    clock = FakeClock()
    with open_collection(folder, clock) as collection:
        yield (
            Visitor(
                site=HLTV,
                transport=transport,
                collection=collection,
                throttle=Throttle(Pace(1.0, 1.0), clock, Random(1), lambda: False),
                deadline_s=30.0,
                disk=DiskSpace(folder, keep_free=1000, free=lambda _folder: free),
                fallback=fallback,
            ),
            collection,
        )


def visit(one: Visitor, url: str = MATCH, *, bars: Callable[[str], str] = lambda _url: "") -> Visit:
    task = Task(url=url, page=HLTV.locate(url), hops=1, found_on=f"{BASE}/results?offset=0")
    return asyncio.run(one.visit(task, bars=bars))


def written(folder: Path) -> list[Record]:
    found = [
        record
        for path in sorted(folder.glob("*.warc.gz"))
        for record in read_records(path)
        if isinstance(record, Record)
    ]
    return [record for record in found if record.type in {"response", "resource", "revisit"}]


def test_hops_come_in_order_then_parts_then_the_page_with_its_resources(tmp_path: Path) -> None:
    new, data = f"{BASE}/matches/2/new", f"{BASE}/data.json"
    dom = Resource(
        url=f"urn:dom:{new}", content_type="text/html", payload=b"<html>", at=FakeClock().now()
    )
    shown = Fetched(
        hops=(moved(MATCH, "/matches/2/new"), exchange(new, body=MATCH_BODY)),
        parts=(exchange(data, body=b"{}"),),
        resources=(dom,),
    )
    with visitor(tmp_path, Scripted([lambda _request: shown])) as (one, collection):
        collection.manifest.add_pages([NewPage(url=MATCH, page_type="match", key="2")])
        came = visit(one)
        assert (came.url, came.judged.verdict) == (new, "content")
        assert came.size == len(MATCH_BODY) + 2
        assert collection.manifest.counts()[0].done == 1
        part = collection.manifest.captures_of(data)[0]
        assert (part.verdict, part.page_type) == ("unknown", "")
    order = [(record.type, record.target_uri) for record in written(tmp_path)]
    assert order == [
        ("response", MATCH),
        ("response", data),
        ("resource", dom.url),
        ("response", new),
    ]
    notes = [
        record.block.decode()
        for path in tmp_path.glob("*.warc.gz")
        for record in read_records(path)
        if isinstance(record, Record) and record.type == "metadata" and record.target_uri == data
    ]
    assert f"via: {new}" in notes[0]
    assert "hopsFromSeed: LRE" in notes[0]


def test_a_part_that_asks_for_patience_is_heard(tmp_path: Path) -> None:
    data = f"{BASE}/data.json"
    shown = Fetched(
        hops=(exchange(MATCH, body=MATCH_BODY),),
        parts=(exchange(data, 429, headers="Retry-After: 120\r\n"),),
    )
    with visitor(tmp_path, Scripted([lambda _request: shown])) as (one, _):
        came = visit(one)
        (state,) = one._throttle.hosts.values()
    assert came.judged.verdict == "content"
    assert state.ready_at_s >= 120


@pytest.mark.parametrize(
    ("target", "bars", "expected"),
    [
        (f"{BASE}/matches/2/new", "", True),
        ("https://example.org/matches/2/new", "", False),
        (f"{BASE}/matches/2/new", "robots.txt disallows it", False),
    ],
)
def test_a_transport_follows_redirects_within_the_host_that_robots_allows(
    tmp_path: Path, target: str, bars: str, expected: bool
) -> None:
    asked: list[bool] = []

    def answer(request: Request) -> Fetched:
        asked.append(request.follows(target))
        return Fetched(hops=(exchange(MATCH, body=MATCH_BODY),))

    with visitor(tmp_path, Scripted([answer])) as (one, _):
        visit(one, bars=lambda _url: bars)
    assert asked == [expected]


def test_a_transport_follows_no_more_redirects_than_are_bounded(tmp_path: Path) -> None:
    def answer(request: Request) -> Fetched:
        allowed = [request.follows(f"{BASE}/matches/2/{number}") for number in range(9)]
        assert allowed == [True] * MAX_HOPS + [False] * (9 - MAX_HOPS)
        return Fetched(hops=(exchange(MATCH, body=MATCH_BODY),))

    with visitor(tmp_path, Scripted([answer])) as (one, _):
        visit(one)


def test_a_redirect_that_robots_forbids_is_archived_and_goes_nowhere(tmp_path: Path) -> None:
    transport = Scripted([says(moved(MATCH, "/matches/2/new"))])
    with visitor(tmp_path, transport) as (one, collection):
        came = visit(one, bars=lambda url: "robots.txt disallows it" if "new" in url else "")
        assert "robots.txt disallows it" in came.barred
        assert collection.manifest.captures_of(MATCH)[0].verdict == "redirect"
    assert len(transport.asked) == 1


@pytest.mark.parametrize(
    ("url", "answer", "admitted"),
    [
        (MATCH, exchange(MATCH, body=MATCH_BODY), True),
        (MATCH, exchange(MATCH, body=UNFINISHED), False),
        (MATCH, exchange(MATCH, 403, b"<title>Just a moment...</title>"), False),
        (MATCH, exchange(MATCH, 200, b"<title>Just a moment...</title>"), False),
        (MATCH, exchange(MATCH, 200, MATCH_BODY, "cf-mitigated: challenge\r\n"), False),
        (MATCH, exchange(MATCH, 404, b"gone"), False),
        (MATCH, exchange(MATCH, body=MATCH_BODY, truncated="length"), False),
        (ECONOMY, exchange(ECONOMY, body=ECONOMY_BODY), True),
        (ECONOMY, exchange(ECONOMY, body=UNFINISHED), True),
        (ECONOMY, exchange(ECONOMY, 403, UNFINISHED), False),
        (f"{BASE}/about", exchange(f"{BASE}/about", body=b"<html>"), True),
        (f"{BASE}/about", exchange(f"{BASE}/about", body=b"_cf_chl_opt"), False),
        (f"{BASE}/about", exchange(f"{BASE}/about", 404), False),
    ],
)
def test_only_pages_that_are_no_refusal_may_be_shown(
    tmp_path: Path, url: str, answer: Exchange, admitted: bool
) -> None:
    told: list[bool] = []

    def show(request: Request) -> Fetched:
        told.append(request.admits(answer))
        return Fetched(hops=(answer,))

    with visitor(tmp_path, Scripted([show])) as (one, _):
        visit(one, url)
    assert told == [admitted]


@pytest.mark.parametrize(
    ("raw", "dom", "expected"),
    [
        (UNFINISHED, ECONOMY_BODY, "content"),
        (ECONOMY_BODY, UNFINISHED, "content"),
        (UNFINISHED, UNFINISHED, "wrong_page"),
    ],
)
def test_a_page_that_is_content_as_a_browser_shows_it_is_content(
    tmp_path: Path, raw: bytes, dom: bytes, expected: str
) -> None:
    made = Resource(
        url=f"urn:dom:{ECONOMY}", content_type="text/html", payload=dom, at=FakeClock().now()
    )
    shown = Fetched(hops=(exchange(ECONOMY, body=raw),), resources=(made,))
    with visitor(tmp_path, Scripted([lambda _request: shown])) as (one, collection):
        collection.manifest.add_pages([NewPage(url=ECONOMY, page_type="economy", key="21")])
        assert visit(one, ECONOMY).judged.verdict == expected
        (counts,) = collection.manifest.counts()
        assert counts.done == (expected == "content")


def test_a_page_longer_than_a_browser_takes_is_asked_for_by_http(tmp_path: Path) -> None:
    browser = Scripted([says(exchange(MATCH, body=MATCH_BODY[:99], truncated="length"))])
    http = Scripted([says(exchange(MATCH, body=MATCH_BODY))])
    with visitor(tmp_path, browser, fallback=http) as (one, collection):
        assert visit(one).judged.verdict == "content"
        captures = collection.manifest.captures_of(MATCH)
        assert {one.truncated for one in captures} == {"length", ""}
    assert (len(browser.asked), len(http.asked)) == (1, 1)


ETAG = 'ETag: "one"\r\n'


def test_a_page_that_is_known_is_asked_for_only_if_it_has_changed(tmp_path: Path) -> None:
    transport = Scripted(
        [
            says(exchange(MATCH, body=MATCH_BODY, headers=ETAG)),
            says(exchange(MATCH, 304, headers=ETAG)),
        ]
    )
    with visitor(tmp_path, transport) as (one, collection):
        assert not visit(one).is_unchanged
        collection.commit()
        came = visit(one)
        assert (came.judged.verdict, came.body, came.is_unchanged) == ("content", MATCH_BODY, True)
        newest = collection.manifest.captures_of(MATCH)[0]
        assert (newest.record_type, newest.status, newest.verdict) == ("revisit", 304, "content")
    assert [request.headers for request in transport.asked] == [(), (("If-None-Match", '"one"'),)]


def test_the_same_bytes_are_told_as_unchanged(tmp_path: Path) -> None:
    same = says(exchange(MATCH, body=MATCH_BODY))
    with visitor(tmp_path, Scripted([same, same])) as (one, collection):
        assert not visit(one).is_unchanged
        collection.commit()
        assert visit(one).is_unchanged


def test_an_answer_of_304_that_nobody_asked_for_is_an_error(tmp_path: Path) -> None:
    transport = Scripted([says(exchange(MATCH, 304, headers=ETAG + "Location: /x\r\n"))])
    with visitor(tmp_path, transport) as (one, _):
        assert visit(one).judged.verdict == "error"


def test_a_page_whose_scripts_are_read_is_asked_for_whole_by_a_browser(tmp_path: Path) -> None:
    whole = says(exchange(ECONOMY, body=ECONOMY_BODY, headers=ETAG))
    browser = Scripted([whole, whole])
    with visitor(tmp_path, browser, fallback=Scripted([])) as (one, collection):
        visit(one, ECONOMY)
        collection.commit()
        visit(one, ECONOMY)
    assert [request.headers for request in browser.asked] == [(), ()]


@pytest.mark.parametrize(
    ("url", "status", "headers", "verdict"),
    [
        (f"{BASE}/data.json", 403, "cf-mitigated: challenge\r\n", "challenge"),
        (f"{BASE}/data.json", 403, "", "challenge"),
        (f"{BASE}/data.json", 200, "", "content"),
        ("https://else.example/data.json", 403, "cf-mitigated: challenge\r\n", "content"),
    ],
)
def test_a_challenge_to_what_a_page_asks_for_is_one_to_the_crawl(
    tmp_path: Path, url: str, status: int, headers: str, verdict: str
) -> None:
    part = exchange(url, status, b"<title>Just a moment...</title>", headers)
    fetched = Fetched(hops=(exchange(MATCH, body=MATCH_BODY),), parts=(part,))
    with visitor(tmp_path, Scripted([lambda _request: fetched])) as (one, collection):
        told = visit(one)
        assert (told.judged.verdict, told.url == url) == (verdict, verdict == "challenge")
        (page,) = collection.manifest.captures_of(MATCH)
        assert page.verdict == "content"


def breaks_down(request: Request) -> Fetched:
    raise BrokeDown("the browser went away", url=request.url)


def test_where_the_transport_broke_down_a_page_is_asked_for_once_more(tmp_path: Path) -> None:
    transport = Scripted([breaks_down, says(exchange(MATCH, body=MATCH_BODY))])
    with visitor(tmp_path, transport) as (one, _):
        assert visit(one).judged.verdict == "content"
        transport.answers = [breaks_down, breaks_down]
        with pytest.raises(FetchError, match="the browser went away"):
            visit(one)
    assert transport.answers == []


def test_a_page_whose_dom_is_read_is_shown_once_more_where_it_hung(tmp_path: Path) -> None:
    info = Resource(
        url=f"urn:pageinfo:{ECONOMY}",
        content_type="application/json",
        payload=b"{}",
        at=FakeClock().now(),
    )
    hung = Fetched(hops=(exchange(ECONOMY, body=ECONOMY_BODY),), resources=(info,))
    transport = Scripted([lambda _request: hung] * 3)
    with visitor(tmp_path, transport) as (one, _):
        assert visit(one, ECONOMY).judged.verdict == "content"
        assert len(transport.asked) == 2
        visit(one)
        assert len(transport.asked) == 3


def test_only_a_page_whose_dom_is_read_is_watched_until_it_is_whole(tmp_path: Path) -> None:
    answers = [says(exchange(url, body=MATCH_BODY)) for url in (ECONOMY, MATCH)]
    transport = Scripted(answers)
    with visitor(tmp_path, transport) as (one, _):
        visit(one, ECONOMY)
        visit(one)
    economy, match = transport.asked
    assert [economy.is_whole(dom) for dom in (ECONOMY_BODY, MATCH_BODY)] == [True, False]
    assert match.is_whole(UNFINISHED)


def test_nothing_is_asked_for_nor_archived_where_the_disk_has_no_room(tmp_path: Path) -> None:
    transport = Scripted([says(exchange(MATCH, body=MATCH_BODY))])
    with visitor(tmp_path / "low", transport, free=999) as (one, _), pytest.raises(DiskLow):
        visit(one)
    assert transport.asked == []
    with visitor(tmp_path / "tight", transport, free=1001) as (one, collection):
        with pytest.raises(DiskLow, match="to be archived"):
            visit(one)
        assert collection.manifest.captures_of(MATCH) == ()

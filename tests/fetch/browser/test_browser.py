"""A real Chromium against an origin that says exactly what it is told to."""

from __future__ import annotations

import asyncio
import gzip
import json
import random

import pytest

from fetch.browser import Browser
from fetch.browsing.page import Patience
from fetch.errors import BadAnswer, ConnectionLost, TimedOut, Unreachable
from fetch.transport import Fetched, Request
from tests.fetch.browser.driving import AGENT, drive, fetch
from tests.fetch.browser.origin import Answer, Origin, Turn, page, serving
from warc.errors import UsageError
from warc.exchange import body_chunks

pytestmark = pytest.mark.usefixtures("chromium")

HTML = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
_random = random.Random(3)

PAYLOADS = (
    b"",
    b"plain",
    bytes(range(256)),
    b"\0\0a\0",
    b"\xef\xbb\xbfwith a mark",
    b"\xff\xfea\0b\0",
    b"\xfe\xff\0a\0b",
    b"\xff\xfe\0\0",
    "сборная".encode("cp1251"),
    "сборная ✓".encode(),
    b"\xc3\x28 \xed\xa0\x80 \xf5",
    b"a\r\nb\rc\nd\x85\x1a",
    b"\x1b$B%F%9%H\x1b(B",
    b"+ADw-script+AD4-",
    b"<!doctype html><meta charset=utf-16><p>\xe9",
    gzip.compress(b"a file that is compressed", mtime=0),
    _random.randbytes(100_000),
)
KINDS = (
    b"",
    b"text/plain",
    b"text/plain; charset=utf-8",
    b"text/html; charset=windows-1251",
    b"application/json; charset=utf-16",
    b"text/plain; charset=iso-2022-jp",
    b"text/plain; charset=x-user-defined",
    b"text/xml; charset=no-such-charset",
    b"application/octet-stream",
    b"image/png",
)
# "hello" in Brotli, stored: a header, the five bytes, an end.
BROTLI = b"\x0b\x02\x80hello\x03"


def hostile() -> dict[str, tuple[bytes, bytes]]:
    """Per path the response and the body it means."""
    met = {}
    for number, body in enumerate(PAYLOADS):
        for kind_number, kind in enumerate(KINDS):
            met[f"/h/{number}/{kind_number}"] = (page(body, kind), body)
        packed = page(gzip.compress(body), KINDS[number % len(KINDS)], b"Content-Encoding: gzip")
        met[f"/gz/{number}"] = (packed, body)
    met["/br"] = (page(BROTLI, b"text/plain", b"Content-Encoding: br"), b"hello")
    met["/odd"] = (page(b"\xff\0x", b"text/plain", b"Content-Encoding: odd"), b"\xff\0x")
    return met


@pytest.mark.parametrize("durable", [True, False], ids=["kept by the browser", "held at the gate"])
def test_hostile_bodies_arrive_as_they_were_meant(durable: bool) -> None:
    met = hostile()
    script = f"<script>for (const p of {json.dumps(list(met))}) fetch(p).catch(() => 0);</script>"
    answers = {path: answer for path, (answer, _) in met.items()}
    served = {"/": page(script.encode()), **answers}
    calm = Patience(idle_s=60)  # so many bodies take a busy machine longer than a page is watched
    fetched, origin = fetch(served, "/", durable=durable, patience=calm)
    got = {part.url.removeprefix(origin.base): part for part in fetched.parts}
    assert set(got) == set(met)
    assert len(met) > 180
    for path, (_, body) in met.items():
        assert b"".join(body_chunks(got[path].body)) == body, path
        assert got[path].truncated == "", path


def test_hostile_documents_arrive_as_they_were_meant() -> None:
    met: dict[str, tuple[Answer, bytes]] = {}
    for number, body in enumerate(PAYLOADS):
        kind = (b"text/html; charset=windows-1251", b"text/html", b"")[number % 3]
        met[f"/{number}"] = (page(body, kind), body)
    for number, kind in enumerate(
        (b"text/plain", b"application/x-y", b"text/html; charset=utf-16")
    ):
        met[f"/kind{number}"] = (page(PAYLOADS[2], kind), PAYLOADS[2])
    packed = page(gzip.compress(PAYLOADS[2]), b"text/html", b"Content-Encoding: gzip")
    met["/gz"] = (packed, PAYLOADS[2])
    met["/br"] = (page(BROTLI, b"text/html", b"Content-Encoding: br"), b"hello")

    async def run(browser: Browser, origin: Origin) -> None:
        for path, (_, body) in met.items():
            (hop,) = (await browser.fetch(Request(url=origin.url(path)))).hops
            assert (hop.body, hop.truncated, hop.ip) == (body, "", "127.0.0.1"), path

    haste = Patience(quiet_s=0.01)
    drive({path: answer for path, (answer, _) in met.items()}, run, patience=haste)


def test_an_exchange_says_what_went_over_the_wire() -> None:
    answer = page(
        b"<!doctype html><title>T\xd1</title><p>\xe9",
        b"text/html; charset=windows-1251",
        b"x-Caf\x65: caf\xc3\xa9",
        b"Set-Cookie: a=1; Path=/",
        b"Set-Cookie: b=2",
    )
    fetched, origin = fetch(
        {"/p?q=1": answer}, "/p?q=1", asking={"headers": (("If-None-Match", '"x"'),)}
    )
    (hop,) = fetched.hops
    (turn,) = origin.turns
    assert hop.response_head + hop.body == answer  # type: ignore[operator]
    assert sorted(hop.request_head.split(b"\r\n")) == sorted(turn.head.split(b"\r\n"))
    assert turn.value(b"if-none-match") == '"x"'
    assert turn.value(b"user-agent").endswith(f" {AGENT}")
    assert "HeadlessChrome/" in turn.value(b"user-agent")
    assert (hop.ip, hop.protocols) == ("127.0.0.1", ("http/1.1",))
    dom, info = fetched.resources
    assert dom.url == f"urn:dom:{hop.url}"
    assert (
        dom.payload.decode()
        == "<!DOCTYPE html><html><head><title>TС</title></head><body><p>й</p></body></html>"
    )
    told = json.loads(info.payload)
    assert (told["url"], told["title"], told["loadState"]) == (hop.url, "TС", "complete")
    assert {
        request["status"] for request in told["requests"] if "favicon" not in request["url"]
    } == {200}
    assert dom.at == info.at == hop.started_at


def test_redirects_are_hops_and_are_only_followed_where_allowed() -> None:
    moved = b"HTTP/1.1 302 Found\r\nLocation: %s\r\nSet-Cookie: s=1\r\nContent-Length: 2\r\n\r\nhi"
    answers = {"/1": moved % b"/2#here", "/2": moved % b"/3", "/3": page(b"<p>there")}

    async def run(browser: Browser, origin: Origin) -> None:
        asked: list[str] = []

        def follows(url: str) -> bool:
            asked.append(url)
            return True

        fetched = await browser.fetch(Request(url=origin.url("/1"), follows=follows))
        assert [hop.url for hop in fetched.hops] == [
            origin.url(path) for path in ("/1", "/2", "/3")
        ]
        assert [url.partition("#")[0] for url in asked] == [origin.url("/2"), origin.url("/3")]
        first, _, last = fetched.hops
        assert (first.body, first.truncated, first.ip) == (b"", "", "127.0.0.1")
        assert first.response_head == moved[:-2] % b"/2#here"
        assert last.body == b"<p>there"
        assert fetched.resources[0].url == f"urn:dom:{origin.url('/3')}"
        stays = Request(url=origin.url("/1"), follows=lambda url: not url.endswith("/3"))
        refused = await browser.fetch(stays)
        assert [hop.url for hop in refused.hops] == [origin.url("/1"), origin.url("/2")]
        assert refused.hops[-1].response_head == moved[:-2] % b"/3"
        assert (refused.hops[-1].truncated, refused.resources, refused.parts) == ("", (), ())

    assert drive(answers, run).paths == ["/1", "/2", "/3", "/1", "/2"]


def test_what_scripts_ask_for_is_recorded_and_what_pages_do_without_is_blocked() -> None:
    script = b"""<!doctype html><link rel=stylesheet href=/style.css><script src=/run.js></script>
        <img src=/i.png><video src=/v.mp4></video><iframe src=/frame></iframe>
        <iframe src="http://localhost:%d/foreign"></iframe>
        <script src="http://www.google-analytics.com/analytics.js"></script>"""
    run_js = b"""new Image().src = '/j.png'; navigator.sendBeacon('/beacon', 'x'); window.open('/popup');
        new FontFace('f', 'url(/f.woff)').load().catch(() => 0);
        fetch('/post', {method: 'POST', body: new Uint8Array([0, 255, 128])})
        const form = new FormData(); form.append('file', new Blob(['\\0x']), 'n');
        const asked = new XMLHttpRequest(); asked.open('POST', '/form'); asked.send(form);
        fetch('/json').then(r => r.json()).then(j => { document.title = j.t; });"""
    answers = {
        "/": page(script % 9999),
        "/run.js": page(run_js, b"text/javascript"),
        "/style.css": page(b"p { background: url(/b.png) }", b"text/css"),
        "/frame": page(b"<p>framed \xe9"),
        "/json": page(b'{"t": "done"}', b"application/json"),
        "/post": page(b"posted", b"text/plain"),
        "/form": page(b"formed", b"text/plain"),
    }
    fetched, origin = fetch(answers, "/")
    assert sorted(origin.paths) == [
        "/",
        "/form",
        "/frame",
        "/json",
        "/post",
        "/run.js",
        "/style.css",
    ]
    parts = {part.url.removeprefix(origin.base): part for part in fetched.parts}
    assert set(parts) == {"/form", "/frame", "/json", "/post"}
    assert parts["/post"].request_body == b"\0\xff\x80"
    (formed,) = [turn for turn in origin.turns if turn.path == "/form"]
    assert parts["/form"].request_body == formed.body != b""
    assert parts["/frame"].body == b"<p>framed \xe9"
    assert {part.ip for part in parts.values()} == {"127.0.0.1"}
    told = json.loads(fetched.resources[1].payload)
    assert told["title"] == "done"
    failed = {
        request["url"]: request["failed"] for request in told["requests"] if request["failed"]
    }
    assert failed["http://www.google-analytics.com/analytics.js"] == "inspector"
    assert failed["http://localhost:9999/foreign"] == "frame of another site"


@pytest.mark.parametrize("status", [b"403 Forbidden", b"200 OK"])
def test_a_page_that_is_not_admitted_never_runs_its_scripts(status: bytes) -> None:
    body = b"<title>Just a moment...</title><script src=/challenge.js></script><img src=/x>"
    seen: list[tuple[bytes, int]] = []
    answers = {"/": page(body, b"text/html", b"cf-mitigated: challenge", status=status)}
    got: list[Fetched] = []

    async def run(browser: Browser, origin: Origin) -> None:
        def admits(exchange: object) -> bool:
            seen.append((exchange.body, len(exchange.response_head)))  # type: ignore[attr-defined]
            return False

        got.append(await browser.fetch(Request(url=origin.url("/"), admits=admits)))
        await asyncio.sleep(0.3)

    origin = drive(answers, run)
    assert origin.paths == ["/"]
    assert got[0].hops[0].body == body
    assert seen == [(body, len(got[0].hops[0].response_head))]
    assert (got[0].parts, got[0].resources) == ((), ())


def test_what_is_no_page_is_recorded_without_being_shown() -> None:
    attached = b'Content-Disposition: attachment; filename="a.csv"'
    bodies = {
        "/a.csv": (page(b"a,b\r\n\xff", b"text/csv", attached), b"a,b\r\n\xff"),
        "/b.pdf": (page(b"%PDF-1.4 \0", b"application/pdf"), b"%PDF-1.4 \0"),
        "/c.json": (page(b'{"a": 1}', b"application/json"), b'{"a": 1}'),
        "/d.svg": (page(b"<svg/>", b"image/svg+xml"), b"<svg/>"),
        "/empty": (page(b""), b""),
        "/none": (b"HTTP/1.1 204 No Content\r\n\r\n", b""),
        "/same": (b'HTTP/1.1 304 Not Modified\r\nETag: "x"\r\n\r\n', b""),
    }

    async def run(browser: Browser, origin: Origin) -> None:
        for path, (answer, body) in bodies.items():
            fetched = await browser.fetch(
                Request(url=origin.url(path), headers=(("If-None-Match", '"x"'),))
            )
            (hop,) = fetched.hops
            assert (hop.body, hop.truncated) == (body, ""), path
            assert hop.response_head == answer[: len(answer) - len(body)], path
            assert fetched.resources == (), path

    answers = {path: answer for path, (answer, _) in bodies.items()}
    assert drive(answers, run).paths == list(bodies)


def test_error_pages_are_shown_with_their_own_body() -> None:
    gone = page(b"<p>gone for good", status=b"404 Not Found")
    secret = page(
        b"<p>who are you",
        b"text/html",
        b'WWW-Authenticate: Basic realm="x"',
        status=b"401 Unauthorized",
    )

    async def run(browser: Browser, origin: Origin) -> None:
        for path, body in (("/gone", b"<p>gone for good"), ("/secret", b"<p>who are you")):
            fetched = await browser.fetch(Request(url=origin.url(path)))
            assert fetched.hops[0].body == body
        gone = (await browser.fetch(Request(url=origin.url("/gone")))).resources[0]
        assert b"<p>gone for good" in gone.payload

    drive({"/gone": gone, "/secret": secret}, run)


def test_what_breaks_off_is_kept_and_marked() -> None:
    async def short(turn: Turn) -> None:
        await turn.say(HTML + b"Content-Length: 100\r\n\r\n<p>short")

    async def chunked(turn: Turn) -> None:
        await turn.say(HTML + b"Transfer-Encoding: chunked\r\n\r\n100\r\n<p>short")
        turn.abort()

    async def part(turn: Turn) -> None:
        await turn.say(HTML + b"Content-Length: 100\r\n\r\nshort")

    asks = page(b"<script>fetch('/part').then(r => r.text()).catch(() => 0)</script>")

    async def run(browser: Browser, origin: Origin) -> None:
        for path in ("/short", "/chunked"):
            fetched = await browser.fetch(Request(url=origin.url(path)))
            assert (fetched.hops[0].body, fetched.hops[0].truncated) == (b"<p>short", "disconnect")
        (got,) = (await browser.fetch(Request(url=origin.url("/asks")))).parts
        assert (got.body, got.truncated) == (b"short", "disconnect")

    drive({"/short": short, "/chunked": chunked, "/part": part, "/asks": asks}, run)


def test_a_document_too_large_to_be_shown_is_cut() -> None:
    long = b"<p>" + b"x" * 300_000 + b"<script src=/never.js></script>"

    async def unsaid(turn: Turn) -> None:
        await turn.say(HTML + b"\r\n" + long)

    async def run(browser: Browser, origin: Origin) -> None:
        for path in ("/said", "/unsaid"):
            fetched = await browser.fetch(Request(url=origin.url(path), max_body=100_000))
            (hop,) = fetched.hops
            assert (hop.body, hop.truncated) == (long[:100_000], "length"), path
            assert fetched.resources == ()

    assert drive({"/said": page(long), "/unsaid": unsaid}, run).paths == ["/said", "/unsaid"]


def test_what_never_ends_is_cut() -> None:
    async def stream(turn: Turn) -> None:
        await turn.say(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n")
        while True:
            await turn.say(b"more\n")
            await asyncio.sleep(0.05)

    async def silent(_turn: Turn) -> None:
        await asyncio.sleep(60)

    async def document(turn: Turn) -> None:
        await turn.say(HTML + b"\r\n<p>")
        await silent(turn)

    streams = page(b"<p>shown<script>fetch('/stream').then(r => r.text())</script>")
    polls = page(b"<p>shown<script>setInterval(() => fetch('/poll'), 100)</script>")

    async def run(browser: Browser, origin: Origin) -> None:
        fetched = await browser.fetch(Request(url=origin.url("/streams")))
        (part,) = fetched.parts
        assert (part.url, part.truncated) == (origin.url("/stream"), "time")
        assert json.loads(fetched.resources[1].payload)["loadState"] == "busy"
        polled = await browser.fetch(Request(url=origin.url("/polls")))
        assert b"<p>shown" in polled.resources[0].payload
        asked = len(origin.turns)
        cut = await browser.fetch(Request(url=origin.url("/document"), deadline_s=3.0))
        assert cut.hops[0].truncated == "time"
        with pytest.raises(TimedOut, match="no answer within 1 seconds"):
            await browser.fetch(Request(url=origin.url("/silent"), deadline_s=1.0))
        assert origin.paths[asked:] == ["/document", "/silent"]

    answers: dict[str, Answer] = {
        "/streams": streams,
        "/stream": stream,
        "/polls": polls,
        "/poll": page(b"x"),
    }
    drive({**answers, "/silent": silent, "/document": document}, run)


def test_a_page_is_watched_until_it_has_what_is_waited_for() -> None:
    brings = b"<script>setTimeout(() => { document.body.append('brought') }, 700)</script>"
    answers = {"/late": page(b"<p>late</p>" + brings), "/never": page(b"<p>never</p>")}
    brought = b"</script>brought</body>"

    async def state(browser: Browser, url: str, awaited: bytes) -> tuple[str, bool]:
        asked = Request(url=url, is_whole=lambda dom: awaited in dom)
        dom, info = (await browser.fetch(asked)).resources
        return json.loads(info.payload)["loadState"], brought in dom.payload

    async def run(browser: Browser, origin: Origin) -> None:
        late, never = origin.url("/late"), origin.url("/never")
        assert await state(browser, late, b"late") == ("complete", False)
        assert await state(browser, late, brought) == ("complete", True)
        assert await state(browser, never, brought) == ("partial", False)

    drive(answers, run)


def test_a_script_that_loops_costs_its_page_and_no_other() -> None:
    loops = page(b"<p>loops<script>for (;;);</script>")
    later = page(b"<p>later<script>setTimeout(() => { for (;;); }, 100)</script>")
    asks = page(
        b"<p>asks<script>alert(1); confirm(2); onbeforeunload = () => 'no'; location = '/other'</script>"
    )

    async def run(browser: Browser, origin: Origin) -> None:
        for path in ("/loops", "/later"):
            fetched = await browser.fetch(Request(url=origin.url(path), deadline_s=3.0))
            assert fetched.hops[0].body == answers[path].split(b"\r\n\r\n", 1)[1]
            (info,) = fetched.resources
            assert json.loads(info.payload)["loadState"] == "hung"
        fetched = await browser.fetch(Request(url=origin.url("/asks")))
        assert b"<p>asks" in fetched.resources[0].payload

    answers = {"/loops": loops, "/later": later, "/asks": asks}
    assert drive(answers, run).paths == ["/loops", "/later", "/asks"]


def test_failures_have_the_crawls_own_names() -> None:
    async def closes(turn: Turn) -> None:
        turn.abort()

    async def run(browser: Browser, origin: Origin) -> None:
        async with serving({}) as gone:
            nothing = gone.base
        async with serving({}, b"220 mail.example ready\r\n") as babbling:
            await meet(browser, origin, babbling.base, nothing)

    async def meet(browser: Browser, origin: Origin, babbling: str, nothing: str) -> None:
        for url, kind in (
            (nothing, Unreachable),
            ("http://no-such-host.example/", Unreachable),
            (origin.url("/closes"), ConnectionLost),
            (origin.url("/loop"), BadAnswer),
            (babbling.replace("http", "https"), Unreachable),
            ("http://127.0.0.1:99999/", BadAnswer),
        ):
            with pytest.raises(kind) as caught:
                await browser.fetch(Request(url=url, follows=lambda _url: True))
            assert str(caught.value).startswith(url), url

    around = b"HTTP/1.1 302 Found\r\nLocation: /loop\r\nContent-Length: 0\r\n\r\n"
    drive({"/closes": closes, "/loop": around}, run)


def test_four_tabs_work_at_a_time_and_a_picture_can_be_taken() -> None:
    together: list[int] = []
    waiting = asyncio.Event()

    async def meet(turn: Turn) -> None:
        together.append(1)
        if len(together) == 4:
            waiting.set()
        await waiting.wait()
        await turn.say(page(b"<p>" + turn.path.encode()))

    async def run(browser: Browser, origin: Origin) -> None:
        urls = [origin.url(f"/{number}") for number in range(4)]
        answered = await asyncio.gather(*(browser.fetch(Request(url=url)) for url in urls))
        for number, fetched in enumerate(answered):
            assert fetched.hops[0].body == b"<p>/%d" % number
            view = fetched.resources[2]
            assert view.url == f"urn:view:{origin.url(f'/{number}')}"
            assert view.payload.startswith(b"\x89PNG\r\n")

    drive({f"/{number}": meet for number in range(4)}, run, tabs=4, view=True)


def test_what_the_caller_raises_reaches_the_caller() -> None:
    def admits(_exchange: object) -> bool:
        raise ZeroDivisionError

    async def run(browser: Browser, origin: Origin) -> None:
        with pytest.raises(ZeroDivisionError):
            await browser.fetch(Request(url=origin.url("/"), admits=admits))
        assert (await browser.fetch(Request(url=origin.url("/")))).hops[0].body == b"<p>x"

    drive({"/": page(b"<p>x")}, run)


@pytest.mark.parametrize("tabs", [0, 5])
def test_only_one_to_four_tabs(tabs: int) -> None:
    with pytest.raises(UsageError, match=f"--tabs must be 1 to 4, not {tabs}"):
        Browser(contact_agent=AGENT, tabs=tabs)

"""The replica over HTTP: headers, encodings, redirects, faults, control, the command."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

import aiohttp
import pytest

from tests.replica.background import control, running
from tests.replica.faults import KINDS, Chaos, Faults
from tests.replica.season import Season
from tests.replica.server import Replica, serve

Answer = tuple[int, Mapping[str, str], bytes]
Get = Callable[..., Awaitable[Answer]]
TARGET = "/results?offset=0"


def season() -> Season:
    return Season(7, 24, small=True)


def visit(steps: Callable[[Replica, Get], Awaitable[None]], **options: Any) -> None:
    """Run steps against a fresh replica.

    The client neither follows redirects nor decodes, and keeps no connection. Note
    that aiohttp silently repeats a GET once when the connection was reset.
    """

    async def run() -> None:
        async with (
            serve(season(), **options) as replica,
            aiohttp.ClientSession(
                auto_decompress=False, connector=aiohttp.TCPConnector(force_close=True)
            ) as client,
        ):

            async def get(target: str, **headers: str) -> Answer:
                wanted = {name.replace("_", "-"): value for name, value in headers.items()}
                wanted.setdefault("Accept-Encoding", "identity")
                async with client.get(
                    replica.base_url + target,
                    headers=wanted,
                    allow_redirects=False,
                    timeout=aiohttp.ClientTimeout(total=20),
                ) as answer:
                    return answer.status, answer.headers, await answer.read()

            await steps(replica, get)

    asyncio.run(run())


def test_pages_arrive_whole_chunked_and_with_a_length_by_turns() -> None:
    async def steps(replica: Replica, get: Get) -> None:
        expected = season().page(TARGET)
        assert expected is not None
        framings = set()
        for _ in range(4):
            status, headers, body = await get(TARGET)
            assert status == 200
            assert body == expected.body
            framings.add("Content-Length" in headers)
            assert headers["Server"] == "cloudflare"
            assert "__cf_bm" in headers["Set-Cookie"]
        assert framings == {True, False}
        assert replica.log == [(TARGET, 200)] * 4

    visit(steps)


def test_gzip_when_asked_for() -> None:
    async def steps(replica: Replica, get: Get) -> None:
        assert replica.served == 0
        _, headers, body = await get(TARGET, Accept_Encoding="gzip, deflate")
        assert headers["Content-Encoding"] == "gzip"
        assert body[:2] == b"\x1f\x8b"
        _, headers, body = await get(TARGET)
        assert "Content-Encoding" not in headers

    visit(steps)


def test_wrong_slugs_redirect_and_unknown_things_fail_as_on_the_site() -> None:
    async def steps(replica: Replica, get: Get) -> None:
        for match_id in season().match_ids[:2]:
            status, headers, _ = await get(f"/matches/{match_id}/-")
            assert status in {301, 302}
            assert headers["Location"] == season().match_path(match_id)
        status, _, body = await get("/matches/3/x-vs-y")
        assert status == 200
        assert b'class="error-body"' in body
        assert (await get("/no/such/path"))[0] == 404
        status, _, body = await get("/robots.txt")
        assert status == 200
        assert b"Disallow: /profile/" in body
        replica.robots = "User-agent: *\nDisallow: /results\n"
        assert b"Disallow: /results" in (await get("/robots.txt"))[2]

    visit(steps)


def test_etag_answers_304() -> None:
    async def steps(replica: Replica, get: Get) -> None:
        assert replica.etag
        _, headers, _ = await get(TARGET)
        status, _, body = await get(TARGET, If_None_Match=headers["ETag"])
        assert (status, body) == (304, b"")

    visit(steps, etag=True)


def test_last_modified_answers_304() -> None:
    async def steps(_: Replica, get: Get) -> None:
        match = season().match_path(season().match_ids[0])
        for target in (TARGET, match):
            _status, headers, whole = await get(target)
            date = headers["Last-Modified"]
            assert (await get(target, If_Modified_Since=date))[::2] == (304, b"")
            later = "Wed, 01 Jan 2031 00:00:00 GMT"
            assert (await get(target, If_Modified_Since=later))[0] == 304
            for earlier in ("Sat, 01 Jan 2000 00:00:00 GMT", "soon"):
                assert (await get(target, If_Modified_Since=earlier))[::2] == (200, whole)
            found = await get(target, If_Modified_Since=later, If_None_Match='"other"')
            assert found[0] == 200

    visit(steps, last_modified=True)


def test_without_the_options_no_validator_is_named() -> None:
    async def steps(_: Replica, get: Get) -> None:
        _status, headers, _body = await get(
            TARGET, If_Modified_Since="Wed, 01 Jan 2031 00:00:00 GMT"
        )
        assert {"ETag", "Last-Modified"}.isdisjoint(headers)

    visit(steps)


def test_walls_name_scripts_of_this_server() -> None:
    async def steps(replica: Replica, get: Get) -> None:
        for kind, script in (
            ("challenge", "/cdn-cgi/challenge-platform/h/b/orchestrate/"),
            ("incapsula", "/_Incapsula_Resource?"),
        ):
            replica.faults.add(pattern=".", kind=kind)
            body = (await get(TARGET))[2]
            assert f'src="{script}'.encode() in body
        assert len(body) < 1100

    visit(steps)


def test_robots_may_ask_for_a_delay() -> None:
    with running(matches=24, light=True) as base:
        control(base, "robots", "User-agent: *\nCrawl-delay: 2\n")

        async def text() -> str:
            async with aiohttp.ClientSession() as client, client.get(f"{base}/robots.txt") as found:
                return await found.text()

        assert "Crawl-delay: 2" in asyncio.run(text())


def test_chaos_strikes_pages_through_the_server() -> None:
    async def steps(replica: Replica, get: Get) -> None:
        replica.faults.chaos = Chaos(share=1.0, kinds=("503",), retry_after="0")
        found = [await get(TARGET) for _ in range(3)]
        assert [status for status, _, _ in found] == [503, 503, 200]
        assert found[0][1]["Retry-After"] == "0"
        assert (await get("/robots.txt"))[0] == 200
        assert replica.faults.chaos.counts() == {"requests": 3, "struck": {"503": 2}}

    visit(steps)


@pytest.mark.parametrize(
    ("kind", "status", "marker"),
    [
        ("block", 403, b"Access denied | www.hltv.org used Cloudflare"),
        ("challenge", 403, b"<title>Just a moment...</title>"),
        ("challenge_localized", 403, b"_cf_chl_opt"),
        ("incapsula", 200, b"/_Incapsula_Resource?"),
        ("404", 404, b"404"),
        ("429", 429, b"429"),
        ("500", 500, b"500"),
        ("503", 503, b"503"),
        ("soft_error", 200, b'class="error-500"'),
        ("stale", 200, b"team1-gradient"),
        ("unparsable", 200, b"/matches/n-a/x"),
        ("robots_disallow", 200, b"Disallow: /"),
    ],
)
def test_a_fault_strikes_once_and_then_the_page_is_itself(
    kind: str, status: int, marker: bytes
) -> None:
    async def steps(replica: Replica, get: Get) -> None:
        replica.faults.add(pattern=r"^/results", kind=kind)
        found, headers, body = await get(TARGET)
        assert found == status
        assert marker in body
        assert (headers.get("cf-mitigated") == "challenge") == kind.startswith("challenge")
        assert ("Retry-After" in headers) == (kind == "429")
        found, _, body = await get(TARGET)
        assert found == 200
        assert b"data-zonedgrouping-entry-unix" in body

    visit(steps)


def test_transport_faults() -> None:
    async def steps(replica: Replica, get: Get) -> None:
        replica.faults.add(pattern=r"^/results", kind="truncated")
        with pytest.raises(aiohttp.ClientPayloadError):
            await get(TARGET)
        replica.faults.add(pattern=r"^/results", kind="reset", times=2)
        with pytest.raises((aiohttp.ServerDisconnectedError, aiohttp.ClientOSError)):
            await get(TARGET)
        replica.faults.add(pattern=r"^/results", kind="empty")
        assert (await get(TARGET))[2] == b""
        replica.faults.add(pattern=r"^/results", kind="slow", seconds=0.1)
        assert len((await get(TARGET))[2]) > 10_000
        assert [status for _, status in replica.log] == [200, 0, 0, 200, 200]

    visit(steps)


def test_retry_after_may_be_a_date_and_faults_may_skip_and_repeat() -> None:
    async def steps(replica: Replica, get: Get) -> None:
        date = format_datetime(datetime(2030, 1, 1, tzinfo=UTC), usegmt=True)
        replica.faults.add(pattern="offset=0", kind="429", times=2, skip=1, retry_after=date)
        found = [await get(TARGET) for _ in range(4)]
        assert [status for status, _, _ in found] == [200, 429, 429, 200]
        assert found[1][1]["Retry-After"] == date
        replica.faults.add(pattern=".", kind="500", times=None)
        assert {(await get(TARGET))[0] for _ in range(5)} == {500}
        replica.faults.clear()
        assert (await get(TARGET))[0] == 200

    visit(steps)


@pytest.mark.parametrize("kind", ["stale", "unparsable"])
def test_every_page_type_can_be_stale_or_unparsable(kind: str) -> None:
    markers = {"match": b"team1-gradient", "": b"match-info-box", "performance": b"killmatrix"}
    markers["economy"] = b"msline"

    async def steps(replica: Replica, get: Get) -> None:
        found = (season().match(match_id) for match_id in season().match_ids)
        match = next(one for one in found if one.played and not one.flags)
        one = match.played[0]
        targets = {sub: match.stats_path(one, sub) for sub in ("", "performance", "economy")}
        for sub, target in (targets | {"match": match.path}).items():
            _, _, sound = await get(target)
            replica.faults.add(pattern=".", kind=kind)
            _, _, broken = await get(target)
            assert markers[sub] in sound
            assert broken != sound
            assert (markers[sub] in broken) == (kind == "unparsable")

    visit(steps)


def test_every_kind_is_known_and_others_are_refused() -> None:
    faults = Faults()
    for kind in KINDS:
        faults.add(pattern=".", kind=kind)
    with pytest.raises(ValueError, match="fault kind 'nonsense' is none of"):
        faults.add(pattern=".", kind="nonsense")


def test_the_command_serves_and_obeys_its_control_endpoint() -> None:
    with running(matches=24, small=True, page_size=10, held_back=4) as base:
        answer = control(base, "faults", {"pattern": "^/results", "kind": "503", "times": 1})
        assert answer == {"faults": 1}

        async def status() -> int:
            async with aiohttp.ClientSession() as client, client.get(base + TARGET) as found:
                return found.status

        assert [asyncio.run(status()) for _ in range(2)] == [503, 200]
        assert control(base, "log", method="GET") == [[TARGET, 503], [TARGET, 200]]
        control(base, "release", {"count": 4})
        control(base, "robots", "User-agent: *\nDisallow: /\n")
        control(base, "faults", method="DELETE")

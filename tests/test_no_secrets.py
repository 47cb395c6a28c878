"""No secret of the operator is on the disk after a crawl, whatever the site makes of it.

Secrets are planted wherever an operator can supply one. The site echoes what it receives in every
way a server might. Then all bytes below the working folder are searched: archives inflated and
decoded, manifest, logs, tables, temporary files, and what the programs printed.
"""

from __future__ import annotations

import asyncio
import base64
import gzip
import html
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from random import Random
from urllib.parse import quote

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from fetch.browsing.leftovers import PREFIX, profiles_folder
from fetch.cli import app
from fetch.errors import FetchError
from fetch.http_client import HttpClient
from fetch.log import LOGGER, close_log, open_log
from fetch.masking import Masking
from fetch.options import CrawlOptions
from fetch.pace import Pace
from fetch.progress import Silent
from fetch.run import Place, crawl_list
from fetch.secrets import MASK, Secrets, mask_log, read_host_headers
from fetch.sources.hltv import SOURCE
from fetch.throttle import Throttle
from fetch.transport import Request, Transport
from fetch.visit import Task, Visitor
from fetch.walk import WalkPlan
from tests.fakes import START, FakeClock
from tests.secret_traces import at_rest, found_in, traces_of
from warc.collection import Collection
from warc.exchange import CrawlInfo
from warc.manifest_rows import NewPage
from warc.reader import read_records
from warc.record import Record

ROOT = Path(__file__).resolve().parent.parent
HTML_TYPE = "Content-Type: text/html\r\n"


def whole(body: bytes, fields: str = HTML_TYPE, status: str = "200 OK") -> bytes:
    """A response whose body is as long as it says."""
    return f"HTTP/1.1 {status}\r\n{fields}Content-Length: {len(body)}\r\n\r\n".encode() + body


def coded(coding: str, body: bytes) -> bytes:
    return whole(body, f"{HTML_TYPE}Content-Encoding: {coding}\r\n")


def in_chunks(body: bytes, size: int) -> bytes:
    pieces = [body[start : start + size] for start in range(0, len(body), size)]
    framed = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces)
    return b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + framed + b"0\r\n\r\n"


def deflated(body: bytes) -> bytes:
    stream = zlib.compressobj(wbits=-15)
    return stream.compress(body) + stream.flush()


def shown(text: str) -> str:
    """A page whose script writes what it knows, and asks for more with it."""
    known = json.dumps(text).replace("<", "\\u003c")
    return (
        f"<html><body><script>const said = {known}; document.title = said;"
        f"document.body.append(btoa(said)); fetch('/more?said=' + encodeURIComponent(said));"
        f"</script></body></html>"
    )


# What the site answers at each path to a request that carried these secrets, as one text.
ECHOES: dict[str, Callable[[str], bytes]] = {
    "plain": lambda text: whole(text.encode()),
    "gzip": lambda text: coded("gzip", gzip.compress(text.encode() * 3)),
    "cut-gzip": lambda text: coded("gzip", gzip.compress(text.encode() * 50, 0)[:-40]),
    "damaged-gzip": lambda text: coded("gzip", gzip.compress(text.encode())[:-8] + b"\0" * 8),
    "no-gzip": lambda text: coded("gzip", text.encode()),
    "gzip-twice": lambda text: coded("gzip, gzip", gzip.compress(gzip.compress(text.encode()))),
    "deflate": lambda text: coded("deflate", zlib.compress(text.encode())),
    "raw-deflate": lambda text: coded("deflate", deflated(text.encode())),
    "unknown": lambda text: coded("br", text.encode()[::-1]),
    "chunks": lambda text: in_chunks(text.encode(), 3),
    "large": lambda text: whole(b"-" * (2**21 - 3) + text.encode() + b"-" * 2**14),
    "json": lambda text: whole(json.dumps({"said": text}).encode()),
    "json-in-json": lambda text: whole(json.dumps(json.dumps([text])).encode()),
    "html": lambda text: whole(html.escape(text).encode()),
    "url": lambda text: whole(f'<a href="/next?said={quote(text)}">next</a>'.encode()),
    "base64": lambda text: whole(base64.b64encode(text.encode())),
    "hexadecimal": lambda text: whole(text.encode().hex().encode()),
    "utf-16": lambda text: whole(text.encode("utf-16")),
    "location": lambda text: whole(b"", f"Location: /to?said={quote(text)}\r\n", "302 Found"),
    "raw-location": lambda text: whole(b"", f"Location: /to/{text}\r\n", "301 Moved"),
    "other-site": lambda text: whole(b"", f"Location: http://x/{quote(text)}\r\n", "302 Found"),
    "cookie": lambda text: whole(b"x", f"Set-Cookie: said={text}; Path=/\r\nX-Said: {text}\r\n"),
    "reason": lambda text: whole(b"no", status=f"404 not for {text}"),
    "retry": lambda text: whole(b"no", f"Retry-After: {text}\r\n", "400 Bad"),
    "cut": lambda text: b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n" + text.encode(),
    "not-http": lambda text: f"HTTP/1.1 {text} OK\r\n\r\n".encode(),
    "bad-field": lambda text: f"HTTP/1.1 200 OK\r\n{text}\r\n\r\n".encode(),
    "shown": lambda text: coded("gzip", gzip.compress(shown(text).encode())),
    "matches/1/echo": lambda text: whole(f"<p>{text}</p>{'x' * 12_000}".encode()),
}


# Those whose answers do not slow a crawl down, and one at the end that would.
CALM = ("plain", "gzip", "chunks", "large", "json", "url", "base64", "cookie", "matches/1/echo")


class EchoSite:
    """A server on loopback that answers each path in its way; it keeps what it received."""

    def __init__(self) -> None:
        """Listen."""
        self.heads: list[bytes] = []
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.host = f"127.0.0.1:{self._listening.getsockname()[1]}"
        self.url = f"http://{self.host}"
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        """Stop listening."""
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            with connection:
                self._answer(connection)

    def _answer(self, connection: socket.socket) -> None:
        head = b""
        while b"\r\n\r\n" not in head:
            if not (piece := connection.recv(65536)):
                return
            head += piece
        self.heads.append(head)
        first, *lines = head.decode("latin-1").split("\r\n")
        fields = dict(line.split(": ", 1) for line in lines if line)
        said = " ".join(fields.get(name, "") for name in ("Authorization", "Cookie", "X-Api-Key"))
        path = first.split(" ")[1].lstrip("/")
        if path == "robots.txt":
            answer = whole(f"# for {said}\nUser-agent: *\nDisallow: /no\n".encode())
        else:
            answer = ECHOES.get(path, ECHOES["plain"])(said)
        connection.sendall(answer.replace(b"\r\n", b"\r\nConnection: close\r\n", 1))


@contextmanager
def echo_site() -> Iterator[EchoSite]:
    site = EchoSite()
    try:
        yield site
    finally:
        site.close()


def records_of(folder: Path) -> list[Record]:
    return [
        record
        for path in sorted(folder.rglob("*.warc.gz"))
        for record in read_records(path)
        if isinstance(record, Record)
    ]


def is_secret(text: str) -> bool:
    """Whether a text could be one: what pages, archives and logs say anyway is none."""
    return text == text.strip() and len(set(text)) > 4 and not text.replace("-", "").isalpha()


printable = st.characters(min_codepoint=32, max_codepoint=126)
secrets = st.text(printable, min_size=8, max_size=60).filter(is_secret)


@given(secrets, secrets, secrets)
@example("%41%2F+\"'\\/=&amp;<\\u0041", "a+b/c==%25;~`$!", "0123456789-abcdefg")
@example("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.x-y_z", "p4ss w0rd: [1]", "\\\\\\\\//&&<<x")
@settings(max_examples=5)
def test_no_byte_of_a_secret_is_at_rest_after_a_crawl(token: str, sid: str, key: str) -> None:
    environ = {"TOKEN": token, "SID": sid, "KEY": key}
    fields = {"Authorization": "Bearer $TOKEN", "Cookie": "sid=${SID}; a=b", "X-Api-Key": "$KEY"}
    with echo_site() as site, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        settings_file = folder / "warchouse.toml"
        crawl_all(site, read_host_headers({site.host: fields}, environ, settings_file), folder)
        assert len(site.heads) == len(ECHOES)
        assert all(token.encode() in head for head in site.heads)
        assert found_in(at_rest(folder), (token, sid, key)) == []
        records = records_of(folder)
        assert sum(MASK.encode() in record.block for record in records) > len(ECHOES)
        said = [record for record in records if b"masked: request response" in record.block]
        assert len(said) > len(ECHOES) // 2


def crawl_all(
    site: EchoSite,
    secrets: Secrets,
    folder: Path,
    *,
    asks: Callable[[Path], Transport] = lambda folder: HttpClient("test", folder=folder),
    paths: Sequence[str] = tuple(ECHOES),
) -> None:
    """Ask for pages of the site, archive and log what comes."""
    log, handler = open_log(folder, at=START)
    mask_log(handler, secrets)
    info = CrawlInfo(software="test", source="hltv", base_url=site.url)
    collection = Collection.open(folder / "echo", site=SOURCE.site, info=info)
    transport = Masking(asks(folder), secrets, folder=folder)
    visitor = Visitor(
        site=SOURCE.site,
        transport=transport,
        collection=collection,
        throttle=Throttle(Pace(0.0, 0.0), FakeClock(), Random(7), lambda: False),
        deadline_s=20.0,
    )

    async def crawl() -> None:
        for path in paths:
            url = f"{site.url}/{path}"
            collection.manifest.add_pages([NewPage(url=url, page_type="match", key=path)])
            page = SOURCE.site.locate(url, stand_in=site.url)
            try:
                visit = await visitor.visit(Task(url=url, page=page))
            except FetchError as error:
                LOGGER.info("failed %s", error)
                collection.failed(url, error.problem, None)
            else:
                LOGGER.info("%s %s %s", visit.url, visit.judged, visit.headers)

    async def closing() -> None:
        try:
            await crawl()
        finally:
            await transport.close()

    try:
        with collection:
            asyncio.run(closing())
    finally:
        close_log(handler)
    assert log.stat().st_size > 0


def test_a_crawl_as_a_user_runs_it_leaves_no_secret_anywhere(tmp_path: Path) -> None:
    token, password = 'eyJ0b2tlbiI6IjEifQ."/+x', "proxy-Pa55word"
    home, temporary, work = (tmp_path / name for name in ("home", "tmp", "work"))
    for folder in (home, temporary, work):
        folder.mkdir()
    with echo_site() as site:
        proxy = f"http://me:{password}@{site.host}"
        (home / ".netrc").write_text(f"machine 127.0.0.1 login me password {password}\n")
        (work / "warchouse.toml").write_text(
            f'[headers."{site.host}"]\nAuthorization = "Bearer $API_TOKEN"\n'
        )
        (work / "urls.txt").write_text("".join(f"{site.url}/{path}\n" for path in CALM))
        environ = os.environ | {
            "API_TOKEN": token,
            "HOME": str(home),
            "TMPDIR": str(temporary),
            "PYTHONPATH": str(ROOT),
            **dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "ALL_PROXY"), proxy),
        }

        def run(*words: str) -> None:
            command = [sys.executable, "-m", "warchouse", *words]
            done = subprocess.run(
                command, cwd=work, env=environ, check=False, capture_output=True, timeout=60
            )
            (work / f"{words[0]}.out").write_bytes(done.stdout + done.stderr)
            assert done.returncode in {0, 1}, done.stderr

        run("fetch", "urls", "urls.txt", "--base-url", site.url, "--json")
        run("parse", "--archives", "archives", "--warehouse", "warehouse")
        heads = b"".join(site.heads)
    assert heads.count(f"Bearer {token}".encode()) == len(CALM) + 1
    assert b"Proxy" not in heads
    assert b"GET http:" not in heads
    assert b"Basic" not in heads
    (home / ".netrc").unlink()
    assert list((work / "warehouse").rglob("*.parquet"))
    assert found_in(at_rest(tmp_path), (token, password)) == []


@pytest.mark.skipif(
    shutil.which("chromium") is None or find_spec("nodriver") is None,
    reason="no Chromium, or no nodriver, on this machine",
)
def test_what_a_browser_makes_of_a_page_holds_no_secret(tmp_path: Path) -> None:
    from fetch.browser import Browser  # noqa: PLC0415 - only where there is one

    token = 'a-t0ken/of "ours"'
    with echo_site() as site:
        fields = {site.host: (("Authorization", f"Bearer {token}"),)}
        crawl_all(
            site,
            Secrets(fields, (token,)),
            tmp_path,
            asks=lambda folder: Browser(contact_agent="test", folder=folder, view=True),
            paths=("shown", "location"),
        )
        asked = b"".join(site.heads)
    assert b"GET /more?said=Bearer%20a-t0ken" in asked
    assert found_in(at_rest(tmp_path), (token,)) == []
    kinds = {record.target_uri.rpartition(":http")[0] for record in records_of(tmp_path)}
    assert {"urn:dom", "urn:pageinfo"} <= kinds
    assert "urn:view" not in kinds


@pytest.mark.skipif(
    shutil.which("chromium") is None or find_spec("nodriver") is None,
    reason="no Chromium, or no nodriver, on this machine",
)
def test_a_browser_that_would_be_killed_now_leaves_no_secret_in_its_profile(tmp_path: Path) -> None:
    from fetch.browser import Browser  # noqa: PLC0415 - only where there is one

    token = 'a-t0ken/of "ours"'

    def written() -> Iterator[tuple[str, bytes]]:
        for path in profiles_folder().glob(f"{PREFIX}{os.getpid()}-*/**/*"):
            with suppress(OSError):  # the browser runs: files come and go
                if path.is_file():
                    yield path.name, path.read_bytes()

    async def look(site: EchoSite) -> list[str]:
        known = Secrets({site.host: (("Authorization", f"Bearer {token}"),)}, (token,))
        masking = Masking(Browser(contact_agent="test", folder=tmp_path), known, folder=tmp_path)
        try:
            for path in ("shown", "cookie", "html"):
                await masking.fetch(Request(url=f"{site.url}/{path}", deadline_s=20.0))
            await asyncio.sleep(1.0)  # what Chromium writes down it writes with a delay
            files = list(written())
            assert files
            return found_in(files, (token,))
        finally:
            await masking.close()

    with echo_site() as site:
        assert asyncio.run(look(site)) == []
        assert b"GET /more?said=Bearer%20a-t0ken" in b"".join(site.heads)


def test_a_secret_goes_to_its_own_host_alone(tmp_path: Path) -> None:
    with echo_site() as site, echo_site() as other:
        place = Place(
            folder=tmp_path / "urls",
            secrets=read_host_headers(
                {site.host: {"Authorization": "Bearer $TOKEN"}},
                {"TOKEN": "a-t0ken-of-ours"},
                tmp_path,
            ),
        )
        options = CrawlOptions(base_url=site.url, plan=WalkPlan(), pace=Pace(0.0, 0.0))
        urls = [f"{site.url}/plain", f"{other.url}/plain"]
        crawl_list(urls, SOURCE, options, place, Silent())
    assert all(b"a-t0ken-of-ours" in head for head in site.heads)
    assert len(other.heads) == 2
    assert not any(b"a-t0ken-of-ours" in head for head in other.heads)


@pytest.mark.parametrize(
    ("words", "settings_text"),
    [
        (("hltv", "--base-url", "http://me:PASSWORD@127.0.0.1:9"), ""),
        (("urls", "list.txt", "--base-url", "http://127.0.0.1:9"), ""),
        (("hltv", "--base-url", "http://127.0.0.1:9", "--refetch-from", "list.txt"), ""),
        (("hltv", "--contact", "https://me:PASSWORD@example.org"), ""),
        (("hltv", "--archives", "s3://me:PASSWORD@bucket"), ""),
        (("hltv",), 'contact = "https://me:PASSWORD@example.org"\n'),
        (("hltv",), '[headers."me:PASSWORD@127.0.0.1:9"]\nAccept = "x"\n'),
        (("hltv",), '[headers."127.0.0.1:9"]\nAuthorization = "Bearer PASSWORD"\n'),
        (("hltv", "--contact", "PASSWORD"), '[headers."h"]\nAuthorization = "$KEY"\n'),
        (("urls", "other.txt", "--base-url", "http://127.0.0.1:9"), '[headers."h"]\nA = "$KEY"\n'),
    ],
)
def test_a_secret_in_the_wrong_place_is_refused_and_not_repeated(
    words: tuple[str, ...], settings_text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    password = "n0t-t0-be-shown"
    (tmp_path / "warchouse.toml").write_text(settings_text.replace("PASSWORD", password))
    (tmp_path / "list.txt").write_text(f"\nhttp://me:{password}@127.0.0.1:9/matches/1/x\n")
    (tmp_path / "other.txt").write_text(f"http://127.0.0.1:9/?key={password}\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KEY", password)
    done = CliRunner().invoke(app, [word.replace("PASSWORD", password) for word in words])
    assert done.exit_code == 2, done.output
    assert done.stderr.startswith("error: ")
    assert done.output.count("\n") == 1
    assert not [one for one in traces_of(password) if one in done.output.encode()]
    assert not list(tmp_path.rglob("*.warc.gz*"))


def test_the_search_finds_what_is_not_masked(tmp_path: Path) -> None:
    """The check of this file is itself checked: what is not known to be secret is found."""
    with echo_site() as site:
        known = {site.host: (("Authorization", "Bearer a-t0ken"), ("Cookie", "sid=0ther-one"))}
        crawl_all(site, Secrets(known, ("a-t0ken",)), tmp_path)
    assert found_in(at_rest(tmp_path), ("a-t0ken",)) == []
    places = " ".join(found_in(at_rest(tmp_path), ("0ther-one",)))
    for place in ("run-", "manifest.sqlite", "inflated", "decoded"):
        assert place in places

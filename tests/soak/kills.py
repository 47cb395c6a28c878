"""`warchouse fetch` in a process of its own, killed at random moments (docs/durability.md).

Theory of operation. One replica serves many crawls. Each crawl is a collection whose process is
killed again and again until one comes to its end; then the next begins. A kill comes at a random
time after the start, once the archive has grown by a random size, or as soon as the opening repair
has touched a file; some tails are torn by hand before, so that there is something to repair. After
every kill the files are read as they lie there: what was whole before is whole still, every body is
what the server sends, no row of the manifest lacks its record, and nothing that was archived was
asked for again.
"""

from __future__ import annotations

import gzip
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from urllib.parse import urlsplit

import polars as pl

from tests.faults.nothing_lost import (
    Archived,
    check_nothing_lost,
    check_rows_have_records,
    check_sent,
    check_tables,
    read_all,
    tables_of,
    torn_tails,
    warc_paths,
)
from tests.faults.tally import Tally
from tests.replica import errors
from tests.replica.background import control, running
from tests.replica.pubg.server import KEY

ROOT = Path(__file__).resolve().parents[2]
MATCHES = 10
PAGE_SIZE = 4
LATENCY_MS = 10
ENVIRONMENT = {**os.environ, "PUBG_API_KEY": KEY}
LIMIT_S = 120.0
"""Seconds. A crawl that takes longer hangs."""

HOWS = ("time", "growth", "growth", "growth", "repair", "term", "twice")
ERROR_PAGES = frozenset(errors.plain(status).encode() for status in (429, 500, 503))


@dataclass(slots=True)
class Server:
    """A replica in its own process; keeps what it sends.

    source     the collection, too
    words      what `warchouse fetch` is told besides where to ask and to write
    every_run  how targets begin that every run asks for
    """

    base_url: str
    source: str = "hltv"
    words: tuple[str, ...] = ("--pace", "0-0")
    every_run: tuple[str, ...] = ("/results", "/robots.txt")
    bodies: dict[str, bytes] = field(default_factory=dict)

    def asked(self) -> list[str]:
        """Every target asked for so far."""
        log = control(self.base_url, "log", method="GET")
        assert isinstance(log, list)
        return [str(line[0]) for line in log]

    def was_sent(self, url: str, body: bytes, *, is_cut: bool) -> bool:
        """See `tests.faults.nothing_lost.Sent`; the replica sends a page the same way each time.

        Where it was told to fail it sends an error page, or half of a page as plain text.
        """
        if is_cut:
            return gzip.decompress(self._body(url)).startswith(body)
        return self.is_page(url, body) or gzip.decompress(body) in ERROR_PAGES

    def is_page(self, url: str, body: bytes) -> bool:
        """Whether that is the page the URL names, as it is sent."""
        return self._body(url) == body

    def _body(self, url: str) -> bytes:
        """What the replica sends when nothing fails."""
        if url not in self.bodies:
            request = urllib.request.Request(url, headers={"Accept-Encoding": "gzip"})
            with urllib.request.urlopen(request, timeout=10) as answer:
                self.bodies[url] = answer.read()
        return self.bodies[url]


@dataclass(slots=True)
class Victim:
    """One crawl: its collection, and what was whole in it when its last process died."""

    archives: Path
    server: Server
    chance: Random
    tally: Tally
    whole: dict[str, Archived] = field(default_factory=dict)

    @property
    def folder(self) -> Path:
        """The collection."""
        return self.archives / self.server.source

    def start(self) -> subprocess.Popen[bytes]:
        """The command, as a user gives it."""
        server = self.server
        command = [sys.executable, "-m", "warchouse", "fetch", server.source, "--quiet"]
        command += [*server.words, "--base-url", server.base_url, "--archives", str(self.archives)]
        return subprocess.Popen(command, cwd=ROOT, env=ENVIRONMENT, stderr=subprocess.PIPE)

    @classmethod
    def of(cls, archives: Path, server: Server) -> Victim:
        """A crawl that nobody counts."""
        return cls(archives, server, Random(0), Tally())

    def to_its_end(self) -> None:
        """Run the command until it is done."""
        with self.start() as process:
            _, said = process.communicate(timeout=LIMIT_S)
        assert process.returncode == 0, said.decode()

    def live(self, how: str) -> bool:
        """One process, from start to end; True if it came to its own."""
        if how == "repair":
            self._tear()
        # Where a repair has begun, nobody can tell from outside whether it has cut the file.
        begun = {path.name.rpartition(".torn-")[0] + ".open" for path in torn_tails(self.folder)}
        paths = [path for path in warc_paths(self.folder) if path.name not in begun]
        sizes = {path.name: path.stat().st_size for path in paths}
        before = Counter(self.server.asked())
        self.tally.runs += 1
        with self.start() as process:
            try:
                self._end(process, how)
                _, said = process.communicate(timeout=LIMIT_S)
            except BaseException:
                process.kill()
                raise
        assert b"Traceback" not in said, said.decode()
        asked = Counter(self.server.asked()) - before
        again = {target_of(one.url) for one in self.whole.values()}
        every_run = self.server.every_run
        again = {target for target in asked if target in again and not target.startswith(every_run)}
        assert not again, f"archived pages were asked for again: {again}"
        self._look(sizes)
        # A second signal may come when Python itself has wound up, and the archive is long sealed.
        if process.returncode in {130, -signal.SIGINT, -signal.SIGTERM}:
            self.tally.interrupts += 1
            assert how == "twice" or not list(self.folder.glob("*.open"))
        elif process.returncode == -signal.SIGKILL:
            self.tally.kills += 1
        else:
            assert process.returncode == 0, said.decode()
        return process.returncode == 0

    def _tear(self) -> None:
        """Half a record more at the end of a file that was being written and is not yet repaired."""
        for path in self.folder.glob("*.open"):
            sealed = path.name.removesuffix(".open")
            if not list(self.folder.glob(f"{sealed}.torn-*")):
                torn = path.read_bytes()[: self.chance.randint(1, 300)]
                with path.open("ab") as file:
                    file.write(torn)

    def _end(self, process: subprocess.Popen[bytes], how: str) -> None:
        """Wait for the moment, then end the process."""
        if how == "time":
            until = time.monotonic() + self.chance.uniform(0.3, 1.5)
            _wait(process, lambda: time.monotonic() > until)
        elif how == "repair":
            left, torn = set(self.folder.glob("*.open")), set(torn_tails(self.folder))
            if left:
                _wait(
                    process,
                    lambda: (
                        set(torn_tails(self.folder)) != torn
                        or not left <= set(self.folder.glob("*.open"))
                    ),
                )
        if how not in {"time", "repair"} or (
            how == "repair" and process.poll() is None and not left
        ):
            self._await_growth(process)
        if process.poll() is not None:
            return
        if how == "term":
            process.send_signal(signal.SIGTERM)
        elif how == "twice":
            process.send_signal(signal.SIGINT)
            time.sleep(self.chance.uniform(0.0, 0.02))
            if process.poll() is None:
                process.send_signal(signal.SIGINT)
        else:
            process.kill()

    def _await_growth(self, process: subprocess.Popen[bytes]) -> None:
        begun = _size(self.folder)
        wanted = self.chance.randint(500, 60_000)
        _wait(process, lambda: _size(self.folder) - begun > wanted)
        time.sleep(self.chance.uniform(0.0, 0.01))

    def _look(self, sizes: dict[str, int]) -> None:
        """Read the files as they lie there; nothing that was whole may be gone."""
        found, _ = read_all(warc_paths(self.folder))
        for record_id, exchange in self.whole.items():
            assert record_id in found, f"{exchange.url} of {exchange.file} is lost"
            assert found[record_id].body == exchange.body
            self.tally.compared += 1
        for record_id in found.keys() - self.whole.keys():
            check_sent(found[record_id], self.server)
            self.tally.compared += 1
        check_rows_have_records(self.folder, found)
        self._check_bytes(sizes)
        self.whole = found

    def _check_bytes(self, sizes: dict[str, int]) -> None:
        """Sealed files are as they were; what was repaired is there, in the file or beside it."""
        for name, size in sizes.items():
            path = self.folder / name
            sealed = self.folder / name.removesuffix(".open")
            if path == sealed:
                assert path.stat().st_size == size, f"{name} was sealed and has changed"
            elif sealed.exists():
                torn = sum(one.stat().st_size for one in self.folder.glob(f"{sealed.name}.torn-*"))
                assert sealed.stat().st_size + torn == size, f"bytes of {name} are nowhere"


def target_of(url: str) -> str:
    """Path and query of a URL."""
    parts = urlsplit(url)
    return parts.path + (f"?{parts.query}" if parts.query else "")


def _wait(process: subprocess.Popen[bytes], until: Callable[[], bool]) -> None:
    """Wait for a moment, or for the process to end."""
    limit = time.monotonic() + LIMIT_S
    while process.poll() is None and not until():
        assert time.monotonic() < limit, "the crawl hangs"
        time.sleep(0.001)


def _size(folder: Path) -> int:
    """Bytes in the WARC files of a collection."""
    size = 0
    for path in folder.glob("*.warc.gz*"):
        try:
            size += path.stat().st_size
        except FileNotFoundError:
            continue  # it was sealed just now
    return size


@contextmanager
def hltv(seed: int) -> Iterator[Server]:
    """A small season of HLTV, served."""
    with running(
        seed=seed, matches=MATCHES, page_size=PAGE_SIZE, small=True, latency_ms=LATENCY_MS
    ) as base_url:
        yield Server(base_url)


Serving = Callable[[int], AbstractContextManager[Server]]


def survive_kills(
    folder: Path,
    kills: int,
    *,
    seed: int,
    serving: Serving = hltv,
    say: Callable[[str], None] = lambda _line: None,
) -> Tally:
    """Kill crawls until so many kills were survived; each crawl is then brought to its end."""
    tally, chance = Tally(), Random(seed)
    with serving(seed) as server:
        calm = Victim.of(folder / "undisturbed", server)
        calm.to_its_end()
        undisturbed = tables_of(calm.archives)
        number = 0
        while tally.kills < kills:
            number += 1
            victim = Victim(folder / str(number), server, chance, tally)
            while tally.kills < kills and not victim.live(chance.choice(HOWS)):
                pass
            _finish(victim, undisturbed)
            say(f"after {number} crawls: {tally}")
    return tally


def _finish(victim: Victim, undisturbed: dict[str, pl.DataFrame]) -> None:
    """Bring a crawl to its end, and compare everything."""
    victim.to_its_end()
    victim.tally.runs += 1
    check_nothing_lost(
        victim.folder, must_have=victim.whole, sent=victim.server, tally=victim.tally
    )
    check_tables(victim.archives, undisturbed, victim.tally)


def is_possible() -> bool:
    """Whether this system can kill a process without a word to it."""
    return os.name != "nt"

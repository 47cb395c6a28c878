"""A parse without a network: the tripwire, and the proof."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from parse.offline import OfflineError, offline, refuse_remote
from tests.parse.bench import SITE, Bench, game, games, page, record
from warc.errors import UsageError

ROOT = Path(__file__).resolve().parents[2]
UNSHARE = ["unshare", "--map-root-user", "--net"]


def dial() -> None:
    with socket.socket() as dialled:
        dialled.connect(("127.0.0.1", 9))


@pytest.mark.parametrize(
    "attempt",
    [dial, lambda: socket.getaddrinfo("localhost", 80), lambda: socket.gethostbyname("localhost")],
)
def test_network_access_is_refused_while_a_parse_runs(attempt: object) -> None:
    assert callable(attempt)
    with offline(), pytest.raises(OfflineError, match="a parse is offline: refused socket"):
        attempt()


def test_afterwards_the_process_may_dial_again() -> None:
    with offline():
        pass
    with pytest.raises(ConnectionRefusedError):
        dial()


@pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="no local sockets here")
def test_local_sockets_between_processes_stay(tmp_path: Path) -> None:
    with offline(), socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "s"))
        listening.listen()
        with socket.socket(socket.AF_UNIX) as dialled:
            dialled.connect(str(tmp_path / "s"))


@pytest.mark.parametrize("workers", [1, 2])
def test_a_parser_that_dials_ends_the_parse(bench: Bench, workers: int) -> None:
    """Workers are spawned and inherit no hook: each must have set its own."""
    bench.put("a.warc.gz", [*games(1), record(f"{SITE}/game/5", page(game(5), ("dial", {})))])
    with pytest.raises(OfflineError, match="refused socket"):
        bench.parse(workers=workers)
    assert not (bench.warehouse / "CURRENT").exists()


@pytest.mark.parametrize("path", ["s3://bucket/x", "https://host/x.warc.gz", "file:///x"])
def test_remote_paths_are_refused_before_any_library_sees_them(path: str) -> None:
    with pytest.raises(UsageError, match="a parse reads local files only"):
        refuse_remote(path)


@pytest.mark.skipif(shutil.which("unshare") is None, reason="needs unshare (Linux)")
def test_without_any_interface_the_tables_are_the_same_bytes(bench: Bench) -> None:
    """The proof: a network namespace of its own holds no interface that is up."""
    usable = subprocess.run([*UNSHARE, "true"], check=False, capture_output=True)
    if usable.returncode:
        pytest.skip("this system lets no user make a network namespace")
    bench.put("a.warc.gz", games(20))
    bench.parse()
    connected = bench.parts()
    script = (
        "from pathlib import Path; from tests.parse.bench import Bench;"
        f"bench = Bench(Path({str(bench.archives.parent)!r}));"
        "bench.parse(workers=2, range_bytes=500)"
    )
    interfaces = "import socket; print(socket.if_nameindex())"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    for code in (interfaces, script):
        done = subprocess.run(
            [*UNSHARE, sys.executable, "-c", f"{code}"],
            cwd=bench.archives.parent,
            check=False,
            capture_output=True,
            text=True,
            env=environment,
        )
        assert done.returncode == 0, done.stderr
        assert "eth" not in done.stdout
    assert bench.snapshot.name == "000002"
    assert bench.parts() == connected

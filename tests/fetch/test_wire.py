"""What went over the wire, recorded by a proxy that is no part of us, is what the archive holds."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from tests.replica.background import control, running
from warc.http import read_request, response_of
from warc.reader import read_records
from warc.record import Record

ROOT = Path(__file__).resolve().parents[2]
LENGTH = re.compile(rb"\r\nContent-Length: (\d+)\r\n", re.IGNORECASE)
RENAMED = re.compile(rb"(?mi)^(X-Orig-Transfer-Encoding|Transfer-Encoding|Content-Length):[^\n]*\n")


class Tap:
    """Copies bytes between a client and a server, and keeps them by connection."""

    def __init__(self, server: tuple[str, int]) -> None:
        self.server = server
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self.listener.getsockname()[1])
        self.sent: list[bytearray] = []
        self.received: list[bytearray] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            server = socket.create_connection(self.server)
            for source, target, kept in (
                (client, server, self.sent),
                (server, client, self.received),
            ):
                kept.append(bytearray())
                threading.Thread(
                    target=self._copy, args=(source, target, kept[-1]), daemon=True
                ).start()

    @staticmethod
    def _copy(source: socket.socket, target: socket.socket, kept: bytearray) -> None:
        try:
            while data := source.recv(1 << 16):
                kept += data
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)
        except OSError:
            target.close()


@contextmanager
def tapped(base: str) -> Iterator[Tap]:
    parts = urlsplit(base)
    assert parts.port is not None
    tap = Tap(("127.0.0.1", parts.port))
    try:
        yield tap
    finally:
        tap.listener.close()


def responses(stream: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Head and body of each response of one connection, chunk framing undone."""
    at = 0
    while at < len(stream):
        end = stream.index(b"\r\n\r\n", at) + 4
        head = stream[at:end]
        if found := LENGTH.search(head):
            at = end + int(found[1])
            yield head, stream[end:at]
            continue
        body, at = b"", end
        while size := int(stream[at : (line := stream.index(b"\r\n", at))], 16):
            body += stream[line + 2 : line + 2 + size]
            at = line + 2 + size + 2
        at = line + 4
        yield head, body


def requests(stream: bytes) -> list[bytes]:
    """Each request of one connection: none has a body."""
    return [head + b"\r\n\r\n" for head in stream.split(b"\r\n\r\n")[:-1]]


def test_every_request_and_response_is_archived_byte_for_byte(tmp_path: Path) -> None:
    """Heads but for the framing fields that the format renames, bodies as they were coded."""
    with running(seed=7, matches=12, small=True) as base, tapped(base) as tap:
        control(base, "faults", {"pattern": "/economy/", "kind": "404", "times": 2})
        url = f"http://127.0.0.1:{tap.port}"
        words = ["fetch", "hltv", "--base-url", url, "--archives", str(tmp_path), "--quiet"]
        done = subprocess.run([sys.executable, "-m", "warchouse", *words], cwd=ROOT, check=False)
    assert done.returncode == 1, "two pages of the crawl are missing"
    stored_requests, stored = [], []
    for path in tmp_path.rglob("*.warc.gz"):
        for record in read_records(path):
            assert isinstance(record, Record)
            if record.type == "request":
                assert read_request(record.block).method == "GET"
                stored_requests.append(record.block)
            elif record.type == "response":
                head = record.block.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
                stored.append((RENAMED.sub(b"", head), response_of(record).body))
    sent = [one for stream in tap.sent for one in requests(bytes(stream))]
    answered = [
        (RENAMED.sub(b"", head), body)
        for stream in tap.received
        for head, body in responses(bytes(stream))
    ]
    assert len(sent) >= 80
    assert sorted(stored_requests) == sorted(sent)
    assert sorted(stored) == sorted(answered)

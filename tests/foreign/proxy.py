"""A proxy on loopback that sends requests for any host to a replica, byte for byte both ways."""

from __future__ import annotations

import re
import socket
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

_DROPPED = re.compile(rb"(?im)^(?:proxy-)?connection:[^\r\n]*\r\n")


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False
    target = ("", 0)


class _Handler(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        """Answer one request: its absolute target becomes a path, the host stays as it is."""
        head = b""
        while b"\r\n\r\n" not in head:
            more = self.request.recv(65536)
            if not more:
                return
            head += more
        first, rest = head.split(b"\r\n", 1)
        method, target, version = first.split(b" ", 2)
        path = re.sub(rb"^http://[^/]+", b"", target) or b"/"
        rest = _DROPPED.sub(b"", rest)
        assert isinstance(self.server, _Server)
        with socket.create_connection(self.server.target) as origin:
            origin.sendall(b"%s %s %s\r\nConnection: close\r\n%s" % (method, path, version, rest))
            while chunk := origin.recv(65536):
                self.request.sendall(chunk)


@contextmanager
def proxy_to(base_url: str) -> Iterator[str]:
    """Run a proxy to a replica; its host and port."""
    parts = urlsplit(base_url)
    with _Server(("127.0.0.1", 0), _Handler) as server:
        server.target = (parts.hostname or "", parts.port or 80)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield "{}:{}".format(*server.server_address[:2])
        finally:
            server.shutdown()

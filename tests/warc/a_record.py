"""Records by hand, good or with one thing wrong."""

from __future__ import annotations

from warc.digest import sha1_of


def a_record(number: int, block: bytes = b"", *, drop: str = "", **changed: str) -> bytes:
    """A record as its bytes; `changed` replaces fields (underscores for hyphens)."""
    block = block or b"block of %d " % number + b"abc " * number
    fields = {
        "WARC-Type": "resource",
        "WARC-Record-ID": f"<urn:uuid:{number:032d}>",
        "WARC-Date": "2026-11-21T20:05:12Z",
        "WARC-Target-URI": f"http://a.example/{number}",
        "WARC-Block-Digest": sha1_of((block,)),
        "Content-Type": "text/plain",
        "Content-Length": str(len(block)),
    }
    fields |= {name.replace("_", "-"): value for name, value in changed.items()}
    fields.pop(drop, None)
    lines = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return f"WARC/1.1\r\n{lines}\r\n".encode() + block + b"\r\n\r\n"

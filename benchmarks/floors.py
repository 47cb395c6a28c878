"""The least a task can cost: the same work with nothing around it.

`crawl`: aiohttp gets each URL over one connection; request and response are hashed (two SHA-1),
compressed with ISA-L level 2, appended to a file that is synced every 32 pages.
`parse`: each gzip member of a WARC file is inflated; the body of a response is decoded and becomes
a Lexbor tree.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

from isal import isal_zlib

SYNC_EVERY = 32  # exchanges, the same batch the archive uses
GZIP_MAGIC = b"\x1f\x8b"  # a body stored as it was sent, with Content-Encoding: gzip
CHUNK_BYTES = 1 << 16  # about one compressed page


async def crawl(urls: list[str], archive: Path) -> None:
    """Get every URL and write it down, and nothing else."""
    import aiohttp  # noqa: PLC0415 - the parse floor must not pay for it

    connector = aiohttp.TCPConnector(limit=1)
    with archive.open("wb") as out:
        async with aiohttp.ClientSession(connector=connector, auto_decompress=False) as session:
            for number, url in enumerate(urls, start=1):
                async with session.get(url) as response:
                    body = await response.read()
                    head = b"".join(b"%s: %s\r\n" % pair for pair in response.raw_headers)
                block = head + b"\r\n" + body
                digests = hashlib.sha1(block).hexdigest() + hashlib.sha1(body).hexdigest()
                record = digests.encode() + b"\r\n\r\n" + block + b"\r\n\r\n"
                out.write(isal_zlib.compress(url.encode(), 2, wbits=31))
                out.write(isal_zlib.compress(record, 2, wbits=31))
                if number % SYNC_EVERY == 0:
                    out.flush()
                    os.fsync(out.fileno())


def members(archive: Path) -> Iterator[bytes]:
    """Inflate the gzip members of a file one after the other."""
    with archive.open("rb") as file:
        rest = file.read(CHUNK_BYTES)
        while rest:
            inflater = isal_zlib.decompressobj(wbits=31)
            parts = [inflater.decompress(rest)]
            while not inflater.eof:
                parts.append(inflater.decompress(file.read(CHUNK_BYTES)))
            yield b"".join(parts)
            rest = inflater.unused_data or file.read(CHUNK_BYTES)


def parse(archives: list[Path]) -> None:
    """Inflate every member, and build the tree of every response's body."""
    from selectolax.lexbor import LexborHTMLParser  # noqa: PLC0415 - the crawl floor does not pay

    for archive in archives:
        for member in members(archive):
            if b"\r\nWARC-Type: response\r\n" in member[:1000]:
                body = member.split(b"\r\n\r\n", 2)[2]
                if body.startswith(GZIP_MAGIC):
                    body = isal_zlib.decompress(body, wbits=31)
                LexborHTMLParser(body)


def main() -> None:
    """Run one floor."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("floor", choices=("crawl", "parse"))
    options.add_argument("inputs", nargs="+", type=Path)
    options.add_argument("--archive", type=Path)
    chosen = options.parse_args()
    if chosen.floor == "crawl":
        urls = chosen.inputs[0].read_text(encoding="utf-8").split()
        asyncio.run(crawl(urls, chosen.archive))
    else:
        parse(chosen.inputs)


if __name__ == "__main__":
    main()

"""Archives of a whole season without a crawl: for measurements of reading, not of fetching."""

from __future__ import annotations

import argparse
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.replica.season import Season
from warc.digest import sha1_of
from warc.format import RESPONSE_TYPE, warc_date
from warc.member import small_member

PAGES_PER_MATCH = 7.6  # of a season: match page, and three pages for each of some 2.2 maps
FILE_PAGES = 20_000
HOST = "https://www.hltv.org"
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: %d\r\n\r\n"
FIRST = datetime(2026, 3, 1, tzinfo=UTC)


def write_season(folder: Path, pages: int, *, small: bool) -> None:
    """Write so many pages of a season as WARC files, newest matches last."""
    season = Season(seed=7, matches=round(pages / PAGES_PER_MATCH) + 50, small=small)
    folder.mkdir(parents=True, exist_ok=True)
    number, file = 0, None
    for target in season.targets():
        page = season.page(target)
        if page is None or page.status != 200:
            continue
        if number % FILE_PAGES == 0:
            if file:
                file.close()
            file = (folder / f"season-{number // FILE_PAGES:05d}.warc.gz").open("wb")
        assert file is not None
        file.write(_response(HOST + target, page.body, number))
        number += 1
        if number == pages:
            break
    assert number == pages, f"the season has only {number} pages"
    if file:
        file.close()


def _response(url: str, body: bytes, number: int) -> bytes:
    head = HEAD % len(body)
    fields = (("WARC-Target-URI", url), ("WARC-Payload-Digest", sha1_of((body,))))
    record_id = f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, url)}"
    described = ("response", record_id, warc_date(FIRST + timedelta(seconds=number)))
    return small_member(described, fields, (head, body), content_type=RESPONSE_TYPE)


def main() -> None:
    """Write one season's archive."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("folder", type=Path)
    options.add_argument("--pages", type=int, required=True)
    options.add_argument("--small", action="store_true")
    chosen = options.parse_args()
    write_season(chosen.folder, chosen.pages, small=chosen.small)


if __name__ == "__main__":
    main()

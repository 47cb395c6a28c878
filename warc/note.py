"""What metadata records say, written and read in one place: fields of pages, of crawls.

Names: `via`, `hopsFromSeed` and `fetchTimeMs` are the standard's; `page-type`, `page-key`,
`page-url`, `verdict`, `dom-verdict`, `hops`, `priority`, `discovered-by`, `discovered-in`,
`event-at`, `crawl`, `masked` are ours, and so are `outcome` (failed, skipped, crawl), `reason` and
`next-try` of records that stand alone.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime

from warc.fields import Fields
from warc.format import warc_date
from warc.head import read_date
from warc.manifest_rows import Crawl, QueuedPage
from warc.record import Record

# A sign and the digits of the least number of 64 bits.
_DIGITS_MAX = 20


def described(page: QueuedPage) -> tuple[tuple[str, str], ...]:
    """What a note says of a page, so that the manifest can be made again from it."""
    return (
        ("via", page.found_on),
        ("hops", str(page.hops)),
        ("priority", str(page.priority)),
        ("discovered-by", page.discovered_by),
        ("discovered-in", str(page.discovered_in)),
        ("event-at", warc_date(page.event_at) if page.event_at else ""),
    )


def missing(
    noted: tuple[tuple[str, str], ...], more: tuple[tuple[str, str], ...]
) -> tuple[tuple[str, str], ...]:
    """The fields that are not noted yet and say something."""
    names = {name.lower() for name, _ in noted}
    return tuple((name, value) for name, value in more if value and name.lower() not in names)


def crawl_note(crawl: Crawl, *, started_at: str) -> tuple[tuple[str, str], ...]:
    """The note that a crawl's end leaves in the archive: enough to know it again."""
    return (
        ("outcome", "crawl"),
        ("crawl", str(crawl.id)),
        ("options", crawl.options),
        ("started-at", started_at),
        ("counts", crawl.counts),
        ("reason", crawl.why),
        ("walk-complete", "yes" if crawl.walk_complete else "no"),
    )


def to_json(values: Mapping[str, object]) -> str:
    """JSON on one line, keys sorted."""
    return json.dumps(values, ensure_ascii=False, sort_keys=True, default=str)


def read_note(record: Record) -> Fields:
    """The fields of a warcinfo or metadata block; what is no field is passed over."""
    lines = record.block.decode("utf-8", errors="replace").splitlines()
    parts = (line.partition(":") for line in lines)
    return Fields((name.strip(), value.strip()) for name, colon, value in parts if colon)


def time(noted: Fields, name: str) -> datetime | None:
    """A time a note gives; None where it gives none."""
    try:
        return read_date(noted.first(name) or "")
    except ValueError:
        return None


def number(noted: Fields, name: str) -> int:
    """A whole number a note gives, 0 where it gives none that a manifest can hold (64 bits)."""
    text = noted.first(name) or ""
    if not text.removeprefix("-").isdecimal() or len(text) > _DIGITS_MAX:
        return 0
    read = int(text)
    return read if read.bit_length() < 64 else 0

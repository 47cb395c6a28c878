"""The captures of a page as a build ranks them: newest first, revisits counted for their original.

The order is the stage's (parse/stage.py), and which capture a revisit renews is found as the build
finds it (parse/revisits.py), here from the tables and the revisit's own record.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from parse.replay import capture_id
from parse.revisits import OF_NOTHING
from parse.trace.archive import Archive, is_dom, without_copies
from warc.errors import WarchouseError
from warc.head import bare, read_date
from warehouse.errors import WarehouseError
from warehouse.rows.archive import CaptureRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A capture with what came of it later.

    seen_at     when the page was last seen as it is in this capture
    renewed_by  the revisits that saw it so
    copies      second copies of the record
    renews      of a revisit, the capture that it saw again; None where that is nowhere
    """

    capture: CaptureRow
    seen_at: datetime
    renewed_by: tuple[CaptureRow, ...] = ()
    copies: tuple[CaptureRow, ...] = ()
    renews: CaptureRow | None = None


def ranked(archive: Archive, captures: Iterable[CaptureRow]) -> tuple[Visit, ...]:
    """The captures newest first, of one visit the response before the DOM."""
    listed = list(dict.fromkeys(captures))
    read = without_copies(listed)
    originals = {
        one.capture_id: original_of(archive, one) for one in read if one.outcome == "revisit"
    }
    renewed: dict[int, list[CaptureRow]] = {}
    for one in read:
        if original := originals.get(one.capture_id):
            renewed.setdefault(original.capture_id, []).append(one)
    visits = [
        Visit(
            capture=one,
            seen_at=max(
                [one.fetched_at, *(by.fetched_at for by in renewed.get(one.capture_id, ()))]
            ),
            renewed_by=tuple(renewed.get(one.capture_id, ())),
            copies=tuple(
                copy
                for copy in listed
                if copy.capture_id == one.capture_id and copy.outcome == "duplicate"
            ),
            renews=originals.get(one.capture_id),
        )
        for one in read
    ]
    return tuple(sorted(visits, key=_rank, reverse=True))


def _rank(visit: Visit) -> tuple[datetime, bool, int]:
    return visit.seen_at, not is_dom(visit.capture), visit.capture.capture_id


def original_of(archive: Archive, revisit: CaptureRow) -> CaptureRow | None:
    """The capture that a revisit saw again; None where it is nowhere, or the revisit unreadable."""
    return next(_originals(archive, revisit), None)


def _originals(archive: Archive, revisit: CaptureRow) -> Iterator[CaptureRow]:
    """What may be the original, the surest first: by record id, by URL and date, by digest."""
    try:
        fields = archive.record_of(revisit).fields
    except WarchouseError:
        return
    if named := fields.first("WARC-Refers-To"):
        try:
            found = archive.capture(capture_id(bare(named)))
        except WarehouseError:
            found = revisit
        if found.outcome in {"parsed", "failed", "evidence"}:
            yield found
    target = fields.first("WARC-Refers-To-Target-URI")
    url = bare(target) if target else revisit.url
    at = _date(fields.first("WARC-Refers-To-Date"))
    dated = [one for one in archive.seen_at(url) if one.fetched_at == at]
    yield from sorted(dated, key=lambda one: one.capture_id)
    digest = revisit.payload_digest
    if digest is None or digest in OF_NOTHING:
        return
    for place in (url, revisit.url):
        equal = [one for one in archive.seen_at(place) if one.payload_digest == digest]
        yield from sorted(equal, key=lambda one: (-one.fetched_at.timestamp(), one.capture_id))


def _date(text: str | None) -> datetime | None:
    try:
        return read_date(text) if text else None
    except ValueError:
        return None

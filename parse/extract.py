"""One range of a WARC file to extractions: the function every worker runs.

It gives plain values back, rows packed by the entity they are about, so that the process that
builds need not unpack a row before it is wanted. Nothing here raises for a bad page: what a page
did is its outcome.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import msgspec

from parse.basis import Pins
from parse.errors import ParseError
from parse.model import EntityId, Issue, Layout, Parser
from parse.offline import OfflineError, offline
from parse.registry import Registry, load_registry, locate
from parse.replay import (
    CAPTURE_TYPES,
    Extent,
    Page,
    Pick,
    Picks,
    Range,
    capture_id,
    capture_id_of,
    head_of,
    page_of,
    picked,
    records_of,
)
from parse.times import microseconds
from parse.tracked import NOBODY, Presence, Tracked
from parse.uncollected import uncollected
from warc.head import bare, read_date
from warc.record import BadStretch, Record
from warc.sites.page import DOM_SCHEME, Judgement, PageRef, Response, Site
from warc.surt import surt
from warehouse.column import Row

FOUND_CHARS_MAX = 40
REPLACEMENT = "\N{REPLACEMENT CHARACTER}".encode()
"""What stands in a text for bytes that are not of its encoding."""

DIGEST_BYTES = 16  # of SHA-256

Unpack = Callable[[bytes], list[Row]]

_encoder = msgspec.msgpack.Encoder()
_presence = msgspec.msgpack.Decoder(tuple[int, list[str], list[str] | None]).decode


class Extraction(msgspec.Struct, kw_only=True, gc=False):
    """What a parser made of one page, beside its rows.

    failure  why it could not be parsed, where it could not
    issues   packed: kind, field and what was found of each
    presence  packed: of whom the page has detail, when that was, and of whom it was given
    """

    outcome: str
    failure: str | None = None
    layout: str | None = None
    rows: int = 0
    issues: bytes = b""
    presence: bytes = b""


class CaptureFacts(msgspec.Struct, kw_only=True, gc=False):
    """One capture record and what its parser gave; the names are those of the `captures` table.

    refers_id, refers_url, refers_us  what a revisit names as its original
    is_stand_in                       whether the URL is of a host that stands for the site's own
    is_dom                            whether it is what a browser rendered of the page
    """

    capture_id: int
    file: int
    offset: int
    inner: int
    length: int
    record_id: str | None
    record_type: str
    url: str
    surt: str
    fetched_us: int
    status: int | None = None
    mime: str | None = None
    digest: str | None = None
    source: str | None = None
    page_type: str | None = None
    page_key: str | None = None
    verdict: str | None = None
    reason: str | None = None
    parser: str | None = None
    extraction: Extraction | None = None
    refers_id: int | None = None
    refers_url: str | None = None
    refers_us: int | None = None
    is_stand_in: bool = False
    is_dom: bool = False

    @property
    def page_url(self) -> str:
        """The URL of the page, also where the capture is what was rendered of it."""
        return self.url.removeprefix(DOM_SCHEME) if self.is_dom else self.url


@dataclass(frozen=True, slots=True)
class EntityRows:
    """The rows one capture gave about one entity, packed; kinds are `source.kind`."""

    kind: str
    entity_id: EntityId
    rows: bytes
    digest: bytes
    """First 16 bytes of the SHA-256 of the packed rows."""


@dataclass(slots=True)
class RangeResult:
    """What one range gave; `captures_read` counts as records are met."""

    work: Range
    extent: Extent
    captures_read: int = 0
    captures: list[tuple[CaptureFacts, Sequence[EntityRows]]] = field(default_factory=list)
    bad: list[tuple[int, int, str]] = field(default_factory=list)


@dataclass(slots=True)
class PicksResult:
    """What a parser gave for picked records, by their numbers in the cache."""

    work: Picks
    extracted: list[tuple[int, Extraction, Sequence[EntityRows]]] = field(default_factory=list)


def extract_range(
    work: Range, registry_name: str, pins: Pins = (), tracked: Tracked = NOBODY
) -> RangeResult:
    """Read, judge and parse every capture of a range; network access is refused meanwhile."""
    with offline(), uncollected():
        return _extract_range(work, _extractor(registry_name, pins, tracked))


def extract_picks(
    work: Picks, registry_name: str, pins: Pins = (), tracked: Tracked = NOBODY
) -> PicksResult:
    """Parse the records that were picked, and read nothing else of their file.

    raises  ArchiveError where a record is no longer there
    """
    with offline(), uncollected():
        extractor = _extractor(registry_name, pins, tracked)
        result = PicksResult(work)
        for pick, record in picked(work):
            result.extracted.append((pick.record, *extractor.parse(pick, page_of(record).body)))
        return result


def _extract_range(work: Range, extractor: Extractor) -> RangeResult:
    result = RangeResult(work, Extent())
    for found in records_of(work, result.extent):
        if isinstance(found, BadStretch):
            result.bad.append((found.offset, found.length, found.error.problem))
        elif found.type in CAPTURE_TYPES:
            result.captures_read += 1
            facts = _facts_of(found, work)
            entities = extractor.read(found, facts, work.stand_ins)
            result.captures.append((facts, entities))
    return result


@functools.cache
def _extractor(registry_name: str, pins: Pins, tracked: Tracked) -> Extractor:
    return Extractor(load_registry(registry_name), pins, tracked)


class Extractor:
    """What a worker keeps from range to range: the registry and its decoders."""

    def __init__(self, registry: Registry, pins: Pins = (), tracked: Tracked = NOBODY) -> None:
        """Make a decoder per source."""
        self._registry = registry
        self._pins = pins
        self._tracked = tracked
        self._decode = {
            source.parsing.name: source.row_decoder().decode for source in registry.sources
        }

    def read(
        self, record: Record, facts: CaptureFacts, stand_ins: dict[str, str]
    ) -> Sequence[EntityRows]:
        """Judge and parse one capture: completes its facts, gives its rows by entity."""
        ref = locate(self._registry.sites, facts.url, stand_ins) if facts.url else None
        page = page_of(record) if ref else head_of(record)
        facts.status, facts.mime = page.status, page.mime
        if ref is None:
            return ()
        source = self._registry.source_named(ref.source)
        facts.source, facts.page_type, facts.page_key = ref.source, ref.page_type, ref.key
        facts.is_dom = facts.url.startswith(DOM_SCHEME)
        facts.is_stand_in = source.site.locate(facts.page_url) is None
        if record.type == "revisit":
            _read_reference(record, facts)
            return ()
        judged = _judge(source.site, ref, page, record)
        facts.verdict, facts.reason = judged.verdict, judged.reason or None
        parser = source.parser_of(ref.page_type, self._pins)
        if judged.verdict != "content" or parser is None:
            return ()
        facts.parser = parser.label
        unpack = self._decode[ref.source]
        made, entities = extract_page(parser, ref, page.body, facts.page_url, unpack, self._tracked)
        facts.extraction = made
        return entities

    def parse(self, pick: Pick, body: bytes) -> tuple[Extraction, tuple[EntityRows, ...]]:
        """Parse a page that was read and judged before."""
        source = self._registry.source_named(pick.source)
        parser = source.parser_of(pick.page_type, self._pins)
        assert parser is not None, "only what has a parser is picked"
        ref = PageRef(source=pick.source, page_type=pick.page_type, key=pick.page_key)
        unpack = self._decode[pick.source]
        return extract_page(parser, ref, body, pick.page_url, unpack, self._tracked)


def extract_page(  # noqa: PLR0917 - a page, and how it is read
    parser: Parser,
    ref: PageRef,
    body: bytes,
    url: str,
    unpack: Unpack,
    tracked: Tracked = None,
) -> tuple[Extraction, tuple[EntityRows, ...]]:
    """Run a parser over a page; what it yields goes by entity, a failure is the outcome.

    tracked  whose detail is wanted; None for everyone's
    """
    made = Extraction(outcome="parsed")
    groups: dict[tuple[str, EntityId], list[Row]] = {}
    issues: list[Issue] = []
    entities: tuple[EntityRows, ...] = ()
    last, listed = None, []
    try:
        page = parser.page(body, url=url, page_type=ref.page_type, key=ref.key)
        for found in parser.run(page, tracked):
            if isinstance(found, Issue):
                issues.append(found)
                continue
            if isinstance(found, Layout):
                made.layout = found.name
                continue
            if isinstance(found, Presence):
                made.presence = _encoder.encode(
                    (found.at_us, sorted(found.accounts), found.detailed(tracked))
                )
                continue
            kind, name = found.entity
            about = kind, getattr(found, name)
            if about != last:  # rows about one entity mostly come together
                last, listed = about, groups.setdefault(about, [])
            listed.append(found)
        entities = tuple(_pack(ref.source, *of, rows, unpack) for of, rows in groups.items())
        made.rows = sum(map(len, groups.values()))
        if any(REPLACEMENT in entity.rows for entity in entities):
            issues.append(Issue("unexpected", "page", "bytes that are no text"))
    except (OfflineError, MemoryError):
        raise  # nothing that this page is to blame for
    except ParseError as error:
        _fail(made, issues, error.field or "page", error.problem)
    except Exception as error:  # noqa: BLE001 - a parser's bug fails its page, not the run
        _fail(made, issues, "parser", f"{type(error).__name__}: {error}")
    if issues:
        made.issues = _encoder.encode([(i.kind, i.field, i.found) for i in issues])
    return made, entities


def _pack(
    source: str, kind: str, entity_id: EntityId, rows: list[Row], unpack: Unpack
) -> EntityRows:
    """Pack rows and try to unpack them: a value of an undeclared type fails the page."""
    if not isinstance(entity_id, int | str):
        raise TypeError(f"{kind} has the id {entity_id!r}")
    packed = _encoder.encode(rows)
    unpack(packed)
    return EntityRows(f"{source}.{kind}", entity_id, packed, rows_digest(packed))


def is_of_others(presence: bytes, tracked: Tracked) -> bool:
    """Whether a page was parsed with the detail of others than are tracked now."""
    at_us, accounts, given = _presence(presence)
    return Presence(at_us, frozenset(accounts)).detailed(tracked) != given


def rows_digest(packed: bytes) -> bytes:
    """What packed rows are known by, and compared with when they are read again."""
    return hashlib.sha256(packed).digest()[:DIGEST_BYTES]


def _facts_of(record: Record, work: Range) -> CaptureFacts:
    url = record.target_uri
    return CaptureFacts(
        capture_id=capture_id_of(record, work.name),
        file=work.number,
        offset=record.offset,
        inner=record.inner,
        length=record.length,
        record_id=record.record_id or None,
        record_type=record.type,
        url=url,
        surt=surt(url),
        fetched_us=microseconds(record.date),
        digest=record.fields.first("WARC-Payload-Digest"),
    )


def _read_reference(record: Record, facts: CaptureFacts) -> None:
    """Note what a revisit names as its original."""
    fields = record.fields
    if original := fields.first("WARC-Refers-To"):
        facts.refers_id = capture_id(bare(original))
    url, date = fields.first("WARC-Refers-To-Target-URI"), fields.first("WARC-Refers-To-Date")
    facts.refers_url = bare(url) if url else facts.url
    if date:
        try:
            facts.refers_us = microseconds(read_date(date))
        except ValueError:
            facts.refers_us = None


def _judge(site: Site, ref: PageRef, page: Page, record: Record) -> Judgement:
    if page.problem:
        return Judgement("truncated", page.problem)
    if cut := record.fields.first("WARC-Truncated"):
        return Judgement("truncated", f"cut while it was fetched: {cut}")
    assert page.status is not None, "a page without problem has a status"
    response = Response(status=page.status, headers=page.headers, body=page.body)
    return site.judge(ref, response)


def _fail(made: Extraction, issues: list[Issue], part: str, problem: str) -> None:
    made.outcome, made.rows, made.failure = "failed", 0, problem
    issues.append(Issue("unreadable", part, problem[:FOUND_CHARS_MAX]))

"""One range of a WARC file to extractions: the function every worker runs.

It gives plain values back, rows packed by the entity they are about, so that the process that
builds need not unpack a row before it is wanted. Nothing here raises for a bad page: what a page
did is its outcome.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass, field

import msgspec

from parse.errors import ParseError
from parse.model import Issue, Layout, Parser
from parse.offline import OfflineError, offline
from parse.page import HtmlPage
from parse.registry import Registry, Source, load_registry
from parse.replay import (
    CAPTURE_TYPES,
    Extent,
    Page,
    Range,
    capture_id,
    capture_id_of,
    head_of,
    microseconds,
    page_of,
    records_of,
)
from parse.uncollected import uncollected
from warc.head import bare, read_date
from warc.record import BadStretch, Record
from warc.sites.page import DOM_SCHEME, Judgement, PageRef, Response
from warc.surt import surt
from warehouse.column import Row

FOUND_CHARS_MAX = 40
REPLACEMENT = "\N{REPLACEMENT CHARACTER}".encode()
"""What stands in a text for bytes that are not of its encoding."""

_encoder = msgspec.msgpack.Encoder()


class CaptureFacts(msgspec.Struct, kw_only=True, gc=False):
    """One capture record as it is staged; the names are those of the `captures` table.

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
    layout: str | None = None
    outcome: str = "not_ours"
    rows: int = 0
    issues: bytes = b""
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
    entity_id: int
    rows: bytes


@dataclass(slots=True)
class RangeResult:
    """What one range gave; `rows` counts as parsers yield, `captures_read` as records are met."""

    work: Range
    extent: Extent
    captures_read: int = 0
    rows: int = 0
    captures: list[tuple[CaptureFacts, Sequence[EntityRows]]] = field(default_factory=list)
    bad: list[tuple[int, int, str]] = field(default_factory=list)


def extract_range(work: Range, registry_name: str) -> RangeResult:
    """Read, judge and parse every capture of a range; network access is refused meanwhile."""
    with offline(), uncollected():
        return _extract_range(work, _extractor(registry_name))


def _extract_range(work: Range, extractor: Extractor) -> RangeResult:
    result = RangeResult(work, Extent())
    for found in records_of(work, result.extent):
        if isinstance(found, BadStretch):
            result.bad.append((found.offset, found.length, found.error.problem))
        elif found.type in CAPTURE_TYPES:
            result.captures_read += 1
            facts = _facts_of(found, work)
            entities = extractor.read(found, facts, work.stand_ins)
            result.rows += facts.rows
            result.captures.append((facts, entities))
    return result


@functools.cache
def _extractor(registry_name: str) -> Extractor:
    return Extractor(load_registry(registry_name))


class Extractor:
    """What a worker keeps from range to range: the registry and its decoders."""

    def __init__(self, registry: Registry) -> None:
        """Make a decoder per source."""
        self._registry = registry
        self._decode = {
            source.parsing.name: source.row_decoder().decode for source in registry.sources
        }

    def read(
        self, record: Record, facts: CaptureFacts, stand_ins: dict[str, str]
    ) -> Sequence[EntityRows]:
        """Judge and parse one capture: completes its facts, gives its rows by entity."""
        located = self._registry.locate(facts.url, stand_ins) if facts.url else None
        page = page_of(record) if located else head_of(record)
        facts.status, facts.mime = page.status, page.mime
        if located is None:
            return ()
        source, ref = located
        facts.source, facts.page_type, facts.page_key = ref.source, ref.page_type, ref.key
        facts.is_dom = facts.url.startswith(DOM_SCHEME)
        facts.is_stand_in = source.site.locate(facts.page_url) is None
        if record.type == "revisit":
            facts.outcome = "revisit"
            _read_reference(record, facts)
            return ()
        judged = _judge(source, ref, page, record)
        facts.verdict, facts.reason = judged.verdict, judged.reason or None
        parser = source.parser_of(ref.page_type)
        if judged.verdict != "content" or parser is None:
            facts.outcome = "evidence"
            facts.reason = facts.reason or (None if parser else f"no parser reads {ref.page_type}")
            return ()
        facts.parser = f"{parser.name}/{parser.version}"
        return self._extract(parser, ref, page.body, facts)

    def _extract(
        self, parser: Parser, ref: PageRef, body: bytes, facts: CaptureFacts
    ) -> tuple[EntityRows, ...]:
        """Run a parser over a page; what it yields goes by entity, a failure is the outcome."""
        groups: dict[tuple[str, int], list[Row]] = {}
        issues: list[Issue] = []
        entities: tuple[EntityRows, ...] = ()
        last, listed = None, []
        try:
            page = HtmlPage(body, url=facts.page_url, page_type=ref.page_type, key=ref.key)
            for found in parser.parse(page):
                if isinstance(found, Issue):
                    issues.append(found)
                    continue
                if isinstance(found, Layout):
                    facts.layout = found.name
                    continue
                kind, name = found.entity
                about = kind, getattr(found, name)
                if about != last:  # rows about one entity mostly come together
                    last, listed = about, groups.setdefault(about, [])
                listed.append(found)
            entities = tuple(self._pack(ref.source, *of, rows) for of, rows in groups.items())
            facts.outcome, facts.rows = "parsed", sum(map(len, groups.values()))
            if any(REPLACEMENT in entity.rows for entity in entities):
                issues.append(Issue("unexpected", "page", "bytes that are no text"))
        except (OfflineError, MemoryError):
            raise  # nothing that this page is to blame for
        except ParseError as error:
            _fail(facts, issues, error.field or "page", error.problem)
        except Exception as error:  # noqa: BLE001 - a parser's bug fails its page, not the run
            _fail(facts, issues, "parser", f"{type(error).__name__}: {error}")
        if issues:
            facts.issues = _encoder.encode([(i.kind, i.field, i.found) for i in issues])
        return entities

    def _pack(self, source: str, kind: str, entity_id: int, rows: list[Row]) -> EntityRows:
        """Pack rows and try to unpack them: a value of an undeclared type fails the page."""
        if not isinstance(entity_id, int):
            raise TypeError(f"{kind} has the id {entity_id!r}")
        packed = _encoder.encode(rows)
        self._decode[source](packed)
        return EntityRows(f"{source}.{kind}", entity_id, packed)


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


def _judge(source: Source, ref: PageRef, page: Page, record: Record) -> Judgement:
    if page.problem:
        return Judgement("truncated", page.problem)
    if cut := record.fields.first("WARC-Truncated"):
        return Judgement("truncated", f"cut while it was fetched: {cut}")
    assert page.status is not None, "a page without problem has a status"
    response = Response(status=page.status, headers=page.headers, body=page.body)
    return source.site.judge(ref, response)


def _fail(facts: CaptureFacts, issues: list[Issue], part: str, problem: str) -> None:
    facts.outcome, facts.rows, facts.reason = "failed", 0, problem
    issues.append(Issue("unreadable", part, problem[:FOUND_CHARS_MAX]))

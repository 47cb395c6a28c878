"""The pages behind a row, each with the places marked that its columns were read from.

Places are elements of an HTML page, or values of a JSON document.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from parse.model import Parser
from parse.trace.archive import Archive, page_url
from parse.trace.documents.marking import JsonSpot, find_in_json
from parse.trace.documents.units import AROUND, Document, document_of
from parse.trace.marking import Finder, Spot, Wanted
from parse.trace.origins import Lineage, Origin
from parse.trace.page import Banner, Line, Mark
from parse.trace.rows import RowTrace
from parse.trace.watched import Asked
from parse.trace.wording import place_text, value_text
from warc.words import counted
from warehouse.column import Row
from warehouse.rows.archive import CaptureRow

ORIGINS_MAX = 4
"""Fields of one column that are marked; a computed one may have many."""

EXCERPT_CHARS = 60
"""Of a long attribute so much is shown."""

UNITS_SHOWN_MAX = 12
"""Units of a document that matter are all shown if they are no more."""

REMARKS = {
    "printed": "",
    "decided": "decided by what stands there",
    "row": "not printed itself: its row stands or falls with this",
    "within": "somewhere in this element's attribute",
    "counted": "made of this among others",
    "url": "read from the page's URL",
    "nowhere": "not printed: counted or derived by the parser",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A column's field on one page, and where it stands there.

    spot     where on an HTML page
    value    where in a JSON document; None on an HTML page
    """

    column: str
    label: str
    origin: Origin
    spot: Spot
    tag: str = ""
    value: JsonSpot | None = None

    @property
    def element(self) -> int | None:
        """The element that holds the value, by its number in document order, or the value's byte.

        None if it stands nowhere.
        """
        if self.value is not None:
            return self.value.span[0] if self.value.path else None
        return self.spot.place.element if self.spot.place else None


@dataclass(slots=True, kw_only=True)
class MarkedCapture:
    """One capture with what was found on its page.

    document  the page as a JSON document, if it is one
    matter    numbers of the document's units that columns stand on
    untried   how many of these were not looked at one by one
    """

    capture: CaptureRow
    body: bytes
    document: Document | None = None
    found: list[Found] = field(default_factory=list)
    matter: set[int] = field(default_factory=set)
    untried: int = 0
    problem: str = ""

    def marks(self) -> list[Mark]:
        """One mark for each element; the one in the middle of all goes first, to be jumped to.

        A few columns may stand far from the others: the team's name above a table of its players.
        """
        labels: dict[int, list[str]] = {}
        for one in self.found:
            if one.element is not None:
                labels.setdefault(one.element, []).append(one.label)
        everywhere = sorted(at for at, some in labels.items() for _ in some)
        middle = everywhere[(len(everywhere) - 1) // 2] if everywhere else 0
        order = sorted(labels, key=lambda at: (at != middle, at))
        return [Mark(element=at, labels=tuple(dict.fromkeys(labels[at]))) for at in order]

    def shown(self) -> set[int]:
        """The units of the document in which something is marked, and those that come with them.

        Few units that matter are shown all, also where nothing of them is marked.
        """
        units = {one.value.unit for one in self.found if one.value and one.value.path}
        return (units - {AROUND}) | (self.matter if len(self.matter) <= UNITS_SHOWN_MAX else set())

    def objects(self) -> dict[str, int] | None:
        """Of a document: how many units there are, matter and are shown; None of an HTML page."""
        if self.document is None:
            return None
        return {
            "all": len(self.document.units),
            "bytes": len(self.document.body),
            "matter": len(self.matter),
            "shown": len(self.shown()),
            "untried": self.untried,
        }

    def note(self) -> str:
        """How much of the document is left out, and why that may be."""
        told = self.objects() or {}
        text = (
            f"{counted(told['all'], 'object', 'objects')} in {told['bytes']:,} bytes, decoded;"
            " the number before a line is its first byte."
        )
        if not self.found:
            return f"{text} Nothing is marked: the first few are shown."
        text += (
            f" {told['matter']:,} of them matter: of these alone the parser makes the same values."
            f" {told['shown']:,} are shown, the others left out."
        )
        if self.untried:
            text += f" {self.untried:,} that matter were not looked at one by one."
        return text


def mark_captures(
    archive: Archive, trace: RowTrace, columns: Sequence[str] | None
) -> list[MarkedCapture]:
    """Find the columns' elements on every page that supplied one, the row's primary page first.

    A row without lineage (of table `captures`) has its own capture, and nothing marked.
    raises  ArchiveError, CollectionError where a page cannot be read from its archive
    """
    wanted: dict[int, list[tuple[Lineage, Origin]]] = {}
    for name, lineage in trace.lineages.items():
        if columns is None or name in columns:
            for origin in marked_origins(lineage):
                place = origin.source.capture.capture_id
                wanted.setdefault(place, []).append((lineage, origin))
    own = [one.capture_id for one in trace.captures]
    listed = [one for one in own if one in wanted] + [one for one in wanted if one not in own]
    pages = []
    for capture_id in listed or own[:1]:
        capture = archive.capture(capture_id)
        body = archive.body_of(capture)
        marked = MarkedCapture(capture=capture, body=body, document=document_of(body))
        parser = archive.parser_of(capture)
        if parser is not None and capture_id in wanted:
            find = _find_on_page if marked.document is None else _find_in_document
            find(marked, parser, wanted[capture_id])
        pages.append(marked)
    return pages


def marked_origins(lineage: Lineage) -> list[Origin]:
    """The fields of a column that are looked for on their pages: those that have a value."""
    named = [one for one in lineage.origins if one.field and one.value is not None]
    copied = [one for one in named if one.how == "copied"]
    others = [one for one in named if one.how != "copied"]
    return [*copied[:1], *others[: ORIGINS_MAX - len(copied[:1])]]


def _asked(capture: CaptureRow) -> Asked:
    return Asked(
        url=page_url(capture), page_type=capture.page_type or "", key=capture.page_key or ""
    )


def _find_in_document(
    marked: MarkedCapture, parser: Parser, wanted: Sequence[tuple[Lineage, Origin]]
) -> None:
    """Find the values of these fields in a JSON document."""
    assert marked.document is not None, "only documents have values"
    rows: dict[int, tuple[Row, list[str]]] = {}
    for _, origin in wanted:
        rows.setdefault(id(origin.source), (origin.source.row, []))[1].append(origin.field)
    spots: dict[tuple[int, str], tuple[JsonSpot, ...]] = {}
    for number, (row, names) in rows.items():
        stood = find_in_json(marked.document, parser, _asked(marked.capture), row, names)
        marked.matter.update(stood.kept)
        marked.untried += stood.untried
        spots |= {(number, name): some for name, some in stood.spots.items()}
    for lineage, origin in wanted:
        label = label_of(lineage, origin)
        for spot in spots[id(origin.source), origin.field]:
            marked.found.append(
                Found(
                    column=lineage.column,
                    label=label,
                    origin=origin,
                    spot=Spot(how=spot.how, text=spot.text),
                    value=spot,
                )
            )


def _find_on_page(
    marked: MarkedCapture, parser: Parser, wanted: Sequence[tuple[Lineage, Origin]]
) -> None:
    """Find the elements of these fields on an HTML page."""
    try:
        finder = Finder(marked.body, parser, _asked(marked.capture))
    except Exception as error:  # noqa: BLE001 - the parser's own, as everywhere
        marked.problem = f"cannot be read again: {type(error).__name__}: {error}"
        return
    numbers: dict[Row, int | None] = {}
    for _, origin in wanted:
        row = origin.source.row
        numbers.setdefault(row, finder.number_of(row))
    asked_for: list[Wanted] = [
        (number, origin.field)
        for _, origin in wanted
        if (number := numbers[origin.source.row]) is not None
    ]
    spots = finder.find(asked_for)
    for lineage, origin in wanted:
        number = numbers[origin.source.row]
        spot = Spot() if number is None else spots[number, origin.field]
        tag = finder.tree.elements[spot.place.element].tag or "" if spot.place else ""
        marked.found.append(
            Found(
                column=lineage.column,
                label=label_of(lineage, origin),
                origin=origin,
                spot=spot,
                tag=tag,
            )
        )


def label_of(lineage: Lineage, origin: Origin) -> str:
    """What stands beside a marked element: `kills=14`, or for a computed column its field, too."""
    name = f"{lineage.column}={value_text(lineage.value)}"
    if origin.how in {"copied", "joined"}:
        return name
    return f"{name} from {origin.field} {value_text(origin.value)}"


def banner_of(
    trace: RowTrace,
    key: str,
    marked: MarkedCapture,
    files: dict[int, str],
    columns: Sequence[str] | None,
) -> Banner:
    """What stands above a page.

    key    the row's key in words
    files  names of the other pages' files, by capture id
    """
    capture = marked.capture
    facts = (
        ("url", capture.url),
        ("fetched", f"{capture.fetched_at:%Y-%m-%d %H:%M:%S} UTC"),
        ("record", f"{place_text(capture)} {capture.record_id or ''}".strip()),
        ("parser", capture.parser or "none"),
    )
    lines = tuple(_lines(trace, marked, files, columns))
    title = f"{trace.table} {key}"
    if columns is not None:
        values = {name: one.value for name, one in trace.lineages.items()} | dict(trace.row)
        title += ": " + ", ".join(f"{name} = {value_text(values.get(name))}" for name in columns)
    if marked.problem:
        title += f" ({marked.problem})"
    shown = [name for name in trace.lineages if columns is None or name in columns]
    summary = counted(len(shown), "column", "columns")
    return Banner(title=title, summary=summary, facts=facts, lines=lines)


def _lines(
    trace: RowTrace,
    marked: MarkedCapture,
    files: dict[int, str],
    columns: Sequence[str] | None,
) -> Iterator[Line]:
    here: dict[str, list[Found]] = {}
    for one in marked.found:
        here.setdefault(one.column, []).append(one)
    for name, lineage in trace.lineages.items():
        if columns is not None and name not in columns:
            continue
        told = {one.label: one for one in reversed(here.get(name, []))}
        for one in reversed(told.values()):
            yield Line(text=one.label, remark=_remark(one), element=one.element)
        if name not in here:
            yield _elsewhere(lineage, files)


def _remark(found: Found) -> str:
    """How a value stands at its place; what cannot be seen on the page is said."""
    spot, value = found.spot, found.value
    parts = [REMARKS[spot.how]]
    if value is not None and value.path:
        if value.count:
            alike = "printed alike in" if spot.how == "printed" else "made of"
            parts = [f"{alike} {value.count:,} objects, this one among them"]
        parts.append(f"{value.path}, byte {value.span[0]:,}")
    elif spot.place and spot.place.name:
        parts.append(f"attribute {spot.place.name}: {_excerpt(spot)}")
    return "; ".join(part for part in parts if part)


def _excerpt(spot: Spot) -> str:
    """What stands at a place; of a long text what is around the value."""
    text = spot.text
    if len(text) <= EXCERPT_CHARS:
        return text
    start = max(0, spot.at - EXCERPT_CHARS // 2) if spot.how == "printed" else 0
    end = start + EXCERPT_CHARS
    return ("…" if start else "") + text[start:end] + ("…" if end < len(text) else "")


def _elsewhere(lineage: Lineage, files: dict[int, str]) -> Line:
    """The line of a column that was not read from this page."""
    text = f"{lineage.column}={value_text(lineage.value)}"
    origins = marked_origins(lineage)
    if origins:
        capture = origins[0].source.capture
        remark = f"on the {capture.page_type} page"
        return Line(text=text, remark=remark, link=files.get(capture.capture_id, ""))
    if lineage.value is None:
        return Line(text=text, remark="no page prints it")
    return Line(text=text, remark="set when rows are put together")

"""The report as a self-contained HTML page with plots."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from warehouse.drift.callouts import CallOut, together
from warehouse.drift.months import Month
from warehouse.drift.report import Report
from warehouse.drift.sentences import duration, percent, place, sentence
from warehouse.html import (
    Block,
    Column,
    Columns,
    Details,
    Fact,
    Facts,
    Flag,
    Heading,
    Lines,
    Mark,
    Note,
    Page,
    Paragraph,
    Series,
    Shift,
    Shifts,
    Table,
    Tone,
)

LINES_MAX = 6  # columns drawn in one plot of null rates
VARIES = 0.005  # a null rate that never moves by more is not drawn
NAMED_MAX = 40

_TONES: Mapping[str, Tone] = {
    "parsed": "good",
    "failed": "bad",
    "evidence": "warn",
    "revisit": "muted",
}


def report_page(report: Report) -> Page:
    """The page: what was called out first, then each page type."""
    captures = sum(month.pages for some in report.months.values() for month in some.values())
    since = f", since {report.since}" if report.since else ""
    blocks: list[Block] = [
        Facts(
            (
                Fact("captures", captures),
                Fact("page types", len(report.months)),
                Fact(
                    "changes called out", len(report.callouts), "bad" if report.callouts else "good"
                ),
                Fact("new layouts", len(report.new_layouts)),
            )
        )
    ]
    blocks += _called_out(report)
    blocks += _new(report)
    for page, months in report.months.items():
        own = [one for one in report.callouts if one.signal.page == page]
        blocks += _page_type(page, list(months.values()), own)
    return Page(
        "Does the site still say what it used to say?",
        subtitle=f"snapshot {report.snapshot}{since}",
        blocks=tuple(blocks),
    )


def _called_out(report: Report) -> Iterator[Block]:
    if not report.callouts:
        yield Note("Nothing was called out.", "good")
        return
    yield Heading("Called out")
    for page, day, some in together(report.callouts):
        yield Note(f"{page} changed on {day}", "bad")
        shares = [one for one in some if one.signal.kind not in {"level", "rows"}]
        if shares:
            yield Shifts(
                "Shares of pages or values, before and since",
                tuple(
                    Shift(_short(one), _percent(one.before), _percent(one.after), "bad")
                    for one in shares
                ),
                unit="%",
                top=100,
            )
        rows = tuple((sentence(one), duration(one), *_cells(one)) for one in some)
        names = ("what", "how long", "first capture", "where it lies")
        yield Table(tuple(Column(name) for name in names), rows)


def _cells(one: CallOut) -> tuple[Mark, str]:
    first = one.first
    when = f"{first.fetched_at:%Y-%m-%d %H:%M:%S} UTC"
    where = f"{first.collection}/{first.file} at {first.offset}, {when}"
    return Mark(first.url, is_code=True), f"{where}, capture {first.capture_id}"


def _percent(share: float) -> float:
    return round(100 * share, 1)


def _short(one: CallOut) -> str:
    signal = one.signal
    about = ".".join(part for part in (signal.table, signal.field) if part)
    return " ".join(part for part in (signal.kind, about, signal.value) if part)


def _new(report: Report) -> Iterator[Block]:
    if not report.new_layouts:
        return
    yield Heading("Layouts that came up, no alarm")
    yield Paragraph(("The parsers know them. One is called out where values vanish with it.",))
    rows = tuple((one.page, one.layout, one.pages, place(one.first)) for one in report.new_layouts)
    columns = (
        Column("page type"),
        Column("layout"),
        Column("pages", is_number=True),
        Column("first"),
    )
    yield Table(columns, rows)


def _page_type(page: str, months: Sequence[Month], callouts: Sequence[CallOut]) -> Iterator[Block]:
    labels = tuple(month.name for month in months)
    yield Heading(page)
    yield Columns("Captures by outcome", labels, _outcomes(months), unit="captures")
    yield Columns("Layouts of the parsed pages", labels, _layouts(months), unit="pages")
    flags = _flags(labels, callouts)
    yield Lines(
        "Rows per page (median, by layout)", labels, _rows(months), unit="rows", flags=flags
    )
    yield Lines(
        "Pages with issues",
        labels,
        (Series("pages with issues", tuple(_issue_rate(month) for month in months), "warn"),),
        unit="%",
        flags=flags,
    )
    nulls = _nulls(months)
    for start in range(0, len(nulls), LINES_MAX):
        some = tuple(nulls[start : start + LINES_MAX])
        yield Lines("Null rates that vary", labels, some, unit="%", top=100, flags=flags)
    yield Details("Rows per page against expectation", (_rows_table(months),))
    if any(month.issues for month in months):
        yield Details("Issues by kind and field, in pages", (_issues_table(months),))
    if any(month.refused for month in months):
        yield Details("Quarantine by table and rule, in rows", (_refused_table(months),))
    yield Details("Null rates of all columns", (_nulls_table(months),))


def _flags(labels: Sequence[str], callouts: Sequence[CallOut]) -> tuple[Flag, ...]:
    """One flag a month, with what was called out in it."""
    texts: dict[int, list[str]] = {}
    for one in callouts:
        if one.month in labels:
            texts.setdefault(labels.index(one.month), []).append(sentence(one))
    return tuple(Flag(at, "; ".join(some[:3])) for at, some in sorted(texts.items()))


def _outcomes(months: Sequence[Month]) -> tuple[Series, ...]:
    names = dict.fromkeys(name for month in months for name in month.captures)
    return tuple(
        Series(
            name, tuple(month.captures.get(name, 0) for month in months), _TONES.get(name, "plain")
        )
        for name in names
    )


def _layouts(months: Sequence[Month]) -> tuple[Series, ...]:
    names = dict.fromkeys(name for month in months for name in month.layouts)
    return tuple(
        Series(name, tuple(month.layouts.get(name, 0) for month in months)) for name in names
    )


def _rows(months: Sequence[Month]) -> tuple[Series, ...]:
    names = dict.fromkeys(name for month in months for name in month.rows)
    return tuple(
        Series(
            name,
            tuple(month.rows[name].median if name in month.rows else None for month in months),
        )
        for name in names
    )


def _issue_rate(month: Month) -> float | None:
    return 100 * month.pages_with_issues / month.read if month.read else None


def _null_rate(month: Month, name: str) -> float | None:
    nulls, rows = month.nulls.get(name, (0, 0))
    return 100 * nulls / rows if rows else None


def _nulls(months: Sequence[Month]) -> list[Series]:
    """The columns whose null rate varies, those that vary most first."""
    found = []
    for name in dict.fromkeys(name for month in months for name in month.nulls):
        values = tuple(_null_rate(month, name) for month in months)
        known = [value for value in values if value is not None]
        moved = max(known, default=0) - min(known, default=0)
        if moved > 100 * VARIES:
            found.append((-moved, name, values))
    return [Series(name, values) for _, name, values in sorted(found)[:NAMED_MAX]]


def _rows_table(months: Sequence[Month]) -> Table:
    names = ("month", "layout", "pages", "median", "expected", "spread", "apart")
    columns = tuple(Column(name, is_number=at > 1) for at, name in enumerate(names))
    rows = tuple(
        (
            month.name,
            layout,
            one.pages,
            f"{one.median:g}",
            "" if one.expected is None else f"{one.expected:g}",
            "" if one.spread is None else f"{one.spread:.1f}",
            one.apart,
        )
        for month in months
        for layout, one in month.rows.items()
    )
    return Table(columns, rows)


def _issues_table(months: Sequence[Month]) -> Table:
    keys = sorted({key for month in months for key in month.issues})
    columns = (Column("kind"), Column("field"), *(_month_column(month) for month in months))
    rows = tuple((*key, *(month.issues.get(key) for month in months)) for key in keys)
    return Table(columns, rows)


def _refused_table(months: Sequence[Month]) -> Table:
    keys = sorted({key for month in months for key in month.refused})
    columns = (Column("table"), Column("rule"), *(_month_column(month) for month in months))
    rows = tuple((*key, *(month.refused.get(key) for month in months)) for key in keys)
    return Table(columns, rows)


def _nulls_table(months: Sequence[Month]) -> Table:
    names = sorted({name for month in months for name in month.nulls})
    columns = (Column("column"), *(_month_column(month) for month in months))
    rows = tuple((name, *(_null_cell(month, name) for month in months)) for name in names)
    return Table(columns, rows)


def _null_cell(month: Month, name: str) -> str | None:
    rate = _null_rate(month, name)
    return None if rate is None else percent(rate / 100)


def _month_column(month: Month) -> Column:
    return Column(month.name, is_number=True)

"""Plots as inline SVG that widen and narrow with the window while their text keeps its size.

Theory of operation. An SVG with a view box shrinks its letters on a phone. Here x positions are
percentages of the drawing's own width and y positions are pixels, so nothing is scaled; axis labels
stand outside the drawing, in the margin its frame leaves, and names of bars are plain HTML. Every
mark has a <title>, which browsers show when pointed at and readers read aloud.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Sequence

from warehouse.html.escape import escape, number
from warehouse.html.model import Bars, Columns, Flag, Lines, Series, Shift, Shifts

HEIGHT = 200  # pixels of a plot over time, axis labels apart
TICKS = 4
LEAST = 1e-6  # a highest value below it is drawn as nothing
LABELS_MAX = 12  # along the x axis
LABELS_MAX_NARROW = 4  # on a phone
COLOURS = 6  # defined by the style sheet
SHARE_MIN = 0.6  # percent: what is there at all can be seen
BAR = 16  # pixels


def bars(plot: Bars) -> str:
    """Horizontal stacked bars."""
    sums = [_sum(plot.series, at) for at in range(len(plot.labels))]
    longest = max(sums, default=0) or 1
    rows = []
    for at, label in enumerate(plot.labels):
        total = (plot.totals[at] if plot.totals else longest) or 1
        note = plot.notes[at] if plot.notes else number(sums[at], plot.unit)
        said = f"{label}: {_said(plot.series, at, plot.unit) or number(0, plot.unit)}"
        rows.append(
            f'<div class="row">{_name(label)}'
            f'<svg role="img" aria-label="{escape(said)}" width="100%" height="{BAR}">'
            f'<rect class="track" width="100%" height="{BAR}" rx="2"/>'
            f"{''.join(_stack(plot, at, total))}</svg>"
            f'<span class="value">{escape(note)}</span></div>'
        )
    return _figure(plot.title, f'<div class="bars">{"".join(rows)}</div>', _legend(plot.series))


def shifts(plot: Shifts) -> str:
    """Arrows from a value before to the one after."""
    values = [value for row in plot.rows for value in (row.before, row.after)]
    top = plot.top or nice_ticks(max(values, default=0))[-1]
    rows = "".join(_shift(row, plot.unit, top) for row in plot.rows)
    scale = escape(f"0 to {number(top, plot.unit)}; the ring is before, the dot after")
    return _figure(plot.title, f'<div class="bars">{rows}</div>', f'<p class="key">{scale}</p>')


def columns(plot: Columns) -> str:
    """Upright stacked bars."""
    count = len(plot.labels)
    ticks = nice_ticks(max((_sum(plot.series, at) for at in range(count)), default=0))
    marks = []
    for at, label in enumerate(plot.labels):
        y = float(HEIGHT)
        for position, one in enumerate(plot.series):
            value = one.values[at]
            if not value:
                continue
            high = value / ticks[-1] * HEIGHT
            y -= high
            said = escape(f"{label}, {one.name}: {number(value, plot.unit)}")
            marks.append(
                f'<rect class="{_colour(one, position)}" x="{_pc((at + 0.1) / count)}"'
                f' y="{_px(y)}" width="{_pc(0.8 / count)}" height="{_px(high)}">'
                f"<title>{said}</title></rect>"
            )
    centres = [(at + 0.5) / count for at in range(count)]
    drawn = _axes(ticks, plot.labels, centres, plot.unit) + "".join(marks)
    return _figure(plot.title, _frame(plot, drawn), _legend(plot.series))


def lines(plot: Lines) -> str:
    """One line per series, broken where there is no value."""
    count = len(plot.labels)
    highest = max((v for one in plot.series for v in one.values if v is not None), default=0)
    ticks = nice_ticks(plot.top or highest)
    centres = [(at + 0.5) / count for at in range(count)]
    drawn = [_axes(ticks, plot.labels, centres, plot.unit)]
    drawn += [_flag(flag, plot.labels, centres) for flag in plot.flags]
    for position, one in enumerate(plot.series):
        points = [
            None if value is None else (x, HEIGHT * (1 - value / ticks[-1]))
            for x, value in zip(centres, one.values, strict=True)
        ]
        colour = _colour(one, position)
        drawn += _segments(points, colour)
        drawn += _dots(points, one, colour, plot)
    return _figure(plot.title, _frame(plot, "".join(drawn)), _legend(plot.series))


def nice_ticks(top: float) -> tuple[float, ...]:
    """Round numbers from 0 to at least `top`, in even steps.

    >>> nice_ticks(87), nice_ticks(3), nice_ticks(0)
    ((0, 25, 50, 75, 100), (0, 1, 2, 3), (0, 1))
    """
    if not LEAST < top < math.inf:
        return (0, 1)
    rough = top / TICKS
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(s * power for s in (1, 2, 2.5, 5, 10) if s * power >= rough * (1 - 1e-9))
    if step > 1 or math.isclose(step, 1):
        step = math.ceil(step)
    count = max(1, math.ceil(top / step - 1e-9))
    return tuple(round(at * step, 10) for at in range(count + 1))


def _stack(plot: Bars, at: int, total: float) -> Iterator[str]:
    x = 0.0
    for position, one in enumerate(plot.series):
        value = one.values[at]
        if not value:
            continue
        share = max(SHARE_MIN, 100 * value / total)
        share = min(share, 100 - x)
        said = escape(f"{plot.labels[at]}, {one.name}: {number(value, plot.unit)}")
        yield (
            f'<rect class="{_colour(one, position)}" x="{share_text(x)}"'
            f' width="{share_text(share)}" height="{BAR}"><title>{said}</title></rect>'
        )
        x += share


def _shift(row: Shift, unit: str, top: float) -> str:
    before, after = (min(1.0, max(0.0, v / top)) for v in (row.before, row.after))
    said = f"{number(row.before, unit)} → {number(row.after, unit)}"
    middle = BAR // 2
    tone = "s1" if row.tone == "plain" else f"t-{row.tone}"
    return (
        f'<div class="row">{_name(row.label)}'
        f'<svg role="img" aria-label="{escape(f"{row.label}: {said}")}" width="100%"'
        f' height="{BAR}"><title>{escape(f"{row.label}: {said}")}</title>'
        f'<rect class="track" y="{middle - 1}" width="100%" height="2"/>'
        f'<line class="way {tone}" x1="{_pc(before)}" x2="{_pc(after)}" y1="{middle}"'
        f' y2="{middle}"/><circle class="ring {tone}" cx="{_pc(before)}" cy="{middle}" r="5"/>'
        f'<circle class="{tone}" cx="{_pc(after)}" cy="{middle}" r="5.5"/></svg>'
        f'<span class="value">{escape(said)}</span></div>'
    )


def _segments(points: Sequence[tuple[float, float] | None], colour: str) -> Iterator[str]:
    for one, other in itertools.pairwise(points):
        if one and other:
            yield (
                f'<line class="stroke {colour}" x1="{_pc(one[0])}" y1="{_px(one[1])}"'
                f' x2="{_pc(other[0])}" y2="{_px(other[1])}"/>'
            )


def _dots(
    points: Sequence[tuple[float, float] | None], one: Series, colour: str, plot: Lines
) -> Iterator[str]:
    for point, label, value in zip(points, plot.labels, one.values, strict=True):
        if point is None or value is None:
            continue
        said = escape(f"{label}, {one.name}: {number(value, plot.unit)}")
        place = f'cx="{_pc(point[0])}" cy="{_px(point[1])}"'
        yield (
            f'<g><title>{said}</title><circle class="reach" {place} r="9"/>'
            f'<circle class="{colour}" {place} r="2.8"/></g>'
        )


def _flag(flag: Flag, labels: Sequence[str], centres: Sequence[float]) -> str:
    x = _pc(centres[flag.at])
    said = escape(f"{labels[flag.at]}: {flag.text}")
    return (
        f'<g class="flag"><title>{said}</title><line class="reach" x1="{x}" x2="{x}" y1="-10"'
        f' y2="{HEIGHT}"/><line x1="{x}" x2="{x}" y1="-6" y2="{HEIGHT}"/>'
        f'<circle cx="{x}" cy="-6" r="4"/></g>'
    )


def _axes(
    ticks: Sequence[float], labels: Sequence[str], centres: Sequence[float], unit: str
) -> str:
    """Lines across with their numbers, and as many labels below as fit, fewer on a phone."""
    drawn = []
    for tick in ticks:
        y = _px(HEIGHT * (1 - tick / ticks[-1]))
        said = escape(number(tick, unit if unit == "%" else ""))
        drawn.append(
            f'<line class="grid" x1="0" x2="100%" y1="{y}" y2="{y}"/>'
            f'<text x="-8" y="{y}" dy="4" text-anchor="end">{said}</text>'
        )
    wide = max(1, math.ceil(len(labels) / LABELS_MAX))
    narrow = max(1, math.ceil(len(labels) / LABELS_MAX_NARROW))
    for at, (label, x) in enumerate(zip(labels, centres, strict=True)):
        shown = ("" if at % wide else "wide") if at % narrow else "always"
        if shown:
            drawn.append(
                f'<text class="{shown}" x="{_pc(x)}" y="{HEIGHT + 20}" text-anchor="middle">'
                f"{escape(label)}</text>"
            )
    return "".join(drawn)


def _frame(plot: Columns | Lines, drawn: str) -> str:
    ends = f", {plot.labels[0]} to {plot.labels[-1]}" if plot.labels else ""
    said = f"{plot.title}{ends}: {', '.join(map(_range, plot.series))}"
    unit = f'<p class="key">{escape(plot.unit)}</p>' if plot.unit not in {"", "%"} else ""
    return (
        f'{unit}<div class="frame"><svg role="img" aria-label="{escape(said)}" width="100%"'
        f' height="{HEIGHT}">{drawn}</svg></div>'
    )


def _range(one: Series) -> str:
    known = [value for value in one.values if value is not None]
    return f"{one.name} {number(min(known))} to {number(max(known))}" if known else one.name


def _figure(title: str, drawn: str, legend: str) -> str:
    return f"<figure><figcaption>{escape(title)}</figcaption>{legend}{drawn}</figure>"


def _legend(series: Sequence[Series]) -> str:
    entries = "".join(
        f'<li><svg aria-hidden="true" width="12" height="12"><rect class="{_colour(one, at)}"'
        f' width="12" height="12" rx="2"/></svg>{escape(one.name)}</li>'
        for at, one in enumerate(series)
    )
    return f'<ul class="legend">{entries}</ul>'


def _colour(one: Series, position: int) -> str:
    return f"s{position % COLOURS + 1}" if one.tone == "plain" else f"t-{one.tone}"


def _sum(series: Iterable[Series], at: int) -> float:
    return sum(one.values[at] or 0 for one in series)


def _name(text: str) -> str:
    """The name of a bar, which may break behind its dots and underscores."""
    breaking = escape(text).replace("_", "_<wbr>").replace(".", ".<wbr>")
    return f'<span class="name">{breaking}</span>'


def _said(series: Iterable[Series], at: int, unit: str) -> str:
    values = ((one.name, one.values[at]) for one in series)
    return ", ".join(f"{name} {number(value, unit)}" for name, value in values if value)


def _pc(share: float) -> str:
    return share_text(100 * share)


def share_text(percent: float) -> str:
    """A length as SVG writes percentages: always the same digits for the same value.

    >>> share_text(33.33333), share_text(50.0)
    ('33.333%', '50%')
    """
    return f"{percent:.3f}".rstrip("0").rstrip(".") + "%"


def _px(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")

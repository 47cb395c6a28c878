"""Captures over time, as bars on a terminal and as a picture."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from warc.archives.stats import Period
from warc.errors import UsageError
from warc.output import refuse_output, written_aside

SUFFIXES = (".svg", ".png")

_BAR_CHARS = 50
_EIGHTHS = " ▏▎▍▌▋▊▉"

# Okabe and Ito's colours: told apart by the colour-blind too.
_COLOURS = ("#0072B2", "#E69F00", "#009E73", "#D55E00", "#CC79A7", "#56B4E9", "#F0E442", "#999999")


def bars(periods: Mapping[date, Counter[str]], period: Period, *, fine: bool) -> Iterator[str]:
    """Yield one line per period: its first day, a bar, how many captures.

    fine  whether the output can show eighths of a block; else bars are of '#'
    """
    most = max((sum(counts.values()) for counts in periods.values()), default=0)
    for start, counts in periods.items():
        number = sum(counts.values())
        yield f"{_label(start, period):<10} {_bar(number, most, fine=fine)} {number}"


def refuse_plot(path: Path) -> None:
    """Raise UsageError where a file cannot be a plot, or may not be written."""
    if path.suffix.lower() not in SUFFIXES:
        raise UsageError(f"--plot draws {' or '.join(SUFFIXES)}, not {path.name!r}")
    refuse_output(path, force=True)


def draw(periods: Mapping[date, Counter[str]], period: Period, path: Path) -> None:
    """Draw captures per period, stacked by page type, into a .svg or .png file.

    raises  UsageError where there is nothing to draw, CollectionError where the disk refuses
    """
    if not periods:
        raise UsageError("there are no captures to plot")
    try:
        from matplotlib.figure import Figure  # noqa: PLC0415 - takes a second, few need it
    except ImportError as error:
        problem = "--plot needs matplotlib: pip install 'warchouse[plots]'"
        raise UsageError(problem) from error
    figure: Any = Figure(figsize=(10, 4.5), layout="constrained")
    axes: Any = figure.add_subplot()
    _stack(axes, periods, period)
    axes.set_title("Captures over time", loc="left", fontweight="bold")
    axes.set_ylabel(f"captures per {period}")
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(axis="y", color="#dddddd", linewidth=0.8)
    axes.set_axisbelow(True)
    axes.yaxis.get_major_locator().set_params(integer=True)
    axes.set_ylim(bottom=0)
    kind = path.suffix.lower().removeprefix(".")
    with written_aside(path) as file:
        figure.savefig(
            file, format=kind, dpi=150, metadata={"Date": None} if kind == "svg" else None
        )


def _stack(axes: Any, periods: Mapping[date, Counter[str]], period: Period) -> None:
    """Put the bars of each page type on those before, the most frequent at the bottom."""
    totals: Counter[str] = Counter()
    for counts in periods.values():
        totals.update(counts)
    places = range(len(periods))
    bottoms = [0] * len(periods)
    for number, (page_type, _) in enumerate(totals.most_common()):
        heights = [counts[page_type] for counts in periods.values()]
        colour = _COLOURS[number % len(_COLOURS)]
        axes.bar(places, heights, 0.85, bottom=bottoms, color=colour, label=page_type)
        bottoms = [bottom + height for bottom, height in zip(bottoms, heights, strict=True)]
    # At most a dozen labels fit; a single bar must not be as wide as the picture.
    step = -(-len(periods) // 12)
    axes.set_xticks(places[::step], [_label(one, period) for one in list(periods)[::step]])
    axes.tick_params(axis="x", rotation=30 if len(periods) > 6 else 0)
    margin = max(0.0, (7 - len(periods)) / 2)
    axes.set_xlim(-0.6 - margin, len(periods) - 0.4 + margin)
    # From the top down, as the bars are stacked.
    axes.legend(frameon=False, loc="upper left", bbox_to_anchor=(1.0, 1.0), reverse=True)


def _bar(number: int, most: int, *, fine: bool) -> str:
    """A bar of a width that says how many of the most there are."""
    if not most:
        return ""
    eighths = -(-number * _BAR_CHARS * 8 // most)
    if not fine:
        return "#" * -(-eighths // 8)
    return ("█" * (eighths // 8) + _EIGHTHS[eighths % 8]).rstrip()


def _label(start: date, period: Period) -> str:
    """How a period is called."""
    return start.strftime("%Y-%m") if period == "month" else start.isoformat()

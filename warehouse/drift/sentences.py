"""Call-outs in words."""

from __future__ import annotations

from warehouse.drift.callouts import CallOut, Capture
from warehouse.drift.signals import Signal
from warehouse.terminal import counted, shown

HUNDREDTH = 0.01
HALF_A_TENTH = 0.0005  # of a percent: what would be printed as 0.0 or 100.0


def sentence(one: CallOut) -> str:
    """What changed, without its place: 'null rate of hltv_player_stats.adr rose from … to …'."""
    signal = one.signal
    if signal.kind in {"level", "rows"}:
        what = "rows per page" if signal.kind == "rows" else f"{_column(signal)} of a page"
        verb = "rose" if one.after > one.before else "fell"
        said = f"{what} {verb} from about {_level(one.before)} to {_level(one.after)}"
    else:
        said = f"{_share_of(signal)} rose from {percent(one.before)} to {percent(one.after)}"
    apart = [f"layout {signal.layout}"] if signal.layout not in {"", "-"} else []
    apart += [signal.split] if signal.split else []
    return said + (f" ({', '.join(apart)})" if apart else "")


def place(capture: Capture) -> str:
    """Where a capture lies: 'capture …, URL, in FILE at OFFSET, TIME'."""
    url = shown(capture.url, longest=None)
    when = f"{capture.fetched_at:%Y-%m-%d %H:%M:%S} UTC"
    lies = f"{capture.collection}/{capture.file} at {capture.offset}"
    return f"capture {capture.capture_id}, {url}, in {lies}, {when}"


def duration(one: CallOut) -> str:
    """Whether it stands: 'on 64 pages since' or 'until 2026-03-05, 64 pages'."""
    pages = counted(one.pages, "page", "pages")
    if one.until is None:
        return f"{pages} since"
    return f"over {pages}, until {one.until:%Y-%m-%d %H:%M} UTC"


def percent(share: float) -> str:
    """A share as people read it.

    >>> percent(0.002), percent(0.63), percent(1.0), percent(0)
    ('0.2 %', '63 %', '100 %', '0 %')
    >>> percent(0.0001), percent(0.9999)
    ('<0.1 %', '>99.9 %')
    """
    if 0 < share < HALF_A_TENTH:
        return "<0.1 %"
    if 1 - HALF_A_TENTH < share < 1:
        return ">99.9 %"
    if 0 < share < HUNDREDTH * 10 or 1 - HUNDREDTH < share < 1:
        return f"{100 * share:.1f} %"
    return f"{100 * share:.0f} %"


def _level(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.4g}"


def _column(signal: Signal) -> str:
    return f"{signal.table}.{signal.field}"


def _share_of(signal: Signal) -> str:
    match signal.kind:
        case "outcome":
            return (
                "pages that failed" if signal.value == "failed" else f"pages judged {signal.value}"
            )
        case "layout":
            return "pages of no known layout"
        case "issue":
            return f"pages with an issue '{signal.value}' at {signal.field}"
        case "quarantine":
            return f"pages with rows of {signal.table} refused ('{signal.value}')"
        case "no rows":
            return f"pages without any row of {signal.table}"
        case "value":
            return f"share of {signal.value} in {_column(signal)}"
        case _:
            return f"null rate of {_column(signal)}"

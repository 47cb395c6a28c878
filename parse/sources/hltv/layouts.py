"""The layouts that each page type has had, by the names that table `captures` gives them.

A page's layout is told from what is on it, never from its date: old pages are captured again in
newer layouts, and saved pages keep old ones. `unknown` is a page with parts of no known shape; a
name that was not seen before, or `unknown`, means that the site has changed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from parse.model import Layout

UNKNOWN = "unknown"

LAYOUTS: Mapping[str, Mapping[str, str]] = {
    "results": {
        "listing": "all matches, with paging",
        "event_listing": "one event's or one day's matches on one page, without paging",
    },
    "match": {
        "upcoming_compare": "before or during the match: lineups are widgets that compare players",
        "no_tables": "over, but without statistics: won by default, or postponed",
        "old": "statistics with a column of kills minus deaths, without swing",
        "swing": "statistics with a column of kills minus deaths, and swing (autumn of 2025)",
        "eco": "statistics with eco-adjusted twins (since November 2025)",
        "no_tables_no_lineups": "as no_tables, without lineups (since 2026)",
        "old_no_lineups": "as old, without lineups",
        "swing_no_lineups": "as swing, without lineups",
        "eco_no_lineups": "as eco, without lineups",
        UNKNOWN: "statistics of another shape",
    },
    "map_stats": {
        "old": "KAST under the class of K/D, opening duels in a tooltip",
        "old_unsided": "as old, from before there were tables per side",
        "new": "columns for opening duels, multi-kills and clutches",
        "new_eco": "as new, with eco-adjusted twins (since November 2025)",
        "no_scoreboard": "no scoreboard at all",
        UNKNOWN: "a scoreboard of another shape",
    },
    "performance": {
        "impact": "cards with a bar for impact (ratings 2.0 and 2.1)",
        "swing": "cards with bars for swing and multi-kill rating (rating 3.0)",
        "no_cards": "kill matrices alone",
        UNKNOWN: "cards with neither bar",
    },
    "economy": {
        "full": "chart and tables",
        "chart_only": "chart without tables",
        "message": "a message in place of the chart: there is no economy for the map",
        "empty": "neither: a script may have been expected to bring them",
    },
}


def results_layout(*, has_paging: bool) -> Layout:
    """The layout of a results listing."""
    return _known("results", "listing" if has_paging else "event_listing")


def match_layout(
    columns: Iterable[Collection[str]], *, is_compared: bool, has_lineups: bool
) -> Layout:
    """The layout of a match page.

    columns      the names of the columns of each kind of statistics table, `e_` before eco twins
    is_compared  whether the lineups are the widgets of a match to come
    """
    forms = {_table_form(names) for names in columns}
    if not forms and is_compared:
        return _known("match", "upcoming_compare")
    if len(forms) > 1 or UNKNOWN in forms:
        return _known("match", UNKNOWN)
    form = forms.pop() if forms else "no_tables"
    return _known("match", form if has_lineups or is_compared else f"{form}_no_lineups")


def map_stats_layout(columns: Iterable[Collection[str]], *, is_sided: bool) -> Layout:
    """The layout of a map stats page, by the columns of each of its scoreboards.

    is_sided  whether the tables' classes say which side they are of
    """
    forms = {_board_form(names) for names in columns}
    if not forms:
        return _known("map_stats", "no_scoreboard")
    form = forms.pop() if len(forms) == 1 else UNKNOWN
    return _known("map_stats", "old_unsided" if form == "old" and not is_sided else form)


def performance_layout(bars: Iterable[Collection[str]]) -> Layout:
    """The layout of a performance page, by the fields that each card's bars fill."""
    forms = {_card_form(fields) for fields in bars}
    if not forms:
        return _known("performance", "no_cards")
    return _known("performance", forms.pop() if len(forms) == 1 else UNKNOWN)


def economy_layout(*, has_chart: bool, has_tables: bool, has_message: bool) -> Layout:
    """The layout of an economy page."""
    if has_chart:
        return _known("economy", "full" if has_tables else "chart_only")
    return _known("economy", "message" if has_message else "empty")


def _table_form(names: Collection[str]) -> str:
    if any(name.startswith("e_") for name in names):
        return "eco"
    if "plus-minus" in names:
        return "swing" if "roundSwing" in names else "old"
    return UNKNOWN


def _board_form(names: Collection[str]) -> str:
    if "opkd" in names:
        return "new_eco" if any(name.startswith("e_") for name in names) else "new"
    return "old" if "fkdiff" in names else UNKNOWN


def _card_form(fields: Collection[str]) -> str:
    if "mk_rating" in fields or "round_swing" in fields:
        return "swing"
    return "impact" if "impact" in fields else UNKNOWN


def _known(page_type: str, name: str) -> Layout:
    assert name in LAYOUTS[page_type], f"{name} is no layout of {page_type}"
    return Layout(name)

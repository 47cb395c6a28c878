"""The menus on top of every map page: the kinds of pages, and the maps of the series."""

from __future__ import annotations

from tests.replica.markup import logo, text
from tests.replica.plan import CODES, MapPlan, MatchPlan

TABS = (("Overview", ""), ("Performance", "performance"), ("Economy", "economy"))


def menu(match: MatchPlan, one: MapPlan, kind: str) -> str:
    """Draw both menus with one kind of page selected."""
    tabs = []
    for name, sub in TABS:
        chosen = " selected" if sub == kind else ""
        beta = '<span class="new-feature">Beta</span>' if sub == "economy" else ""
        tabs.append(
            f'<a href="{match.stats_path(one, sub)}" class="stats-top-menu-item'
            f' stats-top-menu-item-link{chosen}">{name}{beta}</a>'
        )
    heatmap = match.stats_path(one, "heatmap")
    tabs.append(
        f'<a href="{heatmap}?showKills=true&amp;showDeaths=false" class="stats-top-menu-item'
        ' stats-top-menu-item-link">Heatmaps</a>'
    )
    return (
        '<div class="stats-match-menu standard-box"><div class="menu-header">'
        f'{text(match.event.name)}</div><div class="stats-top-menu"><div class="tabs ">'
        f'{"".join(tabs)}</div></div></div><div class="section-spacer"></div>'
        f'<div class="stats-match-maps"><div class="columns">{_maps(match, one, kind)}</div></div>'
    )


def _maps(match: MatchPlan, one: MapPlan, kind: str) -> str:
    if len(match.played) < 2:
        return ""
    wins = [sum(other.winners[-1] == team for other in match.played) for team in (1, 2)]
    sub = f"{kind}/" if kind else ""
    one_slug, two_slug = match.teams[0].slug, match.teams[1].slug
    series = f"/stats/matches/{sub}{20_000 + match.index}/{one_slug}-vs-{two_slug}"
    parts = [
        _tab(series, f"{wins[0]} - {wins[1]}", f"bo{match.best_of}", f"Best of {match.best_of}")
    ]
    for other in match.played:
        score = f"{other.winners.count(1)} - {other.winners.count(2)}"
        path = match.stats_path(other, kind)
        image = logo(match.teams[other.winners[-1] - 1], "stats-match-map-winner-logo")
        inactive = other is not one
        parts.append(
            _tab(path, score, CODES[other.name], other.name, image=image, inactive=inactive)
        )
    return "".join(parts)


def _tab(
    path: str, score: str, short: str, full: str, *, image: str = "", inactive: bool = True
) -> str:
    classes = "col stats-match-map standard-box a-reset" + (" inactive" if inactive else "")
    return (
        f'<a href="{path}" class="{classes}"><div class="stats-match-map-result">'
        f'<div class="stats-match-map-result-score">{score}</div>'
        f'<div class="stats-match-map-result-mapname dynamic-map-name-short">{short}</div>'
        f'<div class="stats-match-map-result-mapname dynamic-map-name-full">{full}</div></div>'
        f'<div class="stats-match-map-winner-logo-con">{image}</div></a>'
    )

"""Names for everything odd in a match: what was planted, and what the draw brought about."""

from __future__ import annotations

from tests.replica.entities import OLD_NAME
from tests.replica.markup import style_of
from tests.replica.match_tables import form_of
from tests.replica.plan import CODES, MatchPlan
from tests.replica.round_history import padding_of

NAME_TRAPS = (
    "name_non_ascii",
    "name_digits",
    "name_quotes",
    "name_ampersand",
    "name_map_word",
    "name_dots",
)
COMMON = frozenset(
    {
        "bo1",
        "bo3",
        "bo5",
        "overtime",
        "multi_overtime",
        "full_forfeit",
        "forfeit_0_1",
        "forfeit_walkout",
        "substitute_in_map",
        "substitute_in_series",
        "matrix_6x5",
        "no_economy",
        "one_table",
        "no_lineups",
        "no_veto",
        "standin_no_link",
        "economy_renamed_title",
        "absolute_links",
        "tbody",
        "no_tbody",
        "graph_div",
        "graph_worker_ignore",
        "empty_countdown",
        "unranked",
        "rating_2_0_old",
        "rating_2_0_new_layout",
        "rating_2_1",
        "rating_3_0_autumn",
        "rating_3_0",
        "eco_kast_over_100",
        "history_padded",
        "history_partly_padded",
        "history_unpadded",
        "rating_drift",
        "left_is_team2",
        "slug_order_turned",
        *NAME_TRAPS,
    }
)
RARE = frozenset(
    {
        "deleted",
        "draw",
        "forfeit_map_advantage",
        "forfeit_first_map",
        "short_veto",
        "spaced_text",
        "veto_unknown_name",
        "no_boxes",
        "lan_unknown",
        "kast_zero",
        "economy_renamed_winners",
        "economy_renamed_position",
        "economy_null_value",
        "no_round_history",
        "side_tables_first",
        "display_dash",
        "unusual_halves",
        "overtime_inline",
        "standin_zero",
        "go_eco_columns",
        "renamed_team",
    }
)
ALL = COMMON | RARE
DROPPED = frozenset({"go_new_layout", "recaptured"})


def traps_of(match: MatchPlan) -> frozenset[str]:
    """Name the traps of a match and of the pages under it."""
    found = set(match.flags - DROPPED)
    if match.best_of % 2:
        found.add(f"bo{match.best_of}")
    found.update(_names(match))
    found.update(_scores(match))
    if not match.played:
        return frozenset(found)
    style = style_of(match)
    found.add("graph_div" if style.graph_tag == "div" else "graph_worker_ignore")
    found.add("tbody" if style.tbody else "no_tbody")
    if "substitute_in_map" in match.flags:
        found.add("matrix_6x5")
    if "no_round_history" not in match.flags:
        words = {"full": "padded", "partly": "partly_padded", "none": "unpadded"}
        found.add(f"history_{words[padding_of(match)]}")
    found.add(_layout(match))
    if any(team.rank is None for team in match.teams) and "no_lineups" not in match.flags:
        found.add("unranked")
    if any(one.start_ct == 2 for one in match.played):
        found.add("slug_order_turned")
    return frozenset(found)


def _layout(match: MatchPlan) -> str:
    version = match.rating_version.replace(".", "_")
    if match.go:
        return "rating_2_0_old" if form_of(match) == match.layout else "rating_2_0_new_layout"
    return f"rating_{version}_autumn" if match.layout == "autumn" else f"rating_{version}"


def _scores(match: MatchPlan) -> set[str]:
    found = set()
    for one in match.played:
        periods = -(-(len(one.winners) - one.regulation) // 6)
        if periods > 0:
            found.add("overtime")
        if periods > 1:
            found.add("multi_overtime")
    return found


def _names(match: MatchPlan) -> set[str]:
    names = [team.name for team in match.teams]
    found = {"renamed_team"} if OLD_NAME in names else set[str]()
    for one in match.played:
        names += [player.nick for team in (1, 2) for player in match.roster(team, one.number)]
    words = {*CODES, "removed", "picked", "left over"}
    for name in names:
        tests = (
            not name.isascii(),
            name.isdigit(),
            "'" in name or '"' in name,
            "&" in name,
            any(word.lower() in name.lower() for word in words),
            "." in name,
        )
        found.update(trap for trap, holds in zip(NAME_TRAPS, tests, strict=True) if holds)
    return found

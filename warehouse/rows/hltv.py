"""The tables of Counter-Strike 2 match pages: one class per table, its only declaration.

They stand in order of the page type that a row is first read from, as `contributors` says: results,
match, map_stats, performance, economy; at last what is gathered from match pages all over. Columns
are named as in the schema the tables descend from (spec/hltv.md, section 11). Percentages are
printed percent numbers (73.5, not 0.735). A null means that no archived page says it.
"""

from __future__ import annotations

from typing import Annotated, ClassVar

from warehouse.column import Doc, Key, OneOf, Row, Unit

MatchId = Annotated[int, Key(), Doc("The site's number of the match.")]
MapNumber = Annotated[int, Key(), Doc("Position of the map in the match, from 1.")]
MapStatsId = Annotated[int | None, Doc("The site's number of the map's statistics page.")]
Count = int | None
Rate = float | None
Percent = Annotated[float | None, Unit("percent")]
Damage = Annotated[float | None, Unit("damage/round")]
RatingVersion = Annotated[
    str | None, Doc("Which formula the rating follows, as printed: 1.0, 2.0, 2.1 or 3.0.")
]

MATCH_STATUSES = ("over", "live", "upcoming", "deleted", "postponed", "unknown")
FORFEITS = ("none", "partial", "full")
MAP_STATUSES = ("played", "forfeit", "running", "unplayed")
SIDES = ("CT", "T")
OVERVIEW_SIDES = ("both", "CT", "T")
WIN_TYPES = ("elimination", "bomb_planted", "defuse", "time")
BUY_TYPES = ("full_eco", "semi_eco", "semi_buy", "full_buy")
VETO_ACTIONS = ("removed", "picked", "left_over")
MATRIX_TYPES = ("all", "first_kill", "awp")
TEAM_RESOLUTIONS = ("name", "title", "winners", "position")


class ResultRow(Row, frozen=True):
    """One finished match as the results listing shows it."""

    table: ClassVar[str] = "hltv_results"
    contributors: ClassVar[tuple[str, ...]] = ("results",)
    entity: ClassVar[tuple[str, str]] = ("match", "match_id")

    match_id: MatchId
    match_url: Annotated[str, Doc("Path of the match page.")]
    completed_unix_ms: Annotated[int, Unit("ms"), Doc("When the match ended, Unix time.")]
    team1_name: Annotated[str, Doc("The first team, as printed; the order is the match page's.")]
    team2_name: Annotated[str, Doc("The second team, as printed.")]
    winner: Annotated[int | None, Doc("1 or 2; null for a draw.")]
    team1_score: Annotated[int, Doc("Maps won; rounds won in a best of one.")]
    team2_score: Annotated[int, Doc("Maps won; rounds won in a best of one.")]
    event_name: Annotated[str | None, Doc("Null on a listing of one event.")]
    stars: Annotated[int, Doc("Importance the site gives the match, 0 to 5.")]
    map_text: Annotated[
        str | None, Doc("As printed: `bo3`, `bo5`, a map code of a best of one, `def`.")
    ]
    is_forfeit: Annotated[bool | None, Doc("True where the match was won by default (`def`).")]


class MatchRow(Row, frozen=True):
    """One match, from the head of its match page."""

    table: ClassVar[str] = "hltv_matches"
    contributors: ClassVar[tuple[str, ...]] = ("match",)
    entity: ClassVar[tuple[str, str]] = ("match", "match_id")

    match_id: MatchId
    date: Annotated[str | None, Doc("Day of the start, UTC, ISO 8601.")]
    date_unix_ms: Annotated[int | None, Unit("ms"), Doc("Start, Unix time.")]
    event_id: Annotated[int | None, Doc("The site's number of the event.")]
    event_name: Annotated[str | None, Doc("Name of the event, as printed.")]
    team1_id: Annotated[int | None, Doc("Null while the opponent is to be decided.")]
    team1_name: Annotated[str, Doc("The first team, as printed; the order is the match page's.")]
    team2_id: Annotated[int | None, Doc("Null while the opponent is to be decided.")]
    team2_name: Annotated[str, Doc("The second team, as printed.")]
    team1_score: Annotated[Count, Doc("Maps won, or defaulted; rounds in a best of one.")]
    team2_score: Annotated[Count, Doc("Maps won, or defaulted; rounds in a best of one.")]
    best_of: Annotated[Count, Unit("maps"), Doc("Maps at most: 1, 2, 3 or 5.")]
    is_lan: Annotated[bool | None, Doc("Null where the page does not say.")]
    stage: Annotated[str | None, Doc("Stage of the event, as printed, joined by `; `.")]
    notes: Annotated[str | None, Doc("Remarks below the format, as printed, joined by `; `.")]
    match_url: Annotated[str, Doc("Path of the match page as it was asked for.")]
    status: Annotated[str, OneOf(MATCH_STATUSES), Doc("What the countdown says.")]
    forfeit: Annotated[str, OneOf(FORFEITS), Doc("How much of the match was won by default.")]
    team1_rank: Annotated[Count, Doc("World rank; null if unranked or not shown.")]
    team2_rank: Annotated[Count, Doc("World rank; null if unranked or not shown.")]
    demo_id: Annotated[int | None, Doc("The site's number of the demo file.")]


class MapRow(Row, frozen=True):
    """One map of a match, played or not."""

    table: ClassVar[str] = "hltv_maps"
    contributors: ClassVar[tuple[str, ...]] = ("match", "map_stats")
    references: ClassVar[tuple[type[Row], ...]] = (MatchRow,)
    entity: ClassVar[tuple[str, str]] = ("match", "match_id")

    match_id: MatchId
    map_number: MapNumber
    mapstatsid: MapStatsId
    map_name: Annotated[str, Doc("As printed; `Default` if forfeited, `TBA` if not known yet.")]
    team1_rounds: Annotated[Count, Unit("rounds"), Doc("Rounds won by team 1, overtime included.")]
    team2_rounds: Annotated[Count, Unit("rounds"), Doc("Rounds won by team 2, overtime included.")]
    team1_ct_rounds: Annotated[Count, Unit("rounds"), Doc("Regulation only.")]
    team1_t_rounds: Annotated[Count, Unit("rounds"), Doc("Regulation only.")]
    team2_ct_rounds: Annotated[Count, Unit("rounds"), Doc("Regulation only.")]
    team2_t_rounds: Annotated[Count, Unit("rounds"), Doc("Regulation only.")]
    team1_ot_rounds: Annotated[Count, Unit("rounds"), Doc("All overtimes; null without one.")]
    team2_ot_rounds: Annotated[Count, Unit("rounds"), Doc("All overtimes; null without one.")]
    team1_rating: Annotated[Rate, Doc("Team 1's rating on the map page.")]
    team2_rating: Annotated[Rate, Doc("Team 2's rating on the map page.")]
    team_rating_version: Annotated[
        str | None, Doc("Which formula it follows; null where the label does not say.")
    ]
    team1_first_kills: Annotated[Count, Unit("rounds"), Doc("Rounds whose first kill is team 1's.")]
    team2_first_kills: Annotated[Count, Unit("rounds"), Doc("Rounds whose first kill is team 2's.")]
    team1_clutches_won: Annotated[
        Count, Unit("rounds"), Doc("Rounds that one of team 1 won alone against one or more.")
    ]
    team2_clutches_won: Annotated[
        Count, Unit("rounds"), Doc("Rounds that one of team 2 won alone against one or more.")
    ]
    picked_by: Annotated[int | None, Doc("1 or 2; null for a decider or a best of one.")]
    status: Annotated[
        str, OneOf(MAP_STATUSES), Doc("Played, given by default, running, or left out.")
    ]


class VetoRow(Row, frozen=True):
    """One line of the map veto."""

    table: ClassVar[str] = "hltv_vetoes"
    contributors: ClassVar[tuple[str, ...]] = ("match",)
    references: ClassVar[tuple[type[Row], ...]] = (MatchRow,)
    entity: ClassVar[tuple[str, str]] = ("match", "match_id")

    match_id: MatchId
    step_number: Annotated[int, Key(), Doc("From 1.")]
    team_name: Annotated[str | None, Doc("As printed; null for the map left over.")]
    team_id: Annotated[int | None, Doc("Null where the name is neither team's name on the page.")]
    action: Annotated[str, OneOf(VETO_ACTIONS), Doc("What was done with the map.")]
    map_name: Annotated[str, Doc("The map, as printed.")]


class MatchPlayerRow(Row, frozen=True):
    """One player of a match: who stood in a lineup or in a statistics table."""

    table: ClassVar[str] = "hltv_match_players"
    contributors: ClassVar[tuple[str, ...]] = ("match",)
    references: ClassVar[tuple[type[Row], ...]] = (MatchRow,)

    match_id: MatchId
    team_num: Annotated[int, Key(), Doc("1 or 2, in the order of the match page.")]
    position: Annotated[
        int, Key(), Doc("From 1: the lineup's order, then players only the tables show, by id.")
    ]
    player_id: Annotated[int | None, Doc("Null for an unregistered stand-in.")]
    player_name: Annotated[str, Doc("The nickname.")]
    team_id: Annotated[int | None, Doc("The team he stood for; null where the page has no number.")]
    in_lineup: Annotated[bool, Doc("Whether the lineup shows him.")]
    in_stats: Annotated[bool, Doc("Whether a statistics table of the match page shows him.")]


class OverviewPlayerStatsRow(Row, frozen=True):
    """One player in the match page's own statistics tables: per map and for all maps, per side."""

    table: ClassVar[str] = "hltv_overview_player_stats"
    contributors: ClassVar[tuple[str, ...]] = ("match",)
    references: ClassVar[tuple[type[Row], ...]] = (MatchRow,)
    entity: ClassVar[tuple[str, str]] = ("match", "match_id")
    section: ClassVar[tuple[str, ...]] = ("mapstatsid",)

    match_id: MatchId
    map_number: Annotated[int, Key(), Doc("Position of the map, from 1; 0 for all maps together.")]
    side: Annotated[str, Key(), OneOf(OVERVIEW_SIDES), Doc("The side the numbers are of.")]
    player_id: Annotated[int | None, Key(), Doc("Null for an unregistered stand-in.")]
    player_name: Annotated[str, Key(), Doc("The nickname.")]
    mapstatsid: MapStatsId
    team_id: Annotated[int | None, Doc("The team of the table.")]
    kills: Annotated[Count, Doc("Opponents killed.")]
    deaths: Annotated[Count, Doc("Deaths, of whatever cause.")]
    kd_diff: Annotated[Count, Doc("kills - deaths")]
    adr: Annotated[Damage, Doc("Average damage dealt per round.")]
    kast: Annotated[Percent, Doc("Rounds with a kill, an assist, survival or a traded death.")]
    rating: Annotated[Rate, Doc("The site's rating, as printed when the page was archived.")]
    rating_version: RatingVersion
    round_swing: Annotated[Percent, Doc("Average change of the chance to win a round; rating 3.0.")]
    e_kills: Annotated[Count, Doc("Eco-adjusted kills.")]
    e_deaths: Annotated[Count, Doc("Eco-adjusted deaths.")]
    e_adr: Annotated[Damage, Doc("Eco-adjusted damage per round.")]
    e_kast: Annotated[float | None, Unit("percent"), Doc("Eco-adjusted KAST; may exceed 100.")]


class PlayerStatsRow(Row, frozen=True):
    """One player on one map: map statistics joined with the performance page."""

    table: ClassVar[str] = "hltv_player_stats"
    contributors: ClassVar[tuple[str, ...]] = ("map_stats", "performance")
    references: ClassVar[tuple[type[Row], ...]] = (MapRow,)

    match_id: MatchId
    map_number: MapNumber
    player_id: Annotated[int | None, Key(), Doc("Null for an unregistered stand-in.")]
    player_name: Annotated[str, Key(), Doc("The nickname.")]
    mapstatsid: MapStatsId
    team_id: Annotated[int | None, Doc("The team he played for.")]
    kills: Annotated[Count, Doc("Opponents killed.")]
    deaths: Annotated[Count, Doc("Deaths, of whatever cause.")]
    assists: Annotated[Count, Doc("Kills assisted, flashes included.")]
    flash_assists: Annotated[Count, Doc("Kills assisted by a flashbang.")]
    hs_kills: Annotated[Count, Doc("Kills by headshot.")]
    kd_diff: Annotated[Count, Doc("kills - deaths")]
    opening_kills: Annotated[Count, Doc("First kills of a round.")]
    opening_deaths: Annotated[Count, Doc("First deaths of a round.")]
    fk_diff: Annotated[Count, Doc("opening_kills - opening_deaths")]
    multi_kills: Annotated[Count, Unit("rounds"), Doc("Rounds with two kills or more.")]
    clutch_wins: Annotated[Count, Doc("Rounds won alone against one or more.")]
    traded_deaths: Annotated[Count, Doc("Deaths that a team mate avenged.")]
    adr: Annotated[Damage, Doc("Average damage dealt per round.")]
    kast: Annotated[Percent, Doc("Rounds with a kill, an assist, survival or a traded death.")]
    rating: Annotated[Rate, Doc("The site's rating, as printed when the page was archived.")]
    rating_version: RatingVersion
    round_swing: Annotated[Percent, Doc("Average change of the chance to win a round; rating 3.0.")]
    kpr: Annotated[Rate, Unit("kills/round"), Doc("Kills per round.")]
    dpr: Annotated[Rate, Unit("deaths/round"), Doc("Deaths per round.")]
    impact: Annotated[Rate, Doc("Rating 2.0 and 2.1 only.")]
    mk_rating: Annotated[Rate, Doc("Multi-kill rating, rating 3.0 only.")]
    e_kills: Annotated[
        Count, Doc("Eco-adjusted kills: weighed by both sides' equipment, as all columns named e_.")
    ]
    e_deaths: Annotated[Count, Doc("Eco-adjusted deaths.")]
    e_hs_kills: Annotated[Count, Doc("Eco-adjusted kills by headshot.")]
    e_kd_diff: Annotated[Count, Doc("e_kills - e_deaths")]
    e_opening_kills: Annotated[Count, Doc("Eco-adjusted first kills.")]
    e_opening_deaths: Annotated[Count, Doc("Eco-adjusted first deaths.")]
    e_fk_diff: Annotated[Count, Doc("e_opening_kills - e_opening_deaths")]
    e_traded_deaths: Annotated[Count, Doc("Eco-adjusted traded deaths.")]
    e_adr: Annotated[Damage, Doc("Eco-adjusted damage per round.")]
    e_kast: Annotated[float | None, Unit("percent"), Doc("Eco-adjusted KAST; may exceed 100.")]


class PlayerSideStatsRow(Row, frozen=True):
    """One player on one side of one map: what the map page's tables per side print."""

    table: ClassVar[str] = "hltv_player_side_stats"
    contributors: ClassVar[tuple[str, ...]] = ("map_stats",)
    references: ClassVar[tuple[type[Row], ...]] = (MapRow,)

    match_id: MatchId
    map_number: MapNumber
    side: Annotated[str, Key(), OneOf(SIDES), Doc("The side the numbers are of.")]
    player_id: Annotated[int | None, Key(), Doc("Null for an unregistered stand-in.")]
    player_name: Annotated[str, Key(), Doc("The nickname.")]
    mapstatsid: MapStatsId
    team_id: Annotated[int | None, Doc("The team he played for.")]
    kills: Annotated[Count, Doc("Opponents killed.")]
    deaths: Annotated[Count, Doc("Deaths, of whatever cause.")]
    assists: Annotated[Count, Doc("Kills assisted, flashes included.")]
    flash_assists: Annotated[Count, Doc("Kills assisted by a flashbang.")]
    hs_kills: Annotated[Count, Doc("Kills by headshot.")]
    kd_diff: Annotated[Count, Doc("kills - deaths")]
    opening_kills: Annotated[Count, Doc("First kills of a round.")]
    opening_deaths: Annotated[Count, Doc("First deaths of a round.")]
    fk_diff: Annotated[Count, Doc("opening_kills - opening_deaths")]
    multi_kills: Annotated[Count, Unit("rounds"), Doc("Rounds with two kills or more.")]
    clutch_wins: Annotated[Count, Doc("Rounds won alone against one or more.")]
    traded_deaths: Annotated[Count, Doc("Deaths that a team mate avenged.")]
    adr: Annotated[Damage, Doc("Average damage dealt per round of the side.")]
    kast: Annotated[Percent, Doc("Rounds with a kill, an assist, survival or a traded death.")]
    rating: Annotated[Rate, Doc("The site's rating, as printed when the page was archived.")]
    rating_version: RatingVersion
    round_swing: Annotated[Percent, Doc("Average change of the chance to win a round; rating 3.0.")]
    e_kills: Annotated[
        Count, Doc("Eco-adjusted kills: weighed by both sides' equipment, as all columns named e_.")
    ]
    e_deaths: Annotated[Count, Doc("Eco-adjusted deaths.")]
    e_hs_kills: Annotated[Count, Doc("Eco-adjusted kills by headshot.")]
    e_kd_diff: Annotated[Count, Doc("e_kills - e_deaths")]
    e_opening_kills: Annotated[Count, Doc("Eco-adjusted first kills.")]
    e_opening_deaths: Annotated[Count, Doc("Eco-adjusted first deaths.")]
    e_fk_diff: Annotated[Count, Doc("e_opening_kills - e_opening_deaths")]
    e_traded_deaths: Annotated[Count, Doc("Eco-adjusted traded deaths.")]
    e_adr: Annotated[Damage, Doc("Eco-adjusted damage per round.")]
    e_kast: Annotated[float | None, Unit("percent"), Doc("Eco-adjusted KAST; may exceed 100.")]


class RoundRow(Row, frozen=True):
    """One played round of a map."""

    table: ClassVar[str] = "hltv_round_history"
    contributors: ClassVar[tuple[str, ...]] = ("map_stats",)
    references: ClassVar[tuple[type[Row], ...]] = (MapRow,)

    match_id: MatchId
    map_number: MapNumber
    round_number: Annotated[int, Key(), Doc("From 1, overtime counted on.")]
    mapstatsid: MapStatsId
    winner_side: Annotated[str, OneOf(SIDES), Doc("The side that won the round.")]
    win_type: Annotated[str, OneOf(WIN_TYPES), Doc("`bomb_planted` means that it exploded.")]
    winner_team_id: Annotated[int | None, Doc("The team that won the round.")]


class KillMatrixRow(Row, frozen=True):
    """How often two opponents killed each other on one map."""

    table: ClassVar[str] = "hltv_kill_matrix"
    contributors: ClassVar[tuple[str, ...]] = ("performance",)
    references: ClassVar[tuple[type[Row], ...]] = (MapRow,)

    match_id: MatchId
    map_number: MapNumber
    matrix_type: Annotated[str, Key(), OneOf(MATRIX_TYPES), Doc("Which kills are counted.")]
    player1_id: Annotated[int | None, Key(), Doc("The row's player, of the page's second team.")]
    player1_name: Annotated[str, Key(), Doc("Nickname of the row's player.")]
    player2_id: Annotated[int | None, Key(), Doc("The column's player, of the page's first team.")]
    player2_name: Annotated[str, Key(), Doc("Nickname of the column's player.")]
    mapstatsid: MapStatsId
    player1_kills: Annotated[int, Doc("player1's kills of player2.")]
    player2_kills: Annotated[int, Doc("player2's kills of player1.")]


class EconomyRow(Row, frozen=True):
    """One team's equipment at the start of one round."""

    table: ClassVar[str] = "hltv_economy"
    contributors: ClassVar[tuple[str, ...]] = ("economy",)
    references: ClassVar[tuple[type[Row], ...]] = (RoundRow,)

    match_id: MatchId
    map_number: MapNumber
    round_number: Annotated[int, Key(), Doc("From 1; overtime rounds are not published.")]
    team_id: Annotated[int, Key(), Doc("The team whose equipment it is.")]
    mapstatsid: MapStatsId
    team_name: Annotated[str, Doc("As the chart prints it.")]
    team_resolved_by: Annotated[
        str, OneOf(TEAM_RESOLUTIONS), Doc("How the chart's name was taken for the team.")
    ]
    side: Annotated[str | None, OneOf(SIDES), Doc("The team's side, told by the winner's image.")]
    equipment_value: Annotated[int | None, Unit("$"), Doc("Worth of all five players' equipment.")]
    buy_type: Annotated[
        str | None, OneOf(BUY_TYPES), Doc("By value: below 5,000, 10,000, 20,000, or above.")
    ]
    won: Annotated[bool | None, Doc("Whether the team won the round.")]


class TeamRow(Row, frozen=True):
    """One team, as the newest page that names it does."""

    table: ClassVar[str] = "hltv_teams"
    contributors: ClassVar[tuple[str, ...]] = ("match",)
    dimension: ClassVar[bool] = True

    team_id: Annotated[int, Key(), Doc("The site's number of the team.")]
    team_name: Annotated[str, Doc("Name of the team, as printed.")]
    country: Annotated[str | None, Doc("Country or region of the team's flag.")]


class PlayerRow(Row, frozen=True):
    """One player, as the newest page that names him does."""

    table: ClassVar[str] = "hltv_players"
    contributors: ClassVar[tuple[str, ...]] = ("match",)
    dimension: ClassVar[bool] = True

    player_id: Annotated[int, Key(), Doc("The site's number of the player.")]
    player_name: Annotated[str, Doc("The nickname.")]
    full_name: Annotated[str | None, Doc("As printed, with the nickname in quotes.")]
    country: Annotated[str | None, Doc("Country of the player's flag.")]


class EventRow(Row, frozen=True):
    """One event (tournament)."""

    table: ClassVar[str] = "hltv_events"
    contributors: ClassVar[tuple[str, ...]] = ("match",)
    dimension: ClassVar[bool] = True

    event_id: Annotated[int, Key(), Doc("The site's number of the event.")]
    event_name: Annotated[str, Doc("Name of the event, as printed.")]


ROWS: tuple[type[Row], ...] = (
    ResultRow,
    MatchRow,
    MapRow,
    VetoRow,
    MatchPlayerRow,
    PlayerStatsRow,
    PlayerSideStatsRow,
    RoundRow,
    EconomyRow,
    KillMatrixRow,
    OverviewPlayerStatsRow,
    TeamRow,
    PlayerRow,
    EventRow,
)

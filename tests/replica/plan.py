"""What a match is before anyone plays a round: teams, time, maps, vetoes, final scores."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from functools import cached_property

from tests.replica.entities import Event, Player, Team

POOLS = {
    "go": ("Ancient", "Anubis", "Inferno", "Mirage", "Nuke", "Overpass", "Vertigo"),
    "cs2": ("Ancient", "Anubis", "Dust2", "Inferno", "Mirage", "Nuke", "Train"),
    "autumn": ("Ancient", "Dust2", "Inferno", "Mirage", "Nuke", "Overpass", "Train"),
    "late": ("Ancient", "Dust2", "Inferno", "Mirage", "Nuke", "Overpass", "Train"),
}
CODES = {
    "Ancient": "anc",
    "Anubis": "anb",
    "Dust2": "d2",
    "Inferno": "inf",
    "Mirage": "mrg",
    "Nuke": "nuke",
    "Overpass": "ovp",
    "Train": "trn",
    "Vertigo": "vtg",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class MapPlan:
    """One map of a match; `winners` names the team (1, 2) that took each round."""

    number: int
    name: str
    state: str
    mapstatsid: int | None = None
    picked_by: int | None = None
    score: tuple[int, int] | None = None
    winners: tuple[int, ...] = ()
    half: int = 12
    start_ct: int = 1
    overtime_swaps: bool = False

    @property
    def regulation(self) -> int:
        """Rounds before overtime, at most."""
        return 30 if self.half == 15 and len(self.winners) != 19 else 24

    def ct_team(self, number: int) -> int:
        """The team on the CT side in the round with this index, from 0."""
        if number < self.half:
            return self.start_ct
        other = 3 - self.start_ct
        if number < self.regulation:
            return other
        period, inside = divmod(number - self.regulation, 6)
        turns = inside // 3 + (0 if self.overtime_swaps else period)
        return other if turns % 2 == 0 else self.start_ct

    def rounds_won(self, team: int, first: int, last: int) -> int:
        """Rounds a team took among those with index first..last-1."""
        return self.winners[first:last].count(team)


@dataclass(frozen=True, slots=True, kw_only=True)
class Veto:
    """One line of the veto; `team` is None for the map left over."""

    team: str | None
    action: str
    map_name: str


@dataclass(frozen=True, kw_only=True)
class MatchPlan:
    """One match as it will be printed."""

    seed: int
    index: int
    match_id: int
    era: str
    kind: str
    flags: frozenset[str]
    teams: tuple[Team, Team]
    event: Event
    start_ms: int
    completed_ms: int
    best_of: int
    lan: bool | None
    maps: tuple[MapPlan, ...]
    vetoes: tuple[Veto, ...]
    stars: int
    demo_id: int | None
    forfeit: str
    stage: str

    @cached_property
    def path(self) -> str:
        """The canonical path of the match page."""
        return f"/matches/{self.match_id}/{self.slug}"

    @cached_property
    def slug(self) -> str:
        """Teams and event, lossily."""
        return f"{self.teams[0].slug}-vs-{self.teams[1].slug}-{self.event.slug}"

    @property
    def go(self) -> bool:
        """Whether Global Offensive was played (30 rounds of regulation)."""
        return self.era == "go"

    @property
    def layout(self) -> str:
        """How the pages are drawn: `old`, `autumn` or `new`."""
        if self.era == "go":
            return "new" if "go_new_layout" in self.flags else "old"
        if self.era == "cs2":
            return "new" if "recaptured" in self.flags else "old"
        return "autumn" if self.era == "autumn" else "new"

    @property
    def rating_version(self) -> str:
        """The rating formula all pages of the match name."""
        if self.era == "go":
            return "2.0"
        return "2.1" if self.layout == "old" else "3.0"

    @property
    def score(self) -> tuple[int, int] | None:
        """The header's score; None where the header prints none."""
        if self.kind != "over" or "deleted" in self.flags:
            return None
        return self.listed_score

    @property
    def listed_score(self) -> tuple[int, int]:
        """Maps won, or rounds of a best of one."""
        ended = [one.score for one in self.maps if one.score and one.state != "running"]
        if self.best_of == 1 and len(ended) == 1:
            return ended[0]
        ones = sum(left > right for left, right in ended)
        return ones, len(ended) - ones

    @property
    def played(self) -> tuple[MapPlan, ...]:
        """The maps that have statistics pages."""
        return tuple(one for one in self.maps if one.state == "played")

    def stats_path(self, one: MapPlan, kind: str = "") -> str:
        """The canonical path of a map page: kind `` (map stats), `performance`, `economy`."""
        first, second = one.start_ct - 1, 2 - one.start_ct
        names = f"{self.teams[first].slug}-vs-{self.teams[second].slug}"
        sub = f"{kind}/" if kind else ""
        return f"/stats/matches/{sub}mapstatsid/{one.mapstatsid}/{names}"

    @property
    def left(self) -> int:
        """Which team (1, 2) stands left on the map pages."""
        return 2 if "left_is_team2" in self.flags else 1

    def roster(self, team: int, number: int) -> tuple[Player, ...]:
        """The five who start the given map for a team (1, 2)."""
        players = self.teams[team - 1].players
        if not players:
            return ()
        five = players[:5]
        if team == 2 and self.flags & {"standin_no_link", "standin_zero"}:
            five = (*players[:4], replace(players[6], link_zero="standin_zero" in self.flags))
        if team == 1 and "substitute_in_series" in self.flags and number > 1:
            five = (*players[:4], players[5])
        return five

    def substitution(self, team: int, number: int) -> tuple[Player, Player] | None:
        """Who leaves and who enters during the given map, if anyone does."""
        last = self.played[-1].number if self.played else 0
        if team == 2 and "substitute_in_map" in self.flags and number == last:
            players = self.teams[1].players
            return players[4], players[5]
        return None

    def lineup(self, team: int) -> tuple[Player, ...]:
        """The five who finished, in the lineup's own order."""
        number = self.played[-1].number if self.played else 1
        five = list(self.roster(team, number))
        change = self.substitution(team, number)
        if change:
            five[five.index(change[0])] = change[1]
        random.Random(f"{self.seed}:{self.index}:lineup:{team}").shuffle(five)
        return tuple(five)

"""The printed numbers of a player in one table: per map or match, per side, rounded once.

A `Line` holds texts exactly as a page prints them; the truth reads the same texts, so truth and
page cannot differ by rounding.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace

from tests.replica.entities import Player
from tests.replica.plan import MatchPlan
from tests.replica.play import MapPlay, Tally, play_map
from tests.replica.scenarios import Dimensions


@dataclass(frozen=True, slots=True, kw_only=True)
class EcoLine:
    """The eco-adjusted twins."""

    kills: int
    deaths: int
    hs: int
    opening_kills: int
    opening_deaths: int
    traded: int
    adr: str
    kast: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One player's row; `swing` only under rating 3.0, `eco` only where the layout has it."""

    player: Player
    tally: Tally
    adr: str
    kast: str
    rating: str
    swing: str | None
    eco: EcoLine | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What a map page says of one team beside its score."""

    rating: str
    first_kills: int
    clutches_won: int


@dataclass(frozen=True, slots=True)
class Board:
    """The numbers of one match: plays of its maps, and lines for any table."""

    match: MatchPlan
    plays: dict[int, MapPlay]

    def players(self, team: int, number: int) -> list[Player]:
        """Who played for a team (1, 2) on a map, or on any map where number is 0."""
        plays = self.plays.values() if number == 0 else [self.plays[number]]
        seen: dict[str, Player] = {}
        for play in plays:
            for player in play.players[team - 1]:
                seen.setdefault(player.key, player)
        return list(seen.values())

    def lines(self, team: int, number: int, side: str) -> list[Line]:
        """The rows of one map-page table, best rating first; number 0 means all maps."""
        lines = []
        for player in self.players(team, number):
            tally = self._tally(team, player, number, side)
            if tally:
                lines.append(_line(self.match, player, tally, f"{team}:{number}:{side}"))
        return sorted(lines, key=lambda line: -float(line.rating))

    def overview_lines(self, team: int, number: int, side: str) -> list[Line]:
        """The rows of one match-page table: the same, but for ratings recomputed since."""
        single = len(self.plays) == 1 and number == 0
        source = next(iter(self.plays)) if single else number
        lines = self.lines(team, source, side)
        if "rating_drift" in self.match.flags and source == max(self.plays):
            lines = [_older(line) for line in lines]
            lines.sort(key=lambda line: -float(line.rating))
        return lines

    def figures(self, team: int, number: int) -> Figures:
        """A team's figures on a map: the mean of its players' ratings, and sums."""
        lines = self.lines(team, number, "both")
        rating = sum(float(line.rating) for line in lines) / len(lines)
        return Figures(
            rating=f"{rating:.2f}",
            first_kills=sum(line.tally.opening_kills for line in lines),
            clutches_won=sum(line.tally.clutches for line in lines),
        )

    def _tally(self, team: int, player: Player, number: int, side: str) -> Tally | None:
        if number:
            return self.plays[number].tally(team, player, side)
        total = Tally()
        for play in self.plays.values():
            part = play.tally(team, player, side)
            if part:
                total.add(part)
        return total if total.rounds else None


def board_of(match: MatchPlan, season: Dimensions) -> Board:
    """Play the maps of a match that have statistics."""
    plays = {one.number: play_map(season, match.index, one.number) for one in match.played}
    return Board(match, plays)


def half_up(numerator: int, denominator: int, scale: int) -> int:
    """Divide and scale, rounding halves up (21/24 at scale 100 is 88)."""
    return (2 * numerator * scale + denominator) // (2 * denominator)


def per_round(count: int, rounds: int) -> str:
    """Print a count per round with two decimals."""
    return f"{half_up(count, rounds, 100) / 100:.2f}"


def _line(match: MatchPlan, player: Player, tally: Tally, salt: str) -> Line:
    rng = random.Random(f"{match.seed}:{match.index}:{player.key}:{salt}")
    rounds = tally.rounds
    adr = half_up(tally.damage, rounds, 10)
    kast = half_up(tally.kast, rounds, 1000)
    kpr, dpr = tally.kills / rounds, tally.deaths / rounds
    raw = 0.38 + 0.95 * kpr - 0.62 * dpr + 0.0045 * adr / 10 + 0.0018 * kast / 10
    rating = max(0.12, min(3.28, raw + rng.uniform(-0.08, 0.08)))
    swing = None
    if match.rating_version == "3.0":
        value = (rating - 1) * 11 + (tally.won / rounds - 0.5) * 4 + rng.uniform(-1, 1)
        swing = f"{value:+.2f}%"
    eco = None
    if match.layout == "new" and not match.go:
        eco = _eco(rng, tally, adr, kast, over="eco_kast_over_100" in match.flags)
    return Line(
        player=player,
        tally=tally,
        adr=f"{adr / 10:.1f}",
        kast=f"{kast / 10:.1f}%",
        rating=f"{rating:.2f}",
        swing=swing,
        eco=eco,
    )


def _eco(rng: random.Random, tally: Tally, adr: int, kast: int, *, over: bool) -> EcoLine:
    kills = max(0, tally.kills + rng.randint(-3, 2))
    eco_kast = max(0, kast + rng.randint(-80, 60))
    if over:
        eco_kast = max(eco_kast, rng.randint(940, 1162))
    return EcoLine(
        kills=kills,
        deaths=max(0, tally.deaths + rng.randint(-2, 3)),
        hs=min(kills, max(0, tally.hs + rng.randint(-2, 1))),
        opening_kills=max(0, tally.opening_kills + rng.randint(-1, 1)),
        opening_deaths=max(0, tally.opening_deaths + rng.randint(-1, 1)),
        traded=max(0, tally.traded + rng.randint(-1, 1)),
        adr=f"{max(0, adr + rng.randint(-90, 60)) / 10:.1f}",
        kast=f"{eco_kast / 10:.1f}%",
    )


def _older(line: Line) -> Line:
    """Print the rating as it stood before the site recomputed it (section 0, ratings drift)."""
    cents = round(float(line.rating) * 100)
    shift = 1 + (line.tally.damage % 6)
    return replace(line, rating=f"{(cents - shift if cents > 30 else cents + shift) / 100:.2f}")

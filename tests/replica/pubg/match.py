"""Make a match: draw its lobby, let it happen, and hand over bytes and truth."""

from __future__ import annotations

import random
import uuid
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from tests.replica.pubg import routine, scenes
from tests.replica.pubg.actors import OUT, Actor, Team
from tests.replica.pubg.circles import Circle, Circles
from tests.replica.pubg.fighting import fight
from tests.replica.pubg.fights import FULL_MS, Plan, Trip, draw_fights, trip_of
from tests.replica.pubg.filler import rummage
from tests.replica.pubg.kinds import ERAS, KINDS, SQUARES_CM, Kind
from tests.replica.pubg.paths import Path, draw_plane
from tests.replica.pubg.people import Person, bot, human
from tests.replica.pubg.simulation import Setting, Simulation
from tests.replica.pubg.truth import MatchRow, Participant, Roster, Truth, Usage
from tests.replica.pubg.weapons import LONG_GUNS, SIDEARMS
from tests.replica.pubg.wire import f32, iso_seconds

SMALL = 0.05  # about 1 MB
MEDIUM = 0.45  # about 8 MB of a league match
LARGE = 1.5  # about 29 MB of a squad match
SHORTEST_MS = 330_000
START = datetime(2026, 5, 3, 18, 2, 11, 351_000, tzinfo=UTC)
FLAGS = frozenset({"nobody_won", "tied_ranks", "leaver"})
STRANGERS = 1000  # numbers from here on are humans who play one match
Lineup = list[Person]


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A made match.

    telemetry  the file as the CDN has it before compression: one JSON array on one line
    cases      which cases of section 10 occurred in it
    counts     how often each event type stands in the file
    """

    row: MatchRow
    telemetry: bytes
    truth: Truth
    cases: frozenset[str]
    counts: Counter[str]
    start: datetime

    @property
    def available_at(self) -> datetime:
        """When the API first knows it: its telemetry is stored by then."""
        return datetime.fromisoformat(self.row.asset_created_at)


def make_match(
    seed: int | str,
    kind: str = "squad",
    *,
    size: float = SMALL,
    era: str = "modern",
    start: datetime = START,
    lineups: Sequence[Lineup] = (),
    flags: frozenset[str] | None = None,
    shard: str = "steam",
    map_name: str | None = None,
) -> Match:
    """Make a match; the same arguments give the same bytes.

    kind     a name of `kinds.KINDS`; era: `modern`, `v1` (LogPlayerKill), `2018`
    size     1 gives the mean counts of a real match; SMALL is quick; LARGE is heavy
    lineups  the humans of the first teams; strangers fill the rest
    flags    of FLAGS: `nobody_won` (every `won` says false), `tied_ranks`, `leaver`; all but
             the first unless said
    Raises KeyError for a kind or an era that does not exist.
    """
    rng = _rng(seed, kind, size, era, start)
    chosen = KINDS[kind]
    square_name = map_name or rng.choice(chosen.maps)
    match_id = _draw_id(rng)
    setting = Setting(
        match_id=match_id,
        full_id=_full_id(chosen, era, start, match_id),
        kind=chosen,
        era=ERAS[era],
        map_name=square_name,
        start=start,
        length_ms=max(SHORTEST_MS, round(FULL_MS * min(size, 1.15))),
    )
    wanted = FLAGS - {"nobody_won"} if flags is None else flags
    sim = _prepare(setting, rng, _line_up(rng, chosen, size, lineups, str(seed)))
    _begin(sim, size, wanted)
    sim.run()
    return _hand_over(sim, wanted, shard)


def match_id_of(
    seed: int | str, kind: str, map_name: str, *, size: float = SMALL, era: str = "modern"
) -> str:
    """The id of a match on a map that is named, without making it."""
    rng = _rng(seed, kind, size, era, START)
    assert map_name, "a map that is drawn is drawn first"
    return _draw_id(rng)


def _rng(seed: int | str, kind: str, size: float, era: str, start: datetime) -> random.Random:
    return random.Random(f"{seed}:{kind}:{size}:{era}:{start.isoformat()}")


def _draw_id(rng: random.Random) -> str:
    return str(uuid.UUID(int=rng.getrandbits(128), version=4))


def _full_id(kind: Kind, era: str, start: datetime, match_id: str) -> str:
    mode = kind.game_mode.removeprefix("esports-")
    if era == "2018":
        return f"match.bro.official.2018-04.eu.{mode}.{start:%Y.%m.%d}.{match_id}"
    nature = "custom" if kind.is_custom else "official"
    return f"match.bro.{nature}.pc-2018-41.steam.{mode}.eu.{start:%Y.%m.%d.%H}.{match_id}"


def _line_up(
    rng: random.Random, kind: Kind, size: float, lineups: Sequence[Lineup], seed: str
) -> list[Lineup]:
    """The teams: given ones, strangers, then bots one by one; small matches have fewer."""
    crowd = 1.0 if kind.fixed else min(1.0, max(0.3, size * 1.6))
    number = max(len(lineups), min(6, kind.teams[0]), round(rng.randint(*kind.teams) * crowd))
    fresh = iter(range(STRANGERS + rng.randrange(10**6), 10**9))
    base = int.from_bytes(seed.encode()[-4:], "big")
    teams = [list(one[: max(kind.sizes)]) for one in lineups]
    while len(teams) < number:
        teams.append([human(base, next(fresh)) for _ in range(rng.choice(kind.sizes))])
    if kind.has_knocks and not lineups:
        teams[0] = [human(base, next(fresh)) for _ in range(max(kind.sizes))]
    bots = max(2, round(rng.randint(*kind.bots) * crowd)) if kind.bots[1] else 0
    return teams + [[bot(rng, place)] for place in range(bots)]


def _prepare(setting: Setting, rng: random.Random, lineups: list[Lineup]) -> Simulation:
    """A match in its lobby: circles, plane, fights, ways, actors."""
    kind = setting.kind
    square = SQUARES_CM[setting.map_name]
    circles = Circles(rng, square, setting.length_ms, phases=0 if kind.respawns else 9)
    plane = draw_plane(rng, square)
    is_human = [any(one.is_human for one in people) for people in lineups]
    if kind.respawns:
        plan = Plan(circles, square)
    else:
        plan = draw_fights(rng, circles, square, is_human, setting.length_ms)
    teams, team_id, bot_id = [], kind.first_team, 200
    for number, people in enumerate(lineups):
        team = Team(number, team_id if is_human[number] else bot_id)
        if is_human[number]:
            team_id += 2 if rng.random() < 0.1 and not kind.fixed else 1
        else:
            bot_id += 1
        teams.append(team)
        _fill(setting, rng, team, people, trip=trip_of(rng, plan, plane, number, setting.length_ms))
    return Simulation(setting, rng, plan, teams)


def _fill(setting: Setting, rng: random.Random, team: Team, people: Lineup, *, trip: Trip) -> None:
    """Put people into a team and the team on its way."""
    if setting.kind.respawns:
        base = Path()
        base.add(0, (300_000.0 + 4000 * team.number, 410_000.0))
        team.members += [_actor(setting, rng, one, team, base) for one in people]
        return
    for person in people:
        actor = _actor(setting, rng, person, team, trip.path)
        actor.plane, actor.jump_ms = trip.plane, trip.jump_ms + rng.randrange(1500)
        actor.land_ms = trip.land_ms + rng.randrange(4000)
        team.members.append(actor)


def _actor(setting: Setting, rng: random.Random, person: Person, team: Team, path: Path) -> Actor:
    reach = 250 if person.is_npc else 1600
    return Actor(
        person,
        team,
        path,
        (rng.uniform(-reach, reach), rng.uniform(-reach, reach)),
        rng.uniform(180, 4000),
        rng.choice(LONG_GUNS),
        rng.choice(SIDEARMS),
        Participant(
            match_id=setting.match_id,
            account=person.account,
            name=person.name,
            team_id=team.team_id,
            is_bot=person.is_bot,
        ),
        Usage(match_id=setting.match_id, account=person.account),
    )


def _begin(sim: Simulation, size: float, flags: frozenset[str]) -> None:
    """Begin all scripts of a match."""
    for actor in sim.actors:
        sim.begin(routine.enter(sim, actor, -sim.rng.randrange(60_000, 85_000)))
        sim.begin(routine.positions(sim, actor, sim.rng.randrange(500, 10_000)))
        if actor.person.is_human:
            sim.begin(routine.leave(sim, actor))
        if not sim.kind.respawns:
            sim.begin(routine.land(sim, actor))
    sim.begin(routine.start(sim))
    sim.begin(routine.states(sim))
    sim.begin(routine.phases(sim))
    for plan in sim.plan.fights:
        sim.begin(fight(sim, plan))

    def new_actor(person: Person, team: Team, path: Path) -> Actor:
        return _actor(sim.setting, sim.rng, person, team, path)

    scenes.begin_all(sim, new_actor, flags)
    sim.begin(rummage(sim, size))
    sim.begin(routine.end(sim))


def _hand_over(sim: Simulation, flags: frozenset[str], shard: str) -> Match:
    """The bytes, and the rows that are known only at the end."""
    assert sim.over_ms is not None, "a match must end"
    setting, truth = sim.setting, sim.truth
    _measure(truth)
    _settle_participants(sim, flags)
    duration = sim.over_ms // 1000
    stored = setting.start + timedelta(seconds=duration + sim.rng.randrange(59, 117))
    truth.usage += [one.usage for one in sim.actors]
    row = MatchRow(
        match_id=setting.match_id,
        kind=sim.kind.name,
        era=sim.era.name,
        created_at=iso_seconds(setting.start),
        duration_s=duration,
        game_mode=sim.kind.game_mode,
        match_type=sim.kind.match_type,
        map_name=setting.map_name,
        is_custom=sim.kind.is_custom,
        season_state="progress",
        shard=shard,
        asset_id=str(uuid.UUID(int=sim.rng.getrandbits(128), version=1)),
        asset_created_at=iso_seconds(stored),
        team_count=len(sim.teams),
        participant_count=len(sim.actors),
    )
    truth.matches.append(row)
    return Match(
        row=row,
        telemetry=b"[" + b",".join(sim.parts) + b"]",
        truth=truth,
        cases=frozenset(sim.cases),
        counts=sim.counts,
        start=setting.start,
    )


def _measure(truth: Truth) -> None:
    """Measure every position by the state that section 3.7 pairs it with."""
    elapsed = [one.elapsed_s for one in truth.circles]
    for row in truth.positions if elapsed else ():
        state = truth.circles[min(bisect_left(elapsed, row.elapsed_s), len(elapsed) - 1)]
        blue = Circle(state.blue_x, state.blue_y, state.blue_radius)
        row.state_elapsed_s = state.elapsed_s
        row.blue_m = blue.distance(row.x, row.y) / 100
        row.blue_edge_m = blue.radius / 100 - row.blue_m
        if state.white_radius:
            row.white_m = Circle(state.white_x, state.white_y, 0).distance(row.x, row.y) / 100


def _settle_participants(sim: Simulation, flags: frozenset[str]) -> None:
    """Placements, and the figures that only the end tells."""
    assert sim.over_ms is not None
    ranks = {team.number: team.rank for team in sim.teams}
    low = sorted(number for number in ranks if ranks[number] in {4, 5})
    if "tied_ranks" in flags and len(low) == 2:
        ranks[low[0]] = ranks[low[1]] = 4
    for actor in sim.actors:
        figures = actor.figures
        figures.team_rank = ranks[actor.team.number]
        figures.win_place = figures.win_place or figures.team_rank
        if actor.state != OUT or sim.kind.respawns:
            figures.survived_s = f32(sim.over_ms / 1000)
        figures.damage_dealt = f32(figures.damage_dealt)
        figures.heals, figures.boosts = actor.usage.heals, actor.usage.boosts
        figures.weapons_acquired = 2 + len(actor.person.name) % 5
        walked, driven = actor.path.length(round(figures.survived_s * 1000))
        figures.walk_m, figures.ride_m = f32(walked), f32(driven)
        if not sim.era.is_2018:
            figures.survived_s = int(figures.survived_s)
        if actor.state != OUT and not sim.kind.respawns:
            figures.death_type = "alive"
    order = sorted(sim.actors, key=lambda one: (-one.figures.kills, -one.figures.survived_s))
    for place, actor in enumerate(order, start=1):
        actor.figures.kill_place = (
            place + (place > 9) * 3
        )  # beyond the number of players, as of late
    sim.truth.participants += [one.figures for one in sim.actors]
    for team in sim.teams:
        rank = ranks[team.number]
        sim.truth.rosters.append(
            Roster(
                match_id=sim.setting.match_id,
                team_id=team.team_id,
                rank=rank,
                won="true" if rank == 1 and "nobody_won" not in flags else "false",
                is_winner=rank == 1,
                accounts=[one.account for one in team.members],
            )
        )

"""What happens in every match: the lobby, positions, states, phases, the zone, the end."""

from __future__ import annotations

from tests.replica.pubg import shapes
from tests.replica.pubg.actors import DOWN, OUT, UP, Actor
from tests.replica.pubg.combat import can_be_knocked, damage, kill, knock
from tests.replica.pubg.filler import mend
from tests.replica.pubg.simulation import AFTERMATH_MS, Script, Simulation
from tests.replica.pubg.truth import Blow, CircleState, Landing, PhaseRow, Position
from tests.replica.pubg.weapons import BLUE_ZONE
from tests.replica.pubg.wire import f32

SAMPLE_MS = 10_000
TICK_MS = 1030


def enter(sim: Simulation, actor: Actor, ms: int) -> Script:
    """Log in and stand in the lobby; bots are only created."""
    yield ms
    if actor.person.is_human:
        sim.tell("LogPlayerLogin", {"accountId": actor.account})
    yield ms + 15
    sim.tell("LogPlayerCreate", {"character": sim.character(actor)})


def start(sim: Simulation) -> Script:
    """Take off."""
    yield 0
    sim.define(ticks=sim.rng.randrange(10_000))
    sim.tell(
        "LogMatchStart",
        {
            "mapName": sim.setting.map_name,
            "weatherId": "Clear",
            "characters": [shapes.wrapper(sim.character(one)) for one in sim.actors],
            "cameraViewBehaviour": "FpsOnly" if "fpp" in sim.kind.game_mode else "FpsAndTps",
            "teamSize": max(sim.kind.sizes),
            "isCustomGame": sim.kind.is_custom,
            "isEventMode": False,
            "blueZoneCustomOptions": "[]",
        },
    )


def land(sim: Simulation, actor: Actor) -> Script:
    """Come down, for the first time or after a comeback."""
    yield actor.land_ms
    if actor.state == OUT:
        return
    actor.landings += 1
    who = sim.who(actor)
    far_m = f32(sim.rng.uniform(120, 700))
    if sim.tell("LogParachuteLanding", {"character": sim.character(actor, who), "distance": far_m}):
        sim.truth.landings.append(
            Landing(
                match_id=sim.setting.match_id,
                at_ms=sim.now,
                stamp=sim.stamp(),
                game=sim.circles.game(sim.now),
                who=who,
                number=actor.landings,
                distance_m=far_m,
            )
        )


def positions(sim: Simulation, actor: Actor, first_ms: int) -> Script:
    """Where somebody is, every ten seconds at his own phase, until he is out."""
    ms = first_ms
    life = actor.deaths
    while True:
        yield ms + sim.rng.randrange(-14, 15)
        if actor.deaths != life or actor.has_left or sim.is_over:
            return
        who = sim.who(actor)
        elapsed = sim.now // 1000
        alive = sum(one.state != OUT for one in sim.actors)
        body = {"character": sim.character(actor, who), "vehicle": sim.vehicle(who)}
        sim.tell("LogPlayerPosition", body | {"elapsedTime": elapsed, "numAlivePlayers": alive})
        sim.truth.positions.append(
            Position(
                match_id=sim.setting.match_id,
                at_ms=sim.now,
                stamp=sim.stamp(),
                game=sim.circles.game(sim.now),
                account=actor.account,
                elapsed_s=elapsed,
                x=who.x,
                y=who.y,
                z=who.z,
                is_outside=who.is_outside,
            )
        )
        if who.is_outside and not actor.is_ticking and sim.now > actor.land_ms:
            sim.begin(suffer(sim, actor))
        ms += SAMPLE_MS


def suffer(sim: Simulation, actor: Actor) -> Script:
    """A tick of the blue zone every 1.03 s until he is inside; only who is astray dies of it."""
    actor.is_ticking = True
    blow = Blow.of(BLUE_ZONE, "NonSpecific", -1)
    while actor.state != OUT and not sim.is_over and sim.who(actor).is_outside:
        amount = sim.circles.tick(sim.now)
        if actor.is_astray:
            amount = max(9.0, amount)
        elif actor.state == UP and actor.health - amount < 20:
            mend(sim, actor)
        if actor.state == UP and actor.health <= amount:
            fatal = can_be_knocked(sim, actor)
            damage(sim, None, actor, blow, actor.health)
            if fatal:
                sim.cases.add("knocked_by_nobody")
                knock(sim, None, actor, blow, -1)
            else:
                _die_outside(sim, actor, blow)
        elif actor.state == DOWN and actor.pool <= amount * 3 and actor.is_astray:
            damage(sim, None, actor, blow, actor.pool)
            _die_outside(sim, actor, blow)
        else:
            damage(sim, None, actor, blow, min(amount, 4.0) if actor.state == DOWN else amount)
        yield sim.now + TICK_MS
    actor.is_ticking = False


def _die_outside(sim: Simulation, actor: Actor, blow: Blow) -> None:
    sim.cases.add("zone_death")
    kill(sim, actor, killer=None, finisher=None, blow=blow)


def states(sim: Simulation) -> Script:
    """The state of the circles, a little more often than every ten seconds of elapsed time."""
    number = 1
    while True:
        yield number * SAMPLE_MS
        if sim.is_over:
            return
        elapsed = round(sim.now / 1000 * 0.9945 - 0.5) if number > 1 else 10
        state(sim, elapsed)
        number += 1


def state(sim: Simulation, elapsed: int) -> None:
    """Tell and note one LogGameStatePeriodic."""
    blue, white = sim.circles.blue(sim.now), sim.circles.white(sim.now)
    alive, teams = sum(one.state != OUT for one in sim.actors), len(sim.teams_alive())
    row = CircleState(
        match_id=sim.setting.match_id,
        at_ms=sim.now,
        stamp=sim.stamp(),
        game=sim.circles.game(sim.now),
        elapsed_s=elapsed,
        alive_players=alive,
        alive_teams=teams,
        blue_x=blue.x,
        blue_y=blue.y,
        blue_radius=blue.radius,
        white_x=white.x,
        white_y=white.y,
        white_radius=white.radius,
    )
    sim.truth.circles.append(row)
    players, all_teams = len(sim.actors), len(sim.teams)
    game_state = {
        "elapsedTime": elapsed,
        "numStartTeams": all_teams,
        "numAliveTeams": teams,
        "numParticipatedTeams": all_teams,
        "numJoinPlayers": players,
        "numStartPlayers": players,
        "numAlivePlayers": alive,
        "numParticipatedPlayers": players,
        "safetyZonePosition": shapes.place(blue.x, blue.y, 0),
        "safetyZoneRadius": blue.radius,
        "poisonGasWarningPosition": shapes.place(white.x, white.y, 0),
        "poisonGasWarningRadius": white.radius,
        "redZonePosition": shapes.place(0, 0, 0),
        "redZoneRadius": 0,
        "blackZonePosition": shapes.place(0, 0, 0),
        "blackZoneRadius": 0,
    }
    sim.tell("LogGameStatePeriodic", {"gameState": game_state})


def phases(sim: Simulation) -> Script:
    """Each phase twice: just before it is announced, and just before it shrinks."""
    for phase in sim.circles.phases:
        yield phase.announced_ms - 1
        if sim.is_over:
            return
        _tell_phase(sim, phase.number)
        yield phase.shrinks_ms - 1
        shrinks_ms = None if sim.is_over else phase.shrinks_ms
        white = phase.white
        sim.truth.phases.append(
            PhaseRow(
                match_id=sim.setting.match_id,
                phase=phase.number,
                announced_ms=phase.announced_ms,
                shrinks_ms=shrinks_ms,
                x=white.x,
                y=white.y,
                radius=white.radius,
            )
        )
        if shrinks_ms is None:
            return
        _tell_phase(sim, phase.number)


def _tell_phase(sim: Simulation, number: int) -> None:
    white = sim.circles.phases[number - 1].white
    inside = [
        one.account
        for one in sim.up()
        if one.person.is_human and white.distance(*one.where(sim.now)[:2]) <= white.radius
    ]
    sim.tell("LogPhaseChange", {"phase": number, "playersInWhiteCircle": inside})


def leave(sim: Simulation, actor: Actor) -> Script:
    """Log out some time after the end, one's own or the match's; wait for it first."""
    while actor.state != OUT and not sim.is_over:
        yield sim.now + 5000
    yield sim.now + sim.rng.randrange(4000, 30_000)
    if not actor.has_left and (actor.state == OUT or sim.is_over):
        sim.tell("LogPlayerLogout", {"accountId": actor.account})


def end(sim: Simulation) -> Script:
    """Tell the results; item events follow for a minute."""
    while not sim.is_over:
        yield sim.now + 500
    yield sim.now + 2000
    winners = next(team for team in sim.teams if team.rank == 1)
    results = [
        shapes.game_result(
            one.account,
            one.team.team_id,
            1,
            one.figures.kills,
            f32(one.path.length(sim.now)[0] * 100),
        )
        for one in winners.members
    ]
    totals = [
        shapes.weapon_totals(one.account, one.gun, int(one.figures.damage_dealt))
        for one in winners.members
    ]
    sim.tell(
        "LogMatchEnd",
        {
            "characters": [shapes.wrapper(_final(sim, one)) for one in sim.actors],
            "gameResultOnFinished": {"results": results},
            "allWeaponStats": totals,
        },
    )
    for ms in range(sim.now + 700, sim.now + AFTERMATH_MS, 9000):
        yield ms
        sim.cases.add("events_after_end")
        for one in winners.members[:2]:
            items = {"character": sim.character(one), "item": shapes.weapon_item(one.gun)}
            sim.tell("LogItemUnequip", items)


def _final(sim: Simulation, actor: Actor) -> shapes.Shape:
    """A character of LogMatchEnd: the dead lie nowhere."""
    found = sim.character(actor)
    if actor.state == OUT:
        found["location"] = shapes.place(0, 0, 0)
    return found

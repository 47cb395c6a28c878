"""The cases that every match must show, where its kind allows them (spec section 10)."""

from __future__ import annotations

from collections.abc import Callable

from tests.replica.pubg.actors import DOWN, OUT, UP, Actor, Team
from tests.replica.pubg.combat import blow_of, can_be_knocked, damage, kill, knock, settle, use
from tests.replica.pubg.fighting import finish, strike
from tests.replica.pubg.kinds import SQUARES_CM
from tests.replica.pubg.paths import Path, Plane
from tests.replica.pubg.people import GUARD, SOLDIER, Person
from tests.replica.pubg.routine import land, positions
from tests.replica.pubg.simulation import Script, Simulation
from tests.replica.pubg.truth import Blow
from tests.replica.pubg.weapons import (
    APPLE,
    FALL,
    FIRE_FIELD,
    FISTS,
    FLARE_LAUNCHER,
    GRENADE,
    RED_ZONE,
    SMOKE,
    SNOWBALL,
    ZONE_GRENADE,
)

POLL_MS = 2000
FATES = ("steal", "revive", "mate", "credit", "bleed")
Step = Callable[[Simulation, Actor], None]


def spare(sim: Simulation) -> list[Actor]:
    """Humans whom the match can do without: of teams without a scene so far, the most lasting first."""
    found = [
        one
        for team in sim.teams
        if team.number != sim.plan.winner and (len(team.up()) > 1 or not sim.kind.has_knocks)
        for one in team.up()
        if one.person.is_human and not one.is_astray
    ]

    def by_use(actor: Actor) -> tuple[bool, int]:
        number = actor.team.number
        return number in sim.staged, -sim.plan.until[number]

    return sorted(found, key=by_use)


def when_possible(sim: Simulation, first_ms: int, step: Step) -> Script:
    """Do something to somebody who can be spared, from a time on as soon as there is one."""
    yield first_ms
    while not sim.is_over:
        people = spare(sim)
        if people:
            sim.staged.add(people[0].team.number)
            step(sim, people[0])
            return
        yield sim.now + POLL_MS


def play_in_lobby(sim: Simulation, actor: Actor) -> Script:
    """Fists with a blank item, toys that do not count, a smoke grenade that does."""
    yield -30_000
    for weapon in (FISTS[0], APPLE, SNOWBALL, SMOKE):
        use(sim, actor, weapon)
        yield sim.now + 900


def go_astray(sim: Simulation, actor: Actor) -> None:
    """Walk to the corner that is farthest from the circle, and stay."""
    actor.is_astray = True
    white = sim.circles.phases[0].white
    edge = SQUARES_CM[sim.setting.map_name] * 0.97
    corners = [(x, y) for x in (edge * 0.03, edge) for y in (edge * 0.03, edge)]
    x, y, _ = actor.where(sim.now)
    actor.path, actor.offset = Path(), (0.0, 0.0)
    actor.path.add(sim.now, (x, y))
    actor.path.add(sim.now + 25_000, max(corners, key=lambda one: white.distance(*one)))


def blow_oneself_up(sim: Simulation, actor: Actor) -> None:
    """A grenade at one's own feet."""
    attack_id = use(sim, actor, GRENADE)
    blow = Blow.of(GRENADE, "NonSpecific", 0)
    damage(sim, actor, actor, blow, actor.health, attack_id=attack_id)
    sim.cases.add("suicide")
    kill(sim, actor, killer=actor, finisher=actor, blow=blow, attack_id=attack_id, is_suicide=True)


def leave_early(sim: Simulation, actor: Actor) -> None:
    """Log out while the team goes on; the placement of that moment stays."""
    sim.tell("LogPlayerLogout", {"accountId": actor.account})
    actor.state, actor.has_left = OUT, True
    settle(sim, actor.team)
    actor.figures.win_place = actor.team.rank or len(sim.teams_alive())
    actor.figures.death_type = "logout"
    actor.figures.survived_s = sim.now / 1000
    sim.cases.add("leaver")


def suffer_mishaps(sim: Simulation, actor: Actor) -> None:
    """A fall, a bomb of the red zone, one's own fire, a mate's shot, a blow worth nothing."""
    damage(sim, None, actor, Blow.of(FALL, "NonSpecific", -1), 11)
    damage(sim, None, actor, Blow.of(RED_ZONE, "NonSpecific", -1), 7.25, nobody=True)
    attack_id = use(sim, actor, ZONE_GRENADE)
    for weapon in (ZONE_GRENADE, FIRE_FIELD):
        damage(sim, actor, actor, Blow.of(weapon, "NonSpecific", -1), 2.6, attack_id=attack_id)
    for mate in [one for one in actor.team.up() if one is not actor][:1]:
        blow = blow_of(sim, mate, actor, mate.gun, "LegShot")
        damage(sim, mate, actor, blow, 3.1, attack_id=use(sim, mate, mate.gun))
        damage(sim, mate, actor, blow, 0, attack_id=use(sim, mate, mate.gun))
    use(sim, actor, FLARE_LAUNCHER)
    actor.health = min(100.0, actor.health + 30)
    if sim.tell(
        "LogNewlyInvented", {"character": sim.character(actor), "novelty": [1, {"a": None}]}
    ):
        sim.cases.add("unknown_event")


def be_bombed(sim: Simulation, actor: Actor) -> None:
    """A bomb of the red zone knocks somebody: the nobody object's doing."""
    blow = Blow.of(RED_ZONE, "NonSpecific", -1)
    if can_be_knocked(sim, actor):
        damage(sim, None, actor, blow, actor.health, nobody=True)
        knock(sim, None, actor, blow, -1)
        sim.cases.add("knocked_by_nobody")


def fall_to_bot(sim: Simulation, first_ms: int) -> Script:
    """A bot shoots a human, and finishes him where he was only knocked."""
    yield first_ms
    while not sim.is_over:
        bots = [one for one in sim.up() if one.person.is_bot]
        people = spare(sim)
        if bots and people:
            break
        yield sim.now + POLL_MS
    else:
        return
    by, victim = sim.rng.choice(bots), people[0]
    sim.staged.add(victim.team.number)
    while victim.state == UP and by.state == UP and not sim.is_over:
        strike(sim, by, victim, by.gun)
        yield sim.now + 300
    if victim.state == DOWN and by.state == UP:
        yield from finish(sim, by, victim, credits_knocker=False)
    sim.cases.add("killed_by_bot")


def come_back(sim: Simulation, first_ms: int) -> Script:
    """Somebody dead is flown in again, and dies again with his team."""
    yield first_ms
    while not sim.is_over:
        found = [one for one in sim.actors if _may_return(sim, one)]
        if found:
            actor = max(found, key=lambda one: sim.plan.until[one.team.number])
            respawn(sim, actor, flown_in=True)
            sim.cases.add("comeback")
            return
        yield sim.now + POLL_MS


def _may_return(sim: Simulation, actor: Actor) -> bool:
    team = actor.team
    return (
        actor.state == OUT
        and actor.person.is_human
        and not actor.has_left
        and not actor.is_astray
        and bool(team.up())
        and team.number != sim.plan.winner
    )


def respawn(sim: Simulation, actor: Actor, *, flown_in: bool) -> None:
    """Bring somebody back to life, from the air or on the spot."""
    actor.state, actor.health = UP, 100.0
    actor.own_ranking = 0
    if flown_in:
        over = actor.path.at(sim.now + 20_000)
        actor.plane = Plane(over, over)
        actor.jump_ms, actor.land_ms = sim.now + 4000, sim.now + 20_000
        sim.tell("LogPlayerRedeploy", {"character": sim.character(actor)})
        sim.begin(land(sim, actor))
    sim.begin(positions(sim, actor, sim.now + 5000))


def meet_guards(sim: Simulation, actor: Actor, new_actor: Callable[..., Actor]) -> Script:
    """Two NPCs quarrel near a player; one falls, the other hurts him and falls to him."""
    teams = (Team(-1, 414), Team(-2, 415))
    guard, soldier = (
        _guard(sim, team, person, actor, new_actor)
        for team, person in zip(teams, (GUARD, SOLDIER), strict=True)
    )
    for _ in range(2):
        _shoot(sim, soldier, guard, 9.5)
        yield sim.now + 400
    _shoot(sim, guard, soldier, 100)
    yield sim.now + 700
    if actor.state == UP:
        _shoot(sim, guard, actor, min(6.0, actor.health / 2))
        yield sim.now + 500
    if actor.state == UP:
        _shoot(sim, actor, guard, guard.health)
        sim.cases.add("npc_pair")


def _guard(
    sim: Simulation, team: Team, person: Person, near: Actor, new_actor: Callable[..., Actor]
) -> Actor:
    path = Path()
    x, y, _ = near.where(sim.now)
    path.add(sim.now, (x + 900.0, y - 1300.0))
    found = new_actor(person, team, path)
    team.members.append(found)
    return found


def _shoot(sim: Simulation, by: Actor, victim: Actor, amount: float) -> None:
    attack_id = use(sim, by, by.gun)
    blow = blow_of(sim, by, victim, by.gun, "TorsoShot")
    is_fatal = amount >= victim.health
    damage(sim, by, victim, blow, min(amount, victim.health), attack_id=attack_id)
    if is_fatal:
        kill(sim, victim, killer=by, finisher=by, blow=blow, attack_id=attack_id)


def deathmatch(sim: Simulation) -> Script:
    """Two teams, no circle: whoever falls is back after five seconds; more kills win."""
    yield 10_000
    while sim.now < sim.setting.length_ms:
        people = sim.up()
        shooter = sim.rng.choice(people)
        enemies = [one for one in people if one.team is not shooter.team]
        if enemies:
            target = sim.rng.choice(enemies)
            while target.state == UP and shooter.state == UP:
                strike(sim, shooter, target, shooter.gun)
                yield sim.now + 250
            if target.state == OUT:
                sim.begin(_return(sim, target))
        yield sim.now + sim.rng.randrange(400, 4000)
    kills = {team.number: sum(one.figures.kills for one in team.members) for team in sim.teams}
    best = max(sim.teams, key=lambda team: kills[team.number])
    for team in sim.teams:
        team.rank = 1 if team is best else 2
    sim.over_ms = sim.now


def _return(sim: Simulation, actor: Actor) -> Script:
    yield sim.now + 5000
    if not sim.is_over:
        respawn(sim, actor, flown_in=False)


def begin_all(sim: Simulation, new_actor: Callable[..., Actor], flags: frozenset[str]) -> None:
    """Begin all scenes that this kind of match can have."""
    humans = [one for one in sim.actors if one.person.is_human]
    sim.begin(play_in_lobby(sim, humans[0]))
    if sim.kind.respawns:
        sim.begin(deathmatch(sim))
        return
    if sim.kind.has_knocks:
        sim.fates.extend(FATES)
        sim.begin(when_possible(sim, 170_000, be_bombed))
    steps: list[tuple[int, Step]] = [
        (112_000, suffer_mishaps),
        (118_000, go_astray),
        (150_000, blow_oneself_up),
    ]
    if "leaver" in flags:
        steps.append((126_000, leave_early))
    for first_ms, step in steps:
        sim.begin(when_possible(sim, first_ms, step))
    if any(one.person.is_bot for one in sim.actors):
        sim.begin(fall_to_bot(sim, 135_000))
    if sim.kind.comebacks:
        sim.begin(come_back(sim, 140_000))

        def meet(sim: Simulation, actor: Actor) -> None:
            sim.begin(meet_guards(sim, actor, new_actor))

        sim.begin(when_possible(sim, 145_000, meet))

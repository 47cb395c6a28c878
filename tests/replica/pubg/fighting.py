"""How a meeting of two teams goes, and what becomes of those who are knocked."""

from __future__ import annotations

from tests.replica.pubg.actors import DOWN, UP, Actor, Team
from tests.replica.pubg.combat import (
    actor_of,
    blow_of,
    can_be_knocked,
    damage,
    kill,
    knock,
    revive,
    use,
)
from tests.replica.pubg.fights import Fight
from tests.replica.pubg.simulation import Script, Simulation
from tests.replica.pubg.truth import Blow
from tests.replica.pubg.weapons import HARMFUL, REASONS, UNSEEN, Weapon

# what becomes of a knocked player, with weights; those of `Simulation.fates` come first
FATES = {"finish": 40, "mate": 15, "steal": 6, "credit": 4, "bleed": 8, "revive": 27}
PATIENCE_MS = {"revive": 13_000, "bleed": 34_000}
FLOOR = 14.0  # the one who is not meant to fall keeps so many hit points
LAST_WORD_MS = 240_000


def fight(sim: Simulation, plan: Fight) -> Script:
    """Two teams meet: of the prey one falls, or all do."""
    yield plan.at_ms
    hunters, prey = sim.teams[plan.hunters], sim.teams[plan.prey]
    falls = 0
    while (targets := near(prey)) and (plan.is_last or falls == 0):
        shooter = _shooter(sim, hunters, prey)
        if shooter is None:
            return
        target = sim.rng.choice(targets)
        if plan.is_last and _is_unseen(sim, shooter, target):
            _fall_unseen(sim, shooter, target)
            falls += 1
            continue
        for _ in range(sim.rng.randrange(3)):
            yield sim.now + sim.rng.randrange(150, 1400)
            if target.state == UP and shooter.state == UP:
                graze(sim, target, shooter)
        weapon = choose(sim, shooter)
        late_ms = sim.now + LAST_WORD_MS
        while target.state == UP and shooter.state == UP and sim.now < late_ms:
            yield sim.now + sim.rng.randrange(120, 900)
            if target.state == UP and shooter.state == UP:
                strike(sim, shooter, target, weapon)
                weapon = shooter.gun
        falls += target.state != UP
        if target.state == DOWN:
            yield sim.now + _decide(sim, shooter, target, is_last=plan.is_last)


def near(team: Team) -> list[Actor]:
    """Who of a team is up and with it; who is astray is left to the zone."""
    return [one for one in team.up() if not one.is_astray]


def _shooter(sim: Simulation, hunters: Team, prey: Team) -> Actor | None:
    """One of the hunters, or the nearest other enemy if they are no more."""
    if found := near(hunters):
        return sim.rng.choice(found)
    others = sim.others_near(prey, prey)
    return others[0] if others else None


def choose(sim: Simulation, shooter: Actor) -> Weapon:
    """Mostly the long gun."""
    chance = sim.rng.random()
    if chance < 0.78 or not shooter.person.is_human:
        return shooter.gun
    return shooter.sidearm if chance < 0.86 else sim.rng.choice(HARMFUL)


def _is_unseen(sim: Simulation, shooter: Actor, target: Actor) -> bool:
    return shooter.person.is_bot and target.person.is_bot and sim.rng.random() < 0.5


def _fall_unseen(sim: Simulation, shooter: Actor, target: Actor) -> None:
    """Bots far from all humans do not fight: one of them is declared dead."""
    sim.cases.add("bot_killed_unseen")
    blow = Blow.of(UNSEEN, "SimulateAIBeKilled", -1)
    kill(sim, target, killer=shooter, finisher=shooter, blow=blow)


def graze(sim: Simulation, shooter: Actor, target: Actor) -> None:
    """A hit that fells nobody."""
    attack_id = use(sim, shooter, shooter.gun)
    blow = blow_of(sim, shooter, target, shooter.gun, sim.rng.choice(REASONS[:-1]))
    amount = min(shooter.gun.damage * sim.rng.uniform(0.3, 1.0), target.health - FLOOR)
    if amount > 0:
        damage(sim, shooter, target, blow, amount, attack_id=attack_id)


def strike(sim: Simulation, shooter: Actor, target: Actor, weapon: Weapon) -> None:
    """A hit that fells if it is hard enough."""
    attack_id = use(sim, shooter, weapon)
    is_gun = weapon.type == "Damage_Gun"
    reason = sim.rng.choice(REASONS) if is_gun else "NonSpecific"
    amount = weapon.damage * sim.rng.uniform(0.6, 1.3) * (2.1 if reason == "HeadShot" else 1)
    blow = blow_of(sim, shooter, target, weapon, reason)
    is_fatal = amount >= target.health
    knocks = is_fatal and can_be_knocked(sim, target)
    damage(sim, shooter, target, blow, min(amount, target.health), attack_id=attack_id)
    if is_gun and sim.rng.random() < 0.06:
        _break_armour(sim, shooter, target, blow, attack_id)
    if knocks:
        knock(sim, shooter, target, blow, attack_id)
    elif is_fatal:
        kill(sim, target, killer=shooter, finisher=shooter, blow=blow, attack_id=attack_id)


def _break_armour(sim: Simulation, by: Actor, of: Actor, blow: Blow, attack_id: int) -> None:
    sim.tell(
        "LogArmorDestroy",
        {
            "attackId": attack_id,
            "attacker": sim.character(by),
            "victim": sim.character(of),
            "damageTypeCategory": blow.damage_type,
            "damageReason": blow.reason,
            "damageCauserName": blow.causer,
            "item": {
                "itemId": "Item_Armor_D_01_Lv2_C",
                "stackCount": 1,
                "category": "Equipment",
                "subCategory": "Vest",
                "attachedItems": [],
            },
            "distance": blow.distance,
        },
    )


def _decide(sim: Simulation, shooter: Actor, victim: Actor, *, is_last: bool) -> int:
    """Begin what becomes of a knocked player; answers how long the fight waits for it, in ms."""
    fate = _next_fate(sim, shooter, victim)
    is_due = fate in sim.fates
    if is_due:
        sim.fates.remove(fate)
    again = (fate,) if is_due else ()
    if fate == "revive":
        sim.begin(_help_up(sim, victim, again))
    elif fate != "bleed":
        third = sim.others_near(victim.team, shooter.team)
        mates = [one for one in shooter.team.up() if one is not shooter]
        by = third[0] if fate in {"steal", "credit"} and third else shooter
        if fate == "mate" and mates:
            by = mates[0]
        sim.begin(finish(sim, by, victim, credits_knocker=fate in {"mate", "credit"}, again=again))
    if fate == "revive" or is_due or not is_last:
        return PATIENCE_MS.get(fate, 9000)
    return sim.rng.randrange(500, 4000)


def _next_fate(sim: Simulation, shooter: Actor, victim: Actor) -> str:
    """The first due fate that can be, else one by chance."""
    for fate in sim.fates:
        if fate == "mate" and len(shooter.team.up()) < 2:
            continue
        if fate in {"steal", "credit"} and not sim.others_near(victim.team, shooter.team):
            continue
        return fate
    return sim.rng.choices(tuple(FATES), tuple(FATES.values()))[0]


def _help_up(sim: Simulation, victim: Actor, again: tuple[str, ...]) -> Script:
    """Ten seconds later a team mate has helped, if nothing came between; else it is due `again`."""
    row = victim.knock
    yield sim.now + sim.rng.randrange(10_000, 12_000)
    helpers = [one for one in victim.team.up() if one is not victim]
    if victim.knock is row and helpers and not sim.is_over:
        revive(sim, helpers[0], victim)
        sim.cases.add("revived")
    else:
        sim.fates.extendleft(again)


def finish(
    sim: Simulation,
    by: Actor,
    victim: Actor,
    *,
    credits_knocker: bool,
    again: tuple[str, ...] = (),
) -> Script:
    """Some shots at a knocked player; the kill is the knocker's or the finisher's."""
    row = victim.knock
    assert row is not None
    for left in range(sim.rng.randint(1, 3), 0, -1):
        yield sim.now + sim.rng.randrange(400, 2400)
        if victim.knock is not row or by.state != UP or sim.is_over:
            sim.fates.extendleft(again)
            return
        attack_id = use(sim, by, by.gun)
        blow = blow_of(sim, by, victim, by.gun, sim.rng.choice(REASONS))
        if left > 1:
            damage(sim, by, victim, blow, min(by.gun.damage, victim.pool), attack_id=attack_id)
    damage(sim, by, victim, blow, victim.pool, attack_id=attack_id)
    maker = actor_of(sim, row.attacker)
    killer = maker if maker and credits_knocker else by
    if maker and killer.team is not maker.team:
        sim.cases.add("killsteal")
    elif killer is not by:
        sim.cases.add("credit_to_knocker")
    kill(sim, victim, killer=killer, finisher=by, blow=blow, attack_id=attack_id)

"""Blows, knocks, revivals and deaths: each tells its event and notes its row (sections 2.4, 2.5)."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

from tests.replica.pubg import shapes
from tests.replica.pubg.actors import DOWN, OUT, UP, Actor, Team
from tests.replica.pubg.simulation import Script, Simulation
from tests.replica.pubg.truth import Blow, Damage, Kill, Knock, Who
from tests.replica.pubg.weapons import BLEEDING, BLEEDING_2018, FISTS, TOYS, UNSEEN, Weapon
from tests.replica.pubg.wire import f32

MATE_HELP_MS = 10_000


def distance(one: Who, other: Who) -> float:
    """How far two characters are from each other in cm of space."""
    return math.dist((one.x, one.y, one.z), (other.x, other.y, other.z))


def use(sim: Simulation, actor: Actor, weapon: Weapon) -> int:
    """Shoot, swing or throw; answers the attack id. Bots are never seen doing it (section 2.6)."""
    attack_id = sim.attack_id(actor)
    if not actor.person.is_human or weapon.slot == "":
        return attack_id
    who = sim.who(actor)
    blank = -364_495_440 if weapon in FISTS else 1
    body = {
        "attackId": attack_id,
        "fireWeaponStackCount": attack_id % 7,
        "attacker": sim.character(actor, who),
        "attackType": "Weapon",
        "weapon": shapes.weapon_item(weapon, stack=blank),
    }
    sim.tell("LogPlayerAttack", body | {"vehicle": sim.vehicle(who)})
    if weapon.is_thrown or "M79" in weapon.item:
        sim.tell("LogPlayerUseThrowable", body)
        _count_throw(actor, weapon)
    return attack_id


def _count_throw(actor: Actor, weapon: Weapon) -> None:
    if not weapon.is_thrown:
        actor.usage.launcher_shots += 1
    elif weapon not in TOYS:
        actor.usage.throwables += 1
        actor.usage.smokes += "SmokeBomb" in weapon.item


def damage(
    sim: Simulation,
    attacker: Actor | None,
    victim: Actor,
    blow: Blow,
    amount: float,
    *,
    attack_id: int = -1,
    nobody: bool = False,
) -> None:
    """A blow that leaves everybody as they were but poorer; `nobody` writes that object for null."""
    who = sim.who(victim)
    if victim.state == DOWN:
        who = replace(who, health=0)
    by = sim.who(attacker) if attacker else None
    source = _source(attacker, victim, blow)
    if sim.era.is_2018 and by:
        by = None if attack_id == -1 else replace(by, health=0, x=0, y=0, z=0)
    points = f32(amount)
    sim.tell(
        "LogPlayerTakeDamage",
        {
            "attackId": attack_id,
            "attacker": sim.character(attacker) if attacker else shapes.NOBODY if nobody else None,
            "victim": sim.character(victim, who),
            "damageTypeCategory": blow.damage_type,
            "damageReason": blow.reason,
            "damage": points,
            "damageCauserName": blow.causer,
            "isThroughPenetrableWall": blow.through_wall,
        },
    )
    sim.truth.damage.append(
        Damage(
            match_id=sim.setting.match_id,
            number=len(sim.truth.damage),
            at_ms=sim.now,
            stamp=sim.stamp(),
            game=sim.circles.game(sim.now),
            attack_id=attack_id,
            attacker=by,
            victim=who,
            blow=replace(blow, distance=-1),
            amount=points,
            source=source,
        )
    )
    received = victim.usage.received
    received[source] = received.get(source, 0.0) + points
    victim.usage.zone_ticks += source == "zone"
    if attacker and blow.category == "Throwable":
        attacker.usage.throwable_damage += points
    if attacker and source == "enemy" and victim.state == UP:
        attacker.figures.damage_dealt += points
        victim.hurt_by[attacker.account] = victim.hurt_by.get(attacker.account, 0.0) + points
    if victim.state == UP:
        victim.health = max(0.0, victim.health - points)
    else:
        victim.pool = max(0.0, victim.pool - points)


def _source(attacker: Actor | None, victim: Actor, blow: Blow) -> str:
    if blow.damage_type in {BLEEDING.type, BLEEDING_2018.type}:
        return "bleeding"
    if attacker is None:
        own = blow.damage_type == "Damage_Instant_Fall"
        return "zone" if blow.damage_type == "Damage_BlueZone" else "self" if own else "environment"
    if attacker is victim:
        return "self"
    if attacker.person.is_npc:
        return "npc"
    return "team" if attacker.team is victim.team else "enemy"


def can_be_knocked(sim: Simulation, victim: Actor) -> bool:
    """Whether a fatal blow would leave him down: a team mate is up."""
    return sim.kind.has_knocks and victim.state == UP and len(victim.team.up()) > 1


def knock(
    sim: Simulation, attacker: Actor | None, victim: Actor, blow: Blow, attack_id: int
) -> Knock:
    """Knock somebody down; he begins to bleed. Without an attacker it is the nobody object's."""
    victim.health = 0.0
    who = sim.who(victim)
    by = sim.who(attacker) if attacker else None
    row = Knock(
        match_id=sim.setting.match_id,
        number=len(sim.truth.knocks),
        at_ms=sim.now,
        stamp=sim.stamp(),
        game=sim.circles.game(sim.now),
        attack_id=attack_id,
        dbno_id=sim.knock_id(),
        attacker=by,
        victim=who,
        blow=blow,
    )
    victim.state, victim.knock, victim.pool = DOWN, row, 100.0
    told = sim.tell(
        "LogPlayerMakeGroggy",
        {
            "attackId": attack_id,
            "attacker": sim.character(attacker, by) if attacker else shapes.NOBODY,
            "victim": sim.character(victim, who),
            "damageReason": blow.reason,
            "damageTypeCategory": blow.damage_type,
            "damageCauserName": blow.causer,
            "damageCauserAdditionalInfo": list(attacker.gun.extras) if attacker else [],
            "distance": blow.distance,
            "isAttackerInVehicle": bool(by and by.is_in_vehicle),
            "dBNOId": row.dbno_id,
            "victimWeapon": f"{victim.gun.causer}_{victim.usage.heals + 2}",
            "victimWeaponAdditionalInfo": list(victim.gun.extras),
            "isThroughPenetrableWall": blow.through_wall,
        },
    )
    if told:
        sim.truth.knocks.append(row)
    if attacker and attacker.team is not victim.team and not victim.person.is_npc:
        attacker.figures.dbnos += 1
    sim.begin(bleed(sim, victim, row))
    return row


def bleed(sim: Simulation, victim: Actor, row: Knock) -> Script:
    """Tick once a second until the end, which is the knocker's if nothing comes between."""
    weapon = BLEEDING_2018 if sim.era.is_2018 else BLEEDING
    blow = Blow.of(weapon, "None", -1)
    while victim.knock is row:
        yield sim.now + 1000
        if victim.knock is not row or sim.is_over:
            return
        damage(sim, victim, victim, blow, weapon.damage)
        if sim.era.is_2018:
            victim.pool -= BLEEDING.damage
        if victim.pool <= 0:
            maker = actor_of(sim, row.attacker)
            sim.cases.add("bleed_out")
            unseen = sim.rng.random() < 0.25
            sim.cases.add("bleed_out_no_finisher" if unseen else "bleed_out_finisher")
            kill(sim, victim, killer=maker, finisher=None if unseen else maker, blow=blow)


def actor_of(sim: Simulation, who: Who | None) -> Actor | None:
    """The actor of a character of this match."""
    if who is None:
        return None
    return next((one for one in sim.actors if one.account == who.account), None)


def revive(sim: Simulation, reviver: Actor, victim: Actor) -> None:
    """Help somebody up."""
    row = victim.knock
    assert row is not None
    victim.state, victim.knock, victim.health = UP, None, 10.0
    victim.hurt_by.clear()
    reviver.figures.revives += 1
    row.outcome, row.ended_by, row.seconds = (
        "revived",
        reviver.account,
        (sim.now - row.at_ms) / 1000,
    )
    body = {"reviver": sim.character(reviver), "victim": sim.character(victim)}
    sim.tell("LogPlayerRevive", body | {"dBNOId": row.dbno_id, "useTraumaBag": False})


def kill(
    sim: Simulation,
    victim: Actor,
    *,
    killer: Actor | None,
    finisher: Actor | None,
    blow: Blow,
    attack_id: int = -1,
    is_suicide: bool = False,
) -> None:
    """Put somebody out of the match, and his team if he was its last."""
    row = victim.knock
    maker = actor_of(sim, row.attacker) if row else None
    who = replace(sim.who(victim), health=0)
    victim.deaths += 1
    victim.own_ranking = len(sim.up()) + sum(len(team.down()) for team in sim.teams)
    helpers = _helpers(killer, victim)
    old = sim.era.kill == "LogPlayerKill"
    if old:
        finisher = killer
    credited = blow if killer is finisher or row is None or old else row.blow
    one = Kill(
        match_id=sim.setting.match_id,
        number=len(sim.truth.kills),
        at_ms=sim.now,
        stamp=sim.stamp(),
        game=sim.circles.game(sim.now),
        attack_id=attack_id,
        dbno_id=row.dbno_id if row and not sim.era.is_2018 else None,
        victim=who,
        killer=sim.who(killer) if killer else None,
        finisher=sim.who(finisher) if finisher and not old else None,
        knocker=sim.who(maker) if maker and not old else None,
        finish=blow,
        killing=credited if killer else None,
        knocking=row.blow if row and not old else None,
        is_suicide=is_suicide,
        is_team_kill=bool(killer and killer is not victim and killer.team is victim.team),
        is_steal=bool(killer and maker and killer.team is not maker.team and not sim.era.is_2018),
        assists=() if sim.era.is_2018 else tuple(helpers),
        death=victim.deaths,
    )
    sim.truth.kills.append(one)
    if old:
        sim.tell("LogPlayerKill", _old_kill(sim, one, killer, victim, helpers))
    else:
        sim.tell("LogPlayerKillV2", _kill_v2(sim, one, (killer, finisher, maker), victim))
    _account_for(sim, one, killer, victim)
    if row:
        row.outcome, row.seconds = "killed", (sim.now - row.at_ms) / 1000
        row.ended_by = finisher.account if finisher else None
    victim.state, victim.knock, victim.health = OUT, None, 0.0
    victim.hurt_by.clear()
    settle(sim, victim.team)


def settle(sim: Simulation, team: Team) -> None:
    """See whether a team is out: then who is down dies with it, and its placement is known."""
    if team.up() or sim.kind.respawns or team.number < 0:
        return
    for mate in team.down():
        if mate.state == DOWN and mate.knock:
            maker = actor_of(sim, mate.knock.attacker)
            blow = Blow.of(UNSEEN, "NonSpecific", -1)
            sim.cases.add("wiped_with_team")
            kill(sim, mate, killer=maker, finisher=maker, blow=blow)
    alive = sim.teams_alive()
    if team.rank == 0:
        team.rank = len(alive) + 1
        for mate in team.members:
            mate.ranking = team.rank
    if len(alive) == 1 and not sim.is_over:
        alive[0].rank = 1
        sim.over_ms = sim.now


def _helpers(killer: Actor | None, victim: Actor) -> list[str]:
    """Team mates of the killer who had hurt the victim too."""
    if killer is None:
        return []
    mates = [one for one in killer.team.members if one is not killer]
    return [one.account for one in mates if one is not victim and one.account in victim.hurt_by]


def _kill_v2(
    sim: Simulation, row: Kill, by: tuple[Actor | None, Actor | None, Actor | None], victim: Actor
) -> dict[str, Any]:
    killer, finisher, maker = by
    driven = row.killer.is_in_vehicle if row.killer else False
    return {
        "attackId": row.attack_id,
        "dBNOId": -1 if row.dbno_id is None else row.dbno_id,
        "victimGameResult": _result(sim, victim),
        "victim": sim.character(victim, row.victim),
        "victimWeapon": f"{victim.gun.causer}_{victim.usage.boosts + 1}",
        "victimWeaponAdditionalInfo": list(victim.gun.extras),
        "dBNOMaker": sim.character(maker, row.knocker) if maker else None,
        "dBNODamageInfo": shapes.damage_info(row.knocking) if row.knocking else shapes.NO_KNOCK,
        "finisher": sim.character(finisher, row.finisher) if finisher else None,
        "finishDamageInfo": shapes.damage_info(row.finish),
        "killer": sim.character(killer, row.killer) if killer else None,
        "killerDamageInfo": shapes.damage_info(row.killing) if row.killing else shapes.NO_KILLER,
        "assists_AccountId": list(row.assists),
        "teamKillers_AccountId": [killer.account] if killer and row.is_team_kill else [],
        "isSuicide": row.is_suicide,
        "victimVehicle": (row.victim.is_in_vehicle and sim.vehicle(row.victim))
        or shapes.NO_VEHICLE,
        "killerVehicle": (driven and row.killer and sim.vehicle(row.killer)) or shapes.NO_VEHICLE,
    }


def _old_kill(
    sim: Simulation, row: Kill, killer: Actor | None, victim: Actor, helpers: list[str]
) -> dict[str, Any]:
    helper = next((one for one in sim.actors if one.account in helpers), None)
    return {
        "attackId": row.attack_id,
        "killer": sim.character(killer, row.killer) if killer else None,
        "victim": sim.character(victim, row.victim),
        "assistant": sim.character(helper) if helper else None,
        "dBNOId": -1 if row.dbno_id is None else row.dbno_id,
        "damageReason": row.finish.reason,
        "damageTypeCategory": row.finish.damage_type,
        "damageCauserName": row.finish.causer,
        "damageCauserAdditionalInfo": list(killer.gun.extras) if killer else [],
        "distance": row.finish.distance,
        "victimGameResult": _result(sim, victim),
        "victimWeapon": f"{victim.gun.causer}_{victim.usage.boosts + 1}",
        "victimWeaponAdditionalInfo": list(victim.gun.extras),
        "isThroughPenetrableWall": row.finish.through_wall,
    }


def _result(sim: Simulation, victim: Actor) -> shapes.Shape:
    walked = f32(victim.path.length(sim.now)[0] * 100)
    return shapes.game_result(
        victim.account, victim.team.team_id, victim.ranking, victim.figures.kills, walked
    )


def _account_for(sim: Simulation, row: Kill, killer: Actor | None, victim: Actor) -> None:
    """Book a death with the killer, his helpers and the victim."""
    figures = victim.figures
    figures.survived_s = f32(sim.now / 1000)
    nature = row.finish.damage_type in {"Damage_BlueZone", "Damage_Explosion_RedZone"}
    figures.death_type = (
        "suicide" if row.is_suicide else "byplayer" if killer else "byzone" if nature else "suicide"
    )
    if killer is None or killer is victim or victim.person.is_npc:
        return
    killer.usage.killsteals += row.is_steal
    if row.is_team_kill:
        killer.figures.team_kills += 1
        return
    killing = row.killing
    assert killing is not None
    killer.figures.kills += 1
    killer.figures.kill_streaks = min(3, killer.figures.kills)
    killer.figures.headshot_kills += killing.reason == "HeadShot"
    killer.figures.road_kills += killing.damage_type == "Damage_VehicleHit"
    reach = f32(killing.distance / 100)
    killer.figures.longest_kill_m = max(killer.figures.longest_kill_m, reach)
    for one in sim.actors:
        one.figures.assists += one.account in row.assists


def blow_of(sim: Simulation, attacker: Actor, victim: Actor, weapon: Weapon, reason: str) -> Blow:
    """A blow at today's distance, sometimes through a wall."""
    reach = f32(distance(sim.who(attacker), sim.who(victim)))
    wall = weapon.category in {"AR", "LMG"} and sim.rng.random() < 0.02
    return Blow.of(weapon, reason, reach, wall=wall)

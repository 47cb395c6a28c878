"""What players did with their weapons. Source: spec/pubg.md 3.10, 4, 5.

Kills are those the game credits, with the weapon that earned the credit: so they come to the kills
that the API says. Where a knocked down opponent bled out, that is the weapon of the knock.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from parse.sources.pubg.telemetry.blows import BLEEDING, are_mates, attacker_of
from parse.sources.pubg.telemetry.events import Character, Damage, Telemetry
from parse.sources.pubg.telemetry.kills import Death, metres, said
from parse.sources.pubg.weapon_categories import category_of
from warehouse.rows.pubg.figures import PubgMatchWeaponRow, PubgWeaponDistributionRow

NEAR_M, FAR_M = 50.0, 200.0


@dataclass(slots=True)
class Use:
    """What came of using something; distances are metres."""

    name: str
    damage: float = 0.0
    own_damage: float = 0.0
    hits: int = 0
    knocks: int = 0
    kills: int = 0
    kills_near: int = 0
    kills_mid: int = 0
    kills_far: int = 0
    kill_distance: float = 0.0
    longest_kill: float | None = None

    def kill(self, distance: float | None) -> None:
        """Count a kill; None for one that says no distance."""
        self.kills += 1
        if distance is None:
            return
        self.kill_distance += distance
        self.longest_kill = max(distance, self.longest_kill or 0.0)
        if distance < NEAR_M:
            self.kills_near += 1
        elif distance < FAR_M:
            self.kills_mid += 1
        else:
            self.kills_far += 1


Uses = dict[tuple[str, str, str], Use]
"""By account, weapon and part that was hit."""


def weapons(
    file: Telemetry, deaths: Iterable[Death]
) -> Iterator[PubgMatchWeaponRow | PubgWeaponDistributionRow]:
    """One row per player, weapon and part that was hit; one per player and kind of weapon."""
    uses: Uses = {}
    _add_damage(file, uses)
    for _, event in file.of("LogPlayerMakeGroggy"):
        attacker = attacker_of(event)
        if attacker is not None and attacker.is_contender:
            _use(uses, attacker, event.damage_causer_name, event.damage_reason).knocks += 1
    for death in deaths:
        if (killer := credited(death)) is not None:
            hurt = _earned(death)
            use = _use(uses, killer, hurt.damage_causer_name, hurt.damage_reason)
            use.kill(metres(hurt.distance))
    yield from _by_weapon(file.match_id, uses)
    yield from _by_category(file.match_id, uses)


def credited(death: Death) -> Character | None:
    """Whose kill a death is; None where no opponent earned it."""
    killer = death.event.killer
    if killer is None or not (killer.is_contender and death.victim.is_contender):
        return None
    if are_mates(killer, death.victim):
        return None
    return killer


def _earned(death: Death) -> Damage:
    """How the killer earned the credit: by the first of these that says a weapon of his."""
    for hurt in (death.event.killer_damage, death.event.knock_damage):
        if hurt and said(hurt.damage_causer_name) and hurt.damage_type_category not in BLEEDING:
            return hurt
    return Damage()


def _add_damage(file: Telemetry, uses: Uses) -> None:
    for _, event in file.of("LogPlayerTakeDamage"):
        attacker, victim = attacker_of(event), event.victim
        if attacker is None or victim is None or not attacker.is_contender:
            continue
        if event.damage_type_category in BLEEDING or not event.is_in_match:
            continue
        use = _use(uses, attacker, event.damage_causer_name, event.damage_reason)
        use.damage += event.damage
        use.hits += event.damage > 0
        if are_mates(attacker, victim):
            use.own_damage += event.damage


def _use(uses: Uses, who: Character, weapon: str, reason: str) -> Use:
    key = (who.account_id, said(weapon) or "", said(reason) or "")
    found = uses.get(key)
    if found is None:
        found = uses[key] = Use(who.name)
    return found


def _by_weapon(match_id: str, uses: Uses) -> Iterator[PubgMatchWeaponRow]:
    for (account_id, weapon, reason), use in uses.items():
        yield PubgMatchWeaponRow(
            match_id=match_id,
            account_id=account_id,
            weapon=weapon,
            reason=reason,
            weapon_category=category_of(weapon),
            damage=use.damage,
            own_damage=use.own_damage,
            hits=use.hits,
            knocks=use.knocks,
            kills=use.kills,
            kills_0_50m=use.kills_near,
            kills_50_200m=use.kills_mid,
            kills_200m=use.kills_far,
            kill_distance=use.kill_distance,
            longest_kill=use.longest_kill,
        )


def _by_category(match_id: str, uses: Uses) -> Iterator[PubgWeaponDistributionRow]:
    of_kind: dict[tuple[str, str], Use] = {}
    for (account_id, weapon, _), use in uses.items():
        total = of_kind.setdefault((account_id, category_of(weapon)), Use(use.name))
        total.damage += use.damage
        total.own_damage += use.own_damage
        total.hits += use.hits
        total.knocks += use.knocks
        total.kills += use.kills
    for (account_id, category), total in of_kind.items():
        yield PubgWeaponDistributionRow(
            match_id=match_id,
            account_id=account_id,
            weapon_category=category,
            player_name=total.name,
            damage=total.damage,
            own_damage=total.own_damage,
            hits=total.hits,
            knocks=total.knocks,
            kills=total.kills,
        )

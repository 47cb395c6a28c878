"""What each player did in a match, and what befell him. Source: spec/pubg.md 3.5 to 3.7."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from parse.sources.pubg.match import is_bot
from parse.sources.pubg.telemetry.blows import BLEEDING, ZONE, are_mates, attacker_of
from parse.sources.pubg.telemetry.circle import Way
from parse.sources.pubg.telemetry.events import Character, Event, Telemetry
from parse.sources.pubg.telemetry.kills import Death
from parse.sources.pubg.telemetry.weapons import credited
from parse.sources.pubg.weapon_categories import THROWABLE, category_of
from warehouse.rows.pubg.figures import PubgPlayerMatchStatsRow

HEALS = frozenset({"Item_Heal_Bandage_C", "Item_Heal_FirstAid_C", "Item_Heal_MedKit_C"})
BOOSTS = frozenset(
    {"Item_Boost_EnergyDrink_C", "Item_Boost_PainKiller_C", "Item_Boost_AdrenalineSyringe_C"}
)
NO_THROWABLES = frozenset({"Item_Weapon_Snowball_C", "Item_Weapon_Apple_C"})
SMOKE = "Item_Weapon_SmokeBomb_C"
TICK_S = 1.03  # between two ticks of the blue zone (spec/pubg.md 3.7)


@dataclass(slots=True)
class Player:
    """The figures of one player; `received` is damage by where it came from."""

    who: Character
    counts: Counter[str] = field(default_factory=Counter)
    throwable_damage: float = 0.0
    damage_received: float = 0.0
    received: dict[str, float] = field(default_factory=dict)


class Players(dict[str, Player]):
    """All players of a match by account; one who is met for the first time is added."""

    def of(self, who: Character) -> Player:
        """The figures of a player."""
        found = self.get(who.account_id)
        if found is None:
            found = self[who.account_id] = Player(who)
        return found


def player_stats(
    file: Telemetry, deaths: Iterable[Death], ways: Mapping[str, Way]
) -> Iterator[PubgPlayerMatchStatsRow]:
    """One row per player and bot who did anything in the match, or whom anything befell.

    ways  what the circle made of their positions, by account
    """
    players = Players()
    for way in ways.values():
        players.of(way.who)
    _add_items(file, players)
    _add_damage(file, players)
    _add_killsteals(file, deaths, players)
    for account_id, player in players.items():
        yield _row(file.match_id, player, ways.get(account_id) or Way(player.who))


def _add_items(file: Telemetry, players: Players) -> None:
    for _, event in file.of("LogItemUse"):
        who, item = event.character, event.item
        if who is None or item is None or not who.is_contender or not event.is_in_match:
            continue
        if item.item_id in HEALS:
            players.of(who).counts["heals"] += 1
        elif item.item_id in BOOSTS:
            players.of(who).counts["boosts"] += 1
    for _, event in file.of("LogPlayerAttack"):
        item = event.weapon
        if item is None or item.sub_category != THROWABLE or item.item_id in NO_THROWABLES:
            continue
        who = attacker_of(event)
        if who is not None and who.is_contender and event.is_in_match:
            counts = players.of(who).counts
            counts["throwables"] += 1
            counts["smokes"] += item.item_id == SMOKE


def _add_damage(file: Telemetry, players: Players) -> None:
    for _, event in file.of("LogPlayerTakeDamage"):
        victim, attacker = event.victim, attacker_of(event)
        if victim is None or not event.is_in_match:
            continue
        origin = _origin(event, victim, attacker)
        if victim.is_contender:
            player = players.of(victim)
            player.damage_received += event.damage
            player.received[origin] = player.received.get(origin, 0.0) + event.damage
            player.counts["ticks"] += origin == "zone"
        if attacker is not None and attacker.is_contender and origin != "bleeding":
            dealer = players.of(attacker)
            if category_of(event.damage_causer_name) == THROWABLE:
                dealer.throwable_damage += event.damage


def _origin(event: Event, victim: Character, attacker: Character | None) -> str:
    """Where damage came from."""
    if event.damage_type_category in BLEEDING:
        return "bleeding"
    if event.damage_type_category == ZONE:
        return "zone"
    if attacker is None:
        return "otherwise"
    if attacker.account_id == victim.account_id:
        return "self"
    return "team" if are_mates(attacker, victim) else "opponents"


def _add_killsteals(file: Telemetry, deaths: Iterable[Death], players: Players) -> None:
    """Count kills of opponents whom another team had knocked down.

    The death names the knocker; where it does not, the knock of the same id does, wherever in the
    file it stands: events are not strictly in order of time.
    """
    knockers = {
        event.dbno_id: attacker_of(event)
        for _, event in file.of("LogPlayerMakeGroggy")
        if event.dbno_id > 0
    }
    for death in deaths:
        event, killer = death.event, credited(death)
        if killer is None or event.dbno_id <= 0:
            continue
        knocker = event.knocker
        if knocker is None or not knocker.is_somebody:
            knocker = knockers.get(event.dbno_id)
        if knocker is not None and not are_mates(killer, knocker):
            players.of(killer).counts["killsteals"] += 1


def _row(match_id: str, player: Player, way: Way) -> PubgPlayerMatchStatsRow:
    who, counts, received = player.who, player.counts, player.received
    ticks, samples = counts["ticks"], way.samples
    opponents, team = received.get("opponents", 0.0), received.get("team", 0.0)
    otherwise = received.get("otherwise", 0.0)
    return PubgPlayerMatchStatsRow(
        match_id=match_id,
        account_id=who.account_id,
        player_name=who.name,
        team_id=who.team_id,
        is_bot=is_bot(who.account_id),
        heals_used=counts["heals"],
        boosts_used=counts["boosts"],
        throwables_used=counts["throwables"],
        smokes_thrown=counts["smokes"],
        killsteals=counts["killsteals"],
        throwable_damage=player.throwable_damage,
        damage_received=player.damage_received,
        received_from_opponents=opponents,
        received_from_team=team,
        received_from_self=received.get("self", 0.0),
        received_from_zone=received.get("zone", 0.0),
        received_bleeding=received.get("bleeding", 0.0),
        received_otherwise=otherwise,
        received_by_others=opponents + team + otherwise,
        circle_samples=samples,
        mean_distance_from_center=way.center_sum / samples if samples else None,
        max_distance_from_center=way.center_max if samples else None,
        mean_distance_from_edge=way.edge_sum / samples if samples else None,
        min_distance_from_edge=way.edge_min if samples else None,
        zone_ticks=ticks,
        time_outside_zone_s=round(TICK_S * ticks),
    )

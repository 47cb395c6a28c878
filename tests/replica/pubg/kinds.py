"""The kinds of match that are made, and the eras of the telemetry format (sections 1.9 and 2.7)."""

from __future__ import annotations

from dataclasses import dataclass

EIGHT_KM = 816_000
SQUARES_CM = {
    "Baltic_Main": EIGHT_KM,
    "Erangel_Main": EIGHT_KM,
    "Desert_Main": EIGHT_KM,
    "Tiger_Main": EIGHT_KM,
    "Kiki_Main": EIGHT_KM,
    "Neon_Main": EIGHT_KM,
    "DihorOtok_Main": EIGHT_KM,
    "Savage_Main": 408_000,
    "Chimera_Main": 306_000,
    "Summerland_Main": 204_000,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of match.

    teams, bots  how many of each at full size, smallest and largest
    sizes        how many players a human team may have
    first_team   the lowest team id of humans (100000 in solo)
    fixed        the lobby keeps its numbers in small matches too
    comebacks    the dead may be sent in once more; NPCs stand about (section 2.6)
    respawns     the dead come back at once, there is no circle and no knock (TDM)
    """

    name: str
    game_mode: str
    match_type: str
    maps: tuple[str, ...]
    teams: tuple[int, int]
    sizes: tuple[int, ...]
    bots: tuple[int, int] = (0, 0)
    is_custom: bool = False
    first_team: int = 1
    fixed: bool = False
    comebacks: bool = False
    respawns: bool = False

    @property
    def has_knocks(self) -> bool:
        """Whether a blow can leave somebody down and not out."""
        return max(self.sizes) > 1 and not self.respawns


KINDS = {
    kind.name: kind
    for kind in (
        Kind(
            name="squad",
            game_mode="squad-fpp",
            match_type="official",
            maps=("Tiger_Main", "Baltic_Main", "Desert_Main", "Savage_Main"),
            teams=(24, 29),
            sizes=(1, 2, 3, 4, 4, 4, 4, 4),
            bots=(3, 8),
            comebacks=True,
        ),
        Kind(
            name="duo",
            game_mode="duo",
            match_type="official",
            maps=("Desert_Main", "Kiki_Main"),
            teams=(44, 47),
            sizes=(1, 2, 2, 2, 2),
            bots=(2, 6),
        ),
        Kind(
            name="solo",
            game_mode="solo-fpp",
            match_type="official",
            maps=("Baltic_Main", "Savage_Main"),
            teams=(80, 90),
            sizes=(1,),
            bots=(4, 10),
            first_team=100_000,
        ),
        Kind(
            name="ranked",
            game_mode="squad-fpp",
            match_type="competitive",
            maps=("Neon_Main", "Baltic_Main", "Tiger_Main"),
            teams=(16, 18),
            sizes=(3, 4, 4, 4, 4),
        ),
        Kind(
            name="league",
            game_mode="esports-squad-fpp",
            match_type="custom",
            maps=("Desert_Main", "Desert_Main", "Neon_Main", "Tiger_Main", "Baltic_Main"),
            teams=(16, 16),
            sizes=(4,),
            is_custom=True,
            fixed=True,
        ),
        Kind(
            name="scrim",
            game_mode="esports-squad-fpp",
            match_type="custom",
            maps=("Desert_Main", "Baltic_Main"),
            teams=(5, 5),
            sizes=(4,),
            is_custom=True,
            fixed=True,
        ),
        Kind(
            name="airoyale",
            game_mode="squad",
            match_type="airoyale",
            maps=("Baltic_Main", "Savage_Main"),
            teams=(3, 4),
            sizes=(2, 3, 4),
            bots=(60, 80),
        ),
        Kind(
            name="tdm",
            game_mode="tdm",
            match_type="arcade",
            maps=("Desert_Main",),
            teams=(2, 2),
            sizes=(8,),
            fixed=True,
            respawns=True,
        ),
    )
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Era:
    """One shape of telemetry; `unknown` names event types that did not exist yet."""

    name: str
    kill: str = "LogPlayerKillV2"
    unknown: frozenset[str] = frozenset()

    @property
    def is_2018(self) -> bool:
        """Whether keys stand as in April 2018: `_V`, six-key characters, `common.matchId`."""
        return self.name == "2018"


ERAS = {
    era.name: era
    for era in (
        Era(name="modern"),
        Era(name="v1", kill="LogPlayerKill"),
        Era(
            name="2018",
            kill="LogPlayerKill",
            unknown=frozenset(
                {
                    "LogArmorDestroy",
                    "LogHeal",
                    "LogItemPickupFromLootBox",
                    "LogNewlyInvented",
                    "LogObjectInteraction",
                    "LogParachuteLanding",
                    "LogPhaseChange",
                    "LogPlayerMakeGroggy",
                    "LogPlayerRedeploy",
                    "LogPlayerRevive",
                    "LogPlayerUseThrowable",
                    "LogSpecialZoneInCharacters",
                    "LogVaultStart",
                    "LogVehicleDamage",
                    "LogWeaponFireCount",
                }
            ),
        ),
    )
}

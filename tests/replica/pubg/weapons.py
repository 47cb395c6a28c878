"""What hurts: guns, throwables and the rest, with their categories as data (spec section 4)."""

from __future__ import annotations

from dataclasses import dataclass

ATTACHMENTS = (
    "Item_Attach_Weapon_Upper_DotSight_01_C",
    "Item_Attach_Weapon_Magazine_ExtendedQuickDraw_Large_C",
    "Item_Attach_Weapon_Lower_Foregrip_C",
    "Item_Attach_Weapon_Muzzle_Compensator_Large_C",
)


@dataclass(frozen=True, slots=True)
class Weapon:
    """One cause of damage.

    causer    `damageCauserName` on the wire
    category  one of the thirteen of section 4
    damage    hit points of a blow to the body
    type      `damageTypeCategory` on the wire
    item      the item that is held or thrown; empty for fists and vehicles
    slot      `subCategory` of the item
    """

    causer: str
    category: str
    damage: float
    type: str = "Damage_Gun"
    item: str = ""
    slot: str = "Main"

    @property
    def is_thrown(self) -> bool:
        """Whether using it counts as throwing something."""
        return self.slot == "Throwable"

    @property
    def extras(self) -> tuple[str, ...]:
        """The attachments that stand beside it on the wire."""
        return ATTACHMENTS[: len(self.causer) % 4] if self.type == "Damage_Gun" else ()


def _gun(stem: str, category: str, damage: float, slot: str = "Main") -> Weapon:
    return Weapon(
        f"Weap{stem}_C",
        category,
        damage,
        item=f"Item_Weapon_{stem.partition('_1')[0]}_C",
        slot=slot,
    )


LONG_GUNS = (
    _gun("HK416", "AR", 24.6),
    _gun("BerylM762", "AR", 28.2),
    _gun("AK47", "AR", 29.4),
    _gun("SCAR-L", "AR", 25.1),
    _gun("DuncansHK416", "AR", 24.6),
    _gun("Mini14", "DMR", 31.4),
    _gun("SKS", "DMR", 37.1),
    _gun("Mk12", "DMR", 33.7),
    _gun("Kar98k", "SR", 61.3),
    _gun("AWM", "SR", 84.9),
    _gun("UMP", "SMG", 21.7),
    _gun("Vector", "SMG", 18.9),
    _gun("Saiga12", "Shotgun", 52.4),
    _gun("Winchester", "Shotgun", 58.6),
    _gun("M249", "LMG", 26.3),
    _gun("DP28", "LMG", 30.8),
    _gun("Crossbow_1", "Special", 79.3),
)
SIDEARMS = (
    _gun("G18", "Pistol", 14.8, "Handgun"),
    _gun("M9", "Pistol", 17.2, "Handgun"),
    _gun("DesertEagle", "Pistol", 37.9, "Handgun"),
)
FISTS = (
    Weapon("PlayerMale_A_C", "Melee", 13.3, "Damage_Punch"),
    Weapon("PlayerFemale_A_C", "Melee", 13.3, "Damage_Punch"),
)
PAN = Weapon("WeapPan_C", "Melee", 44.4, "Damage_Melee", "Item_Weapon_Pan_C", "Melee")
GRENADE = Weapon(
    "ProjGrenade_C",
    "Throwable",
    71.7,
    "Damage_Explosion_Grenade",
    "Item_Weapon_Grenade_C",
    "Throwable",
)
MOLOTOV = Weapon(
    "BP_MolotovFireDebuff_C",
    "Throwable",
    9.3,
    "Damage_Molotov",
    "Item_Weapon_Molotov_C",
    "Throwable",
)
FIRE_FIELD = Weapon("ProjMolotov_DamageField_Direct_C", "Other", 11.9, "Damage_Molotov", "", "")
STICKY = Weapon(
    "ProjStickyGrenade_C",
    "Throwable",
    64.2,
    "Damage_Explosion_StickyBomb",
    "Item_Weapon_StickyGrenade_C",
    "Throwable",
)
ZONE_GRENADE = Weapon(
    "Bluezonebomb_EffectActor_C",
    "Environment",
    10.6,
    "Damage_BlueZoneGrenade",
    "Item_Weapon_BluezoneGrenade_C",
    "Throwable",
)
PANZERFAUST = Weapon(
    "PanzerFaust100M_Projectile_C",
    "Throwable",
    97.1,
    "Damage_Explosion_PanzerFaustWarhead",
    "Item_Weapon_PanzerFaust100M_C",
)
BUMPER = Weapon("Uaz_A_01_C", "Vehicle", 88.8, "Damage_VehicleHit", "", "")
BUGGY = Weapon("Buggy_A_01_C", "Other", 54.1, "Damage_VehicleHit", "", "")
HARMFUL = (GRENADE, MOLOTOV, FIRE_FIELD, STICKY, ZONE_GRENADE, PANZERFAUST, BUMPER, BUGGY, PAN)

SMOKE = Weapon("", "", 0, "", "Item_Weapon_SmokeBomb_C", "Throwable")
FLASH = Weapon("", "", 0, "", "Item_Weapon_FlashBang_C", "Throwable")
APPLE = Weapon("", "", 0, "", "Item_Weapon_Apple_C", "Throwable")
SNOWBALL = Weapon("", "", 0, "", "Item_Weapon_Snowball_C", "Throwable")
FLARE_LAUNCHER = Weapon("", "", 0, "", "Item_Weapon_M79_C", "Handgun")
TOYS = (APPLE, SNOWBALL)

BLUE_ZONE = Weapon("BattleRoyaleModeController_Def_C", "Other", 0.4, "Damage_BlueZone")
RED_ZONE = Weapon("RedZoneBomb_C", "Other", 66.6, "Damage_Explosion_RedZone")
FALL = Weapon("PlayerMale_A_C", "Melee", 18.7, "Damage_Instant_Fall")
BLEEDING = Weapon("PlayerMale_A_C", "Melee", 3.3, "Damage_DBNO")
BLEEDING_2018 = Weapon("PlayerMale_A_C", "Melee", 0, "Damage_Groggy")
UNSEEN = Weapon("None", "Other", 0, "Damage_None")

HEALS = ("Item_Heal_Bandage_C", "Item_Heal_FirstAid_C", "Item_Heal_MedKit_C")
BOOSTS = ("Item_Boost_EnergyDrink_C", "Item_Boost_PainKiller_C", "Item_Boost_AdrenalineSyringe_C")
OTHER_USES = (
    "Item_Ammo_556mm_C",
    "Item_Ammo_762mm_C",
    "Item_Ammo_9mm_C",
    "Item_Ammo_12Guage_C",
    "Item_JerryCan_C",
)
REASONS = ("TorsoShot", "TorsoShot", "TorsoShot", "ArmShot", "LegShot", "PelvisShot", "HeadShot")

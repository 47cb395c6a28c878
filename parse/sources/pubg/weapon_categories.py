"""Which kind of weapon a damage causer is: thirteen categories, the mapping as data.

Source: spec/pubg.md 4, the mapping of 144 ids that players' pages know (first table), put right and
completed (second table) by what the official dictionary of damage causers (October 2024) calls the
85 that it left to `Other`: the zone of every map, the fire of Molotov cocktails and jerrycans, the
blue zone grenade (that somebody throws, so no `Environment`), vehicles and the fists of bots. Ids
are compared without case, which has drifted before.
"""

from __future__ import annotations

OTHER = "Other"
THROWABLE = "Throwable"

_KNOWN = {
    "AR": """
        WeapACE32_C WeapAK47_C WeapAUG_C WeapBerylM762_C WeapFNFal_C WeapFamasG2_C WeapG36C_C
        WeapGroza_C WeapHK416_C WeapDuncansHK416_C WeapK2_C WeapLunchmeatsAK47_C WeapM16A4_C
        WeapMk47Mutant_C WeapQBZ95_C WeapSCAR-L_C
    """,
    "DMR": """
        WeapDragunov_C WeapMini14_C WeapMk12_C WeapMk14_C WeapSKS_C WeapVSS_C WeapQBU88_C
        WeapMadsQBU88_C WeapWin94_C
    """,
    "SR": """
        WeapAWM_C WeapKar98k_C WeapJuliesKar98k_C WeapM24_C WeapMosinNagant_C WeapL6_C
    """,
    "SMG": """
        WeapMP5K_C WeapUMP_C WeapVector_C WeapUZI_C WeapBizonPP19_C WeapJS9_C WeapMP9_C WeapP90_C
        WeapThompson_C
    """,
    "Shotgun": """
        WeapBerreta686_C WeapDP12_C WeapOriginS12_C WeapSaiga12_C WeapSawnoff_C WeapWinchester_C
    """,
    "LMG": """
        WeapM249_C WeapDP28_C WeapMG3_C
    """,
    "Pistol": """
        WeapDesertEagle_C WeapM1911_C WeapM9_C WeapNagantM1895_C WeapRhino_C Weapvz61Skorpion_C
        WeapG18_C
    """,
    "Melee": """
        WeapCowbar_C WeapCowbarProjectile_C WeapMachete_C WeapMacheteProjectile_C WeapPan_C
        WeapPanProjectile_C WeapPickaxe_C WeapPickaxeProjectile_C WeapSickle_C
        WeapSickleProjectile_C PlayerFemale_A_C PlayerMale_A_C
    """,
    "Throwable": """
        ProjGrenade_C ProjMolotov_C ProjSmokeGrenade_C ProjFlashBang_C ProjStickyGrenade_C ProjC4_C
        BP_MolotovFireDebuff_C WeapPanzerFaust100M1_C PanzerFaust100M_Projectile_C JerrycanFire
        Jerrycan
    """,
    "Special": """
        WeapCrossbow_1_C Mortar_Projectile_C
    """,
    "Vehicle": """
        BP_CoupeRB_C BP_PonyCoupe_C Dacia_A_01_C Dacia_A_02_C Dacia_A_03_v2_C
        Dacia_A_03_v2_Esports_C Dacia_A_04_v2_C BP_Mirado_A_01_C BP_Mirado_A_02_C BP_Mirado_A_03_C
        BP_Mirado_A_03_Esports_C BP_Mirado_A_04_C BP_Mirado_Open_05_C BP_PickupTruck_A_01_C
        BP_PickupTruck_A_02_C BP_PickupTruck_A_03_C BP_PickupTruck_A_04_C BP_PickupTruck_A_05_C
        BP_PickupTruck_A_esports_C Uaz_A_01_C Uaz_B_01_C Uaz_B_01_esports_C Uaz_C_01_C BP_Niva_04_C
        BP_Niva_05_C BP_Niva_06_C BP_Niva_07_C BP_Niva_Esports_C BP_M_Rony_A_01_C BP_M_Rony_A_02_C
        BP_Pillar_Car_C BP_Porter_C BP_Blanc_C BP_Blanc_Esports_C BP_Motorbike_04_C
        BP_Motorbike_04_Desert_C BP_Motorbike_04_SideCar_C BP_Motorbike_04_SideCar_Desert_C
        BP_Dirtbike_C AquaRail_A_01_C BP_ATV_C BP_Bicycle_C BP_BRDM_C BP_PicoBus_C BP_Food_Truck_C
        BP_LootTruck_C Boat_PG117_C BP_BearV2_C BP_Motorglider_C BP_Motorglider_Blue_C
        BP_Motorglider_Green_C BP_Motorglider_Orange_C BP_Motorglider_Red_C BP_Motorglider_Teal_C
    """,
    "Environment": """
        BlackZoneBombingField_Def_C BP_FireEffectController_C TslGameModeBase_BattleRoyaleBP_C
        Buff_DecreaseBreathInApnea_C BP_Eragel_CargoShip01_C BP_Baltic_GasPump_C
        BP_DesertTslGasPump_C BP_NE_GasPump_C
    """,
}

_ADDED = {
    "Melee": """
        AIPawn_Base_Female_C AIPawn_Base_Male_C UltAIPawn_Base_Female_C UltAIPawn_Base_Male_C
    """,
    "Throwable": """
        Bluezonebomb_EffectActor_C BP_FireEffectController_JerryCan_C BP_IncendiaryDebuff_C
        BP_JerryCanFireDebuff_C BP_JerryCan_FuelPuddle_C BP_Spiketrap_C ProjIncendiary_C
        ProjMolotov_DamageField_Direct_C
    """,
    "Special": """
        BP_DronePackage_Projectile_C WeapTurret_KillTruck_Main_C
    """,
    "Vehicle": """
        AirBoat_V2_C AquaRail_A_02_C AquaRail_A_03_C BP_FakeLootProj_AmmoBox_C
        BP_FakeLootProj_MilitaryCrate_C BP_KillTruck_C BP_M_Rony_A_03_C BP_Mirado_Open_03_C
        BP_Mirado_Open_04_C BP_Motorbike_Solitario_C BP_Niva_01_C BP_Niva_02_C BP_Niva_03_C
        BP_PickupTruck_B_01_C BP_PickupTruck_B_02_C BP_PickupTruck_B_03_C BP_PickupTruck_B_04_C
        BP_PickupTruck_B_05_C BP_Scooter_01_A_C BP_Scooter_02_A_C BP_Scooter_03_A_C
        BP_Scooter_04_A_C BP_Snowbike_01_C BP_Snowbike_02_C BP_Snowmobile_01_C BP_Snowmobile_02_C
        BP_Snowmobile_03_C BP_TukTukTuk_A_01_C BP_TukTukTuk_A_02_C BP_TukTukTuk_A_03_C BP_Van_A_01_C
        BP_Van_A_02_C BP_Van_A_03_C Buggy_A_01_C Buggy_A_02_C Buggy_A_03_C Buggy_A_04_C Buggy_A_05_C
        Buggy_A_06_C Dacia_A_01_v2_C Dacia_A_01_v2_snow_C Dacia_A_02_v2_C PG117_A_01_C Uaz_Armored_C
    """,
    "Environment": """
        BP_DO_Circle_Train_Merged_C BP_DO_Line_Train_Dino_Merged_C BP_DO_Line_Train_Merged_C
        BP_Helicopter_C BP_TslGasPump_C BlackZoneController_Def_C Carepackage_Container_C
        DroppedItemGroup EmergencyAircraft_Tiger_C Lava RacingDestructiblePropaneTankActor_C
        RacingModeContorller_Desert_C RedZoneBomb_C RedZoneBombingField RedZoneBombingField_Def_C
        SandStormBuff_BP_C TslDestructibleSurfaceManager TslPainCausingVolume
    """,
}

_ZONE = "battleroyalemodecontroller_"
"""What the blue zone's causer begins with; the name of the map follows, that of a new one too."""

_CATEGORY_OF = {
    causer.casefold(): category
    for table in (_KNOWN, _ADDED)
    for category, causers in table.items()
    for causer in causers.split()
}


def category_of(causer: str) -> str:
    """The category of a damage causer: `Other` for one that is not known, or none.

    >>> category_of("WeapHK416_C"), category_of("BattleRoyaleModeController_Neon_C")
    ('AR', 'Environment')
    """
    known = causer.casefold()
    if known.startswith(_ZONE):
        return "Environment"
    return _CATEGORY_OF.get(known, OTHER)

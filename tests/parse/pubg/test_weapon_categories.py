"""Which kind of weapon a damage causer is (spec/pubg.md 4)."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from parse.sources.pubg.weapon_categories import OTHER, category_of
from warehouse.rows.pubg.figures import WEAPON_CATEGORIES

PUT_RIGHT = {"Bluezonebomb_EffectActor_C": "Throwable"}
"""Causers that the existing collector has elsewhere."""


@pytest.mark.parametrize(
    ("causer", "category"),
    [
        ("WeapHK416_C", "AR"),
        ("weaphk416_c", "AR"),
        ("WeapCrossbow_1_C", "Special"),
        ("PanzerFaust100M_Projectile_C", "Throwable"),
        ("ProjMolotov_DamageField_Direct_C", "Throwable"),
        ("BP_JerryCanFireDebuff_C", "Throwable"),
        ("Bluezonebomb_EffectActor_C", "Throwable"),
        ("PlayerMale_A_C", "Melee"),
        ("Buggy_A_03_C", "Vehicle"),
        ("Dacia_A_02_v2_C", "Vehicle"),
        ("RedZoneBomb_C", "Environment"),
        ("BattleRoyaleModeController_Def_C", "Environment"),
        ("BattleRoyaleModeController_OfNextYear_C", "Environment"),
        ("WeapOfNextYear_C", OTHER),
        ("WeapM416_C", OTHER),
        ("None", OTHER),
        ("", OTHER),
    ],
)
def test_a_causer_is_of_a_category(causer: str, category: str) -> None:
    assert category_of(causer) == category


def test_the_mapping_of_the_collector_is_kept_and_every_official_causer_has_a_category(
    samples: Path,
) -> None:
    path = samples / "pubg" / "dictionaries" / "weapon_categories.tsv"
    with path.open(encoding="utf-8", newline="") as file:
        known = [(row[0], row[1]) for row in list(csv.reader(file, delimiter="\t"))[1:]]
    assert len(known) == 144 + 85
    for causer, category in known:
        found = category_of(causer)
        assert found in WEAPON_CATEGORIES
        if not category.startswith(OTHER):
            assert found == PUT_RIGHT.get(causer, category), causer
        else:
            assert (found == OTHER) == (causer == "None"), causer

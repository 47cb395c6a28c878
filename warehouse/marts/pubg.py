"""Careers of PUBG players: sums of what matches have of all their players."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from warehouse.column import Row
from warehouse.marts import Block, Mart
from warehouse.rows.pubg.careers import (
    ALL,
    NORMAL,
    RANKED,
    PubgPlayerCareerRow,
    PubgPlayerDamageStatsRow,
    PubgPlayerWeaponStatsRow,
)
from warehouse.rows.pubg.figures import PubgMatchWeaponRow, PubgPlayerMatchStatsRow
from warehouse.rows.pubg.matches import PubgMatchRow, PubgParticipantRow

PERSON = "account."
KINDS = {
    RANKED: ("competitive", "ranked", "esports"),
    NORMAL: ("official", "normal", "arcade", "event"),
}
"""The types of matches that are of a kind (spec/pubg.md 5), in small letters."""

HEADSHOT = "HeadShot"

Key = Mapping[str, object]
"""The key of a row of a mart, by column."""

OF_API = ("kills", "headshot_kills", "assists", "knocks", "revives", "damage_dealt")
OF_TELEMETRY = (
    *("killsteals", "heals_used", "boosts_used", "throwables_used", "smokes_thrown"),
    *("throwable_damage", "damage_received", "received_by_others", "time_outside_zone_s"),
    "circle_samples",
)
MEANS = ("mean_distance_from_center", "mean_distance_from_edge")
_OF_MATCH = ("match_id", "match_type")
_KEY = ("account_id", "match_kind")
_WEAPON_KEY = ("account_id", "weapon", "match_kind", "weapon_category")
_DAMAGE_KEY = ("account_id", "weapon", "reason", "match_kind", "weapon_category")
_DAMAGE = ("hits", "damage", "own_damage")
_KILLS = ("kills", "knocks", "kills_0_50m", "kills_50_200m", "kills_200m", "kill_distance")


def _damage_of(block: Block) -> pa.Table:
    rows = _of_kinds(block, PubgMatchWeaponRow)
    rows = rows.filter(_did_damage(rows))
    ones = pa.repeat(pa.scalar(1, pa.int64()), rows.num_rows)
    return _damage_total(rows.append_column("matches", ones))


def _did_damage(rows: pa.Table) -> pa.ChunkedArray:
    return pc.greater(rows["hits"], 0)


def _did_kill(rows: pa.Table) -> pa.ChunkedArray:
    return pc.greater(pc.add(rows["kills"], rows["knocks"]), 0)


def _damage_total(rows: pa.Table) -> pa.Table:
    return _summed(rows, _DAMAGE_KEY, ("matches", *_DAMAGE))


def _weapons_of(block: Block) -> pa.Table:
    rows = _of_kinds(block, PubgMatchWeaponRow)
    rows = rows.filter(_did_kill(rows))
    is_head = pc.cast(pc.equal(rows["reason"], HEADSHOT), pa.int64())
    return _weapons_total(rows.append_column("headshot_kills", pc.multiply(rows["kills"], is_head)))


def _weapons_total(rows: pa.Table) -> pa.Table:
    return _summed(rows, _WEAPON_KEY, (*_KILLS, "headshot_kills"), ("longest_kill",))


def _careers_of(block: Block) -> pa.Table:
    """What the API says, and what telemetry says: a career is the sum of both.

    Telemetry counts of whom the API has in the match, so never of more matches than there are.
    """
    played = _of_kinds(block, PubgParticipantRow)
    told = _of_kinds(block, PubgPlayerMatchStatsRow)
    told = told.filter(pc.is_in(_plays(told), value_set=_plays(played)))
    ones = {"matches": pc.is_valid(played["account_id"]), "wins": pc.equal(played["team_rank"], 1)}
    with_circle = pc.greater(told["circle_samples"], 0)
    sums = {
        f"{name}_sum": pc.multiply(told[name], pc.cast(told["circle_samples"], pa.float64()))
        for name in MEANS
    }
    telemetry = {
        "matches_with_telemetry": pc.is_valid(told["account_id"]),
        "circle_matches": with_circle,
        **{name: told[name] for name in OF_TELEMETRY},
        **sums,
    }
    api = {**ones, **{name: played[name] for name in OF_API}}
    both = pa.concat_tables(
        [_sums_table(played, api), _sums_table(told, telemetry)], promote_options="default"
    )
    return _careers_summed(both)


def _plays(rows: pa.Table) -> pa.Array:
    """Who in which match, as one text."""
    names = [rows[name].combine_chunks() for name in ("match_id", "account_id")]
    return pc.binary_join_element_wise(*names, " ")


def _sums_table(rows: pa.Table, columns: Mapping[str, pa.ChunkedArray]) -> pa.Table:
    """The keys of rows and columns beside them; what is true counts as 1."""
    counted = {
        name: values.cast(pa.int64()) if values.type == pa.bool_() else values
        for name, values in columns.items()
    }
    return pa.table({**{name: rows[name] for name in _KEY}, **counted})


def _careers_summed(rows: pa.Table) -> pa.Table:
    names = [name for name in rows.column_names if name not in _KEY]
    return _summed(rows, _KEY, names)


def _careers(rows: pa.Table) -> pa.Table:
    total = _careers_summed(rows)
    samples = pc.cast(total["circle_samples"], pa.float64())
    any_sample = pc.if_else(pc.greater(samples, 0), samples, None)
    for name in MEANS:
        total = total.append_column(name, pc.divide(total[f"{name}_sum"], any_sample))
    is_complete = pc.equal(total["matches"], total["matches_with_telemetry"])
    return total.append_column("is_complete", is_complete)


def _behind_damage(block: Block, key: Key) -> Block:
    rows = _own(block, PubgMatchWeaponRow, key)
    return _with_matches(block, {PubgMatchWeaponRow: rows.filter(_did_damage(rows))})


def _behind_weapons(block: Block, key: Key) -> Block:
    rows = _own(block, PubgMatchWeaponRow, key)
    return _with_matches(block, {PubgMatchWeaponRow: rows.filter(_did_kill(rows))})


def _behind_career(block: Block, key: Key) -> Block:
    played = _own(block, PubgParticipantRow, key)
    told = _own(block, PubgPlayerMatchStatsRow, key)
    told = told.filter(_is_of(told, played))
    return _with_matches(block, {PubgParticipantRow: played, PubgPlayerMatchStatsRow: told})


def _own(block: Block, row: type[Row], key: Key) -> pa.Table:
    """The rows of a player's matches of a kind, with a weapon and on a part if the key says so."""
    rows, matches = block[row], block[PubgMatchRow]
    for name in ("account_id", "weapon", "reason"):
        if name in key:
            rows = rows.filter(pc.equal(rows[name], key[name]))
    if key["match_kind"] != ALL:
        types = pa.array(KINDS[str(key["match_kind"])], pa.string())
        is_of_kind = pc.is_in(pc.utf8_lower(matches["match_type"]), value_set=types)
        matches = matches.filter(is_of_kind)
    return rows.filter(_is_of(rows, matches))


def _with_matches(block: Block, found: Block) -> Block:
    """Rows, and the matches that any of them is of."""
    matches = block[PubgMatchRow]
    return {PubgMatchRow: matches.filter(_is_of(matches, *found.values())), **found}


def _is_of(rows: pa.Table, *others: pa.Table) -> pa.ChunkedArray:
    """Which rows are of a match that any of the others are of."""
    there = pa.chunked_array(
        [chunk for one in others for chunk in one["match_id"].chunks], pa.string()
    )
    return pc.is_in(rows["match_id"], value_set=there.combine_chunks())


def _of_kinds(block: Block, row: type[Row]) -> pa.Table:
    """The rows of persons, each once for `all` matches and once for the kind of its match."""
    rows, matches = block[row], block[PubgMatchRow].combine_chunks()
    rows = rows.filter(pc.starts_with(rows["account_id"], PERSON))
    place = pc.index_in(rows["match_id"], value_set=matches["match_id"])
    types = pc.utf8_lower(pc.take(matches["match_type"], place))
    of_kind = [_named(rows, ALL)]
    for kind, names in KINDS.items():
        is_of_kind = pc.is_in(types, value_set=pa.array(names, pa.string()))
        of_kind.append(_named(rows.filter(is_of_kind), kind))
    return pa.concat_tables(of_kind)


def _named(rows: pa.Table, kind: str) -> pa.Table:
    return rows.append_column("match_kind", pa.repeat(pa.scalar(kind, pa.string()), rows.num_rows))


def _summed(
    rows: pa.Table, key: Sequence[str], sums: Sequence[str], greatest: Sequence[str] = ()
) -> pa.Table:
    """Rows of one key as one, in the order in which keys are met; nulls count as nothing.

    One thread: the order in which fractions are added is that of the rows.
    """
    how = [*((name, "sum") for name in sums), *((name, "max") for name in greatest)]
    found = rows.group_by(list(key), use_threads=False).aggregate(how)
    columns = {name: found[name] for name in key}
    columns |= {name: pc.fill_null(found[f"{name}_sum"], 0) for name in sums}
    return pa.table(columns | {name: found[f"{name}_max"] for name in greatest})


_OF_WEAPONS = ("match_id", *_DAMAGE_KEY[:3], "weapon_category", *_DAMAGE, *_KILLS, "longest_kill")
_CUT_AT = len(PERSON)

MARTS = (
    Mart(
        row=PubgPlayerDamageStatsRow,
        reads={PubgMatchRow: _OF_MATCH, PubgMatchWeaponRow: _OF_WEAPONS},
        of_block=_damage_of,
        total=_damage_total,
        behind=_behind_damage,
        cut_at=_CUT_AT,
    ),
    Mart(
        row=PubgPlayerWeaponStatsRow,
        reads={PubgMatchRow: _OF_MATCH, PubgMatchWeaponRow: _OF_WEAPONS},
        of_block=_weapons_of,
        total=_weapons_total,
        behind=_behind_weapons,
        cut_at=_CUT_AT,
    ),
    Mart(
        row=PubgPlayerCareerRow,
        reads={
            PubgMatchRow: _OF_MATCH,
            PubgParticipantRow: ("match_id", "account_id", "team_rank", *OF_API),
            PubgPlayerMatchStatsRow: ("match_id", "account_id", *OF_TELEMETRY, *MEANS),
        },
        of_block=_careers_of,
        total=_careers,
        behind=_behind_career,
        cut_at=_CUT_AT,
    ),
)

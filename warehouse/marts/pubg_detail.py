"""Of which matches the detail of tracked players is there."""

from __future__ import annotations

import functools
from collections.abc import Collection, Mapping

import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from warehouse.column import Row
from warehouse.marts import Block, Mart
from warehouse.marts.pubg import PERSON
from warehouse.rows.pubg.detail import DONE, FAILED, NO_TELEMETRY, PARTS, PubgBackfillStatusRow
from warehouse.rows.pubg.figures import (
    PubgCirclePositionRow,
    PubgDamageRow,
    PubgPlayerMatchStatsRow,
)
from warehouse.rows.pubg.matches import PubgMatchRow, PubgParticipantRow
from warehouse.schema import arrow_schema

READS: dict[type[Row], tuple[str, ...]] = {
    PubgMatchRow: ("match_id", "started_at", "telemetry_url"),
    PubgParticipantRow: ("match_id", "account_id", "player_name"),
    PubgPlayerMatchStatsRow: ("match_id", "account_id"),
    PubgDamageRow: ("match_id", "attacker_account_id", "victim_account_id"),
    PubgCirclePositionRow: ("match_id", "account_id"),
}
_KEY = ("account_id", "match_id")
_FILE = r"([0-9a-f-]{36})-telemetry\.json"


def backfill_status(
    tracked: Collection[tuple[str, int]] | None, failed: Collection[str]
) -> Mart | None:
    """The table of what is there; None where nobody is tracked.

    tracked  accounts, each with the time from which matches count, in microseconds since 1970;
             None for all persons, always
    failed   ids of telemetry files that could not be parsed
    """
    if tracked is not None and not tracked:
        return None
    return Mart(
        row=PubgBackfillStatusRow,
        reads=READS,
        of_block=functools.partial(_of_block, tracked=tracked, failed=failed),
        total=_as_they_are,
        behind=_behind,
        cut_at=len(PERSON),
    )


def _behind(block: Block, key: Mapping[str, object]) -> Block:
    """The rows about the player's match; telemetry's figures of it say that its file was parsed."""
    of = {
        row: rows.filter(pc.equal(rows["match_id"], key["match_id"])) for row, rows in block.items()
    }
    for row in (PubgParticipantRow, PubgCirclePositionRow, PubgPlayerMatchStatsRow):
        of[row] = of[row].filter(pc.equal(of[row]["account_id"], key["account_id"]))
    blows = of[PubgDamageRow]
    is_named = [
        pc.fill_null(pc.equal(blows[name], key["account_id"]), fill_value=False)
        for name in ("attacker_account_id", "victim_account_id")
    ]
    return of | {PubgDamageRow: blows.filter(pc.or_(*is_named))}


def _as_they_are(rows: pa.Table) -> pa.Table:
    """A match is of one block: nothing is to be added up."""
    return rows


def _of_block(
    block: Block, *, tracked: Collection[tuple[str, int]] | None, failed: Collection[str]
) -> pa.Table:
    matches, played, told, damage, circle = (_frame(block, row) for row in READS)
    counted = played.join(matches, on="match_id")
    if tracked is None:
        counted = counted.filter(pl.col("account_id").str.starts_with(PERSON))
    else:
        since = {"account_id": pl.String, "from_us": pl.Int64}
        wanted = pl.DataFrame(sorted(tracked), schema=since, orient="row")
        counted = counted.join(wanted, on="account_id")
        counted = counted.filter(pl.col("started_at").dt.epoch("us") >= pl.col("from_us"))
    blows = pl.concat(
        [
            damage.select("match_id", pl.col("attacker_account_id").alias("account_id")),
            damage.filter(
                pl.col("attacker_account_id").is_null()
                | (pl.col("attacker_account_id") != pl.col("victim_account_id"))
            ).select("match_id", pl.col("victim_account_id").alias("account_id")),
        ]
    )
    for rows, name in ((blows, "damage_rows"), (circle, "circle_rows")):
        counted = counted.join(rows.group_by(_KEY).len(name), on=_KEY, how="left")
    is_done = pl.col("match_id").is_in(told["match_id"].unique().implode())
    has_failed = pl.col("telemetry_url").str.extract(_FILE).is_in(sorted(failed))
    state = (pl.when(is_done).then(pl.lit(DONE)).when(has_failed).then(pl.lit(FAILED))).otherwise(
        pl.lit(NO_TELEMETRY)
    )
    done = counted.with_columns(
        state=state,
        parts_done=pl.when(is_done).then(pl.lit(PARTS)),
        damage_rows=pl.col("damage_rows").fill_null(0).cast(pl.Int64),
        circle_rows=pl.col("circle_rows").fill_null(0).cast(pl.Int64),
    )
    names = PubgBackfillStatusRow.__struct_fields__
    schema = pa.schema([arrow_schema(PubgBackfillStatusRow).field(name) for name in names])
    return done.select(names).sort(_KEY).to_arrow().cast(schema)


def _frame(block: Block, row: type[Row]) -> pl.DataFrame:
    found = pl.from_arrow(block[row])
    assert isinstance(found, pl.DataFrame), "a table is a frame"
    return found

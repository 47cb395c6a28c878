"""The tables worked out of others, by source."""

from __future__ import annotations

from warehouse.marts import Mart, StatusTable, pubg
from warehouse.marts.pubg_detail import backfill_status
from warehouse.rows.pubg.detail import PubgBackfillStatusRow

MARTS_OF: dict[str, tuple[Mart, ...]] = {"pubg": pubg.MARTS}

STATUS_OF: dict[str, StatusTable] = {
    "pubg": StatusTable(row=PubgBackfillStatusRow, mart=backfill_status)
}

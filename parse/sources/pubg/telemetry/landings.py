"""First landings. Source: spec/pubg.md 3.1.

Most players land before the first white circle is shown, so no phase is left out; who comes back
into a match lands again, which counts and does not move the first landing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import msgspec

from parse.json_page import moment
from parse.sources.pubg.telemetry.events import Telemetry
from warehouse.rows.pubg.landings_kills import PubgLandingRow


def landings(file: Telemetry) -> Iterator[PubgLandingRow]:
    """One row per person who landed, by the first landing in time."""
    of_account: Counter[str] = Counter()
    first: dict[str, PubgLandingRow] = {}
    for _, event in file.of("LogParachuteLanding"):
        who, at = event.character, moment(event.time)
        if who is None or not who.is_player:
            continue
        if at is None:
            file.unreadable("pubg_landings.landed_at", event.time)
            continue
        of_account[who.account_id] += 1
        known = first.get(who.account_id)
        if known is None or at < known.landed_at:
            first[who.account_id] = PubgLandingRow(
                match_id=file.match_id,
                account_id=who.account_id,
                player_name=who.name,
                team_id=who.team_id,
                landed_at=at,
                x_cm=who.location.x,
                y_cm=who.location.y,
                z_cm=who.location.z,
                phase=event.phase,
                landings=0,
            )
    for account_id, row in first.items():
        yield msgspec.structs.replace(row, landings=of_account[account_id])

"""The tables of PUBG matches: one class per table, one module per group of them.

Matches come from the API, what happened in them from its telemetry. Rows are told by match, account
and team, never by the ids of rosters and participants, which are made up anew for every reply
(spec/pubg.md 1.8). Distances are metres, times seconds, unless a column says otherwise. A null
means that no archived reply says it.
"""

from __future__ import annotations

from warehouse.column import Row
from warehouse.rows.pubg.careers import (
    PubgPlayerCareerRow,
    PubgPlayerDamageStatsRow,
    PubgPlayerWeaponStatsRow,
)
from warehouse.rows.pubg.combat import PubgFinishingRow, PubgKnockRow, PubgWeaponKillRow
from warehouse.rows.pubg.detail import PubgBackfillStatusRow
from warehouse.rows.pubg.fights import PubgFightParticipantRow, PubgFightRow
from warehouse.rows.pubg.figures import (
    PubgCirclePositionRow,
    PubgDamageRow,
    PubgMatchWeaponRow,
    PubgPlayerMatchStatsRow,
    PubgWeaponDistributionRow,
)
from warehouse.rows.pubg.landings_kills import PubgKillRow, PubgLandingRow
from warehouse.rows.pubg.matches import (
    PubgMatchRow,
    PubgParticipantRow,
    PubgPlayerRow,
    PubgRosterRow,
)
from warehouse.rows.pubg.tournaments import PubgTournamentMatchRow, PubgTournamentRow

OF_MATCHES: tuple[type[Row], ...] = (PubgMatchRow, PubgRosterRow, PubgParticipantRow)
"""Rows that a reply about a match gives as they stand."""

OF_TELEMETRY: tuple[type[Row], ...] = (
    PubgLandingRow,
    PubgKillRow,
    PubgWeaponKillRow,
    PubgKnockRow,
    PubgFinishingRow,
    PubgFightRow,
    PubgFightParticipantRow,
    PubgDamageRow,
    PubgCirclePositionRow,
    PubgMatchWeaponRow,
    PubgWeaponDistributionRow,
    PubgPlayerMatchStatsRow,
)
"""Rows that a telemetry file gives as they stand."""

OF_TOURNAMENTS: tuple[type[Row], ...] = (PubgTournamentRow, PubgTournamentMatchRow)
"""Rows of tournaments."""

ROWS: tuple[type[Row], ...] = (*OF_MATCHES, PubgPlayerRow, *OF_TOURNAMENTS, *OF_TELEMETRY)
"""Every table of pages, those referred to first."""

MARTS: tuple[type[Row], ...] = (
    PubgPlayerDamageStatsRow,
    PubgPlayerWeaponStatsRow,
    PubgPlayerCareerRow,
    PubgBackfillStatusRow,
)
"""Tables that are worked out of those."""

"""Whether a match's reply and its telemetry tell of one match.

Both say, each in its own way, who killed, knocked down, revived, healed and hurt how often. In the
league match of the reference they say the same of every player, to the last point of damage;
elsewhere they may differ a little (what the API adds up is not documented). Where they are far
apart one of them has changed, or is not whole: an issue on both, as nobody knows which.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence

from parse.model import Bundle, Issue, Noted, Sourced
from warehouse.rows.pubg.combat import PubgKnockRow
from warehouse.rows.pubg.figures import PubgMatchWeaponRow, PubgPlayerMatchStatsRow
from warehouse.rows.pubg.matches import PubgMatchRow, PubgParticipantRow

SOME = 3
"""A few more or less are no contradiction."""

_SINCE_2019 = ("knocks", "revives")
"""What telemetry of 2018 does not tell; its replies have no match type."""

Sums = Mapping[str, float]
"""By account; of all together under ""."""


def agreement(match: PubgMatchRow, bundle: Bundle) -> Iterator[Noted]:
    """What a match's reply and telemetry say too differently; nothing where one is missing."""
    people, stats = bundle.of(PubgParticipantRow), bundle.of(PubgPlayerMatchStatsRow)
    if not people or not stats:
        return
    weapons, knocks = bundle.of(PubgMatchWeaponRow), bundle.of(PubgKnockRow)
    told = {
        "kills": _by_account(weapons, lambda one: one.kills),
        "knocks": _by_account(weapons, lambda one: one.knocks),
        "damage_dealt": _by_account(weapons, lambda one: one.damage - one.own_damage),
        "heals": {one.row.account_id: one.row.heals_used for one in stats},
        "boosts": {one.row.account_id: one.row.boosts_used for one in stats},
        "revives": {"": sum(one.row.outcome == "revived" for one in knocks)},
    }
    for name, theirs in told.items():
        if match.match_type is None and name in _SINCE_2019:
            continue
        ours = {one.row.account_id: getattr(one.row, name) or 0 for one in people}
        if _are_apart(ours if "" not in theirs else {"": sum(ours.values())}, theirs):
            found = f"{sum(ours.values()):.0f} of the reply, {sum(theirs.values()):.0f}"
            yield Noted(Issue("differs", f"pubg_participants.{name}", found), people[0].capture)
            yield Noted(Issue("differs", f"telemetry.{name}", found), stats[0].capture)


def _by_account(
    rows: Sequence[Sourced[PubgMatchWeaponRow]], of: Callable[[PubgMatchWeaponRow], float]
) -> Sums:
    total: defaultdict[str, float] = defaultdict(float)
    for one in rows:
        total[one.row.account_id] += of(one.row)
    return total


def _are_apart(ours: Sums, theirs: Sums) -> bool:
    """Whether one says nothing and the other something, or they differ by half and not by a few."""
    most = max(sum(ours.values()), sum(theirs.values()))
    least = min(sum(ours.values()), sum(theirs.values()))
    if least == 0 < most:
        return True
    accounts = {**ours, **theirs}
    off = sum(abs(ours.get(one, 0) - theirs.get(one, 0)) for one in accounts)
    return off > max(SOME, most / 2)

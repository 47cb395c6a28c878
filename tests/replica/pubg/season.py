"""A season of matches: who plays when, which of it the API still knows at a moment, and the truth."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property

from tests.replica.pubg.documents import Profile
from tests.replica.pubg.match import FLAGS, SMALL, Lineup, Match, make_match
from tests.replica.pubg.people import RENAMED, human
from tests.replica.pubg.truth import Truth

END = datetime(2026, 5, 14, 21, 0, tzinfo=UTC)
RETENTION = timedelta(days=14)
TEAMS = 16
BLOCK_DAYS = 5
# starts of a league evening, after 17:00 UTC (section 1.9)
EVENING = ("0:04:20", "0:40:17", "1:16:31", "1:52:37", "2:29:16", "3:03:04")
EVENING_MAPS = (
    "Desert_Main",
    "Desert_Main",
    "Neon_Main",
    "Tiger_Main",
    "Baltic_Main",
    "Baltic_Main",
)
DAYTIME = (("squad", 13), ("ranked", 14), ("{other}", 15), ("squad", 16))
OTHERS = ("tdm", "solo", "duo", "airoyale")
BLOCK = len(DAYTIME) + len(EVENING)
TOURNAMENT = "eu-pecs26"
TOURNAMENT_SHARD = "pc-tournament"
# kind and era of a small season's matches, one a day; scrims are the tournament's
SMALL_DAYS = (
    ("solo", "modern"),
    ("tdm", "modern"),
    ("ranked", "modern"),
    ("scrim", "v1"),
    ("duo", "modern"),
    ("squad", "2018"),
    ("scrim", "v1"),
    ("squad", "modern"),
)
SCRIM_TEAMS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A planned match: everything `make_match` wants."""

    index: int
    kind: str
    era: str
    start: datetime
    shard: str
    map_name: str | None = None


class PubgSeason:
    """Matches of one seed, the oldest first; each is made when it is first asked for (40 ms and more).

    Blocks of ten: four public matches by day, six league matches in the evening, every five days.
    The evening of every fourth block is a tournament's, on its own shard, with old kill events; the
    last public match of every third block is written as in 2018. The last evening ends at `end`.

    A `small` season has a match a day, of every kind in turn and of all eras, none with more than
    40 players: 1 MB of telemetry each, 60 kB once it is packed.
    """

    def __init__(
        self,
        seed: int = 7,
        matches: int = 40,
        *,
        size: float = SMALL,
        end: datetime = END,
        small: bool = False,
    ) -> None:
        """Plan a season; `end` is the moment shortly before which the last match was over."""
        self.seed = seed
        self.size = size
        self.end = end
        slot = _small_slot if small else _slot
        self.slots = [slot(index, matches, end) for index in range(matches)]
        self._made: dict[int, Match] = {}

    def match(self, index: int) -> Match:
        """The match of an index."""
        found = self._made.get(index)
        if found is None:
            slot = self.slots[index]
            flags = FLAGS if index % 4 == 2 else FLAGS - {"nobody_won"}
            found = self._made[index] = make_match(
                f"{self.seed}:{index}",
                slot.kind,
                size=self.size,
                era=slot.era,
                start=slot.start,
                shard=slot.shard,
                map_name=slot.map_name,
                lineups=self._lineups(slot),
                flags=flags,
            )
        return found

    def _lineups(self, slot: Slot) -> list[Lineup]:
        """The sixteen league teams, or some of their players in a public match."""
        seed = self.seed + 1 if slot.shard == TOURNAMENT_SHARD else self.seed
        teams = [self.team(number, slot.index, seed=seed) for number in range(TEAMS)]
        if slot.kind == "league":
            return teams
        if slot.kind == "scrim":
            return teams[:SCRIM_TEAMS]
        first, second = slot.index % TEAMS, (slot.index * 5 + 3) % TEAMS
        if slot.kind == "solo":
            return [[one] for one in teams[first]]
        return [teams[0][:4], teams[first] if first else teams[second]]

    def team(self, number: int, index: int | None = None, *, seed: int | None = None) -> Lineup:
        """A league team as it was called at a match; by default, as it is called now."""
        late = index is None or index * 2 >= len(self.slots)
        members = range(number * 4, number * 4 + 4)
        base = self.seed if seed is None else seed
        return [human(base, one, renamed=late and one == RENAMED) for one in members]

    @cached_property
    def _index_of(self) -> dict[str, int]:
        return {self.match(index).row.match_id: index for index in range(len(self.slots))}

    def __iter__(self) -> Iterator[Match]:
        """All matches, the oldest first."""
        return (self.match(index) for index in range(len(self.slots)))

    def known(self, now: datetime) -> list[Match]:
        """What the API knows at a moment: stored by then, started within 14 days; oldest first."""
        return [one for one in self if one.available_at <= now and one.start > now - RETENTION]

    def find(self, match_id: str) -> Match | None:
        """The match of an id, whether or not the API knows it."""
        index = self._index_of.get(match_id)
        return None if index is None else self.match(index)

    def profiles(self, now: datetime, shard: str) -> dict[str, Profile]:
        """Everybody who plays on a shard, by account: his newest name so far, his known matches."""
        matches = [one for one in self if one.row.shard == shard and one.available_at <= now]
        names: dict[str, str] = {}
        lists: dict[str, list[str]] = {}
        for one in matches:
            for player in one.truth.participants:
                if player.account.startswith("account."):
                    names[player.account] = player.name
                    lists.setdefault(player.account, [])
                    if one.start > now - RETENTION:
                        lists[player.account].insert(0, one.row.match_id)
        return {key: Profile(key, name, shard, tuple(lists[key])) for key, name in names.items()}

    def tournaments(self, now: datetime) -> dict[str, list[Match]]:
        """The tournament's matches so far, also those that are too old to be had."""
        found = [one for one in self if one.row.shard == TOURNAMENT_SHARD]
        return {TOURNAMENT: [one for one in found if one.available_at <= now]}

    def truth(self, matches: Iterable[Match] | None = None) -> Truth:
        """The rows of some matches, or of all."""
        whole = Truth()
        for one in self if matches is None else matches:
            whole.add(one.truth)
        return whole


def _small_slot(index: int, matches: int, end: datetime) -> Slot:
    """Plan the index-th match of a small season: days are counted back from the end."""
    before = matches - 1 - index
    kind, era = SMALL_DAYS[-1 - before % len(SMALL_DAYS)]
    return Slot(
        index=index,
        kind=kind,
        era=era,
        start=end - timedelta(days=before, minutes=17, seconds=21, microseconds=-351_000),
        shard=TOURNAMENT_SHARD if kind == "scrim" else "steam",
    )


def _slot(index: int, matches: int, end: datetime) -> Slot:
    """Plan the index-th match: blocks are counted back from the end."""
    block, place = divmod(index + (-matches) % BLOCK, BLOCK)
    blocks = -(-matches // BLOCK)
    day = end.replace(hour=0, minute=0, second=0, microsecond=351_000)
    day -= timedelta(days=BLOCK_DAYS * (blocks - 1 - block))
    shift = end - end.replace(hour=21, minute=0, second=0, microsecond=0)
    if place >= len(DAYTIME):
        number = place - len(DAYTIME)
        hours, minutes, seconds = map(int, EVENING[number].split(":"))
        start = day + timedelta(hours=17 + hours, minutes=minutes, seconds=seconds) + shift
        is_tournament = block % 4 == 2
        return Slot(
            index=index,
            kind="league",
            era="v1" if is_tournament else "modern",
            start=start,
            shard=TOURNAMENT_SHARD if is_tournament else "steam",
            map_name=EVENING_MAPS[number],
        )
    kind, hour = DAYTIME[place]
    return Slot(
        index=index,
        kind=kind.format(other=OTHERS[block % len(OTHERS)]),
        era="2018" if place == len(DAYTIME) - 1 and block % 3 == 1 else "modern",
        start=day + timedelta(hours=hour, minutes=7 * place + 2, seconds=11) + shift,
        shard="steam",
    )

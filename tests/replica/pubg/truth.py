"""The truth of a match as rows by table, noted when the match is made and not read from its bytes.

Units: lengths of the plane, heights and the distance of a blow are cm as on the wire (-1: the game
says none); what ends in `_m` is metres. `at_ms` counts milliseconds from the start of the match,
negative in the lobby; `stamp` is the event's `_D`; `game` its `common.isGame`. Numbers that stand on
the wire are exactly those of the wire: 32-bit floats as doubles, whole ones as ints.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, fields, is_dataclass

from tests.replica.pubg.weapons import Weapon
from tests.replica.pubg.wire import Number

Row = dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchRow:
    """A match, one row (section 1.8)."""

    match_id: str
    kind: str
    era: str
    created_at: str
    duration_s: int
    game_mode: str
    match_type: str
    map_name: str
    is_custom: bool
    season_state: str
    shard: str
    asset_id: str
    asset_created_at: str
    team_count: int
    participant_count: int


@dataclass(slots=True, kw_only=True)
class Roster:
    """A team (section 1.8): key match and `team_id`. `is_winner` is rank 1, whatever `won` says."""

    match_id: str
    team_id: int
    rank: int = 0
    won: str = "false"
    is_winner: bool = False
    accounts: list[str] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class Participant:
    """A player's figures as the match object says them (section 1.8): key match and account.

    `kills` counts his rows of Kill as killer of another team's participant, `dbnos` his rows of
    Knock as attacker of another team's, `damage_dealt` his Damage to others of other teams that
    were up. `team_rank` is the team's; `win_place` differs from it for who left early.
    """

    match_id: str
    account: str
    name: str
    team_id: int
    is_bot: bool
    team_rank: int = 0
    win_place: int = 0
    kill_place: int = 0
    kills: int = 0
    headshot_kills: int = 0
    road_kills: int = 0
    team_kills: int = 0
    kill_streaks: int = 0
    longest_kill_m: Number = 0
    dbnos: int = 0
    assists: int = 0
    revives: int = 0
    damage_dealt: Number = 0
    heals: int = 0
    boosts: int = 0
    vehicle_destroys: int = 0
    weapons_acquired: int = 0
    walk_m: Number = 0
    ride_m: Number = 0
    swim_m: Number = 0
    survived_s: Number = 0
    death_type: str = "alive"


@dataclass(frozen=True, slots=True)
class Who:
    """A character at a moment (section 2.3): coordinates in cm, health before a blow."""

    account: str
    name: str
    team_id: int
    health: Number
    x: Number
    y: Number
    z: Number
    is_in_vehicle: bool
    is_outside: bool

    @property
    def is_bot(self) -> bool:
        """Whether the game plays it."""
        return self.account.startswith("ai.")

    @property
    def is_npc(self) -> bool:
        """Whether it belongs to the map."""
        return self.account.startswith("npc.")


@dataclass(frozen=True, slots=True)
class Blow:
    """What hurt (DamageInfo, section 2.3): causer with its category of section 4, distance in cm."""

    causer: str
    category: str
    damage_type: str
    reason: str
    distance: Number
    through_wall: bool = False

    @classmethod
    def of(cls, weapon: Weapon, reason: str, distance: Number, *, wall: bool = False) -> Blow:
        """A blow with a weapon."""
        return cls(weapon.causer, weapon.category, weapon.type, reason, distance, wall)


@dataclass(frozen=True, slots=True, kw_only=True)
class Landing:
    """A landing (section 3.1); `number` is 1 for the first of an account, 2 after a comeback."""

    match_id: str
    at_ms: int
    stamp: str
    game: Number
    who: Who
    number: int
    distance_m: Number


@dataclass(frozen=True, slots=True, kw_only=True)
class Kill:
    """A death (sections 2.4, 2.5, 3.2, 3.3), one row per kill event, `number` in order of the file.

    killer    who is credited; None: nobody
    finisher  whose was the last blow; None: nobody, or the event does not say (old kill events)
    knocker   who had knocked him down, by this event; None without a knock, and in old kill events
    finish    the last blow; killing: the credited one; knocking: the one that knocked him down.
              Old kill events tell one only: it stands in both `finish` and `killing`
    is_steal  killer and knocker are of different teams (section 3.6); never in 2018, where no
              event tells of knocks
    death     1 for a player's first, 2 after a comeback
    """

    match_id: str
    number: int
    at_ms: int
    stamp: str
    game: Number
    attack_id: int
    dbno_id: int | None
    victim: Who
    killer: Who | None
    finisher: Who | None
    knocker: Who | None
    finish: Blow
    killing: Blow | None
    knocking: Blow | None
    is_suicide: bool
    is_team_kill: bool
    is_steal: bool
    assists: tuple[str, ...]
    death: int


@dataclass(slots=True, kw_only=True)
class Knock:
    """A knock (sections 2.4, 3.8), one row per LogPlayerMakeGroggy; key match and `dbno_id`.

    attacker  None where the wire has the nobody object (zone, red zone)
    outcome   killed, revived, or open (the match ended, or the victim left)
    ended_by  account of the finisher (with old kill events the killer) or reviver; None: nobody
    seconds   from the knock to its end, from the stamps
    """

    match_id: str
    number: int
    at_ms: int
    stamp: str
    game: Number
    attack_id: int
    dbno_id: int
    attacker: Who | None
    victim: Who
    blow: Blow
    outcome: str = "open"
    ended_by: str | None = None
    seconds: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Damage:
    """A blow, one row per LogPlayerTakeDamage (sections 2.4, 2.5).

    attacker  None where the wire has null or the nobody object
    amount    hit points; 0 occurs
    source    who did it: `enemy`, `team`, `self` (own grenade, fall), `bleeding` (ticks while
              down), `zone` (the blue circle alone), `environment` (red zone), `npc`
    """

    match_id: str
    number: int
    at_ms: int
    stamp: str
    game: Number
    attack_id: int
    attacker: Who | None
    victim: Who
    blow: Blow
    amount: Number
    source: str


@dataclass(slots=True, kw_only=True)
class Usage:
    """What a player used, did besides and suffered (sections 3.5 to 3.7); key match and account.

    throwables    without apples and snowballs, with smokes; M79 shots apart. Lobby throws count
    killsteals    his Kill rows with `is_steal`
    received      sums of Damage.amount by source; all of them together are `damage_received`
    zone_ticks    Damage rows of source `zone`; one is 1.03 s outside the blue circle
    """

    match_id: str
    account: str
    heals: int = 0
    boosts: int = 0
    throwables: int = 0
    smokes: int = 0
    launcher_shots: int = 0
    killsteals: int = 0
    throwable_damage: float = 0.0
    received: dict[str, float] = field(default_factory=dict)
    zone_ticks: int = 0

    @property
    def damage_received(self) -> float:
        """All damage, of whatever source."""
        return sum(self.received.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseRow:
    """A phase (section 2.2): when it was announced and when it began to shrink (None: never did)."""

    match_id: str
    phase: int
    announced_ms: int
    shrinks_ms: int | None
    x: Number
    y: Number
    radius: Number


@dataclass(frozen=True, slots=True, kw_only=True)
class CircleState:
    """One LogGameStatePeriodic (section 2.3): blue is safetyZone*, white is poisonGasWarning*."""

    match_id: str
    at_ms: int
    stamp: str
    game: Number
    elapsed_s: int
    alive_players: int
    alive_teams: int
    blue_x: Number
    blue_y: Number
    blue_radius: Number
    white_x: Number
    white_y: Number
    white_radius: Number


@dataclass(slots=True, kw_only=True)
class Position:
    """One LogPlayerPosition (section 3.7).

    is_outside       outside the true blue circle of that millisecond
    state_elapsed_s  the state it is measured by: the first with `elapsed_s` not below its own, else
                     the last; None without states. Distances are metres of the plane from the
                     centres of that state; `blue_edge_m` is radius less distance, negative outside;
                     `white_m` is None while no white circle is announced
    """

    match_id: str
    at_ms: int
    stamp: str
    game: Number
    account: str
    elapsed_s: int
    x: Number
    y: Number
    z: Number
    is_outside: bool
    state_elapsed_s: int | None = None
    blue_m: float | None = None
    blue_edge_m: float | None = None
    white_m: float | None = None


@dataclass(slots=True)
class Truth:
    """All rows, by table; those of events in order of the file."""

    matches: list[MatchRow] = field(default_factory=list)
    rosters: list[Roster] = field(default_factory=list)
    participants: list[Participant] = field(default_factory=list)
    landings: list[Landing] = field(default_factory=list)
    kills: list[Kill] = field(default_factory=list)
    knocks: list[Knock] = field(default_factory=list)
    damage: list[Damage] = field(default_factory=list)
    usage: list[Usage] = field(default_factory=list)
    phases: list[PhaseRow] = field(default_factory=list)
    circles: list[CircleState] = field(default_factory=list)
    positions: list[Position] = field(default_factory=list)

    def add(self, other: Truth) -> None:
        """Take in the rows of another match."""
        for one in fields(self):
            getattr(self, one.name).extend(getattr(other, one.name))

    def tables(self) -> dict[str, list[Row]]:
        """All tables as plain dicts; a character's columns are prefixed, as in `victim_account`."""
        return {one.name: [flat(row) for row in getattr(self, one.name)] for one in fields(self)}


def flat(row: object) -> Row:
    """A row as one dict: nested Who and Blow spread out, None where there is none."""
    return dict(_spread(row, ""))


def _spread(row: object, prefix: str) -> Iterator[tuple[str, object]]:
    assert is_dataclass(row)
    for one in fields(row):
        value = getattr(row, one.name)
        name = f"{prefix}{one.name}"
        if is_dataclass(value):
            yield from _spread(value, f"{name}_")
        elif value is None and one.type in NESTED:
            for inner in fields(NESTED[str(one.type)]):
                yield f"{name}_{inner.name}", None
        else:
            yield name, value


NESTED: dict[str, type[Who | Blow]] = {"Who | None": Who, "Blow | None": Blow}

"""Players and teams while a match is made: where they are, how they are, what they have done."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.replica.pubg.paths import PLANE_Z, Path, Plane, Point
from tests.replica.pubg.people import Person
from tests.replica.pubg.truth import Knock, Participant, Usage
from tests.replica.pubg.weapons import Weapon

UP, DOWN, OUT = "up", "down", "out"
LOBBY_Z = 1640.0


@dataclass(slots=True, eq=False)
class Actor:
    """One character. `pool` is what is left to bleed while down; `hurt_by` who shares in his death."""

    person: Person
    team: Team
    path: Path
    offset: Point
    ground: float
    gun: Weapon
    sidearm: Weapon
    figures: Participant
    usage: Usage
    plane: Plane | None = None
    jump_ms: int = 0
    land_ms: int = 0
    state: str = UP
    health: float = 100.0
    pool: float = 0.0
    knock: Knock | None = None
    hurt_by: dict[str, float] = field(default_factory=dict)
    ranking: int = 0
    own_ranking: int = 0
    deaths: int = 0
    landings: int = 0
    is_astray: bool = False
    is_ticking: bool = False
    has_left: bool = False

    @property
    def account(self) -> str:
        """The account id."""
        return self.person.account

    def where(self, ms: int) -> tuple[float, float, float]:
        """Coordinates in cm: the lobby's island, the plane, the parachute, the ground."""
        dx, dy = self.offset
        if ms < 0:
            return 790_062.0 + dx, 341_237.0 + dy, LOBBY_Z
        if ms < self.land_ms and self.plane:
            if ms < self.jump_ms:
                x, y = self.plane.at(ms)
                return x, y, PLANE_Z
            x0, y0 = self.plane.at(self.jump_ms)
            x1, y1 = self.path.at(self.land_ms)
            done = (ms - self.jump_ms) / (self.land_ms - self.jump_ms)
            z = PLANE_Z + (self.ground - PLANE_Z) * done
            return x0 + (x1 + dx - x0) * done, y0 + (y1 + dy - y0) * done, z
        x, y = self.path.at(ms)
        return x + dx, y + dy, self.ground

    def is_riding(self, ms: int) -> bool:
        """Whether he sits in something: the plane, or a car where he is too fast for his feet."""
        if ms < self.land_ms:
            return 0 <= ms < self.jump_ms
        return self.state == UP and self.path.is_driven(ms)


@dataclass(slots=True, eq=False)
class Team:
    """A team; `rank` is 0 until it is out."""

    number: int
    team_id: int
    rank: int = 0
    members: list[Actor] = field(default_factory=list)

    def up(self) -> list[Actor]:
        """Who can shoot."""
        return [one for one in self.members if one.state == UP]

    def down(self) -> list[Actor]:
        """Who is knocked."""
        return [one for one in self.members if one.state == DOWN]

    @property
    def is_human(self) -> bool:
        """Whether anybody plays in it."""
        return any(one.person.is_human for one in self.members)

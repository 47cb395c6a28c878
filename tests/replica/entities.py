"""Teams, players and events of the made-up season: names, numbers, flags, all from one seed.

Names are chosen to hurt: letters outside ASCII, digits only, quotes, ampersands, dots, map names
and the very words a veto line is made of (spec/hltv.md section 12).
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from functools import lru_cache

TEAM_NAMES = (
    "Emberline",
    "777",
    "Nordic.gg",
    "Ünïted Wölves",
    "Mirage",
    "removed",
    "Nuke picked",
    'The "Q" Squad',
    "Salt & Pepper",
    "O'Malley Five",
    "Famalicões",
    "k33n",
    "Left over",
    "Старт",
    "Granite Owls",
    "33",
    "paper.tigers.pro",
    "Quiet Storm",
    "Vega Nine",
    "Tin Soldiers",
    "Inferno Academy",
    "Harbor",
    "Łódź Lions",
    "Second Breakfast",
    "<AFK>",
    "Lantern",
    "Ætherborn",
    "Kestrel",
    "Overpass removed Train",
    "Moss",
    "Zwölf",
    "Copper Kings",
)
RENAMED_TEAM = 0
OLD_NAME = "Ember Wolves Esports"

COUNTRIES = (
    ("France", "FR"),
    ("Denmark", "DK"),
    ("Brazil", "BR"),
    ("Ukraine", "UA"),
    ("Mongolia", "MN"),
    ("Türkiye", "TR"),
    ("United Kingdom", "GB"),
    ("Bosnia and Herzegovina", "BA"),
    ("Poland", "PL"),
    ("Australia", "AU"),
    ("Côte d'Ivoire", "CI"),
    ("Kazakhstan", "KZ"),
)
REGIONS = (("Europe", "EU"), ("World", "WORLD"), ("CIS", "CIS"))

ODD_NICKS = (
    "33",
    "777",
    "dévilish",
    "Nuke",
    "q'n",
    'the"one"',
    "A&B",
    "lt<3",
    "removed",
    "ßtein",
    "Žilvinas",
    "Dust2",
    "-",
    "0",
    "ropé.",
    "b1t & b1te",
)
SYLLABLES = ("ka", "zy", "ro", "fle", "mi", "xo", "tra", "ne", "bli", "su", "dje", "oo", "q", "vex")
FIRST = ("Marek", "João", "Søren", "Andrii", "Dan", "Łukasz", "Émile", "Bold", "Owen", "Şahin")
LAST = ("Vask", "d'Arcy", "Müller", "Oyun-Erdene", "Ferreira", "Kovač", "Smith", "Ødegård", "Tsvir")

EVENT_WORDS = ("Harbour Major", "Lantern League", "Copper Cup", "Frøst Series", "BRICK.tv Open")


@dataclass(frozen=True, slots=True, kw_only=True)
class Player:
    """One player; `id` is None for an unregistered stand-in."""

    id: int | None
    nick: str
    first: str
    last: str
    country: str
    code: str
    skill: float
    link_zero: bool = False

    @property
    def full_name(self) -> str:
        """The long name as the tables print it, nickname in quotes."""
        return f"{self.first} '{self.nick}' {self.last}"

    @property
    def key(self) -> str:
        """What tells this player from all others of one match."""
        return f"{self.id}/{self.nick}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """One team under the name of the day; players[5] is the substitute, [6] the stand-in."""

    id: int | None
    name: str
    country: str
    code: str
    rank: int | None
    twin_logo: bool
    players: tuple[Player, ...]

    @property
    def slug(self) -> str:
        """The team's part of a URL."""
        return slug(self.name)


@dataclass(frozen=True, slots=True)
class Event:
    """One tournament."""

    id: int
    name: str

    @property
    def slug(self) -> str:
        """The event's part of a URL."""
        return slug(self.name)


TBD = Team(
    id=None, name="TBD", country="World", code="WORLD", rank=None, twin_logo=False, players=()
)


def slug(text: str) -> str:
    """Lower-case, drop what is neither ASCII letter nor digit, join words by dashes (section 1)."""
    words = re.sub(r"[^a-z0-9 \-]", "", text.lower()).replace("-", " ").split()
    return "-".join(words) or "-"


def _nick(rng: random.Random, number: int) -> str:
    if number % 10 == 3:
        return ODD_NICKS[(number // 10) % len(ODD_NICKS)]
    nick = "".join(rng.choice(SYLLABLES) for _ in range(rng.randint(2, 3)))
    return f"{nick.capitalize() if rng.random() < 0.3 else nick}{number}"


def _player(seed: int, team: int, place: int) -> Player:
    number = team * 7 + place
    rng = random.Random(f"{seed}:player:{number}")
    country, code = rng.choice(COUNTRIES)
    registered = place < 6
    return Player(
        id=39 + number * 97 + rng.randrange(90) if registered else None,
        nick=_nick(rng, number) if registered else f"standin{number}",
        first=rng.choice(FIRST),
        last=rng.choice(LAST),
        country=country,
        code=code,
        skill=rng.uniform(0.75, 1.3),
        link_zero=not registered and team % 2 == 0,
    )


@lru_cache(maxsize=8)
def team_pool(seed: int) -> tuple[Team, ...]:
    """All teams of the season, under their newest names."""
    teams = []
    for number, name in enumerate(TEAM_NAMES):
        rng = random.Random(f"{seed}:team:{number}")
        country, code = rng.choice(COUNTRIES + REGIONS)
        teams.append(
            Team(
                id=3000 + number * 331 + rng.randrange(300),
                name=name,
                country=country,
                code=code,
                rank=None if number % 6 == 5 else 1 + number * 6 + rng.randrange(6),
                twin_logo=rng.random() < 0.35,
                players=tuple(_player(seed, number, place) for place in range(7)),
            )
        )
    return tuple(teams)


@lru_cache(maxsize=256)
def event(number: int) -> Event:
    """The n-th event of the season."""
    word = EVENT_WORDS[number % len(EVENT_WORDS)]
    tail = " & Friends" if number % 7 == 4 else ""
    return Event(5800 + number * 3, f"{word} {2022 + number % 5}{tail} #{number}")

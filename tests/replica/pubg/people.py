"""Who plays: humans with accounts, bots, and the characters that belong to no player."""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import lru_cache

SYLLABLES = ("ka", "zy", "Ro", "fle", "mi", "Xo", "tra", "ne", "Bli", "su", "dje", "oo", "q", "vex")
RENAMED = 3  # the human of this number changes his name (section 7: account ids alone are stable)


@dataclass(frozen=True, slots=True)
class Person:
    """One participant or NPC: account `account.` + 32 hex, `ai.` + number or `npc.` + number."""

    account: str
    name: str

    @property
    def is_bot(self) -> bool:
        """Whether the game itself plays."""
        return self.account.startswith("ai.")

    @property
    def is_npc(self) -> bool:
        """Whether this is part of the map, in no list of participants."""
        return self.account.startswith("npc.")

    @property
    def is_human(self) -> bool:
        """Whether somebody plays."""
        return self.account.startswith("account.")


GUARD = Person("npc.101", "Guard")
SOLDIER = Person("npc.102", "PillarSoldier")


@lru_cache(maxsize=4096)
def human(seed: int, number: int, *, renamed: bool = False) -> Person:
    """The human of a number, the same in all matches of a seed; some are later `renamed`."""
    rng = random.Random(f"{seed}:human:{number}")
    name = "".join(rng.choice(SYLLABLES) for _ in range(rng.randint(2, 3)))
    mark = rng.choice(("", "_", "-", "__"))
    tail = "_tv" if renamed else ""
    return Person(f"account.{rng.getrandbits(128):032x}", f"{name}{mark}{number}{tail}")


def bot(rng: random.Random, number: int) -> Person:
    """A bot; its number recycles from match to match, its name looks like anybody's."""
    name = "".join(rng.choice(SYLLABLES) for _ in range(3))
    return Person(f"ai.{300 + number}", f"{name.capitalize()}{number}X")

"""What the marts cost after one new match, and when nothing is new, against working them out anew.

2,000 made-up matches of small rows: a hundred persons each, of whom four are regulars and the rest
are met nowhere else, and eight weapons to a person; their parts are written as a build writes them.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from benchmarks.figures import Figure, at_most
from benchmarks.listed import fresh
from warehouse.column import Row
from warehouse.marts.pubg import MARTS
from warehouse.marts.write import Earlier, write_mart
from warehouse.part import Part
from warehouse.parts import TableWriter
from warehouse.rows.pubg.figures import PubgMatchWeaponRow, PubgPlayerMatchStatsRow
from warehouse.rows.pubg.matches import PubgMatchRow, PubgParticipantRow
from warehouse.schema import arrow_schema

MATCHES = 2_000
PERSONS, REGULARS, KNOWN = 100, 4, 400
WEAPONS = 8
CODE = "the same"

Values = dict[str, Any]
Rows = dict[type[Row], list[Values]]


def careers() -> Iterator[Figure]:
    """CPU of the three marts."""
    draw = random.Random(1)
    regulars = [_account(draw) for _ in range(KNOWN)]
    matches = sorted(_match(draw, regulars) for _ in range(MATCHES + 1))
    new = draw.choice(matches)
    folders = {name: fresh(f"marts-{name}") for name in ("before", "same", "after", "anew")}
    parts = _tables([one for one in matches if one is not new], folders["before"])
    first_s, made = _timed(folders["before"], parts)
    earlier = Earlier(folder=folders["before"], parts=[*parts, *made], code=CODE, doubt=())
    parts = _tables([one for one in matches if one is not new], folders["same"])
    same_s, _ = _timed(folders["same"], parts, earlier)
    parts = _tables(matches, folders["after"])
    after_s, made = _timed(folders["after"], parts, earlier)
    parts = _tables(matches, folders["anew"])
    anew_s, expected = _timed(folders["anew"], parts)
    assert _digests(made) == _digests(expected), "the same rows give the same bytes"
    print(f"anew {first_s:.2f} and {anew_s:.2f} s, nothing new {same_s:.2f} s, one {after_s:.2f} s")
    compared = f"CPU of working out the marts of {MATCHES:,} matches anew:"
    yield at_most("marts, one new", after_s / anew_s, 0.4, f"{compared} one new match")
    yield at_most("marts, none", same_s / anew_s, 0.05, f"{compared} nothing new")


def _timed(
    folder: Path, parts: Sequence[Part], earlier: Earlier | None = None
) -> tuple[float, list[Part]]:
    began = time.process_time()
    made = [write_mart(mart, folder, parts, code=CODE, earlier=earlier).parts for mart in MARTS]
    return time.process_time() - began, [part for some in made for part in some]


def _digests(parts: Sequence[Part]) -> list[tuple[str, str, str]]:
    return sorted((part.table, part.name, part.sha256) for part in parts)


def _account(draw: random.Random) -> str:
    return f"account.{draw.getrandbits(128):032x}"


def _match(draw: random.Random, regulars: Sequence[str]) -> tuple[str, int, tuple[str, ...]]:
    """A match: its id, what its figures are drawn from, and its persons in order."""
    others = [_account(draw) for _ in range(PERSONS - REGULARS)]
    persons = tuple(sorted([*draw.sample(list(regulars), REGULARS), *others]))
    return f"{draw.getrandbits(128):032x}", draw.getrandbits(32), persons


def _tables(matches: Sequence[tuple[str, int, tuple[str, ...]]], folder: Path) -> list[Part]:
    """The tables of some matches under a folder, cut into 64 blocks; the parts written."""
    blocks: dict[int, Rows] = {}
    for match_id, seed, persons in matches:
        rows = blocks.setdefault(int(match_id[:2], 16) >> 2, {})
        for kind, values in _rows(match_id, random.Random(seed), persons):
            rows.setdefault(kind, []).append(values)
    parts: list[Part] = []
    for kind in (PubgMatchRow, PubgParticipantRow, PubgPlayerMatchStatsRow, PubgMatchWeaponRow):
        writer = TableWriter(folder, kind)
        writer.schema = pa.schema([one.with_nullable(nullable=True) for one in arrow_schema(kind)])
        for number, rows in sorted(blocks.items()):
            names = rows[kind][0]
            columns = {name: [one[name] for one in rows[kind]] for name in names}
            nothing = [None] * len(rows[kind])
            writer.add_columns({name: columns.get(name, nothing) for name in writer.schema.names})
            writer.finish_part(number)
        writer.close()
        parts += writer.parts
    return parts


def _rows(
    match_id: str, draw: random.Random, persons: Sequence[str]
) -> Iterator[tuple[type[Row], Values]]:
    """The rows of a match: of each the columns that marts read."""
    reads = {row: columns for mart in MARTS for row, columns in mart.reads.items()}
    kind = draw.choice(("official", "competitive", "custom"))
    yield PubgMatchRow, {"match_id": match_id, "match_type": kind}
    for person in persons:
        key = {"match_id": match_id, "account_id": person}
        for row in (PubgParticipantRow, PubgPlayerMatchStatsRow):
            yield row, {name: draw.randrange(9) for name in reads[row]} | key
        figures = dict.fromkeys(reads[PubgMatchWeaponRow], 0)
        for number in sorted(draw.sample(range(40), WEAPONS)):
            weapon = {"weapon": f"Weap{number:02d}_C", "reason": "HeadShot" if number % 2 else ""}
            known = {"weapon_category": "AR", "hits": 1, "damage": draw.random(), "kills": 1}
            yield PubgMatchWeaponRow, figures | key | weapon | known

"""A tiny made-up source: pages are JSON in a <pre>, so that tests say exactly what a page says."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any, ClassVar

import msgspec
import pyarrow as pa
import pyarrow.compute as pc
from polars import col

from parse.errors import ParseError
from parse.model import (
    Assembled,
    Bundle,
    Extracted,
    Fragment,
    Issue,
    Made,
    Noted,
    Parser,
    ParseSource,
    Refused,
    Root,
)
from parse.page import HtmlPage
from parse.registry import Registry, Source
from warc.sites.page import Judgement, PageRef, PageType, Response, Site
from warehouse.column import Key, OneOf, Row
from warehouse.marts import Block, Mart
from warehouse.rules import Rule, Rules

HOST = "fake.test"


class GameRow(Row, frozen=True):
    """One game."""

    table: ClassVar[str] = "fake_games"
    contributors: ClassVar[tuple[str, ...]] = ("game",)
    entity: ClassVar[tuple[str, str]] = ("game", "game_id")

    game_id: Annotated[int, Key()]
    title: str
    score: int | None = None
    mode: Annotated[str, OneOf(("solo", "team"))] = "solo"


class NoteRow(Row, frozen=True):
    """One remark on a game; remarks of one topic are one section."""

    table: ClassVar[str] = "fake_notes"
    contributors: ClassVar[tuple[str, ...]] = ("game",)
    entity: ClassVar[tuple[str, str]] = ("game", "game_id")
    section: ClassVar[tuple[str, ...]] = ("topic",)
    references: ClassVar[tuple[type[Row], ...]] = (GameRow,)

    game_id: Annotated[int, Key()]
    topic: Annotated[str, Key()]
    number: Annotated[int | None, Key()]
    text: str


class Round(Fragment, frozen=True):
    """A round as its own page shows it: it knows its id, not its game."""

    entity: ClassVar[tuple[str, str]] = ("round", "round_id")

    round_id: int
    points: int


class RoundLink(Fragment, frozen=True):
    """A game page's link to a round."""

    entity: ClassVar[tuple[str, str]] = ("game", "game_id")

    game_id: int
    round_id: int


class RoundRow(Row, frozen=True):
    """One round of a game, joined from the game's page and the round's own."""

    table: ClassVar[str] = "fake_rounds"
    contributors: ClassVar[tuple[str, ...]] = ("game", "round")
    references: ClassVar[tuple[type[Row], ...]] = (GameRow,)

    game_id: Annotated[int, Key()]
    round_id: Annotated[int, Key()]
    points: int | None


class ShotRow(Row, frozen=True):
    """One shot of a round: refers to the round."""

    table: ClassVar[str] = "fake_shots"
    contributors: ClassVar[tuple[str, ...]] = ("game",)
    entity: ClassVar[tuple[str, str]] = ("game", "game_id")
    references: ClassVar[tuple[type[Row], ...]] = (RoundRow,)

    game_id: Annotated[int, Key()]
    round_id: Annotated[int, Key()]
    shot: Annotated[int, Key()]


class TeamSeen(Fragment, frozen=True):
    """A team as a page shows it."""

    entity: ClassVar[tuple[str, str]] = ("game", "game_id")

    game_id: int
    team_id: int
    name: str
    country: str | None = None


class TeamRow(Row, frozen=True):
    """One team."""

    table: ClassVar[str] = "fake_teams"
    contributors: ClassVar[tuple[str, ...]] = ("game",)
    dimension: ClassVar[bool] = True

    team_id: Annotated[int, Key()]
    name: str
    country: str | None


class ClubRow(Row, frozen=True):
    """One club: another kind of root, whose ids may be those of games; it may ask for a round."""

    table: ClassVar[str] = "fake_clubs"
    contributors: ClassVar[tuple[str, ...]] = ("club", "round")
    entity: ClassVar[tuple[str, str]] = ("club", "club_id")

    club_id: Annotated[int, Key()]
    round_id: int | None = None
    points: int | None = None


class TopicRow(Row, frozen=True):
    """What all games' notes of one topic come to."""

    table: ClassVar[str] = "fake_topics"
    contributors: ClassVar[tuple[str, ...]] = ()

    topic: Annotated[str, Key()]
    notes: int
    thirds: float


def topics_of(block: Block) -> pa.Table:
    """Notes, and a sum of fractions that depends on the order in which they are added."""
    notes = block[NoteRow]
    ones = pa.repeat(pa.scalar(1, pa.int64()), notes.num_rows)
    thirds = pc.divide(pc.cast(notes["game_id"], pa.float64()), 3.0)
    return topics(pa.table({"topic": notes["topic"], "notes": ones, "thirds": thirds}))


def topics(rows: pa.Table) -> pa.Table:
    sums = [("notes", "sum"), ("thirds", "sum")]
    found = rows.group_by("topic", use_threads=False).aggregate(sums)
    return found.rename_columns([name.removesuffix("_sum") for name in found.column_names])


def behind_topic(block: Block, key: Mapping[str, object]) -> Block:
    notes = block[NoteRow]
    return {NoteRow: notes.filter(pc.equal(notes["topic"], key["topic"]))}


TOPICS = Mart(
    row=TopicRow,
    reads={NoteRow: ("game_id", "topic")},
    of_block=topics_of,
    total=topics,
    behind=behind_topic,
    cut_at=0,
    few_rows=36,
)


def topics_of_long(block: Block) -> pa.Table:
    """As `topics_of`, each note counted twice: other code."""
    found = topics_of(block)
    return found.set_column(1, "notes", pc.multiply(found["notes"], 2))


LONG_TOPICS = Mart(
    row=TopicRow,
    reads={NoteRow: ("game_id", "topic")},
    of_block=topics_of_long,
    total=topics,
    behind=behind_topic,
    cut_at=0,
    few_rows=36,
)

SAID: dict[str, type[Row]] = {
    "game": GameRow,
    "note": NoteRow,
    "round": Round,
    "link": RoundLink,
    "shot": ShotRow,
    "team": TeamSeen,
    "club": ClubRow,
}


def parse(page: HtmlPage) -> Iterator[Extracted]:
    said: list[list[Any]] = msgspec.json.decode(page.one("pre").text())
    for kind, values in said:
        if kind == "issue":
            yield Issue(*values)
        elif kind == "unreadable":
            raise ParseError("nothing makes sense", field="pre")
        elif kind == "bug":
            raise ZeroDivisionError("planted")
        elif kind == "dial":
            with socket.socket() as dialled:
                dialled.connect(("127.0.0.1", 9))
        else:
            yield SAID[kind](**values)


def parse_louder(page: HtmlPage) -> Iterator[Extracted]:
    """What `parse` yields, with a mark on every title: an upgrade."""
    for found in parse(page):
        if isinstance(found, GameRow):
            yield msgspec.structs.replace(found, title=f"{found.title}!")
            yield NoteRow(game_id=found.game_id, topic="louder", number=None, text="!")
        else:
            yield found


def parse_quieter(page: HtmlPage) -> Iterator[Extracted]:
    """What `parse` yields, without the scores: the same version with other code."""
    for found in parse(page):
        yield msgspec.structs.replace(found, score=None) if isinstance(found, GameRow) else found


def assemble(game_id: int, bundle: Bundle) -> Iterable[Assembled]:
    for row_class in (GameRow, NoteRow, ShotRow):
        for sourced in bundle.of(row_class):
            yield Made(sourced.row, (sourced,))
    for link in bundle.of(RoundLink):
        rounds = bundle.child("round", link.row.round_id).of(Round)
        points = rounds[0].row.points if rounds else None
        row = RoundRow(game_id=game_id, round_id=link.row.round_id, points=points)
        if points == 13:
            yield Refused(rounds[0], "thirteen points")
            yield Made(row, (link,))
        else:
            yield Made(row, (link, *rounds))
        if points == 12:
            yield Noted(Issue("differs", "fake_rounds.points", "12"), link.capture)
    for seen in bundle.of(TeamSeen):
        team = TeamRow(team_id=seen.row.team_id, name=seen.row.name, country=seen.row.country)
        yield Made(team, (seen,), derived=True)


def assemble_club(club_id: int, bundle: Bundle) -> Iterable[Assembled]:
    for club in bundle.of(ClubRow):
        asked = club.row.round_id
        rounds = () if asked is None else bundle.child("round", asked).of(Round)
        points = rounds[0].row.points if rounds else None
        row = ClubRow(club_id=club_id, round_id=asked, points=points)
        yield Made(row, (club, *rounds))


def forgetful(game_id: int, bundle: Bundle) -> Iterable[Assembled]:
    """Loses the notes of a game: the account must notice."""
    return [
        found
        for found in assemble(game_id, bundle)
        if not (isinstance(found, Made) and isinstance(found.row, NoteRow))
    ]


def judge(page: PageRef, response: Response) -> Judgement:
    if response.status != 200:
        return Judgement("block" if response.status == 403 else "error", f"{response.status}")
    if b"<pre>" not in response.body:
        return Judgement("wrong_page", f"no <pre> on the {page.page_type} page")
    return Judgement("content")


SITE = Site(
    name="fake",
    hosts=frozenset({HOST}),
    page_types=(
        PageType(name="game", pattern=re.compile(r"^/game/(\d+)$"), example="/game/1"),
        PageType(name="round", pattern=re.compile(r"^/round/(\d+)$"), example="/round/1"),
        PageType(
            name="sheet", pattern=re.compile(r"^/sheet/(\d+)$"), example="/sheet/1", rendered=True
        ),
        PageType(name="club", pattern=re.compile(r"^/club/(\d+)$"), example="/club/1"),
        PageType(name="odd", pattern=re.compile(r"^/odd/(\d+)$"), example="/odd/1"),
    ),
    judge=judge,
)

RULES: Rules = {
    GameRow: (
        Rule("score >= 0", col("score") >= 0),
        Rule("title is not empty", col("title").str.len_bytes() > 0),
        Rule("score <= 100", col("score") <= 100, "warning"),
    ),
    TeamRow: (Rule("team_id >= 1", col("team_id") >= 1),),
    TopicRow: (Rule("notes <= 8", col("notes") <= 8),),
}


STRICTER: Rules = {**RULES, GameRow: (*RULES[GameRow], Rule("score <= 50", col("score") <= 50))}


def _source(
    assembling: Any,
    *,
    games: Any = parse,
    louder: bool = False,
    rules: Rules = RULES,
    marts: tuple[Mart, ...] = (),
) -> Source:
    newest = Parser(name="fake.game", version=3, page_type="game", parse=parse_louder)
    parsing = ParseSource(
        name="fake",
        parsers=(
            *((newest,) if louder else ()),
            Parser(name="fake.game", version=2, page_type="game", parse=games),
            Parser(name="fake.round", version=1, page_type="round", parse=parse),
            Parser(name="fake.club", version=1, page_type="club", parse=parse),
            Parser(
                name="fake.sheet",
                version=1,
                page_type="sheet",
                parse=parse,
                sections=frozenset({"fake_notes.topic", "fake_games.score"}),
            ),
        ),
        roots=(
            Root(kind="game", assemble=assembling),
            Root(kind="club", assemble=assemble_club, block_of=lambda found: found // 3),
        ),
        extracts=tuple(SAID.values()),
        tables=(ShotRow, RoundRow, NoteRow, GameRow, TeamRow, ClubRow),
    )
    return Source(site=SITE, parsing=parsing, rules=rules, marts=marts)


REGISTRY = Registry((_source(assemble),))
UPGRADED = Registry((_source(assemble, louder=True),))
CHANGED = Registry((_source(assemble, games=parse_quieter),))
STRICT = Registry((_source(assemble, rules=STRICTER),))
SUMMED = Registry((_source(assemble, louder=True, marts=(TOPICS,)),))
RESUMMED = Registry((_source(assemble, louder=True, marts=(LONG_TOPICS,)),))
FORGETFUL = Registry((_source(forgetful),))

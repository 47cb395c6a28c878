"""The pages of the site, and what they say: 24 games on three pages of results, the newest first.

Every game is on a page of its own. Some players have no rating, some games were drawn, and one was
never played: its page has no moves. Games link to other games, which is no reason to follow them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from html import escape
from random import Random

from tests.replica.errors import plain
from tests.replica.page import HTML, Page, content

PLAYERS = (
    ("Anna Berg", 1984),
    ("Theo Lind", 2107),
    ("Åse Øby", 1755),
    ("Mia & Co. Bot", None),
    ("José Peña", 2290),
    ("Ruth O'Dell", None),
    ("Ivo Kučera", 2431),
)
RESULTS = ("1-0", "0-1", "½-½")
FIRST, GAMES, ON_A_PAGE = 1001, 24, 10
FORFEIT = FIRST + 7
ROBOTS = "User-agent: *\nDisallow: /player/\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Game:
    """One game; `moves` is None where it was not played."""

    number: int
    day: date
    white: tuple[str, int | None]
    black: tuple[str, int | None]
    result: str
    moves: int | None

    def row(self) -> dict[str, object]:
        """What a table of games holds of it."""
        return {
            "game_id": self.number,
            "played_on": self.day.isoformat(),
            "white": self.white[0],
            "white_rating": self.white[1],
            "black": self.black[0],
            "black_rating": self.black[1],
            "result": self.result,
            "moves": self.moves,
        }


class ChessSite:
    """The made-up site."""

    def __init__(self, seed: int = 7) -> None:
        """Make up its games."""
        random = Random(seed)
        self.games = tuple(_game(FIRST + place, random) for place in range(GAMES))[::-1]

    def truth(self) -> list[dict[str, object]]:
        """The rows of the table of games, in order of their numbers."""
        return [game.row() for game in reversed(self.games)]

    def targets(self) -> Iterator[str]:
        """Every page that a crawl should ask for."""
        yield "/results"
        for number in range(2, -(-GAMES // ON_A_PAGE) + 1):
            yield f"/results?page={number}"
        for game in self.games:
            yield f"/game/{game.number}"

    def page(self, target: str) -> Page | None:
        """The answer for a target; None where there is no such page."""
        if found := re.fullmatch(r"/results(?:\?page=([1-9]\d?))?", target):
            number = int(found[1] or 1)
            return content("results", number, self._results(number), 0)
        if found := re.fullmatch(r"/game/(\d+)", target):
            for place, game in enumerate(self.games):
                if game.number == int(found[1]):
                    others = (self.games[(place + step) % GAMES] for step in (3, 11))
                    return content("game", game.number, _game_page(game, *others), 0)
        missing = plain(404).encode()
        return Page(status=404, headers=HTML, body=missing, page_type="error", key=None)

    def _results(self, number: int) -> str:
        shown = self.games[(number - 1) * ON_A_PAGE : number * ON_A_PAGE]
        rows = "".join(
            f'<tr><td>{game.day:%d %B}</td><td><a href="/game/{game.number}">'
            f"{escape(game.white[0])} – {escape(game.black[0])}</a></td><td>{game.result}</td></tr>\n"
            for game in shown
        )
        newer = f'<a href="{_results_target(number - 1)}">newer</a>' if number > 1 else ""
        more = number * ON_A_PAGE < GAMES
        older = f'<a href="{_results_target(number + 1)}">older</a>' if more else ""
        return _page(
            "Results",
            f'<table class="results">\n{rows}</table>\n<nav class="pages">{newer} {older}</nav>\n'
            f'<aside>Game of the month: <a href="/game/{FIRST}">look</a></aside>',
        )


def _results_target(number: int) -> str:
    return "/results" if number == 1 else f"/results?page={number}"


def _game(number: int, random: Random) -> Game:
    """Make up a game."""
    white, black = random.sample(PLAYERS, 2)
    result, moves = random.choice(RESULTS), random.randint(14, 88)
    is_played = number != FORFEIT
    return Game(
        number=number,
        day=date(2026, 3, 1) + timedelta(days=(number - FIRST) // 4),
        white=white,
        black=black,
        result=result if is_played else "1-0",
        moves=moves if is_played else None,
    )


def _game_page(game: Game, *others: Game) -> str:
    """The page of one game."""
    moves = f'<p class="moves">{game.moves} moves</p>' if game.moves else "<p>Not played</p>"
    links = " ".join(f'<a href="/game/{other.number}">{other.number}</a>' for other in others)
    return _page(
        f"Game {game.number}",
        f'<article class="game">\n<time datetime="{game.day}">{game.day:%d %B %Y}</time>\n'
        f'<p class="white">{_player(game.white)}</p>\n'
        f'<p class="black">{_player(game.black)}</p>\n'
        f'<p class="result">{game.result}</p>\n{moves}\n</article>\n'
        f"<aside>Other games: {links}</aside>",
    )


def _player(player: tuple[str, int | None]) -> str:
    """A player's name and rating, which some do not have."""
    name, rating = player
    link = f'<a href="/player/{PLAYERS.index(player) + 1}">{escape(name)}</a>'
    return f'{link} <span class="rating">{rating or "-"}</span>'


def _page(title: str, body: str) -> str:
    """A whole page."""
    head = f'<head><meta charset="utf-8"><title>{title}</title></head>'
    return f'<!DOCTYPE html>\n<html lang="en">{head}\n<body>\n{body}\n</body></html>\n'

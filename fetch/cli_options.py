"""The options of `warchouse fetch`, each said once for all its subcommands."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Archives = Annotated[
    str,
    typer.Option(
        envvar="WARCHOUSE_ARCHIVES", help="Folder of the collections.", show_default=False
    ),
]
CollectionName = Annotated[str, typer.Option("--collection", help="Collection to write to.")]
BaseUrl = Annotated[
    str, typer.Option(help="Ask this address instead of the site's own; it stands for the site.")
]

Full = Annotated[bool, typer.Option("--full", help="Walk the whole listing.")]
FromOffset = Annotated[int | None, typer.Option(help="First listing offset; no early stop.")]
ToOffset = Annotated[
    int | None, typer.Option(help="Stop before this listing offset; no early stop.")
]
Since = Annotated[str, typer.Option(help="Only entries completed on or after DATE (UTC).")]
Until = Annotated[str, typer.Option(help="Only entries completed on or before DATE.")]

MaxPages = Annotated[
    int | None,
    typer.Option(min=1, help="Stop after asking for so many pages, the listing's included."),
]
MaxMinutes = Annotated[
    float | None, typer.Option(min=0.001, help="Stop after so many minutes, and what is in flight.")
]
MaxBytes = Annotated[
    str, typer.Option("--max-bytes", help="Stop once so much came, for instance 500MB or 2GiB.")
]
MaxFailures = Annotated[
    int, typer.Option(min=1, help="Stop after so many failing answers in a row.")
]
KeepFree = Annotated[
    str, typer.Option("--keep-free", help="Stop when the disk has less room; 200MB unless said.")
]

Player = Annotated[
    list[str] | None, typer.Option(help="A player by name, as it is spelt. Repeatable.")
]
Players = Annotated[Path | None, typer.Option(help="File with one player's name per line.")]
Account = Annotated[
    list[str] | None, typer.Option(help="A player by account id (account.…). Repeatable.")
]
Tournament = Annotated[
    list[str] | None,
    typer.Option(help="A tournament by its id, or all: the ten newest of the list. Repeatable."),
]
TournamentPlayers = Annotated[
    Path | None, typer.Option(help="File of players whose matches go before the others'.")
]
Shard = Annotated[str, typer.Option(help="Where the players play: steam, kakao, psn, xbox …")]

NoRoster = Annotated[
    bool, typer.Option("--no-roster", help="Leave the players of the archives' roster out.")
]
MatchType = Annotated[
    list[str] | None,
    typer.Option(help="Telemetry only of matches of this type, for instance custom. Repeatable."),
]
GameMode = Annotated[
    list[str] | None,
    typer.Option(help="… only of this mode, for instance esports-squad-fpp. Repeatable."),
]

Watch = Annotated[
    bool, typer.Option("--watch", help="Look again and again, until Ctrl+C or a limit.")
]
Every = Annotated[float, typer.Option(min=0.01, help="Minutes between two looks at players.")]
TournamentEvery = Annotated[
    float,
    typer.Option(min=1.0, help="Seconds between two looks at tournaments and their players."),
]
TournamentHours = Annotated[
    str,
    typer.Option(
        "--hours",
        help="When to look at those that are named here: 'mon-thu,sun 18:00-00:00 Europe/Oslo'; "
        "else always. Lobbies of the roster have their own.",
    ),
]

Refetch = Annotated[
    list[str] | None,
    typer.Option(help="Fetch again: all, a page type, or the id of an entry. Repeatable."),
]
RefetchFrom = Annotated[
    Path | None,
    typer.Option(help="Fetch the pages of a list again, as `warchouse parse` writes one."),
]
MaxRefetch = Annotated[int, typer.Option(min=1, help="Most pages of that list in one run.")]
RetryFailed = Annotated[
    bool, typer.Option("--retry-failed", help="Try pages again that were given up.")
]

IgnoreRobots = Annotated[
    bool,
    typer.Option(
        "--ignore-robots", help="Ask for what robots.txt forbids, too; the archive says so."
    ),
]
UseBrowser = Annotated[
    bool, typer.Option("--browser", help="Ask with a browser that shows each page (Chromium).")
]
Tabs = Annotated[
    int | None, typer.Option(min=1, max=4, help="Tabs of the browser at a time; 1 unless said.")
]
View = Annotated[bool, typer.Option("--view", help="Keep a picture of each page, too.")]
Connections = Annotated[
    int, typer.Option(min=1, max=16, help="Pages in flight at a time; the pace holds all the same.")
]

Contact = Annotated[str, typer.Option(help="Who answers for the crawl; sent to the site.")]
PaceText = Annotated[
    str, typer.Option("--pace", help="Seconds between requests, MIN-MAX, for instance 3-8.")
]
SettingsFile = Annotated[
    Path | None, typer.Option("--settings", help="Settings file; default warchouse.toml.")
]
Json = Annotated[bool, typer.Option("--json", help="Print the summary as JSON.")]
Quiet = Annotated[bool, typer.Option("--quiet", help="Print nothing but errors.")]

"""`warchouse fetch pubg`: whose matches are wanted, and the key to ask with."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

from fetch import cli_options
from fetch.invocation import (
    DEFAULT_ARCHIVES,
    basic_options,
    limits_of,
    place_of,
    refetch_list,
    run_to_report,
)
from fetch.limits import MAX_FAILURES
from fetch.options import MAX_REFETCH, CrawlOptions
from fetch.progress import reporter
from fetch.pubg_seeds import Named, Times, seed_groups
from fetch.report import Report
from fetch.run import Place, crawl_source
from fetch.settings import read_settings
from fetch.sources.pubg import KEY_VARIABLE, KEYED, SOURCE
from fetch.sources.pubg_choice import choosing
from warc.errors import UsageError
from warc.hours import parse_hours
from warc.roster import Roster, read_roster
from warc.words import reason_of

HELP = """Matches and telemetry of PUBG players and tournaments; the key comes from PUBG_API_KEY.

Each run asks anew for the players that are named and for those on the roster (warchouse roster),
and goes on with what was found before. Lobbies of the roster are looked at in their hours.

Examples:

  warchouse fetch pubg --player chocoTaco --player shroud

  warchouse fetch pubg --watch --every 10

  warchouse fetch pubg --players players.txt --tournament eu-pecs26 --no-roster

  warchouse fetch pubg --match-type custom --game-mode esports-squad-fpp

  warchouse fetch pubg --account account.c0e530e9b7244b358def282782f893af --shard kakao
"""


def fetch_pubg(
    *,
    player: cli_options.Player = None,
    players: cli_options.Players = None,
    account: cli_options.Account = None,
    tournament: cli_options.Tournament = None,
    tournament_players: cli_options.TournamentPlayers = None,
    shard: cli_options.Shard = "steam",
    no_roster: cli_options.NoRoster = False,
    match_type: cli_options.MatchType = None,
    game_mode: cli_options.GameMode = None,
    watch: cli_options.Watch = False,
    every: cli_options.Every = 10.0,
    tournament_every: cli_options.TournamentEvery = 60.0,
    hours: cli_options.TournamentHours = "",
    archives: cli_options.Archives = "",
    collection: cli_options.CollectionName = "pubg",
    base_url: cli_options.BaseUrl = SOURCE.base_url,
    max_pages: cli_options.MaxPages = None,
    max_minutes: cli_options.MaxMinutes = None,
    max_bytes: cli_options.MaxBytes = "",
    max_failures: cli_options.MaxFailures = MAX_FAILURES,
    keep_free: cli_options.KeepFree = "",
    refetch_from: cli_options.RefetchFrom = None,
    max_refetch: cli_options.MaxRefetch = MAX_REFETCH,
    retry_failed: cli_options.RetryFailed = False,
    ignore_robots: cli_options.IgnoreRobots = False,
    connections: cli_options.Connections = 1,
    contact: cli_options.Contact = "",
    pace: cli_options.PaceText = "",
    settings: cli_options.SettingsFile = None,
    json: cli_options.Json = False,
    quiet: cli_options.Quiet = False,
) -> None:
    """Fetch as the words of a command line say."""

    def work() -> Report:
        chosen, source = read_settings(settings), choosing(match_type or (), game_mode or ())
        named = Named(
            names=(*(player or ()), *_names(players)),
            accounts=account or (),
            tournaments=tournament or (),
            league=_names(tournament_players),
            shard=shard,
        )
        roster = Roster() if no_roster else read_roster(Path(archives or DEFAULT_ARCHIVES))
        open_in = parse_hours(hours, "--hours") if hours else None
        times = Times(every_s=every * 60, tournament_every_s=tournament_every, hours=open_in)
        basic = basic_options(
            source, base_url, pace, keep_free, chosen, ignore_robots=ignore_robots
        )
        options = replace(
            basic,
            limits=limits_of(max_pages, max_minutes, max_bytes, max_failures),
            refetch_list=refetch_list(source, refetch_from, basic.base_url),
            max_refetch=max_refetch,
            retry_failed=retry_failed,
            seeds=seed_groups(named, roster, times),
            watch=watch,
        )
        place = replace(place_of(archives, collection, contact, chosen), connections=connections)
        return crawl_source(source, options, _with_key(place, options), reporter(quiet=quiet))

    run_to_report(work, json=json, quiet=quiet)


def _with_key(place: Place, options: CrawlOptions) -> Place:
    """A place whose secrets hold the key, where seeds want one; UsageError where it is missing."""
    if not options.seeds and options.watch:
        raise UsageError(SOURCE.nobody)
    if not options.seeds:
        return place
    host = urlsplit(options.base_url).netloc
    secrets = place.secrets.with_key(KEY_VARIABLE, os.environ, host=host, only=KEYED)
    return replace(place, secrets=secrets)


def _names(file: Path | None) -> tuple[str, ...]:
    """The names in a file, one per line; `#` begins a comment."""
    if file is None:
        return ()
    try:
        lines = file.read_text("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{file}: cannot be read: {reason_of(error)}") from error
    names = (line.partition("#")[0].strip() for line in lines)
    return tuple(name for name in names if name)

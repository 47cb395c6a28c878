"""The main job, end to end, on this machine alone: crawl two made-up sites, parse, look, trace.

`make demo` runs it; everything is written under build/demo/. With `--archive DIR` it only makes the
small tracked collection that `make parse` uses on a fresh clone.
"""

from __future__ import annotations

import argparse
import json
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

from tests.replica import background
from tests.replica.pubg.background import running as pubg_running
from tests.replica.pubg.season import PubgSeason
from tests.replica.pubg.server import KEY
from warehouse.terminal import until_closed

ROOT = Path(__file__).resolve().parent.parent
DEMO = ROOT / "build" / "demo"
SEED = 7
COLLECTION_BYTES_MAX = 2_000_000  # the tracked collection stays small enough for every clone
PUBG_MATCHES = 8  # one of each kind, with both shapes of kill events
PLAYERS = 2  # of one team: they lead to all matches but the tournament's
REQUESTS_A_MINUTE = 600  # the made-up API is in less of a hurry to say no than the real one
LONGEST_KILLS = (
    "SELECT match_id, kill_number, finisher_name, weapon, distance FROM pubg_weapon_kill_events"
    " ORDER BY distance DESC NULLS LAST LIMIT 3"
)


def warchouse(*words: str, echo: bool = True) -> str:
    """Run the command as a user would; show what it prints, or return it."""
    if echo:
        print(f"\n$ warchouse {shlex.join(words)}", flush=True)
    done = subprocess.run(
        [sys.executable, "-m", "warchouse", *words],
        cwd=ROOT,
        env={**os.environ, "PUBG_API_KEY": KEY},
        check=False,
        stdout=None if echo else subprocess.PIPE,
        text=True,
    )
    if done.returncode not in (0, 1):
        sys.exit(done.returncode)
    return done.stdout or ""


def crawl_hltv(archives: str, *, matches: int, small: bool = False) -> None:
    """Crawl a season of HLTV."""
    with background.running(seed=SEED, matches=matches, small=small) as base_url:
        print(f"a made-up season of {matches} matches is served at {base_url}")
        warchouse("fetch", "hltv", "--base-url", base_url, "--pace", "0-0", "--archives", archives)


def pubg_season() -> PubgSeason:
    """The season of PUBG that is crawled."""
    return PubgSeason(SEED, PUBG_MATCHES, small=True)


def crawl_pubg(archives: str) -> None:
    """Crawl a season of PUBG: some players' matches and a tournament's."""
    players = pubg_season().team(0)[:PLAYERS]
    names = [word for one in players for word in ("--player", one.name)]
    with pubg_running(seed=SEED, matches=PUBG_MATCHES, small=True, limit=REQUESTS_A_MINUTE) as (
        api,
        _,
    ):
        print(f"\na made-up season of {PUBG_MATCHES} matches is served at {api}")
        whose = [*names, "--tournament", "all"]
        where = ["--base-url", api, "--pace", "0-0", "--archives", archives]
        warchouse("fetch", "pubg", *whose, *where)


def demo() -> None:
    """Crawl, parse, list, trace."""
    shutil.rmtree(DEMO, ignore_errors=True)
    folder = DEMO.relative_to(ROOT)
    archives, tables = str(folder / "archives"), str(folder / "warehouse")
    crawl_hltv(archives, matches=24)
    crawl_pubg(archives)
    tracked = pubg_season().team(0)[0]
    since = f"{pubg_season().end:%Y-%m-%d}"  # what a match has of him is kept from 180 days before
    about = ["--account", tracked.account, "--since", since, "--archives", archives]
    warchouse("roster", "add", tracked.name, *about)
    print("\nthe sites are gone; from here on nothing needs the network")
    warchouse("parse", "--archives", archives, "--warehouse", tables)
    warchouse("tables", "list", "--warehouse", tables)
    warchouse("tables", "show", "hltv_matches", "--limit", "5", "--warehouse", tables)
    shown = ["tables", "show", "hltv_player_stats", "--limit", "1", "--json"]
    row = json.loads(warchouse(*shown, "--warehouse", tables, echo=False))[0]
    key = [str(row[name]) for name in ("match_id", "map_number", "player_id")]
    where = ["--archives", archives, "--warehouse", tables]
    warchouse("trace", "hltv_player_stats", *key, "--head", "12", *where)
    warchouse("tables", "show", "pubg_matches", "--limit", "5", "--warehouse", tables)
    warchouse("tables", "show", "pubg_damage_events", "--limit", "3", "--warehouse", tables)
    warchouse("tables", "query", LONGEST_KILLS, "--warehouse", tables)
    found = ["tables", "query", LONGEST_KILLS, "--json", "--warehouse", tables]
    row = json.loads(warchouse(*found, echo=False))[0]
    key = [str(row[name]) for name in ("match_id", "kill_number")]
    warchouse("trace", "pubg_weapon_kill_events", *key, "--column", "distance", *where)
    print(f"\neverything lies under {folder}/")


def make_archive(folder: Path) -> None:
    """Make the tracked collection anew: the files of a real crawl of a small season of each site.

    A crawl writes a collection of one site; the files of two make one as any WARC files do.
    """
    made = DEMO.with_name("demo-archive")
    shutil.rmtree(made, ignore_errors=True)
    crawl_hltv(str(made), matches=16, small=True)
    crawl_pubg(str(made))
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for path in made.glob("*/*.warc.gz"):
        shutil.move(path, folder / path.name)
    shutil.rmtree(made)
    size = sum(path.stat().st_size for path in folder.iterdir())
    if size > COLLECTION_BYTES_MAX:
        sys.exit(f"{folder} holds {size} bytes, more than {COLLECTION_BYTES_MAX}")
    print(f"{folder}: {size} bytes")


def main() -> None:
    """Read the options and run."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--archive", type=Path, metavar="DIR")
    chosen = options.parse_args()
    if chosen.archive:
        make_archive(chosen.archive.resolve())
    else:
        demo()


if __name__ == "__main__":
    with until_closed():
        main()

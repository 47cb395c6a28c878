"""The main job, end to end, on this machine alone: crawl a made-up site, parse, look, trace.

`make demo` runs it; everything is written under build/demo/. With `--archive DIR` it only makes the
small tracked collection that `make parse` uses on a fresh clone.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
from pathlib import Path

from tests.replica.background import running
from warehouse.terminal import until_closed

ROOT = Path(__file__).resolve().parent.parent
DEMO = ROOT / "build" / "demo"
COLLECTION_BYTES_MAX = 2_000_000  # the tracked collection stays small enough for every clone


def warchouse(*words: str, echo: bool = True) -> str:
    """Run the command as a user would; show what it prints, or return it."""
    if echo:
        print(f"\n$ warchouse {' '.join(words)}", flush=True)
    done = subprocess.run(
        [sys.executable, "-m", "warchouse", *words],
        cwd=ROOT,
        check=False,
        stdout=None if echo else subprocess.PIPE,
        text=True,
    )
    if done.returncode not in (0, 1):
        sys.exit(done.returncode)
    return done.stdout or ""


def demo() -> None:
    """Crawl, parse, list, trace."""
    shutil.rmtree(DEMO, ignore_errors=True)
    folder = DEMO.relative_to(ROOT)
    archives, tables = str(folder / "archives"), str(folder / "warehouse")
    with running(seed=7, matches=24) as base_url:
        print(f"a made-up season of 24 matches is served at {base_url}")
        warchouse("fetch", "hltv", "--base-url", base_url, "--pace", "0-0", "--archives", archives)
    print("\nthe site is gone; from here on nothing needs the network")
    warchouse("parse", "--archives", archives, "--warehouse", tables)
    warchouse("tables", "list", "--warehouse", tables)
    warchouse("tables", "show", "hltv_matches", "--limit", "5", "--warehouse", tables)
    shown = ["tables", "show", "hltv_player_stats", "--limit", "1", "--json"]
    row = json.loads(warchouse(*shown, "--warehouse", tables, echo=False))[0]
    key = [str(row[name]) for name in ("match_id", "map_number", "player_id")]
    where = ["--archives", archives, "--warehouse", tables]
    warchouse("trace", "hltv_player_stats", *key, "--head", "12", *where)
    print(f"\neverything lies under {folder}/")


def make_archive(folder: Path) -> None:
    """Make the tracked collection anew, by a real crawl of a small season."""
    shutil.rmtree(folder, ignore_errors=True)
    with running(seed=7, matches=16, small=True) as base_url:
        where = ["--archives", str(folder.parent), "--collection", folder.name]
        warchouse("fetch", "hltv", "--base-url", base_url, "--pace", "0-0", *where)
    for made_again in (*folder.glob("manifest.sqlite*"), *folder.glob("*.lock")):
        made_again.unlink()
    shutil.rmtree(folder / "logs", ignore_errors=True)
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

"""Makes the captures of the corpus anew from the replica: `python -m tests.corpus.make FOLDER`.

Of every page type and layout of HLTV the smallest page of a season, a few that hold a trap, and the
cases of chosen.py; of PUBG those of chosen_pubg.py.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from parse.corpus import Capture, capture_of, output_of, parsers_of, write_case
from parse.registered import REGISTRY
from tests.corpus.chosen import main as chosen_one_by_one
from tests.corpus.chosen_pubg import main as cases_of_pubg
from tests.parse.bench import record
from tests.replica.season import Season
from warc.errors import UsageError
from warc.reader import read_records
from warc.record import Record

HOST = "https://www.hltv.org"
EDITED = (
    (
        ("map_stats", "new_eco"),
        rb'class="team-left"',
        b'class="team-lost"',
        "nameless",
        "a page that does not name its left team cannot be parsed",
    ),
    (
        ("map_stats", "new_eco"),
        rb"stats-table (totalstats|ctstats|tstats)",
        rb"gone",
        "no_scoreboard",
        "old and admin-decided maps have no scoreboard at all",
    ),
    (
        ("performance", "swing"),
        rb"player-overview",
        b"gone",
        "no_cards",
        "kill matrices without cards",
    ),
)
"""Pages that the replica does not make: of which case, what is replaced, by what, name, why."""

TRAPS = ("overtime", "forfeit", "one_table", "draw", "left_is_team2")


def season_pages(season: Season) -> Iterator[tuple[str, bytes, frozenset[str]]]:
    """Every page of a season with its target and the traps of its match."""
    traps: frozenset[str] = frozenset()
    specials = [*season.live_ids, *season.upcoming_ids, *season.postponed_ids]
    targets = [*season.targets(), *(t for one in specials for t in season.match_targets(one))]
    event = f"/results?event={season.match(season.match_ids[0]).event.id}"
    for target in [*targets, event]:
        if found := re.match(r"/matches/(\d+)/", target):
            traps = season.traps(int(found[1]))
        page = season.page(target)
        if page is not None and page.status == 200:
            yield target, page.body, traps


def as_capture(target: str, body: bytes, scratch: Path) -> Capture | None:
    """A page as a capture; None where it is no content."""
    scratch.write_bytes(record(HOST + target, body, second=7))
    (found,) = [one for one in read_records(scratch) if isinstance(one, Record)]
    try:
        return capture_of(found, {}, REGISTRY)
    except UsageError:  # what is no content is no case
        return None


def main() -> None:
    """Choose and write the cases."""
    folder = Path(sys.argv[1])
    scratch = folder / "scratch.warc.gz"
    folder.mkdir(parents=True, exist_ok=True)
    chosen: dict[tuple[str, str], tuple[Capture, str]] = {}
    for target, body, traps in season_pages(Season(seed=7, matches=200, small=True)):
        capture = as_capture(target, body, scratch)
        if capture is None:
            continue
        newest = parsers_of(capture, REGISTRY)[-1]
        layout = output_of(capture, newest, REGISTRY).get("layout") or "unreadable"
        kind = capture.ref.page_type
        names = [(kind, str(layout))]
        names += [
            (kind, trap) for trap in TRAPS if kind in {"match", "map_stats"} and trap in traps
        ]
        for name in names:
            held = chosen.get(name)
            if held is None or len(capture.record.block) < len(held[0].record.block):
                chosen[name] = capture, f"the smallest {kind} page of the replica: {name[1]}"
    for of, old, new, case, why in EDITED:
        url = chosen[of][0].record.target_uri.removeprefix(HOST)
        body = chosen[of][0].record.block.partition(b"\r\n\r\n")[2]
        edited = as_capture(url, re.sub(old, new, body), scratch)
        assert edited is not None, case
        chosen[of[0], case] = edited, why
    for (kind, case), (one, why) in sorted(chosen.items()):
        write_case(folder / "hltv" / kind / case, one, REGISTRY, why=why)
    scratch.unlink()
    chosen_one_by_one(folder)
    cases_of_pubg(folder)


if __name__ == "__main__":
    main()

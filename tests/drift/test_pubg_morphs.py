"""A changed API does not pass unnoticed: no value of a changed reply or file is wrong without a word.

Every morph is applied to copies of the same matches, which are archived and parsed together. Each
cell of the tables is then compared with what unchanged copies give, which are held to the truth. One
that differs, or is missing, must belong to a page about which something is said: that it failed, was
no content, has an issue about that table or refused rows of it. The report is asked, after months
without a change, which page was the first.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import pytest

from tests.drift.crawls import day
from tests.drift.pubg_morphs import MORPHS, Morph
from tests.drift.pubg_site import (
    NEW_BLOCK,
    NEW_DAY,
    Visit,
    Words,
    copied,
    copied_id,
    history,
    matches_of,
    newest,
    parsed,
    track,
)
from tests.parse.bench import Bench
from tests.replica.pubg.truth import Truth
from warehouse.drift.report import make_report
from warehouse.rows.pubg import ROWS
from warehouse.schema import key_of
from warehouse.snapshot import Snapshot

MATCHES = 2
OLD, NEW = 30, 12  # what the report is shown

Row = dict[str, Any]
Rows = dict[tuple[object, ...], Row]

SOURCES = {"fetched_at", "source_url", "parser_version"}
"""Where a row comes from."""

SILENT_SHOWN = 5


@dataclass
class Built:
    """The tables of all copies: of each match by its id, and what is said about its pages."""

    by_match: dict[str, dict[str, Rows]]
    words: Words
    visits: dict[int, list[Visit]]
    """By the number of the copy; 0 is unchanged, n is changed by the n-th morph."""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    bench = Bench(tmp_path_factory.mktemp("copies"))
    originals = list(newest(MATCHES))
    track(bench, islice(matches_of(NEW_BLOCK), MATCHES))
    visits: dict[int, list[Visit]] = {}
    for number, morph in enumerate((None, *MORPHS)):
        visits[number] = [copied(visit, number) for visit in originals]
        changed = [visit.morphed(morph) if morph else visit for visit in visits[number]]
        if morph:
            pairs = zip(changed, visits[number], strict=True)
            assert any(a.body != b.body for a, b in pairs), f"{morph.name} changes nothing"
        taken = [visit.record() for visit in changed]
        bench.put(f"{number:03d}.warc.gz", taken, collection="pubg")
    snapshot = parsed(bench)
    return Built(tables_of(snapshot), Words.of(snapshot), visits)


def tables_of(snapshot: Snapshot) -> dict[str, dict[str, Rows]]:
    """The rows of every table by match, then by key without the match."""
    found: dict[str, dict[str, Rows]] = {}
    for kind in ROWS:
        if kind.dimension:
            continue  # gathered of the participants
        key = key_of(kind)
        for row in snapshot.table(kind.table).collect().to_dicts():
            kept = {
                name: value
                for name, value in row.items()
                if name not in {*SOURCES, "match_id"} and "capture_id" not in name
            }
            if kept.get("telemetry_url"):
                kept["telemetry_url"] = "of the copy"
            tables = found.setdefault(row["match_id"], {})
            tables.setdefault(kind.table, {})[tuple(row[name] for name in key[1:])] = kept
    return found


@dataclass
class Compared:
    """How the tables of changed pages differ from those of unchanged ones."""

    wrong: int = 0
    missing: int = 0
    silent: list[str] = field(default_factory=list)

    @property
    def ends(self) -> str:
        return "word" if self.wrong else "null" if self.missing else "right"


def compared(built: Built, number: int) -> Compared:
    found = Compared()
    pairs = zip(built.visits[0][::2], built.visits[number][::2], strict=True)
    for (right, changed), of in zip(pairs, built.visits[number][1::2], strict=True):
        pages = [("match", changed.key), ("telemetry", of.key)]
        theirs, ours = (built.by_match.get(one.key, {}) for one in (right, changed))
        for table in {**theirs, **ours}:
            before, after = theirs.get(table, {}), ours.get(table, {})
            for key in {**before, **after}:
                for line, is_wrong in _differences(before.get(key), after.get(key)):
                    found.wrong += is_wrong
                    found.missing += not is_wrong
                    if not built.words.about(table, pages):
                        found.silent.append(f"{table} {key}: {line}")
    return found


def _differences(theirs: Row | None, ours: Row | None) -> Iterator[tuple[str, bool]]:
    if ours is None or theirs is None:
        yield "row missing" if ours is None else "not in the truth", ours is not None
        return
    for column, value in theirs.items():
        if ours[column] != value:
            yield f"{column} is {ours[column]!r}, not {value!r}", ours[column] is not None


def test_unchanged_pages_have_the_true_tables_and_nothing_is_said(built: Built) -> None:
    for visit in built.visits[0]:
        assert built.words.by_page[visit.page_type, visit.key] == set()
    truth = Truth()
    for match in islice(matches_of(NEW_BLOCK), MATCHES):
        truth.add(match.truth)
    for person in truth.participants:
        tables = built.by_match[copied_id(person.match_id, 0)]
        ours = tables["pubg_participants"][person.account,]
        same = ("team_id", "team_rank", "win_place", "kill_place", "kills", "assists", "revives")
        assert [ours[name] for name in same] == [getattr(person, name) for name in same]
        assert ours["walk_distance"] == person.walk_m
    for death in truth.kills:
        tables = built.by_match[copied_id(death.match_id, 0)]
        ours = tables["pubg_kill_positions"][death.number + 1,]
        assert ours["victim_account_id"] == death.victim.account
        assert (ours["victim_x_cm"], ours["victim_y_cm"]) == (death.victim.x, death.victim.y)
        assert ours["killer_account_id"] == (death.killer.account if death.killer else None)
    for tables in (built.by_match[one.key] for one in built.visits[0][::2]):
        assert tables["pubg_damage_events"]
        assert tables["pubg_circle_positions"]


@pytest.mark.parametrize("number", range(1, len(MORPHS) + 1), ids=lambda one: str(MORPHS[one - 1]))
def test_nothing_is_wrong_without_a_word(built: Built, number: int) -> None:
    morph = MORPHS[number - 1]
    found = compared(built, number)
    shown = "\n".join(found.silent[:SILENT_SHOWN])
    assert found.silent == [], f"{len(found.silent)} without a word:\n{shown}"
    assert found.ends == morph.ends


@pytest.fixture(scope="module")
def months(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    """An archive of months before the change."""
    bench = Bench(tmp_path_factory.mktemp("months"))
    bench.put("old.warc.gz", [one.record() for one in history(OLD)], collection="pubg")
    assert called_out(bench, None) == set()
    return bench


def called_out(bench: Bench, morph: Morph | None) -> set[tuple[str, str]]:
    """Page type and key of the first captures that the report names."""
    for page_type in ("match", "telemetry"):
        taken = [
            (visit.morphed(morph) if morph else visit).record()
            for visit in newest(NEW)
            if visit.page_type == page_type
        ]
        bench.put(f"{page_type}.warc.gz", taken, collection="pubg")
    report = make_report(parsed(bench))
    assert all(one.first.fetched_at >= day(NEW_DAY) for one in report.callouts)
    return {(one.signal.page, one.first.url) for one in report.callouts}


REPORTED = {
    "match: figure renamed (kills)",
    "match: two words exchanged (killed, suicide)",
    "telemetry: key renamed (account)",
}
"""A column that is null, issues, pages that fail."""


@pytest.mark.parametrize("morph", [one for one in MORPHS if str(one) in REPORTED], ids=str)
def test_the_report_names_the_first_page_of_a_change(months: Bench, morph: Morph) -> None:
    first = next(one for one in newest(NEW) if one.page_type == morph.page_type)
    assert (f"pubg.{morph.page_type}", first.url) in called_out(months, morph)

"""docs/drift.md says what the tests prove."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from tests.drift.morphs import MORPHS, Morph
from tests.drift.pubg_morphs import MORPHS as PUBG_MORPHS
from tests.drift.pubg_morphs import Morph as PubgMorph
from warehouse.drift import callouts, detect, months, signals

ROOT = Path(__file__).resolve().parents[2]
DOC, README = ROOT / "docs" / "drift.md", ROOT / "README.md"


def written(morphs: Iterable[Morph | PubgMorph]) -> str:
    """The table of a source's morphs."""
    rows = [f"| {one.page_type} | {one.name} | {one.ends} |" for one in morphs]
    return "\n".join(["| page type | change | ends as |", "|---|---|---|", *rows])


def test_every_morph_stands_in_the_document() -> None:
    for morphs in (MORPHS, PUBG_MORPHS):
        assert written(morphs) in DOC.read_text(encoding="utf-8")
    kinds = {one.page_type for one in MORPHS}
    assert kinds == {"results", "match", "map_stats", "performance", "economy"}
    assert {one.page_type for one in PUBG_MORPHS} == {"match", "telemetry"}
    assert len({(one.page_type, one.name) for one in MORPHS}) == len(MORPHS) >= 15
    assert len(set(map(str, PUBG_MORPHS))) == len(PUBG_MORPHS) >= 15
    total = len(MORPHS) + len(PUBG_MORPHS)
    assert f"what {total} changes" in README.read_text(encoding="utf-8")


def test_the_numbers_of_the_document_are_those_of_the_code() -> None:
    text = " ".join(DOC.read_text(encoding="utf-8").split())
    for said in (
        f"passes {detect.EVIDENCE:.0f} ",
        f"is the highest of: {100 * detect.SHARE_FLOOR:.0f} %",
        f"Wilson's interval ({detect.BOUND_SIGMAS:.0f} standard errors)",
        f"earlier month of {detect.MONTH_PAGES_MIN} pages or more",
        f"median plus {detect.SPREADS:.0f} robust standard deviations",
        f"by {100 * callouts.EFFECT:.0f} points at least",
        f"({100 * callouts.VANISHED:.0f} points where all layouts",
        f"rare ({100 * callouts.USUAL_VALUE_MAX:.0f} % at most)",
        f"than {detect.HISTORY_PAGES_MIN} pages of history",
        f"({detect.LEVEL_HISTORY_PAGES_MIN} for levels)",
        f"fewer than {callouts.PAGES_MIN} pages",
        f"at most {signals.CLIPPED:.0f} standard deviations",
        f"further off than {months.SPREADS:.0f} of those",
    ):
        assert said in text, said
    assert months.ROWS_TOLERANCE == 0.1
    assert detect.SHIFT_SIGMAS * signals.SCALE_MIN == 0.5

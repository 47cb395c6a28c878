"""Chaos: faults by chance, the same for the same requests, and an end to every streak."""

from __future__ import annotations

from itertools import groupby

import pytest

from tests.replica.background import control, running
from tests.replica.faults import CHAOS_KINDS, IN_A_ROW_MAX, Chaos, Faults


def kinds(chaos: Chaos, targets: list[str]) -> list[str]:
    faults = (chaos.take(target) for target in targets)
    return [fault.kind if fault else "" for fault in faults]


def test_the_same_requests_meet_the_same_faults() -> None:
    targets = [f"/matches/{number}/x" for number in range(500)]
    first, second = Chaos(seed=3, share=0.2), Chaos(seed=3, share=0.2)
    found = kinds(first, targets)
    assert found == kinds(second, targets)
    assert found != kinds(Chaos(seed=4, share=0.2), targets)
    assert set(found) == {"", *CHAOS_KINDS}
    assert 60 < 500 - found.count("") < 140
    assert first.requests == 500
    assert first.struck.total() == 500 - found.count("")


def test_no_target_fails_more_often_in_a_row_than_promised() -> None:
    chaos = Chaos(seed=1, share=1.0, kinds=("500",))
    found = kinds(chaos, ["/matches/1/x"] * 30)
    assert [len(list(run)) for kind, run in groupby(found) if kind] == [IN_A_ROW_MAX] * 10
    mixed = kinds(chaos, ["/matches/1/x", "/matches/2/x"] * 3)
    assert mixed == ["500"] * 4 + [""] * 2


def test_robots_and_parts_of_pages_are_spared_and_planted_faults_come_first() -> None:
    faults = Faults(chaos=Chaos(share=1.0, kinds=("429",), retry_after="0"))
    for target in ("/robots.txt", "/__static__/site.js", "/__data__/economy/2.json"):
        assert faults.take(target) is None
    faults.add(pattern="^/results", kind="503")
    taken = [faults.take("/results?offset=0") for _ in range(2)]
    assert [fault.kind for fault in taken if fault] == ["503", "429"]
    assert taken[1] is not None
    assert taken[1].retry_after == "0"


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ({"share": 1.5}, "share 1.5 is not between 0 and 1"),
        ({"kinds": ["502"]}, "fault kind '502' is none of"),
        ({"kinds": []}, "at least one kind"),
    ],
)
def test_settings_that_make_no_sense_are_refused(settings: dict[str, object], problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        Chaos(**settings)  # type: ignore[arg-type]


def test_the_control_endpoint_turns_it_on_and_off_and_counts() -> None:
    with running(matches=24, light=True) as base:
        assert control(base, "chaos", method="GET") == {"requests": 0, "struck": {}}
        settings = {"seed": 1, "share": 1.0, "kinds": ["500"], "retry_after": "0"}
        control(base, "chaos", settings)
        control(base, "faults", method="DELETE")
        counts = control(base, "chaos", method="GET")
        assert counts == {"requests": 0, "struck": {}}
        assert control(base, "chaos", method="DELETE") == counts

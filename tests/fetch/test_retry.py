"""What each kind of answer makes the crawl do."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from fetch.retry import ATTEMPTS, PATIENCE_S, Action, outcome_of, pause_before, retry_after
from warc.sites.page import Judgement, Verdict

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("verdict", "status", "wish", "action"),
    [
        ("content", 200, None, "keep"),
        ("challenge", 403, None, "leave"),
        ("challenge", 429, None, "leave"),
        ("challenge", 503, 30.0, "leave"),
        ("block", 403, None, "leave"),
        ("block", 451, None, "leave"),
        ("block", 429, None, "again"),
        ("block", 429, 30.0, "again"),
        ("block", 429, PATIENCE_S + 1, "leave"),
        ("error", 500, None, "again"),
        ("error", 503, 10.0, "again"),
        ("error", 522, None, "again"),
        ("error", 404, None, "give_up"),
        ("error", 410, None, "give_up"),
        ("error", 200, None, "give_up"),
        ("error", 301, None, "give_up"),
        ("truncated", 200, None, "again"),
        ("wrong_page", 200, None, "again_page"),
    ],
)
def test_an_answer_leads_to_an_action(
    verdict: Verdict, status: int, wish: float | None, action: Action
) -> None:
    assert outcome_of(Judgement(verdict), status=status, retry_after_s=wish).action == action


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        ("120", 120.0),
        (" 0 ", 0.0),
        ("Sat, 21 Nov 2026 12:01:30 GMT", 90.0),
        ("Sat, 21 Nov 2026 11:00:00 GMT", 0.0),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("9" * 400, 366 * 86_400.0),
        ("Sun, 06 Nov 1994 08:49:37 +99999999999999999", None),
        ("Sun, 06 Nov 99999999999999999999 08:49:37 GMT", None),
        ("", None),
    ],
)
def test_retry_after_is_read(value: str | None, expected: float | None) -> None:
    assert retry_after(value, now=NOW) == expected


def test_pauses_grow_and_end() -> None:
    pauses = [pause_before(attempt) for attempt in range(1, ATTEMPTS)]
    assert None not in pauses
    assert pauses == sorted(pause for pause in pauses if pause)
    assert pause_before(ATTEMPTS) is None

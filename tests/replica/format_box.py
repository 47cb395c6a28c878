"""The format box of a match page: number of maps and place, then stage of the event and notes.

Sections 4.1 and 4.2 of the facts: `* stage`, `** note`, blank lines between. What is drawn here has
a draw of its own, so that matches stay what they are.
"""

from __future__ import annotations

import random

from tests.replica.plan import MatchPlan

LONGER = ". Winner advances to the playoffs, losing team is eliminated."
NOTES = (
    'Map advantage & seed were decided by "BLAST-style" rules',
    "FaZe's coach stands in <for medical reasons>",
    "Délai: the match started 40 minutes late; both teams agreed",
)


def _draw(match: MatchPlan, what: str) -> float:
    return random.Random(f"{match.seed}:{match.index}:format:{what}").random()


def stage_of(match: MatchPlan) -> str | None:
    """The stage as printed; some matches have none, some say what is at stake."""
    drawn = _draw(match, "stage")
    if drawn < 0.06:
        return None
    return match.stage + LONGER if drawn < 0.3 else match.stage


def notes_of(match: MatchPlan) -> list[str]:
    """The notes as printed, in order: mostly none, at times two."""
    notes = []
    if match.forfeit == "partial":
        notes.append(f"{match.teams[0].name} forfeit a map, best of 5 of 2024 rules apply")
    if "substitute_in_map" in match.flags:
        notes.append("a substitute will play for the remainder of the last map")
    drawn = _draw(match, "notes")
    if drawn < (0.6 if notes else 0.15):
        notes.append(NOTES[int(drawn * 20) % len(NOTES)])
    return notes


def format_text(match: MatchPlan) -> str:
    """All that the box holds, as text with line breaks."""
    place = {True: " (LAN)", False: " (Online)", None: ""}[match.lan]
    lines = [f"Best of {match.best_of}{place}"]
    stage = stage_of(match)
    if stage is not None:
        lines += ["", f"* {stage}"]
    for note in notes_of(match):
        lines += ["", f"** {note}"]
    return "\n".join(lines)

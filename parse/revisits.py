"""Revisits resolved: a page that was seen again unchanged is as new as its latest sighting.

A revisit holds no page. Its original is found by record id, then by URL and date, then by payload
digest, in whichever file it lies; what was extracted there then counts as seen at the revisit's
time. That the server itself said so (304, profile server-not-modified) makes no difference, but
that such an answer has no payload: a digest of nothing names no original. A revisit without an
original is an issue.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from parse.stage import Stage
from warc.digest import sha1_of

# An original is a page that was read: neither a revisit itself nor a second copy.
BY_ID = """
SELECT seq, verdict FROM captures
WHERE capture_id = ? AND outcome IN ('parsed', 'failed', 'evidence')
"""
BY_DATE = """
SELECT seq, verdict FROM captures
WHERE url = ? AND fetched_us = ? AND outcome IN ('parsed', 'failed', 'evidence')
ORDER BY capture_id LIMIT 1
"""
BY_DIGEST = """
SELECT seq, verdict FROM captures
WHERE url = ? AND digest = ? AND outcome IN ('parsed', 'failed', 'evidence')
ORDER BY fetched_us DESC, capture_id LIMIT 1
"""
OF_NOTHING = frozenset(
    {
        sha1_of(()),
        *(f"{name}:{hashlib.new(name).hexdigest()}" for name in ("md5", "sha1", "sha256")),
    }
)
NO_ORIGINAL = "its original is in no archive read"


def settle_revisits(stage: Stage) -> int:
    """Let every revisit renew its original; the number that have none."""
    unresolved = 0
    for seq, capture_id, *reference in stage.revisits():
        original = next(_originals(stage, *reference), None)
        if original is None:
            unresolved += 1
            _note(stage, seq, capture_id, reference[0])
            continue
        found, verdict = original
        stage.db.execute(
            "UPDATE captures SET effective_us = max(effective_us,"
            " (SELECT fetched_us FROM captures WHERE seq = ?)) WHERE seq = ?",
            (seq, found),
        )
        stage.db.execute("UPDATE captures SET verdict = ? WHERE seq = ?", (verdict, seq))
    return unresolved


def _originals(
    stage: Stage, url: str, digest: str | None, by_id: int | None, *by_date: object
) -> Iterator[tuple[int, str]]:
    """What may be the original, the surest first.

    by_date  URL and time of the original, as the revisit names them
    """
    if by_id is not None:
        yield from stage.db.execute(BY_ID, (by_id,))
    if None not in by_date:
        yield from stage.db.execute(BY_DATE, by_date)
    if digest is not None and digest not in OF_NOTHING:
        yield from stage.db.execute(BY_DIGEST, (by_date[0], digest))
        yield from stage.db.execute(BY_DIGEST, (url, digest))


def _note(stage: Stage, seq: int, capture_id: int, url: str) -> None:
    stage.db.execute("UPDATE captures SET reason = ? WHERE seq = ?", (NO_ORIGINAL, seq))
    note = (capture_id, "missing", "original of the revisit", url[:40])
    stage.insert("notes", [note])

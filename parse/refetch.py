"""Pages worth fetching again: what was archived of them cannot be parsed, or lacks a part.

A page is judged by all of its captures. It is listed where its newest content could not be parsed,
where it has no content and its newest capture is an error or half a page (but none that says it is
gone for good), or where a section is
missing or a value unreadable on every capture that was parsed: what any capture has is in the
tables.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from parse.registry import Registry
from parse.stage import Stage
from warc.sites.page import DOM_SCHEME

REFETCH_NAME = "refetch.tsv"
REASON_CHARS_MAX = 120

BAD_VERDICTS = frozenset({"truncated", "wrong_page", "error"})
"""Not block and challenge: asking again is then the operator's decision."""

CAPTURES = """
SELECT source, page_type, page_key, url, effective_us, outcome, verdict, reason, parser, issues,
       status
FROM captures WHERE outcome IN ('parsed', 'failed', 'evidence')
ORDER BY source, page_type, page_key, effective_us DESC, is_dom, capture_id DESC
"""

_issues = msgspec.msgpack.Decoder(list[tuple[str, str, str]]).decode


class _Capture(msgspec.Struct, gc=False):
    """A row of the query above."""

    source: str
    page_type: str
    page_key: str
    url: str
    effective_us: int
    outcome: str
    verdict: str | None
    reason: str | None
    parser: str | None
    issues: bytes
    status: int | None

    @property
    def answer(self) -> tuple[str, int | None]:
        """The page type, and with which status it was answered."""
        return self.page_type, self.status

    @property
    def page(self) -> tuple[str, str, str]:
        """Which page it is a capture of."""
        return self.source, self.page_type, self.page_key


@dataclass(frozen=True, slots=True)
class Refetch:
    """What was listed: how many pages, and of which sources."""

    count: int = 0
    sources: tuple[str, ...] = ()


def write_refetch(stage: Stage, registry: Registry, folder: Path) -> Refetch:
    """Write the list into a snapshot's folder: lines `URL<TAB>reason`, sorted by URL."""
    sections = {
        f"{parser.name}/{parser.version}": parser.sections
        for source in registry.sources
        for parser in source.parsing.parsers
    }
    gone = {
        (site.name, page_type.name, status)
        for site in registry.sites
        for page_type in site.page_types
        for status in page_type.gone
    }
    found = (_Capture(*row) for row in stage.db.execute(CAPTURES))
    lines, sources = [], set()
    for (source, _, _), captures in itertools.groupby(found, key=lambda one: one.page):
        listed = list(captures)
        if listed[0].outcome == "evidence" and (source, *listed[0].answer) in gone:
            continue
        if reason := _reason(listed, sections):
            line = " ".join(reason.split())[:REASON_CHARS_MAX]
            lines.append(f"{listed[0].url.removeprefix(DOM_SCHEME)}\t{line}\n")
            sources.add(source)
    (folder / REFETCH_NAME).write_text("".join(sorted(lines)), encoding="utf-8", newline="\n")
    return Refetch(len(lines), tuple(sorted(sources)))


def _reason(captures: Sequence[_Capture], sections: dict[str, frozenset[str]]) -> str:
    """Why a page is worth fetching again, given its captures, newest first; "" if it is not."""
    read = [one for one in captures if one.outcome != "evidence"]
    if not read:
        newest = captures[0]
        if newest.verdict not in BAD_VERDICTS:
            return ""
        return f"{newest.verdict}: {newest.reason}" if newest.reason else str(newest.verdict)
    visit = [one for one in read if one.effective_us == read[0].effective_us]
    if all(one.outcome == "failed" for one in visit):
        return f"not parsed: {visit[0].reason}"
    lost = [
        _lost(one, sections.get(one.parser or "", frozenset()))
        for one in read
        if one.outcome == "parsed"
    ]
    return "; ".join(sorted(frozenset.intersection(*lost)))


def _lost(capture: _Capture, sections: frozenset[str]) -> frozenset[str]:
    """What a capture does not give: sections it has not, values that cannot be read."""
    if not capture.issues:
        return frozenset()
    return frozenset(
        f"{kind}: {field}"
        for kind, field, _ in _issues(capture.issues)
        if kind == "unreadable" or (kind == "missing" and field in sections)
    )

"""The report of a verification, as lines for people and as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from warc.archives.findings import KINDS, SEVERITIES
from warc.archives.terminal import size_text
from warc.archives.verify import Verified
from warc.words import counted

# Examples in the lines; JSON has all that were kept.
_EXAMPLES_SHOWN = 3


def report_lines(told: Verified) -> Iterator[tuple[str, str]]:
    """Yield lines, each with the severity that colours it ("" for none)."""
    types = ", ".join(f"{count} {name}" for name, count in sorted(told.by_type.items()))
    files, records = (
        counted(told.files, "file", "files"),
        counted(told.records, "record", "records"),
    )
    yield f"{files}, {size_text(told.bytes)}, {records}: {types or 'none'}", ""
    for severity, kind, group in told.findings.by_severity():
        yield f"{severity:<8} {kind:<20} {group.count:>7}  {KINDS[kind].about}", severity
        shown = group.examples[:_EXAMPLES_SHOWN]
        for example in shown:
            yield f"         {example}", ""
        if group.count > len(shown):
            yield f"         and {group.count - len(shown)} more", ""
    for name, states in told.urls.items():
        parts = " + ".join(f"{count} {state}" for state, count in states.items() if count)
        known = counted(sum(states.values()), "known URL", "known URLs")
        yield f"{name}: {known} = {parts or 'none'}", ""
    yield verdict(told), "defect" if told.findings.total("defect") else ""


def verdict(told: Verified) -> str:
    """One line: how much of each severity was found."""
    totals = [f"{told.findings.total(severity)} {severity}" for severity in SEVERITIES]
    good = "no defects" if not told.findings.total("defect") else "defects found"
    return f"{good}: {', '.join(totals)}"


def as_json(told: Verified) -> dict[str, Any]:
    """The whole report."""
    return {
        "files": told.files,
        "bytes": told.bytes,
        "records": told.records,
        "by_type": told.by_type,
        "totals": {severity: told.findings.total(severity) for severity in SEVERITIES},
        "findings": [
            {
                "kind": kind,
                "severity": severity,
                "about": KINDS[kind].about,
                "count": group.count,
                "examples": [
                    {"file": one.file, "offset": one.offset, "detail": one.detail}
                    for one in group.examples
                ],
            }
            for severity, kind, group in told.findings.by_severity()
        ],
        "urls": told.urls,
    }

"""The tables of docs/archives.md, made from what the code does.

`python -m tests.warc.archives_doc` writes them anew; a test fails where they are out of date.
"""

from __future__ import annotations

import re
from pathlib import Path

from tests.warc.cdxj_differences import DIFFERENCES, REASONS
from warc.archives.findings import KINDS, SEVERITIES
from warc.archives.targets import targets_of
from warc.archives.verify import verify

ROOT = Path(__file__).parents[2]
DOCUMENT = ROOT / "docs" / "archives.md"
SAMPLES = ROOT.parent / "shared" / "samples" / "warc"
CORRUPT = SAMPLES / "corrupt"

PLANTED: dict[str, tuple[str, str]] = {
    "00-clean.warc": ("nothing: the file all others are made from", ""),
    "00-clean.warc.gz": ("nothing: the file all others are made from", ""),
    "02-trunc-in-trailer.warc.gz": ("the last gzip member lacks bytes of its trailer", "truncated"),
    "04-bitflip-deflate.warc.gz": ("a bit of compressed data is turned", "gzip-damaged"),
    "06-payload-changed.warc.gz": ("a payload was changed after its digest", "digest-differs"),
    "08-onegzip.warc.gz": ("one gzip member for the whole file", "gzip-many"),
    "10-clen-short.warc.gz": ("a record's Content-Length is 7 too small", "digest-differs"),
    "12-id-no-brackets.warc.gz": ("a WARC-Record-ID without brackets", "field-syntax"),
    "14-trailing-garbage.warc.gz": ("100 bytes of junk at the end", "garbage"),
    "16-no-payload-digest.warc.gz": ("a response without payload digest", "no-payload-digest"),
    "18-bad-type.warc.gz": ("a response calls itself a `wibble`", "hidden-message"),
    "20-target-uri-brackets.warc.gz": ("a WARC-Target-URI in brackets", "uri-in-brackets"),
    "22-missing-record-id.warc.gz": ("a record without WARC-Record-ID", "bad-head"),
    "24-revisit-dangling.warc.gz": (
        "a revisit of a payload that is nowhere; the capture it names has another",
        "revisit-differs",
    ),
    "26-ce-gzip-lies.warc.gz": ("Content-Encoding: gzip on a plain body", "undecodable"),
    "28-http2-status-line.warc.gz": ("a status line of HTTP/2", "http-version"),
}
"""What was planted in each damaged sample, and the kind of finding it must be; "" for none."""


def documented() -> str:
    """The document as it stands."""
    return DOCUMENT.read_text(encoding="utf-8")


def written(text: str) -> str:
    """The document with its tables made anew; the samples' table stays where they are absent."""
    text = _between(text, "kinds", _kinds())
    text = _between(text, "cdxj", _differences())
    return _between(text, "corrupt", _corrupt()) if CORRUPT.exists() else text


def _differences() -> str:
    """Why our index of a file may differ from another tool's, and in which samples it does."""
    rows = []
    for name, about in REASONS.items():
        files = sorted(
            {one.rpartition("/")[2] for one, (why, _, _) in DIFFERENCES.items() if why == name}
        )
        rows.append(f"| {about} | {', '.join(files)} |")
    return "\n".join(("| difference | samples that show it |", "|---|---|", *rows))


def _kinds() -> str:
    """Every kind of finding."""
    rows = [
        f"| `{name}` | {kind.severity} | {kind.about} |"
        for severity in SEVERITIES
        for name, kind in KINDS.items()
        if kind.severity == severity
    ]
    return "\n".join(("| kind | severity | what it is |", "|---|---|---|", *rows))


def _corrupt() -> str:
    """Every damaged sample, with what a verification of it really finds."""
    rows = []
    for name, (planted, expected) in sorted(PLANTED.items()):
        told = verify(targets_of([str(CORRUPT / name)], CORRUPT))
        found = [kind for _, kind, _ in told.findings.by_severity() if kind != "renamed"]
        caught = ", ".join(f"`{kind}` ({KINDS[kind].severity})" for kind in found) or "-"
        rows.append(f"| {name} | {planted} | {caught} |")
        assert not expected or expected in found, name
    return "\n".join(("| file | planted | found |", "|---|---|---|", *rows))


def _between(text: str, name: str, table: str) -> str:
    """The text with another table between the marks of a name."""
    pattern = rf"(<!-- {name} -->\n).*?(<!-- end of {name} -->)"
    assert re.search(pattern, text, re.DOTALL), name
    return re.sub(pattern, lambda found: found[1] + table + "\n" + found[2], text, flags=re.DOTALL)


if __name__ == "__main__":
    DOCUMENT.write_text(written(documented()), encoding="utf-8")

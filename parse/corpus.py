"""Corpus cases: one archived capture each, with what every version of its parser makes of it.

A case is a folder: `capture.warc.gz` (the record, behind a warcinfo where a base URL stands for the
site), `expected.json`, and `case.toml`, which says why it is there. Expectations are written for
people: a class of rows is a list of columns and one line per row, so that a difference of two files
names the row, and `differences` names the field. Rows that an older version gives alike are written
once, so that a file shows what a version changed.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from parse.corpus_diff import rows_differ
from parse.extract import extract_page
from parse.inputs import Input
from parse.model import Parser
from parse.registry import Registry, locate
from parse.replay import page_of, stand_ins_of
from warc.codec import compress_member
from warc.errors import UsageError
from warc.format import FIELDS_TYPE, TRAILER, record_head
from warc.reader import read_records
from warc.record import Record
from warc.sites.page import DOM_SCHEME, PageRef, Response
from warehouse.terminal import size_text

CAPTURE, EXPECTED, ABOUT = "capture.warc.gz", "expected.json", "case.toml"
AS = "as "
"""What stands before a version's label in place of rows that are the same as its."""

INFO_ID = "urn:uuid:00000000-0000-4000-8000-000000000000"
DIFFERENCES_SHOWN = 12
CASE_BYTES_MAX = 500_000
"""What a case may take on disk: one of HLTV takes 10 to 40 kB, telemetry 10 MB and more."""

Output = dict[str, Any]
"""What one parser made of a capture: layout, rows by class, issues; or an error."""

_issues = msgspec.msgpack.Decoder(list[tuple[str, str, str]]).decode


@dataclass(frozen=True, slots=True)
class Capture:
    """A capture to be kept as a case: its record, and which page of which source it is."""

    record: Record
    ref: PageRef
    stand_ins: Mapping[str, str]

    @property
    def page_url(self) -> str:
        """The URL of the page, also where the capture is what was rendered of it."""
        return self.record.target_uri.removeprefix(DOM_SCHEME)


def capture_of(record: Record, stand_ins: Mapping[str, str], registry: Registry) -> Capture:
    """A record as a capture that a parser reads.

    raises  UsageError where it is no page of a known source, or no content
    """
    url = record.target_uri
    if record.type == "revisit":
        original = record.fields.first("WARC-Refers-To") or "a record it does not name"
        raise UsageError(f"the record is a revisit: freeze its original, {original}")
    ref = locate(registry.sites, url, dict(stand_ins))
    if ref is None or record.type not in {"response", "resource"}:
        raise UsageError(f"{url or record.record_id} is no page of a known source ({record.type})")
    page = page_of(record)
    if page.problem or page.status is None:
        raise UsageError(f"{url} cannot be read: {page.problem}")
    response = Response(status=page.status, headers=page.headers, body=page.body)
    judged = registry.source_named(ref.source).site.judge(ref, response)
    if judged.verdict != "content":
        raise UsageError(f"{url} is no content but {judged.verdict}: {judged.reason}")
    return Capture(record, ref, stand_ins)


def read_case(folder: Path, registry: Registry) -> Capture:
    """The capture of a case."""
    path = folder / CAPTURE
    found = [one for one in read_records(path) if isinstance(one, Record)]
    records = [one for one in found if one.type != "warcinfo"]
    if len(records) != 1:
        raise UsageError(f"{path} holds {len(records)} captures, not 1")
    size = path.stat().st_size
    file = Input(path=path, collection="", name=path.name, size=size, is_open=False, named=True)
    return capture_of(records[0], stand_ins_of(file), registry)


def parsers_of(capture: Capture, registry: Registry) -> tuple[Parser, ...]:
    """Every registered version that reads the capture's page type, the oldest first."""
    parsing = registry.source_named(capture.ref.source).parsing
    having = [one for one in parsing.parsers if one.page_type == capture.ref.page_type]
    return tuple(sorted(having, key=lambda one: one.version))


def output_of(capture: Capture, parser: Parser, registry: Registry) -> Output:
    """What a parser makes of a capture, as `expected.json` keeps it."""
    unpack = registry.source_named(capture.ref.source).row_decoder().decode
    body = page_of(capture.record).body
    made, entities = extract_page(parser, capture.ref, body, capture.page_url, unpack)
    issues = [list(issue) for issue in _issues(made.issues)] if made.issues else []
    if made.outcome != "parsed":
        return {"error": made.failure, "issues": issues}
    rows: dict[str, dict[str, list[Any]]] = {}
    for entity in entities:
        for row in unpack(entity.rows):
            kind = type(row).__name__
            listed = rows.setdefault(kind, {"columns": list(row.__struct_fields__), "rows": []})
            listed["rows"].append(msgspec.to_builtins(list(msgspec.structs.astuple(row))))
    return {"layout": made.layout, "issues": issues, "rows": rows}


def outputs_of(capture: Capture, registry: Registry) -> dict[str, Output]:
    """What every registered version makes of a capture, by label."""
    return {
        parser.label: output_of(capture, parser, registry)
        for parser in parsers_of(capture, registry)
    }


def differences(expected: Output, found: Output) -> list[str]:
    """What differs, a line each: the class, the row and the field, old -> new."""
    lines = [
        f"{name}: {expected.get(name)!r} -> {found.get(name)!r}"
        for name in ("error", "layout")
        if expected.get(name) != found.get(name)
    ]
    before, after = expected["issues"], found["issues"]
    lines += [f"issue gone: {' '.join(one)}" for one in before if one not in after]
    lines += [f"issue new: {' '.join(one)}" for one in after if one not in before]
    old, new = expected.get("rows", {}), found.get("rows", {})
    for kind in [*old, *(kind for kind in new if kind not in old)]:
        lines += rows_differ(kind, old.get(kind), new.get(kind))
    if len(lines) > DIFFERENCES_SHOWN:
        rest = len(lines) - DIFFERENCES_SHOWN
        lines[DIFFERENCES_SHOWN:] = [f"and {rest} more differences"]
    return lines


def read_expected(folder: Path) -> dict[str, Output]:
    """The expectations of a case by parser label; none where they are not written yet."""
    path = folder / EXPECTED
    found: dict[str, Output] = json.loads(path.read_text("utf-8")) if path.exists() else {}
    for output in found.values():
        rows = output.get("rows", {})
        for kind, listed in rows.items():
            if isinstance(listed, str):
                rows[kind] = found[listed.removeprefix(AS)]["rows"][kind]
    return found


def expected_text(outputs: Mapping[str, Output]) -> str:
    """Expectations as they are written: one line per row."""
    parts: list[str] = []
    earlier: dict[str, Output] = {}
    for label, output in sorted(outputs.items(), key=lambda item: _by_version(item[0])):
        lines = [f"  {_json(name)}: {_json(output[name])}" for name in output if name != "rows"]
        if "rows" in output:
            kinds = [_kind_text(kind, output, earlier) for kind in sorted(output["rows"])]
            lines.append('  "rows": {\n' + ",\n".join(kinds) + "\n  }")
        parts.append(f" {_json(label)}: {{\n" + ",\n".join(lines) + "\n }")
        earlier[label] = output
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _by_version(label: str) -> tuple[str, int]:
    name, _, version = label.rpartition("/")
    return name, int(version)


def _kind_text(kind: str, output: Output, earlier: Mapping[str, Output]) -> str:
    listed = output["rows"][kind]
    for label, older in earlier.items():
        if older.get("rows", {}).get(kind) == listed:
            return f"   {_json(kind)}: {_json(AS + label)}"
    rows = ",\n".join(f"    {_json(row)}" for row in listed["rows"])
    return f'   {_json(kind)}: {{"columns": {_json(listed["columns"])}, "rows": [\n{rows}]}}'


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def write_case(
    folder: Path,
    capture: Capture,
    registry: Registry,
    *,
    why: str,
    max_bytes: int | None = CASE_BYTES_MAX,
) -> dict[str, Output]:
    """Write a case into a folder that is not there yet; what the parsers made of it.

    max_bytes  what it may take on disk; None for no limit
    raises     UsageError where the folder is there, no parser reads the page, or the case would
               be larger
    """
    if folder.exists():
        raise UsageError(f"{folder} is there already: give another --name")
    outputs = outputs_of(capture, registry)
    if not outputs:
        ref = capture.ref
        raise UsageError(f"no parser reads pages of type {ref.page_type} of {ref.source}")
    members, expected = _members(capture), expected_text(outputs).encode()
    size = len(members) + len(expected)
    if max_bytes is not None and size > max_bytes:
        raise UsageError(
            f"the case would take {size_text(size)}, {size_text(len(expected))} of it for what is"
            f" expected, and may take {size_text(max_bytes)}: a page of fewer rows shows as much"
            " (--large)"
        )
    layouts = {str(output.get("layout")) for output in outputs.values()}
    about = {
        "why": why,
        "url": capture.record.target_uri,
        "date": capture.record.date.isoformat().replace("+00:00", "Z"),
        "layout": ", ".join(sorted(layouts - {"None"})),
    }
    aside = folder.with_name(f".{folder.name}.new")
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(parents=True)
    (aside / CAPTURE).write_bytes(members)
    (aside / EXPECTED).write_bytes(expected)
    toml = "".join(f"{name} = {_json(value)}\n" for name, value in about.items())
    (aside / ABOUT).write_text(toml, encoding="utf-8", newline="\n")
    aside.replace(folder)
    return outputs


def _members(capture: Capture) -> bytes:
    """The record as one gzip member, behind a warcinfo where its URL needs one."""
    record = capture.record
    lines = [f"{name}: {value}\r\n" for name, value in record.fields]
    head = "".join(["WARC/1.1\r\n", *lines, "\r\n"]).encode()
    member = compress_member(head + record.block + TRAILER)
    base_url = capture.stand_ins.get(capture.ref.source)
    if not base_url:
        return member
    block = f"source: {capture.ref.source}\r\nbase-url: {base_url}\r\n".encode()
    date = record.fields.first("WARC-Date") or ""
    info = record_head("warcinfo", INFO_ID, date, (), content_type=FIELDS_TYPE, length=len(block))
    return compress_member(info + block + TRAILER) + member

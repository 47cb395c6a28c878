"""The journal's lines as bytes, and back. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from warc.roster.entries import KINDS, EntryError, Unfit, entry_table, read_entry
from warc.roster.state import Change

_KEYS = {"when", "who", "why", "what", "kind", "entry"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A change with its circumstances.

    when  UTC, to the second
    who   the name of the user whose command it was
    why   free text, may be empty
    """

    when: datetime
    who: str
    why: str
    change: Change


def write_line(line: Line) -> bytes:
    """A line of the journal, its end included."""
    told = {
        "when": line.when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "who": line.who,
        "why": line.why,
        "what": line.change.what,
        "kind": line.change.entry.kind,
        "entry": entry_table(line.change.entry),
    }
    # What no encoding can write becomes the escape that JSON has for it.
    return (json.dumps(told, ensure_ascii=False) + "\n").encode("utf-8", "backslashreplace")


def read_line(data: bytes) -> Line:
    """The line that bytes are, without its end; Unfit where they are none."""
    try:
        told = json.loads(data.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise Unfit(f"no JSON: {error}") from None
    if not isinstance(told, dict) or set(told) != _KEYS:
        raise Unfit(f"not an object of {', '.join(sorted(_KEYS))}")
    what, kind, table = told["what"], told["kind"], told["entry"]
    if what not in ("add", "remove"):
        raise Unfit(f"what: {what!r} is neither 'add' nor 'remove'")
    if kind not in KINDS:
        raise Unfit(f"kind: {kind!r} is none of {', '.join(KINDS)}")
    if not isinstance(table, dict):
        raise Unfit("entry: not an object")
    try:
        change = Change(what, read_entry(kind, table))
    except EntryError as error:
        raise Unfit(f"entry: {error}") from None
    return Line(when=_when(told), who=_said(told, "who"), why=_said(told, "why"), change=change)


def _said(told: Mapping[str, object], key: str) -> str:
    value = told[key]
    if not isinstance(value, str):
        raise Unfit(f"{key}: not text")
    return value


def _when(told: Mapping[str, object]) -> datetime:
    try:
        when = datetime.fromisoformat(_said(told, "when"))
    except ValueError:
        raise Unfit("when: no time") from None
    if when.tzinfo is None:
        raise Unfit("when: a time without a zone")
    return when.astimezone(UTC)

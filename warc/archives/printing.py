"""The outcomes of the commands about archives, printed for people or turned into JSON."""

from __future__ import annotations

from collections.abc import Sequence

from warc.archives.listing import CollectionSummary
from warc.archives.mend import Rebuilt, Repaired
from warc.archives.stats import Stats, stats_rows
from warc.archives.terminal import say, show_table, size_text
from warc.words import counted


def print_list(
    rows: Sequence[dict[str, str | int | None]], summaries: Sequence[CollectionSummary]
) -> None:
    """Print collections or files as a table, and what was set aside beside them."""
    if not rows:
        say("no collections")
        return
    cells = [[_cell(name, value) for name, value in row.items()] for row in rows]
    show_table(["size" if name == "bytes" else name for name in rows[0]], cells)
    for one in summaries:
        for name in one.torn_tails:
            say(f"{one.name}: {name} was set aside")


def _cell(name: str, value: str | int | None) -> str:
    """A value as it stands in a table: sizes for people, days of times."""
    if value is None:
        return "-"
    if name == "bytes":
        return size_text(int(value))
    return str(value)[:10] if name in {"first", "last"} else str(value)


def print_repaired(one: Repaired, *, quiet: bool) -> None:
    """Print what repairing one folder did, or would do."""
    will = "" if one.applied else "would be "
    for plan in one.plans:
        if not plan.is_needed:
            if not quiet:
                say(f"{plan.path}: nothing to repair, {_records(plan.kept)}")
            continue
        if not plan.is_possible:
            why = plan.why or "no record in it can be kept"
            say(f"{plan.path}: left as it is, {why}")
            continue
        say(
            f"{plan.path}: {_records(plan.kept)} {will}kept byte for byte, {plan.repacked} {will}"
            f"written anew each by itself, {_stretches(plan.bad_stretches)} of "
            f"{counted(plan.bad_bytes, 'byte', 'bytes')} {will}left out"
        )
        for offset, length, problem in plan.bad:
            say(f"  byte {offset}, {length} bytes: {problem}")
    for sentence in one.told:
        say(sentence)
    if not one.applied and any(plan.is_needed for plan in one.plans):
        say("nothing was changed; --apply does it")


def repaired_json(one: Repaired) -> dict[str, object]:
    """The same as JSON."""
    return {
        "applied": one.applied,
        "told": one.told,
        "files": [
            {
                "file": str(plan.path),
                "needed": plan.is_needed,
                "possible": plan.is_possible,
                "why": plan.why,
                "kept": plan.kept,
                "repacked": plan.repacked,
                "bad_stretches": plan.bad_stretches,
                "bad_bytes": plan.bad_bytes,
                "bad": [
                    {"offset": offset, "length": length, "problem": problem}
                    for offset, length, problem in plan.bad
                ],
            }
            for plan in one.plans
        ],
    }


def print_rebuilt(made: Rebuilt) -> None:
    """Print the rows of a manifest before and after."""
    for sentence in made.told:
        say(sentence)
    for table, after in made.after.items():
        before = "none" if made.before is None else str(made.before[table])
        say(f"{table:<10} {before:>10} -> {after}")


def print_stats(told: Stats) -> None:
    """Print totals, and captures by page type and verdict."""
    say(
        f"{counted(told.collections, 'collection', 'collections')}, "
        f"{counted(told.files, 'file', 'files')}, {_records(told.records)}, "
        f"{counted(told.captures, 'capture', 'captures')}, {told.revisits} of them revisits"
    )
    say(
        f"stored {size_text(told.stored)}, records {size_text(told.plain)}, "
        f"payloads decoded {size_text(told.decoded)}: {told.compression:.1f} to 1; "
        f"revisits saved {size_text(told.saved)}"
    )
    if told.bad_stretches:
        say(f"{_stretches(told.bad_stretches)} (see: warchouse archives verify)")
    if told.by_page:
        rows = [(page, verdict_, str(number)) for page, verdict_, number in stats_rows(told)]
        show_table(("page type", "verdict", "captures"), rows)


def stats_json(told: Stats) -> dict[str, object]:
    """The same as JSON."""
    names = (
        "collections", "files", "records", "captures", "revisits", "bad_stretches", "stored",
        "plain", "decoded", "saved",
    )  # fmt: skip
    return {name: getattr(told, name) for name in names} | {
        "compression": round(told.compression, 3),
        "by_page": [
            {"page_type": page, "verdict": verdict_, "captures": number}
            for page, verdict_, number in stats_rows(told)
        ],
    }


def _records(count: int) -> str:
    return counted(count, "record", "records")


def _stretches(count: int) -> str:
    return counted(count, "bad stretch", "bad stretches")

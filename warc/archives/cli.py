"""The commands `warchouse archives list|show|verify|repair|rebuild-manifest|stats`."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from warc.archives import find
from warc.archives.listing import row_of, summarize
from warc.archives.mend import look, rebuild_manifest, repair
from warc.archives.options import (
    DEFAULT_ARCHIVES,
    ArchivesOption,
    JsonOption,
    QuietOption,
    local,
)
from warc.archives.plot import bars, draw, refuse_plot
from warc.archives.printing import (
    print_list,
    print_rebuilt,
    print_repaired,
    print_stats,
    repaired_json,
    stats_json,
)
from warc.archives.report import as_json, report_lines, verdict
from warc.archives.showing import facts_of, head_of, raw_of, row_of_place
from warc.archives.stats import Period, count, over_time
from warc.archives.targets import Target, collection_of, collections_of, targets_of
from warc.archives.terminal import COLOURS, bytes_bar, say, show_table
from warc.archives.verify import verify
from warc.errors import UsageError
from warc.record import Record

WordsArgument = Annotated[
    list[str] | None,
    typer.Argument(help="Collections by name, folders or files by path; all without any."),
]


def list_archives(
    collection: Annotated[
        str | None, typer.Argument(help="Show the files of this one.", show_default=False)
    ] = None,
    *,
    read: Annotated[
        bool, typer.Option("--read", help="Read every file: counts records, finds bad ones.")
    ] = False,
    archives: ArchivesOption = DEFAULT_ARCHIVES,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """List the collections, or the files of one: sizes, captures, times, who wrote them.

    What a manifest knows is not read again. Ends with 1 if a file that was read is torn or bad.

    Example:

      warchouse archives list hltv --read
    """  # noqa: D412 - a blank line keeps the example a paragraph of its own
    root = local(archives)
    targets = (collection_of(collection, root),) if collection else collections_of(root)
    with bytes_bar("reading", _size(targets), quiet=quiet or not read) as progress:
        summaries = [summarize(target, read=read, progress=progress) for target in targets]
    rows = [row_of(one) for one in (summaries[0].files if collection else summaries)]
    if as_json:
        print(json.dumps(rows, indent=1, ensure_ascii=False))
    elif not quiet:
        print_list(rows, summaries)
    states = {file.state for one in summaries for file in one.files}
    raise typer.Exit(1 if states & {"torn", "bad"} else 0)


def show(
    what: Annotated[str, typer.Argument(help="URL, record id (urn:uuid:…), or FILE:OFFSET.")],
    *,
    head: Annotated[bool, typer.Option("--head", help="Print heads: record's, message's.")] = False,
    body: Annotated[
        bool, typer.Option("--body", help="Write the decoded body, exactly its bytes.")
    ] = False,
    record: Annotated[
        bool, typer.Option("--record", help="Write the raw record, uncompressed.")
    ] = False,
    archives: ArchivesOption = DEFAULT_ARCHIVES,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Show all captures of a URL, or one record; --head, --body and --record take the newest.

    Ends with 1 where nothing of that name is archived.

    Example:

      warchouse archives show https://www.hltv.org/results --body > results.html
    """  # noqa: D412 - as above
    if head + body + record > 1:
        raise UsageError("--head, --body and --record exclude each other")
    targets = collections_of(local(archives))
    found, places = _found(what, targets)
    if found is None:
        _print_near(what, targets, quiet=quiet)
        raise typer.Exit(1)
    if body:
        sys.stdout.buffer.write(find.payload_of(found, targets))
    elif record:
        sys.stdout.buffer.write(raw_of(found))
    elif head:
        sys.stdout.buffer.write(head_of(found))
    elif as_json:
        told = {"captures": [row_of_place(one) for one in places], "record": facts_of(found)}
        print(json.dumps(told, indent=1, ensure_ascii=False))
    elif not quiet:
        if places:
            rows = [row_of_place(one) for one in places]
            show_table(list(rows[0]), [[str(cell) for cell in row.values()] for row in rows])
            print()
        for name, value in facts_of(found).items():
            print(f"{name:<16}  {value}")


def verify_archives(
    what: WordsArgument = None,
    *,
    archives: ArchivesOption = DEFAULT_ARCHIVES,
    as_json_: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Check everything that can be checked of WARC and ARC files, and of their manifests.

    gzip framing, header rules, digests under both chunked readings, revisits and ids across all
    files given, HTTP framing, decodability, agreement with the manifest, and where every known URL
    has ended. docs/archives.md lists the kinds of findings. Ends with 1 if there are defects.

    Examples:

      warchouse archives verify

      warchouse archives verify hltv other-writer.warc.gz --json
    """  # noqa: D412 - as above
    targets = targets_of(what or [], local(archives))
    with bytes_bar("verifying", _size(targets), quiet=quiet) as progress:
        told = verify(targets, progress)
    defects = told.findings.total("defect")
    if as_json_:
        print(json.dumps(as_json(told), indent=1, ensure_ascii=False))
    elif quiet:
        if defects:
            say(verdict(told))
    else:
        for line, severity in report_lines(told):
            say(line, colour=COLOURS.get(severity, ""))
    raise typer.Exit(1 if defects else 0)


def repair_archives(
    what: WordsArgument = None,
    *,
    apply: Annotated[
        bool, typer.Option("--apply", help="Do it; without this it is only told.")
    ] = False,
    archives: ArchivesOption = DEFAULT_ARCHIVES,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Free WARC files of bytes that are no record; tells what it would do until --apply is given.

    Every good record is kept byte for byte; originals are kept in COLLECTION/damaged/. Ends with 1
    if something is still to be repaired, or cannot be.

    Example:

      warchouse archives repair hltv --apply
    """  # noqa: D412 - as above
    targets = targets_of(what or [], local(archives))
    outcomes = [repair(target) if apply else look(target) for target in targets]
    if as_json:
        print(json.dumps([repaired_json(one) for one in outcomes], indent=1, ensure_ascii=False))
    else:
        for one in outcomes:
            print_repaired(one, quiet=quiet)
    left = [
        plan
        for one in outcomes
        for plan in one.plans
        if plan.is_needed and not (one.applied and plan.is_possible)
    ]
    raise typer.Exit(1 if left else 0)


def rebuild(
    collection: Annotated[str, typer.Argument(help="Collection by name or path.")],
    *,
    archives: ArchivesOption = DEFAULT_ARCHIVES,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Make a collection's manifest anew from its WARC files, and put it in the old one's place.

    Pages that were only queued stand in no WARC file: the next fetch finds them again.

    Example:

      warchouse archives rebuild-manifest hltv
    """  # noqa: D412 - as above
    made = rebuild_manifest(collection_of(collection, local(archives)).folder)
    if as_json:
        print(json.dumps({"before": made.before, "after": made.after, "told": made.told}, indent=1))
    elif not quiet:
        print_rebuilt(made)


def stats(
    what: WordsArgument = None,
    *,
    by: Annotated[
        str | None, typer.Option(help="day, week or month; the shortest that fits otherwise.")
    ] = None,
    plot: Annotated[
        Path | None, typer.Option(help="Draw captures over time into this .svg or .png file.")
    ] = None,
    archives: ArchivesOption = DEFAULT_ARCHIVES,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Count what archives hold: captures by page type and verdict, bytes, savings, over time.

    Example:

      warchouse archives stats hltv --plot captures.svg
    """  # noqa: D412 - as above
    if plot is not None:
        refuse_plot(plot)
    targets = targets_of(what or [], local(archives))
    wanted = _period(by)
    with bytes_bar("reading", _size(targets), quiet=quiet) as progress:
        told = count(targets, progress)
    period, periods = over_time(told, wanted)
    if plot is not None:
        draw(periods, period, plot)
    if as_json:
        by_period = {day.isoformat(): dict(counts) for day, counts in periods.items()}
        print(json.dumps(stats_json(told) | {"period": period, "captures_by": by_period}, indent=1))
    elif not quiet:
        print_stats(told)
        fine = Console().is_terminal and (sys.stdout.encoding or "").lower().startswith("utf")
        for line in bars(periods, period, fine=fine):
            print(line)
        if plot is not None:
            print(f"plot: {plot}")


def _size(targets: Sequence[Target]) -> int:
    """Bytes of all files of the targets."""
    return sum(path.stat().st_size for target in targets for path in target.files)


def _period(by: str | None) -> Period | None:
    """The period an option names."""
    periods: dict[str | None, Period | None] = {
        None: None,
        "day": "day",
        "week": "week",
        "month": "month",
    }
    if by not in periods:
        raise UsageError(f"--by is day, week or month, not {(by or '')[:40]!r}")
    return periods[by]


def _found(what: str, targets: Sequence[Target]) -> tuple[Record | None, tuple[find.Place, ...]]:
    """The record a word means, for a URL its newest capture with all others."""
    if what.lower().strip("<>").startswith("urn:uuid:"):
        return find.record_named(what.strip("<>"), targets), ()
    if find.is_place(what):
        return find.record_at(what, targets), ()
    places = find.captures_of(what, targets)
    return (find.record_of(places[0]) if places else None), places


def _print_near(what: str, targets: Sequence[Target], *, quiet: bool) -> None:
    """Say that something is not archived, and what is near."""
    near = find.near_misses(what, targets) if "://" in what else ()
    hint = f"; near: {', '.join(near)}" if near else ""
    if not quiet:
        print(f"not archived: {what}{hint}", file=sys.stderr)

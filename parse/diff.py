"""The command `warchouse diff`: what differs between two snapshots or two versions of a parser."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from parse.cli_options import ArchivesOption, WarehouseOption, WorkersOption
from parse.console import Watcher
from parse.inputs import find_inputs
from parse.offline import offline
from parse.pool import WorkerPool
from parse.run import ParseOptions
from parse.sides import built_sides, snapshots_in, versions_in
from warc.archives.terminal import say, show_table
from warehouse.diff.as_json import as_json as json_of
from warehouse.diff.compare import Wanted
from warehouse.diff.lines import sections
from warehouse.diff.model import Diff
from warehouse.diff.report import report
from warehouse.diff.snapshots import diff_snapshots
from warehouse.html.file import write_report
from warehouse.options import one_line_errors
from warehouse.output import refuse_page
from warehouse.snapshot import Snapshot

app = typer.Typer(rich_markup_mode=None, add_completion=False)

EXIT_DIFFERENT = 1


BeforeArgument = Annotated[
    str | None,
    typer.Argument(
        metavar="A",
        help="Snapshot (41, current, previous) or version of a parser (hltv.match=1);"
        " the one before B if left out.",
        show_default=False,
    ),
]
AfterArgument = Annotated[
    str | None,
    typer.Argument(
        metavar="B",
        help="The same, for the other side; current, or the newest version, if left out.",
        show_default=False,
    ),
]
TableOption = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAME", help="Compare this table only; may be repeated.", show_default=False
    ),
]
ExamplesOption = Annotated[
    int,
    typer.Option(min=0, metavar="N", help="Examples per column, and of rows added and removed."),
]
ProvenanceOption = Annotated[
    bool,
    typer.Option("--provenance", help="Compare capture ids, times, URLs and parser versions, too."),
]
FromOption = Annotated[
    list[str] | None,
    typer.Option(
        "--from",
        metavar="COLLECTION or FILE",
        help="What versions are tried on; all collections but demo if not given.",
        show_default=False,
    ),
]
HtmlOption = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE", help="Write a report with plots, one HTML file.", show_default=False
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]
QuietOption = Annotated[
    bool, typer.Option("--quiet", help="Print errors only; the exit code says if they differ.")
]


@app.command()
def diff(
    before: BeforeArgument = None,
    after: AfterArgument = None,
    *,
    table: TableOption = None,
    examples: ExamplesOption = 3,
    provenance: ProvenanceOption = False,
    from_: FromOption = None,
    archives: ArchivesOption = Path("archives"),
    warehouse: WarehouseOption = Path("warehouse/data"),
    workers: WorkersOption = 1,
    html: HtmlOption = None,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Show what differs between two snapshots: rows, values with examples, nulls, quarantine.

    Two versions of a parser are compared by what they make of the archives; nothing is committed.
    Rows that merely come from other captures or parsers are counted, and are no difference. Ends
    with 0 if the tables are equal, with 1 if they differ.

    Examples:

      warchouse diff

      warchouse diff 41 42 --html changes.html

      warchouse diff hltv.map_stats=1 hltv.map_stats=2 --from demo --table hltv_player_stats
    """  # noqa: D412 - a blank line keeps the example a paragraph of its own
    words = [word for word in (before, after) if word is not None]
    wanted = Wanted(provenance=provenance, examples=examples)
    options = ParseOptions(
        warehouse=warehouse,
        workers=workers,
        executor=functools.partial(WorkerPool, workers) if workers > 1 else None,
    )
    with one_line_errors():
        if html is not None:
            refuse_page(html)
        with _sides(words, from_ or [], archives, options, quiet=quiet) as both:
            found = diff_snapshots(*both, wanted, tables=table or ())
        if html is not None:
            write_report(html, report(found))
        if as_json:
            typer.echo(json.dumps(json_of(found), indent=1, ensure_ascii=False))
        elif not quiet:
            show_diff(found)
            if html is not None:
                say(f"report in {html}")
    if not found.is_equal:
        raise typer.Exit(EXIT_DIFFERENT)


@contextmanager
def _sides(
    words: Sequence[str],
    sources: Sequence[str],
    archives: Path,
    options: ParseOptions,
    *,
    quiet: bool,
) -> Iterator[tuple[Snapshot, Snapshot]]:
    """Both sides, for as long as they are there."""
    versions = versions_in(words)
    if versions is None:
        yield snapshots_in(words, options.warehouse)
        return
    inputs = find_inputs(sources, archives=archives)
    if inputs.note and not quiet:
        typer.echo(inputs.note, err=True)
    if inputs.needs_look:
        typer.echo(f"warning: {inputs.needs_look}", err=True)
    with (
        offline(),
        Watcher(quiet=quiet) as watcher,
        built_sides(versions, inputs, options, watcher) as both,
    ):
        yield both


def show_diff(found: Diff) -> None:
    """Print every section, a blank line between two."""
    for at, section in enumerate(sections(found)):
        if at:
            say("")
        say(section.title, colour="bold")
        if section.columns:
            show_table(section.columns, section.rows, texts=("key",))
        for row in () if section.columns else section.rows:
            say("  ".join(row))

"""The command `warchouse archives export`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from warc.archives.options import (
    DEFAULT_ARCHIVES,
    ArchivesOption,
    JsonOption,
    QuietOption,
    local,
)
from warc.archives.targets import targets_of
from warc.archives.terminal import bytes_bar, say
from warc.errors import UsageError
from warc.exports.readable import Source
from warc.exports.run import Exported, export_cdxj, export_wacz, sources_of
from warc.output import refuse_output
from warc.words import counted

WACZ_SUFFIX = ".wacz"


def export(
    what: Annotated[
        list[str] | None,
        typer.Argument(help="Collections by name, folders or files by path; all without any."),
    ] = None,
    *,
    cdxj: Annotated[
        Path | None, typer.Option(help="Write a sorted CDXJ index into this file.")
    ] = None,
    wacz: Annotated[
        Path | None, typer.Option(help="Write WARC files, index and pages into this .wacz file.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace files that are there.")] = False,
    archives: ArchivesOption = DEFAULT_ARCHIVES,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Write an index (CDXJ) or a package (WACZ) of archives, for replay tools like pywb.

    WARC files go into a package as they lie; those whose records other tools could not find by
    offset (zstd, one gzip member for many, ARC) are written anew, record by record. A file that is
    still being written counts up to its last whole exchange. Ends with 1 if something was left out.

    Examples:

      warchouse archives export hltv --wacz hltv.wacz

      warchouse archives export some.warc.gz --cdxj some.cdxj
    """  # noqa: D412 - a blank line keeps the example a paragraph of its own
    if cdxj is None and wacz is None:
        raise UsageError("say what to write: --cdxj FILE, --wacz FILE, or both")
    if wacz is not None and wacz.suffix != WACZ_SUFFIX:
        raise UsageError(f"--wacz {wacz} does not end in {WACZ_SUFFIX}, by which players know it")
    sources = sources_of(targets_of(what or [], local(archives)))
    _refuse_input(sources, cdxj)
    for out in (cdxj, wacz):
        if out is not None:
            refuse_output(out, force=force)
    size = sum(source.size for source in sources)
    told: dict[str, Exported] = {}
    for out, total, run in ((cdxj, size, export_cdxj), (wacz, 2 * size, export_wacz)):
        if out is not None:
            with bytes_bar(f"writing {out.name}", total, quiet=quiet) as progress:
                told[str(out)] = run(sources, out, progress)
    if as_json:
        print(json.dumps([_as_json(name, one) for name, one in told.items()], indent=1))
    else:
        for name, one in told.items():
            for line in _lines(name, one, quiet=quiet):
                say(line)
    left_out = any(one.troubles.bad_stretches or one.troubles.shared for one in told.values())
    raise typer.Exit(1 if left_out else 0)


def _refuse_input(sources: tuple[Source, ...], out: Path | None) -> None:
    """Raise UsageError where an index would replace a file that it is about."""
    if out is not None and any(source.path.resolve() == out.resolve() for source in sources):
        raise UsageError(f"--cdxj {out} is a file that is to be read")


def _lines(out: str, told: Exported, *, quiet: bool) -> Iterator[str]:
    """Yield what to say of one export: what was left out always, the rest unless quiet."""
    troubles = told.troubles
    for file, offset, length, problem in troubles.bad:
        yield f"left out: {counted(length, 'byte', 'bytes')} at {offset} of {file}: {problem}"
    if (more := troubles.bad_stretches - len(troubles.bad)) > 0:
        yield f"left out: {counted(more, 'more bad stretch', 'more bad stretches')}"
    for name, count in troubles.shared.items():
        records = counted(count, "record", "records")
        yield f"left out: {records} of {name}, which no offset leads to (--wacz writes them anew)"
    if quiet:
        return
    for name, size in told.cut.items():
        yield f"{name} is still open: {counted(size, 'byte', 'bytes')} of whole exchanges count"
    for name, new in told.rewritten.items():
        yield f"{name} was written anew as {new}, a gzip member per record"
    pages = f", {counted(told.pages, 'page', 'pages')}" if out.endswith(WACZ_SUFFIX) else ""
    files, captures = (
        counted(told.files, "file", "files"),
        counted(told.captures, "capture", "captures"),
    )
    yield f"{out}: {files}, {captures}{pages}"


def _as_json(out: str, told: Exported) -> dict[str, object]:
    """The same as JSON."""
    troubles = told.troubles
    return {
        "file": out,
        "files": told.files,
        "captures": told.captures,
        "pages": told.pages,
        "cut": told.cut,
        "rewritten": told.rewritten,
        "bad_stretches": troubles.bad_stretches,
        "bad": [
            {"file": file, "offset": offset, "length": length, "problem": problem}
            for file, offset, length, problem in troubles.bad
        ],
        "without_offset": troubles.shared,
    }

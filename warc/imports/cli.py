"""The command `warchouse archives import`."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
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
from warc.archives.terminal import bytes_bar, say, size_text
from warc.errors import UsageError
from warc.imports.naming import Naming, read_list, read_time, template_of
from warc.imports.run import Import, Outcome, found_files
from warc.reconcile import warc_files
from warc.software import SOFTWARE
from warc.words import counted

REFUSED_SHOWN = 10


def import_files(
    folder: Annotated[
        Path, typer.Argument(help="Folder of .html, .mhtml and .json files, .gz or not.")
    ],
    *,
    urls: Annotated[
        Path | None,
        typer.Option(
            help="List of files: 'file<TAB>URL' or 'file<TAB>URL<TAB>date'; .csv: commas."
        ),
    ] = None,
    url: Annotated[
        str | None, typer.Option(help="URL of every file; {name}: its name without suffixes.")
    ] = None,
    name: Annotated[
        str | None, typer.Option(help="Pattern of file names; its {fields} may stand in --url.")
    ] = None,
    date: Annotated[
        str | None, typer.Option(help="Time of all files the list gives none for, not their own.")
    ] = None,
    collection: Annotated[str, typer.Option(help="Collection to write to.")] = "saved",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what would be done.")
    ] = False,
    archives: ArchivesOption = DEFAULT_ARCHIVES,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Archive a folder of saved pages or raw JSON as resource records, each under its URL.

    The URL is what --urls says, else --url, else what a page says itself: the comment a browser
    leaves in a page that it saves, the head of an .mhtml file, the page's canonical link. All
    compression is undone. What is archived already is left alone. Ends with 1 where a file was
    refused.

    Examples:

      warchouse archives import ~/Downloads/hltv

      warchouse archives import raw --name '{id}.raw.json.gz' --url 'https://cdn.example.org/{id}'
    """  # noqa: D412 - a blank line keeps the example a paragraph of its own
    target = _collection_folder(archives, collection)
    if name is not None and url is None:
        raise UsageError("--name says what --url is made of: give both")
    naming = Naming(
        listed=read_list(urls) if urls else {},
        template=template_of(url, name) if url else None,
        at=_date(date),
    )
    paths = found_files(folder)
    began = time.monotonic()
    run = Import(target, folder, naming, software=SOFTWARE, dry=dry_run)
    told = _Told(keep=as_json)
    with run:
        there = sum(path.stat().st_size for path in warc_files(target)) if target.is_dir() else 0
        with bytes_bar("reading what is archived", there, quiet=quiet) as progress:
            run.learn(progress)
        sizes = [path.stat().st_size for path in paths]
        with bytes_bar("importing", sum(sizes), quiet=quiet) as progress:
            for path, size in zip(paths, sizes, strict=True):
                told.add(run.take(path))
                progress(size)
    if as_json:
        print(json.dumps(told.as_json(run, paths, folder), indent=1, ensure_ascii=False))
    else:
        _print(told, run, paths, seconds=time.monotonic() - began, quiet=quiet)
    raise typer.Exit(1 if told.refused else 0)


class _Told:
    """What became of files so far; what was archived is kept by name only for --json."""

    def __init__(self, *, keep: bool) -> None:
        self.counts: Counter[str] = Counter()
        self.size = 0
        self.refused: list[Outcome] = []
        self.kept: dict[str, list[Outcome]] | None = {"archived": [], "known": []} if keep else None

    def add(self, one: Outcome) -> None:
        """Count a file."""
        self.counts[one.what] += 1
        if one.what == "archived":
            self.size += one.size
        if one.what == "refused":
            self.refused.append(one)
        elif self.kept is not None:
            self.kept[one.what].append(one)

    def as_json(self, run: Import, paths: Sequence[Path], folder: Path) -> dict[str, object]:
        """All of it, by name."""
        kept = self.kept or {}
        return {
            "collection": str(run.folder),
            "dry_run": run.is_dry,
            "archived": [_named(one) for one in kept["archived"]],
            "known": [_named(one) for one in kept["known"]],
            "refused": [{"file": str(one.path), "reason": one.reason} for one in self.refused],
            "not_there": run.naming.not_among(paths, folder),
            "bytes": self.size,
            "files": run.files,
        }


def _named(one: Outcome) -> dict[str, str]:
    return {"file": str(one.path), "url": one.url}


def _collection_folder(archives: Path, collection: str) -> Path:
    """The collection's folder, on this machine and right below the archives."""
    if collection in {"", ".", ".."} or Path(collection).name != collection:
        raise UsageError(f"--collection {collection!r} is not the name of a folder")
    return local(archives) / collection


def _date(text: str | None) -> datetime | None:
    """The time an option names."""
    return read_time(text) if text else None


def _print(told: _Told, run: Import, paths: Sequence[Path], *, seconds: float, quiet: bool) -> None:
    """Print what was refused, and unless quiet the sums."""
    for one in told.refused[:REFUSED_SHOWN]:
        say(f"refused {one.path}: {one.reason}")
    if len(told.refused) > REFUSED_SHOWN:
        say(f"and {len(told.refused) - REFUSED_SHOWN:,} more refused (--json names all)")
    if quiet:
        return
    for sentence in run.told:
        say(sentence)
    missing = run.naming.not_among(paths, run.source)
    if missing:
        files = counted(len(missing), "file that is", "files that are")
        say(f"--urls names {files} not there: {missing[0]}{', …' if len(missing) > 1 else ''}")
    would = "would be archived" if run.is_dry else "archived"
    counts = told.counts
    say(
        f"{counted(counts['archived'], 'file', 'files')} {would} ({size_text(told.size)}), "
        f"{counts['known']:,} there already, {counts['refused']:,} refused, "
        f"in {run.folder}, {seconds:.1f} s"
    )
    if not counts["archived"] and not counts["refused"]:
        say("nothing new: all of it is in the collection")

"""The commands `warchouse archives …`: what is done to archives without a network or a parser."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from warc.archives.cli import (
    list_archives,
    rebuild,
    repair_archives,
    show,
    stats,
    verify_archives,
)
from warc.archives.options import DEFAULT_ARCHIVES, ArchivesOption, local
from warc.errors import UsageError
from warc.exports.cli import export
from warc.saved import Imported, import_pages, read_mapping, saved_files
from warc.software import SOFTWARE

app = typer.Typer(rich_markup_mode=None, add_completion=False, no_args_is_help=True)

REFUSED_SHOWN = 10


@app.callback()
def archives() -> None:
    """Look into archives, check and mend them, and bring saved pages into them.

    Examples:

      warchouse archives list

      warchouse archives verify hltv

      warchouse archives import saved-pages/ --urls urls.tsv
    """  # noqa: D412 - a blank line keeps the example a paragraph of its own


app.command("list")(list_archives)
app.command("show")(show)
app.command("verify")(verify_archives)
app.command("repair")(repair_archives)
app.command("rebuild-manifest")(rebuild)
app.command("stats")(stats)
app.command("export")(export)


@app.command("import")
def import_saved(
    folder: Annotated[Path, typer.Argument(help="Folder of saved .html or .html.gz pages.")],
    *,
    urls: Annotated[
        Path | None, typer.Option(help="Lines of 'file<TAB>URL', for pages that do not say.")
    ] = None,
    collection: Annotated[str, typer.Option(help="Collection to write to.")] = "saved",
    archives: ArchivesOption = DEFAULT_ARCHIVES,
    as_json: Annotated[bool, typer.Option("--json", help="Print the outcome as JSON.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print refused files only.")] = False,
) -> None:
    """Archive saved pages as resource records, each under the URL it was saved from.

    The URL is what --urls says, or the comment a browser leaves in a page it saves, or the page's
    canonical link. A page archived before is left alone. Ends with 1 if a file was refused.

    Example:

      warchouse archives import ~/Downloads/hltv
    """  # noqa: D412 - as above
    target = _collection_folder(archives, collection)
    paths = saved_files(folder)
    mapping = read_mapping(urls) if urls else {}
    outcome = import_pages(paths, mapping, target, software=SOFTWARE)
    if as_json:
        print(json.dumps(_as_json(outcome), indent=1))
    else:
        _print(outcome, target, quiet=quiet)
    raise typer.Exit(1 if outcome.refused else 0)


def _collection_folder(archives: Path, collection: str) -> Path:
    """The collection's folder, on this machine and right below the archives."""
    if collection in {"", ".", ".."} or Path(collection).name != collection:
        raise UsageError(f"--collection {collection!r} is not the name of a folder")
    return local(archives) / collection


def _print(outcome: Imported, folder: Path, *, quiet: bool) -> None:
    for refused in outcome.refused[:REFUSED_SHOWN]:
        print(f"refused {refused.path}: {refused.reason}")
    if len(outcome.refused) > REFUSED_SHOWN:
        print(f"and {len(outcome.refused) - REFUSED_SHOWN} more refused (--json names all)")
    if quiet:
        return
    print(
        f"{len(outcome.archived)} pages archived, {len(outcome.known)} there already, "
        f"{len(outcome.refused)} refused, in {folder}"
    )


def _as_json(outcome: Imported) -> dict[str, object]:
    return {
        "archived": [{"file": str(one.path), "url": one.url} for one in outcome.archived],
        "known": [{"file": str(one.path), "url": one.url} for one in outcome.known],
        "refused": [{"file": str(one.path), "reason": one.reason} for one in outcome.refused],
        "files": list(outcome.files),
    }

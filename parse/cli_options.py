"""Options of the commands that parse, and of those that look at what was parsed."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from parse.offline import refuse_remote

WORKERS_MAX = 256


def local_folder(text: str | Path) -> Path:
    """The folder that an option names; UsageError for a remote one, while its `//` still shows."""
    return Path(refuse_remote(str(text)))


ArchivesOption = Annotated[
    Path,
    typer.Option(
        "--archives",
        envvar="WARCHOUSE_ARCHIVES",
        help="Folder of collections.",
        parser=local_folder,
        metavar="DIR",
    ),
]
WarehouseOption = Annotated[
    Path,
    typer.Option(
        "--warehouse",
        envvar="WARCHOUSE_WAREHOUSE",
        help="Folder of the tables.",
        parser=local_folder,
        metavar="DIR",
    ),
]


InputsArgument = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[COLLECTION or FILE]...",
        help="Collections or WARC files; all collections but demo if none is named.",
        show_default=False,
    ),
]
WorkersOption = Annotated[
    int, typer.Option(min=1, max=WORKERS_MAX, help="Processes that read and parse pages.")
]
PinOption = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAME=VERSION",
        help="Use that version of a parser, not the newest; may be given several times.",
        show_default=False,
    ),
]
AsOfOption = Annotated[
    str | None,
    typer.Option(
        metavar="TIME",
        help="Build from what was archived up to the end of a day, or a time (UTC), into a"
        " snapshot beside the current one.",
        show_default=False,
    ),
]
BackfillOption = Annotated[
    bool,
    typer.Option(
        "--backfill/--no-backfill",
        help="Read pages again whose players are others on the roster now; without, the detail is"
        " of those whom the current snapshot has it of.",
    ),
]
DryRunOption = Annotated[
    bool,
    typer.Option("--dry-run", help="Build aside, show what would change, and commit nothing."),
]
HtmlOption = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="With --dry-run: write what would change as one HTML file with plots, too.",
        show_default=False,
    ),
]
AcceptOption = Annotated[
    bool,
    typer.Option("--accept", help="Commit also what loses more than the limits."),
]
LostOption = Annotated[
    float,
    typer.Option(
        "--max-lost", min=0, max=100, metavar="PERCENT", help="Rows of a table that may be lost."
    ),
]
NullsOption = Annotated[
    float,
    typer.Option(
        "--max-nulls",
        min=0,
        max=100,
        metavar="PERCENT",
        help="Values of a column that may become null.",
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print the summary as JSON.")]
QuietOption = Annotated[bool, typer.Option("--quiet", help="Print warnings and errors only.")]

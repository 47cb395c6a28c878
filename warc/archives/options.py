"""Options that the commands about archives share, and how their words become files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from warc.errors import UsageError

ArchivesOption = Annotated[
    Path,
    typer.Option("--archives", envvar="WARCHOUSE_ARCHIVES", help="Folder of the collections."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print the outcome as JSON.")]
QuietOption = Annotated[bool, typer.Option("--quiet", help="Print only what needs a look.")]

DEFAULT_ARCHIVES = Path("archives")


def local(archives: Path) -> Path:
    """The folder of collections; UsageError where it is on no disk of this machine."""
    if ":/" in str(archives):  # a Path has eaten one slash of s3://
        raise UsageError(f"--archives {archives} is not a folder of this machine")
    return archives

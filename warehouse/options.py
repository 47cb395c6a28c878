"""Options that the commands about tables share, and how their words become a snapshot."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from warehouse.errors import TableNotFoundError, WarehouseError

DEFAULT_WAREHOUSE = Path("warehouse/data")
CURRENT = ""
EXIT_INTERRUPTED = 130

WarehouseOption = Annotated[
    Path,
    typer.Option(
        "--warehouse",
        envvar="WARCHOUSE_WAREHOUSE",
        help="Folder of the tables.",
        readable=False,  # the reader says so itself, with the right exit code
        metavar="DIR",
    ),
]
SnapshotOption = Annotated[
    str,
    typer.Option(
        "--snapshot",
        help="Snapshot to read, as 000041 or 41; the current one if not given.",
        metavar="ID",
        show_default=False,
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]
QuietOption = Annotated[
    bool, typer.Option("--quiet", help="Print errors only; the exit code says if it is there.")
]
WhereOption = Annotated[
    str,
    typer.Option("--where", help="Only rows for which this SQL condition holds.", metavar="SQL"),
]


NEGATIVE_KEYS = {"ignore_unknown_options": True}
"""Context settings of commands whose key values may be negative: capture ids are signed."""


def refuse_options(words: Sequence[str]) -> None:
    """Raise TableNotFoundError where a key value is an option that a command does not have."""
    for word in words:
        if word.startswith("-") and not word[1:].isdecimal():
            raise TableNotFoundError(f"no such option: {word} (a text so written needs -- before)")


@contextmanager
def one_line_errors() -> Iterator[None]:
    """End the command with one line and the right exit code where the warehouse is wrong."""
    try:
        yield
    except WarehouseError as error:
        print(f"error: {error}", file=sys.stderr)  # noqa: T201 - the one line a user gets
        raise typer.Exit(error.exit_code) from error
    except KeyboardInterrupt as error:
        print("error: interrupted", file=sys.stderr)  # noqa: T201 - as above
        raise typer.Exit(EXIT_INTERRUPTED) from error
    except Exception as error:
        # Polars is not imported to be caught: only who used it can have raised its errors.
        polars = sys.modules.get("polars")
        if polars is None or not isinstance(error, polars.exceptions.PolarsError):
            raise
        text = f"cannot read the table: {str(error).splitlines()[0]}"
        print(f"error: {text}", file=sys.stderr)  # noqa: T201 - as above
        raise typer.Exit(WarehouseError.exit_code) from error

"""The one command: mounts the command groups, each imported only when it is used.

`warchouse parse` must not load the network libraries that `warchouse fetch` needs, so a group is a
name and a module until someone asks for it. Errors end here: a user's mistake is one line and an
exit code, never a traceback.
"""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import io
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer
from typer.core import TyperGroup
from typer.exceptions import TyperException

from warc.errors import UsageError, WarchouseError

EXIT_STORAGE = 4
EXIT_INTERRUPTED = 130


@dataclass(frozen=True, slots=True)
class Group:
    """Where a command lives: a module and its typer app, and the line the overview shows."""

    module: str
    attribute: str
    summary: str


GROUPS = {
    "fetch": Group("fetch.cli", "app", "Crawl a source into WARC archives (online)."),
    "watch": Group("fetch.watching.cli", "app", "Fetch and parse side by side, until Ctrl+C."),
    "status": Group("fetch.status", "app", "Show how far the crawls of the archives are."),
    "parse": Group("parse.cli", "app", "Build the tables from the archives (offline)."),
    "backfill": Group(
        "parse.backfill_cli", "app", "Build the detail of players new on the roster."
    ),
    "roster": Group("parse.roster.cli", "app", "Say which players are tracked, and list them."),
    "archives": Group("warc.cli", "app", "List, show, verify, repair and count archives."),
    "diff": Group("parse.diff", "app", "Show what differs between two snapshots or parsers."),
    "report": Group("warehouse.drift.cli", "app", "Tell whether the site has changed, and when."),
    "trace": Group("parse.trace.cli", "app", "Show where a row and each of its columns come from."),
    "freeze": Group("parse.freeze", "app", "Keep a capture as a corpus case."),
    "tables": Group("warehouse.cli", "app", "List, show, query, export and prune tables."),
}

HELP = """Archive first, parse forever: websites into WARC archives, archives into tables.

Two phases share nothing but files. `fetch` writes every page into WARC archives; `parse` replays
them, offline, through versioned parsers into Parquet tables.

Examples:

  warchouse fetch hltv --max-pages 50

  warchouse parse

  warchouse tables show hltv_matches
"""


class LazyGroup(TyperGroup):
    """A group whose commands are imported when they are first asked for."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 - the base class's signature
        """Name the commands in the order people meet them."""
        return list(GROUPS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002 - see above
        """Import the command's module and turn its typer app into a command."""
        group = GROUPS.get(cmd_name)
        if group is None:
            return None
        app = getattr(importlib.import_module(group.module), group.attribute)
        command = typer.main.get_command(app)
        command.name = cmd_name
        return command

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002 - see above
        """List the commands without importing any of them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, group.summary) for name, group in GROUPS.items()])


app = typer.Typer(
    cls=LazyGroup, help=HELP, no_args_is_help=True, rich_markup_mode=None, add_completion=False
)


@app.callback()
def root() -> None:
    """Hold the group's place: typer makes a group only of an app with a callback."""


def main() -> None:
    """Run the command and end the process with its exit code."""
    _print_any_character()
    _refuse_foreign_parse()
    command = typer.main.get_command(app)
    command.help = HELP
    sys.exit(_run(command))


def _run(command: Any) -> int:
    """Run a command; its exit code. What a user did wrong is one line on standard error."""
    try:
        code = command.main(prog_name="warchouse", standalone_mode=False)
        sys.stdout.flush()
    except TyperException as error:
        # A group without a command shows its help; typer has no public name for that.
        if type(error).__name__ == "NoArgsIsHelpError":
            print(error.format_message(), file=sys.stderr)  # noqa: T201 - the help a user asked for
            return error.exit_code
        return _fail(_of_usage(error), error.exit_code)
    except WarchouseError as error:
        return _fail(str(error), error.exit_code)
    except OSError as error:
        _drop_output()
        return _fail(_of_system(error), EXIT_STORAGE)
    except KeyboardInterrupt:
        return _fail("interrupted", EXIT_INTERRUPTED)
    except RuntimeError as error:
        # What is interrupted while a class is made, Python 3.11 calls a RuntimeError.
        if not isinstance(error.__cause__, KeyboardInterrupt):
            raise
        return _fail("interrupted", EXIT_INTERRUPTED)
    return code if isinstance(code, int) else 0


def _fail(message: str, code: int) -> int:
    print(f"error: {message}", file=sys.stderr)  # noqa: T201 - the one line a user gets
    return code


def _of_usage(error: TyperException) -> str:
    """Say what is wrong with the command line, and where it is explained, on one line."""
    message = " ".join(error.format_message().split()).rstrip(".")
    context = getattr(error, "ctx", None)
    return message + (f" (see {context.command_path} --help)" if context else "")


def _print_any_character() -> None:
    """Escape what the output's encoding lacks, instead of failing at a player's name."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _drop_output() -> None:
    """Forget what could not be written, or the interpreter tries again when it ends."""
    with contextlib.suppress(OSError, ValueError), Path(os.devnull).open("w") as nowhere:
        os.dup2(nowhere.fileno(), sys.stdout.fileno())


def _of_system(error: OSError) -> str:
    """Say what the system refused, and on which file."""
    where = f": {error.filename}" if error.filename else ""
    return f"{(error.strerror or str(error)).lower()}{where}"


def _refuse_foreign_parse() -> None:
    """Stop if another package named `parse` is found first (one on PyPI bears that name)."""
    spec = importlib.util.find_spec("parse")
    here = Path(__file__).resolve().parent
    if spec is None or spec.origin is None or Path(spec.origin).resolve().parent.parent != here:
        hides = UsageError("another package named 'parse' hides ours: run inside the checkout")
        sys.exit(_fail(str(hides), hides.exit_code))


if __name__ == "__main__":
    main()

"""The commands `warchouse tables …`: each is imported only when it is used.

Counting rows must not wait for DuckDB, so a command is a module and a line until someone asks for
it, as the groups of `warchouse.py` are.
"""

from __future__ import annotations

import importlib
from typing import Any, NamedTuple

import typer
from typer.core import TyperGroup

from warehouse.options import JsonOption, QuietOption, WarehouseOption, one_line_errors

__all__ = ["COMMANDS", "JsonOption", "QuietOption", "WarehouseOption", "app", "one_line_errors"]


class Command(NamedTuple):
    """Where a command lives, and the line the overview shows."""

    module: str
    summary: str


COMMANDS = {
    "list": Command("listing", "Name every table: rows, size, what it holds."),
    "show": Command("show", "Print rows of a table, chosen by key or condition."),
    "describe": Command("describe", "Say what the columns of a table hold."),
    "query": Command("query", "Run one SQL SELECT over the tables."),
    "export": Command("export", "Write tables as CSV, JSON, Parquet or SQLite."),
    "quarantine": Command("quarantine", "Count and show the rows that were refused."),
    "snapshots": Command("snapshots", "List the snapshots and what they take on the disk."),
    "prune": Command("prune", "Remove old snapshots that nobody reads."),
}

HELP = """Look at the tables of a snapshot, the current one if none is named.

Examples:

  warchouse tables list

  warchouse tables show hltv_matches 2391140

  warchouse tables query "SELECT map_name, count(*) FROM hltv_maps GROUP BY ALL"

  warchouse tables export --format sqlite --to season.sqlite
"""


class LazyCommands(TyperGroup):
    """A group whose commands are imported when they are first asked for."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 - the base class's signature
        """Name the commands in the order people meet them."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002 - see above
        """Import the command's module and turn its typer app into a command."""
        found = COMMANDS.get(cmd_name)
        if found is None:
            return None
        module = importlib.import_module(f"warehouse.commands.{found.module}")
        command = typer.main.get_command(module.app)
        command.name = cmd_name
        return command

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002 - see above
        """List the commands without importing any of them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, found.summary) for name, found in COMMANDS.items()])


app = typer.Typer(
    cls=LazyCommands, help=HELP, rich_markup_mode=None, add_completion=False, no_args_is_help=True
)


@app.callback(help=HELP)
def tables() -> None:
    """Hold the group's place: typer makes a group only of an app with a callback."""

"""The commands `warchouse archives …`: what is done to archives without a network or a parser."""

from __future__ import annotations

import typer

from warc.archives.cli import (
    list_archives,
    rebuild,
    repair_archives,
    show,
    stats,
    verify_archives,
)
from warc.exports.cli import export
from warc.imports.cli import import_files

app = typer.Typer(rich_markup_mode=None, add_completion=False, no_args_is_help=True)


@app.callback()
def archives() -> None:
    """Look into archives, check and mend them, bring files into them, and give them to others.

    Examples:

      warchouse archives list

      warchouse archives verify hltv

      warchouse archives import saved-pages/ --urls urls.tsv

      warchouse archives export hltv --wacz hltv.wacz
    """  # noqa: D412 - a blank line keeps the example a paragraph of its own


app.command("list")(list_archives)
app.command("show")(show)
app.command("verify")(verify_archives)
app.command("repair")(repair_archives)
app.command("rebuild-manifest")(rebuild)
app.command("stats")(stats)
app.command("export")(export)
app.command("import")(import_files)

"""Files that a user names for a command to write: one rule, held to by every command."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import typer

import warc.output
import warehouse.output
from warchouse import app

ROOT = Path(__file__).resolve().parent.parent
FOREIGN = b"somebody's"


@dataclass(frozen=True, slots=True)
class Writer:
    """A command that writes a file: its words, the last of them an option that takes the file.

    name     of the file; `kept` files are replaced with --force only
    command  where typer has it
    """

    command: str
    words: str
    name: str
    kept: bool = False

    @property
    def option(self) -> str:
        """The option that names the file."""
        return self.words.split()[-1]


WRITERS = (
    Writer("archives export", "archives export demo --cdxj", "demo.cdxj", kept=True),
    Writer("archives export", "archives export demo --wacz", "demo.wacz", kept=True),
    Writer("archives stats", "archives stats demo --plot", "demo.svg"),
    Writer("tables export", "tables export hltv_maps --to", "maps.csv", kept=True),
    Writer("tables export", "tables export --to", "all.sqlite", kept=True),
    Writer("parse", "parse demo --dry-run --accept --html", "trial.html"),
    Writer("diff", "diff 1 2 --html", "diff.html"),
    Writer("report", "report --html", "drift.html"),
    Writer("trace", "trace hltv_maps {match} 1 --output", "page.html"),
)
PAGES = tuple(one for one in WRITERS if one.name.endswith(".html"))

READ = {
    "archives import --urls",
    "fetch hltv --settings",
    "fetch urls --settings",
    "fetch hltv --refetch-from",
    "fetch pubg --settings",
    "fetch pubg --refetch-from",
    "fetch pubg --players",
    "fetch pubg --tournament-players",
    "tables query --file",
}
"""Options that name a file to read."""
FOLDERS = {"archives", "warehouse", "into"}

each_writer = pytest.mark.parametrize("writer", WRITERS, ids=lambda one: one.words)


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two snapshots of the tracked collection."""
    folder = tmp_path_factory.mktemp("output") / "warehouse"
    for said in (["--pin", "hltv.match=1"], []):
        done = run("parse", "demo", "--warehouse", str(folder), "--accept", "--quiet", *said)
        assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="module")
def match(tables: Path) -> str:
    """The id of a match."""
    query = "SELECT min(match_id) FROM hltv_maps"
    said = run("tables", "query", query, "--csv", "--warehouse", str(tables)).stdout
    return said.split()[-1]


def run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "warchouse", *words],
        cwd=ROOT,
        check=False,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
    )


def written(
    writer: Writer, path: Path, tables: Path, match: str, *more: str
) -> subprocess.CompletedProcess[str]:
    """What the command says when it is to write that file."""
    words = writer.words.format(match=match).split()
    where = [] if words[0] == "archives" else ["--warehouse", str(tables)]
    done = run(*words, str(path), *where, *more)
    assert done.returncode in {0, 1, 2, 4}
    assert "Traceback" not in done.stderr
    if done.returncode in {2, 4}:
        assert done.stderr.startswith("error: ")
        assert done.stderr.count("\n") == 1
    return done


def refused(writer: Writer, path: Path, tables: Path, match: str, *more: str) -> str:
    """What a command says that may not write a file and leaves what is there as it was."""
    before = path.read_bytes() if path.is_file() else None
    done = written(writer, path, tables, match, *more)
    assert done.returncode == 2
    assert done.stdout == ""
    assert (path.read_bytes() if path.is_file() else None) == before
    return done.stderr


@each_writer
def test_missing_folders_are_made(writer: Writer, tables: Path, match: str, tmp_path: Path) -> None:
    path = tmp_path / "new" / "folder" / writer.name
    done = written(writer, path, tables, match)
    assert done.returncode in {0, 1}, done.stderr
    assert path.stat().st_size > 100
    assert not [one.name for one in path.parent.iterdir() if one.suffix != path.suffix]


@each_writer
def test_what_is_kept_is_replaced_with_force_only_what_is_looked_at_always(
    writer: Writer, tables: Path, match: str, tmp_path: Path
) -> None:
    path = tmp_path / writer.name
    path.write_bytes(FOREIGN)
    if writer.kept:
        said = refused(writer, path, tables, match)
        assert said == f"error: {path} is there already: --force replaces it\n"
    done = written(writer, path, tables, match, *(["--force"] if writer.kept else []))
    assert done.returncode in {0, 1}, done.stderr
    assert not path.read_bytes().startswith(FOREIGN)


@pytest.mark.parametrize("writer", PAGES, ids=lambda one: one.words)
def test_a_page_takes_the_place_of_pages_alone(
    writer: Writer, tables: Path, match: str, tmp_path: Path
) -> None:
    path = tmp_path / "notes.txt"
    path.write_bytes(FOREIGN)
    assert "is there and is no .html file" in refused(writer, path, tables, match)


@each_writer
@pytest.mark.parametrize("name", ["pages.warc.gz", "hltv-2026-00001.warc.gz.open", "OLD.ARC"])
def test_no_command_writes_over_an_archive_whatever_it_is_told(
    writer: Writer, name: str, tables: Path, match: str, tmp_path: Path
) -> None:
    force = ["--force"] if writer.kept else []
    force += ["--format", "csv"] if writer.name.endswith(".csv") else []
    force += ["--format", "sqlite"] if writer.name.endswith(".sqlite") else []
    fitting = {"--wacz": "does not end in .wacz", "--plot": "draws .svg or .png"}
    problem = fitting.get(writer.option, "is called like an archive: nothing else is written there")
    assert problem in refused(writer, tmp_path / name, tables, match, *force)
    (tmp_path / name).write_bytes(FOREIGN)
    assert problem in refused(writer, tmp_path / name, tables, match, *force)
    assert [one.name for one in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize("module", [warc.output, warehouse.output])
def test_both_rooms_know_archives_by_the_same_names(module: Any) -> None:
    named = (
        "a.warc a.arc a.warc.gz a.warc.zst a.ARC.GZ a.warc.gz.open a.warc.open hltv-1.warc.gz.open"
    )
    assert all(module.ARCHIVE.search(name) for name in named.split())
    others = "a.html arc warc.html a.warc.gz.html a.cdxj a.wacz march search.csv a.warc.csv"
    assert not any(module.ARCHIVE.search(name) for name in others.split())


@each_writer
def test_a_folder_is_no_file_to_write(
    writer: Writer, tables: Path, match: str, tmp_path: Path
) -> None:
    if writer.command == "tables export":
        pytest.skip("a folder is where its tables go")
    path = tmp_path / writer.name
    path.mkdir()
    assert "is a folder" in refused(writer, path, tables, match)
    assert not list(path.iterdir())


@each_writer
def test_what_the_disk_refuses_is_one_line(
    writer: Writer, tables: Path, match: str, tmp_path: Path
) -> None:
    (tmp_path / "file").write_bytes(FOREIGN)
    done = written(writer, tmp_path / "file" / writer.name, tables, match)
    assert done.returncode == 4
    assert done.stderr.endswith(": not a directory\n")
    assert (tmp_path / "file").read_bytes() == FOREIGN


def commands(group: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """Every command with its name below `warchouse`."""
    if not hasattr(group, "list_commands"):
        yield name, group
        return
    for one in group.list_commands(None):
        yield from commands(group.get_command(None, one), f"{name} {one}".strip())


def test_every_option_that_names_a_file_is_known_here() -> None:
    """A new one is written by the rule, and then it stands among WRITERS; or it is read."""
    found = set()
    for name, command in commands(typer.main.get_command(app)):
        for param in command.params:
            takes_file = "pathlib.Path" in str(param.type_descriptor) or param.name == "to"
            if takes_file and param.opts[0].startswith("--") and param.name not in FOLDERS:
                found.add(f"{name} {param.opts[0]}")
    assert found == {f"{one.command} {one.option}" for one in WRITERS} | READ

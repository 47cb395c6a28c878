"""Writes a new source's own files and enters it in the listings: `make new-source NAME=shop`.

All of it or nothing: what was written is taken back where something goes wrong, and what a killed
run left is finished by the same command.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from tests.new_source.plan import Plan, plan_source
from warc.errors import UsageError
from warehouse.terminal import until_closed

ROOT = Path(__file__).resolve().parents[2]
TABLES = "docs/tables.md"
USAGE_EXIT = 2

NEXT = """next, as docs/adding-a-source.md shows with an example:
  1. the site's hosts, URLs and marks          {site}
  2. where a crawl begins, what leads on       {fetch}
  3. the columns of the table, and its rules   {rows}
  4. how they are read, with a page as a test  {parse}
"""


def write_whole(path: Path, text: str) -> None:
    """Write a file, all of it or nothing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(path.name + ".new")
    try:
        beside.write_text(text, encoding="utf-8", newline="\n")
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def new_source(name: str, page: str, root: Path = ROOT) -> Plan:
    """Write a new source into a tree.

    raises  UsageError where the name is no good; then nothing was written
    """
    plan = plan_source(name, page, root)
    carry_out(plan, root)
    return plan


def carry_out(plan: Plan, root: Path, write: Callable[[Path, str], None] = write_whole) -> None:
    """Write what is planned, and the reference of tables with it.

    raises  UsageError where all of it is there
    """
    wanted = {**plan.made, **plan.entered}
    old = {path: _read(root / path) for path in (*wanted, TABLES)}
    is_there = all(old[path] == text for path, text in wanted.items())
    if is_there and old[TABLES] == _described(root):
        raise UsageError(f"all of it is there already: {', '.join(plan.made)}")
    try:
        for path, text in wanted.items():
            write(root / path, text)
        write(root / TABLES, _described(root))
    except BaseException:  # an interrupt, too
        for path, before in old.items():
            _put_back(root / path, before, root)
        raise


def _read(path: Path) -> str | None:
    """The text of a file; None where there is none."""
    return path.read_text("utf-8") if path.exists() else None


def _put_back(path: Path, text: str | None, root: Path) -> None:
    """Make a file what it was, and take away folders that were made for it."""
    if text is not None:
        write_whole(path, text)
        return
    path.unlink(missing_ok=True)
    for folder in path.parents:
        if folder == root or not folder.is_dir() or any(folder.iterdir()):
            return
        folder.rmdir()


def _described(root: Path) -> str:
    """The reference of all tables, of the code as it is now."""
    done = subprocess.run(
        [sys.executable, "-m", "warehouse.describe"],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    if done.returncode:
        last = done.stderr.strip().splitlines()[-1:] or ["no reason given"]
        raise UsageError(f"the tables cannot be described with it, nothing was written: {last[0]}")
    return done.stdout


def main(words: list[str]) -> None:
    """Write the source that two words name, and say what comes next."""
    name, page = (*words, "", "")[:2]
    try:
        plan = new_source(name, page)
    except UsageError as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(USAGE_EXIT)
    print(f"made the source {name}, which reads one type of page, {page}:")
    print(*(f"  {path}" for path in plan.made), sep="\n")
    print(f"and entered it in {', '.join((*plan.entered, TABLES))}")
    own = {
        "site": f"warc/sites/{name}.py",
        "fetch": f"fetch/sources/{name}.py",
        "rows": f"warehouse/rows/{name}.py, warehouse/rules/{name}.py",
        "parse": f"parse/sources/{name}/{page}.py, tests/parse/{name}/test_{page}.py",
    }
    print(NEXT.format(**own), end="")


if __name__ == "__main__":
    with until_closed():
        main(sys.argv[1:])

"""A copy of the code to add sources to."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("warc", "fetch", "parse", "warehouse", "tests", "docs")
FILES = ("warchouse.py", "Makefile", "pyproject.toml", "README.md")
LEFT_OUT = shutil.ignore_patterns("__pycache__", "data", ".*")


def copy_tree(into: Path) -> Path:
    """Copy the code, its tests and its documents, without what was fetched and built."""
    for name in FOLDERS:
        shutil.copytree(ROOT / name, into / name, ignore=LEFT_OUT)
    for name in FILES:
        shutil.copy(ROOT / name, into / name)
    return into


def run_in(tree: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a command in a copy, with the code of the copy; both outputs in one."""
    return subprocess.run(
        words,
        cwd=tree,
        env=environment(tree),
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
    )


def environment(tree: Path) -> Mapping[str, str]:
    """What a user's shell has, but for settings of ours."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith("WARCHOUSE_")}
    return {**plain, "PYTHONPATH": str(tree), "PYTHONIOENCODING": "utf-8"}


def checks(tree: Path, made: Iterable[str]) -> str:
    """What linter, formatter, types and import contracts say against files; "" if nothing."""
    python = (sys.executable, "-m")
    typed = [path for path in made if path.endswith(".py")]
    linter = str(Path(sys.executable).with_name("lint-imports"))
    commands = (
        (*python, "ruff", "check", "."),
        (*python, "ruff", "format", "--check", "."),
        (*python, "mypy", "--cache-dir", str(tree.parents[1] / "mypy"), *typed),
        (linter,),
    )
    failed = [done for words in commands if (done := run_in(tree, *words)).returncode]
    return "\n".join(f"{done.args}\n{done.stdout}" for done in failed)


def contents(tree: Path) -> dict[str, bytes]:
    """Every file of a tree but what Python keeps of it."""
    return {
        path.relative_to(tree).as_posix(): path.read_bytes()
        for path in sorted(tree.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }

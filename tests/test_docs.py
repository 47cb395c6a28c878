"""What the documents say is so: commands, targets, tables."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from warchouse import GROUPS

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "warchouse", *words],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize("name", GROUPS)
def test_every_command_has_help_with_an_example_and_a_line_in_the_readme(name: str) -> None:
    done = run(name, "--help")
    assert done.returncode == 0, done.stderr
    assert f"warchouse {name}" in done.stdout
    assert "Example" in done.stdout
    assert f"warchouse {name}" in README


def test_the_overview_lists_every_command_without_loading_one() -> None:
    done = run()
    for name, group in GROUPS.items():
        assert name in done.stdout + done.stderr
        assert group.summary.split()[0] in done.stdout + done.stderr


def test_every_make_target_the_readme_names_exists() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in set(re.findall(r"`?make ([a-z-]+)`?", README)):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


def test_the_table_reference_is_what_the_row_classes_say() -> None:
    from warehouse.describe import describe_tables  # noqa: PLC0415 - only this test needs it

    assert (ROOT / "docs" / "tables.md").read_text(encoding="utf-8") == describe_tables()


def test_the_session_of_the_readme_is_what_a_parse_of_the_tracked_archive_prints(
    tmp_path: Path,
) -> None:
    done = run("parse", "demo", "--warehouse", str(tmp_path / "warehouse"))
    assert done.returncode == 0, done.stderr
    for line in done.stdout.splitlines():
        if " = " in line or line.split()[0] in {"hltv_results", "hltv_matches", "pubg_matches"}:
            assert line in README

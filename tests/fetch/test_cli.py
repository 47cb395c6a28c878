"""What a user may ask of `warchouse fetch`, and how mistakes are answered."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from fetch.cli import app

NOWHERE = ("--base-url", "http://127.0.0.1:1", "--quiet")


def run(folder: Path, *words: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["hltv", *NOWHERE, "--archives", str(folder), *words])
    assert done.exception is None or isinstance(done.exception, SystemExit)
    return done.exit_code, " ".join(done.output.split())


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (("--max-bytes", "much"), "--max-bytes 'much' is not a size like 500MB"),
        (("--max-bytes", "0"), "--max-bytes '0' leaves nothing"),
        (("--keep-free", "-1"), "--keep-free '-1' is not a size"),
        (("--max-failures", "0"), "max-failures"),
        (("--max-minutes", "0"), "max-minutes"),
        (("--refetch-from", "none.tsv"), "--refetch-from none.tsv: cannot be read"),
        (("--tabs", "2"), "--tabs needs --browser"),
        (("--view",), "--view needs --browser"),
        (("--browser", "--connections", "2"), "--connections is for plain HTTP"),
        (("--browser", "--tabs", "5"), "tabs"),
    ],
)
def test_mistakes_are_one_clear_line(tmp_path: Path, words: tuple[str, ...], problem: str) -> None:
    code, out = run(tmp_path, *words)
    assert code == 2
    assert problem in out
    assert "Traceback" not in out
    assert list(tmp_path.iterdir()) == []


def test_a_list_with_a_line_that_is_no_page_is_refused_before_anything_is_opened(
    tmp_path: Path,
) -> None:
    file = tmp_path / "refetch.tsv"
    file.write_text("https://www.hltv.org/matches/1/x\nhttps://example.org/\n", "utf-8")
    code, out = run(tmp_path, "--refetch-from", str(file))
    assert code == 2
    assert f"{file}, line 2: 'https://example.org/' is no page of hltv" in out


def test_a_list_of_pages_is_of_a_known_source(tmp_path: Path) -> None:
    file = tmp_path / "urls.txt"
    file.write_text("https://shop.example/1\n", "utf-8")
    done = CliRunner().invoke(app, ["urls", str(file), "--source", "nowhere", *NOWHERE])
    assert done.exit_code == 2
    assert "unknown source 'nowhere': known are hltv, pubg" in done.output


def test_settings_say_how_much_of_the_disk_is_left_alone(tmp_path: Path) -> None:
    settings = tmp_path / "warchouse.toml"
    settings.write_text('keep_free = "900000TB"', "utf-8")
    words = ("--settings", str(settings))
    done = CliRunner().invoke(
        app, ["hltv", *NOWHERE[:2], "--archives", str(tmp_path / "a"), *words]
    )
    assert done.exit_code == 1
    assert "Stopped before the disk is full." in done.output
    settings.write_text('keep_free = "much"', "utf-8")
    assert run(tmp_path, *words)[0] == 2

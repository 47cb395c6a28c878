"""warchouse.toml: what is wrong in it is named with file and key."""

from __future__ import annotations

from pathlib import Path

import pytest

from fetch.settings import Settings, read_settings
from warc.errors import UsageError


def test_keys_are_read(tmp_path: Path) -> None:
    path = tmp_path / "warchouse.toml"
    path.write_text('contact = "me@example.org"\npace = "4-9"\ndeadline_s = 30\n', "utf-8")
    assert read_settings(path) == Settings(contact="me@example.org", pace="4-9", deadline_s=30.0)


def test_no_file_gives_the_defaults(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert read_settings() == Settings()


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            "contct = 'x'",
            "unknown key 'contct'; known are contact, deadline_s, headers, keep_free, pace",
        ),
        ("contact = 5", "contact must be text in quotes"),
        ("deadline_s = 'x'", "deadline_s must be a number of seconds above 0"),
        ("deadline_s = 0", "deadline_s must be a number of seconds above 0"),
        ("deadline_s = nan", "deadline_s must be a number of seconds above 0"),
        ("deadline_s = inf", "deadline_s must be a number of seconds above 0"),
        ("deadline_s = true", "deadline_s must be a number of seconds above 0"),
        ("contact =", "not TOML"),
    ],
)
def test_mistakes_are_named(tmp_path: Path, text: str, problem: str) -> None:
    path = tmp_path / "warchouse.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(UsageError, match=problem) as caught:
        read_settings(path)
    assert str(path) in str(caught.value)


def test_a_named_file_must_exist(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such settings file"):
        read_settings(tmp_path / "none.toml")

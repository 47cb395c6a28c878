"""Tests of the browser need one; each leaves neither a process nor a profile behind."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from fetch.browsing.leftovers import PREFIX, users_of
from fetch.browsing.process import find_chromium
from warc.errors import UsageError


def _missing() -> str:
    """Why the tests of the browser cannot run, "" if they can."""
    if find_spec("nodriver") is None:
        return "nodriver is not installed"
    try:
        find_chromium()
    except UsageError as error:
        return str(error)
    return ""


@pytest.fixture
def temporary(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A temporary folder of the test's own, with a path short enough for Chromium.

    Not together with `tmp_path`, whose root pytest would make in here, too.
    """
    with tempfile.TemporaryDirectory(prefix="wb", dir="/tmp") as name:
        monkeypatch.setattr(tempfile, "tempdir", name)
        yield Path(name)


@pytest.fixture
def chromium(temporary: Path) -> Iterator[str]:
    """Chromium's path, in a test that must not leave anything behind."""
    if missing := _missing():
        if os.environ.get("WARCHOUSE_REQUIRE_BROWSER") == "1":
            pytest.fail(missing)
        pytest.skip(missing)
    yield find_chromium()
    left = list(temporary.glob(f"{PREFIX}*"))
    assert [pid for profile in left for pid in users_of(profile)] == []
    assert left == []

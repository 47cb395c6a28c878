"""The front door of `fetch` tells a newcomer where to look."""

from __future__ import annotations

import re
from pathlib import Path

import fetch


def test_the_front_door_names_every_module_and_no_other() -> None:
    folder = Path(fetch.__file__).parent
    modules = {path.stem for path in folder.glob("*.py")} - {"__init__"}
    assert set(re.findall(r"`(\w+)`", fetch.__doc__ or "")) == modules

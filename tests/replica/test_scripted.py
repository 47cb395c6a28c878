"""Pages that a script completes: what they lack, what brings it, what a browser makes of them."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from selectolax.lexbor import LexborHTMLParser

from tests.replica import scripted
from tests.replica.background import control, running
from tests.replica.season import Season
from warc.sites.hltv import HLTV
from warc.sites.page import Response

CHROMIUM = shutil.which("chromium")


def body(season: Season, target: str) -> str:
    page = season.page(target)
    assert page is not None
    assert page.status == 200
    return page.body.decode()


def economy_targets(season: Season) -> list[str]:
    return [target for target in season.targets() if "/economy/" in target]


def section(html: str) -> str:
    """The whole section of the page that is about the map."""
    found = LexborHTMLParser(html).css_first(".stats-match")
    assert found is not None
    return found.html or ""


@pytest.mark.parametrize("small", [True, False])
def test_half_of_the_economy_pages_lack_what_the_data_brings(small: bool) -> None:
    whole, divided = Season(7, 60, small=small), Season(7, 60, small=small, scripted=True)
    targets = economy_targets(whole)
    chosen = [target for target in targets if divided.is_scripted(target)]
    assert len(targets) / 3 < len(chosen) < len(targets) * 2 / 3
    for target in chosen if small else chosen[::10]:
        raw = body(divided, target)
        assert "msline" not in raw
        assert "equipment-categories" not in raw
        found = re.search(r"'(/__data__/[^']*)'", raw)
        assert found
        brought = json.loads(body(divided, found[1]))["html"]
        start, rest = section(raw).split("<script>")
        completed = start + brought + rest.partition("</script>")[2]
        assert section(completed) == section(body(whole, target))


def test_other_pages_stay_as_they_are_but_for_what_a_browser_asks_for() -> None:
    whole, divided = Season(7, 30, small=True), Season(7, 30, small=True, scripted=True)
    for target in [*whole.targets()][:60]:
        if divided.is_scripted(target):
            continue
        raw = body(divided, target)
        assert raw.replace(scripted.HEAD, "").replace(scripted.PICTURE, "") == body(whole, target)
    assert not any(whole.is_scripted(target) for target in whole.targets())
    assert whole.page("/favicon.ico") is None
    assert whole.truth() == divided.truth()


def test_parts_are_served_and_unknown_ones_are_not() -> None:
    season = Season(7, 30, small=True, scripted=True)
    for target in scripted.ASSETS:
        assert season.page(target) is not None
    assert season.page("/__data__/economy/1.json") is None
    plain = next(one for one in economy_targets(season) if not season.is_scripted(one))
    number = re.search(r"mapstatsid/(\d+)", plain)
    assert number
    assert season.page(scripted.data_path(int(number[1]))) is None


@pytest.mark.parametrize("options", [{"scripted": True}, {"light": True}])
def test_pages_pass_for_what_they_are(options: dict[str, bool]) -> None:
    season = Season(7, 30, small=True, **options)  # type: ignore[arg-type]
    for target in season.targets():
        page, ref = season.page(target), HLTV.page_type_of(target)
        assert page is not None
        assert ref is not None
        judged = HLTV.judge(ref, Response(status=200, headers={}, body=page.body))
        assert judged.verdict == "content", target


def test_a_light_season_has_no_truth() -> None:
    season = Season(7, 30, light=True)
    with pytest.raises(ValueError, match="a light season has no truth"):
        season.truth()


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
@pytest.mark.parametrize("rest", [0, 2], ids=["fetch", "xhr"])
def test_a_browser_completes_the_page_and_asks_for_everything(tmp_path: Path, rest: int) -> None:
    season = Season(7, 12, small=True, scripted=True)
    for target in economy_targets(season):
        number = int(target.split("mapstatsid/")[1].split("/")[0])
        if season.is_scripted(target) and number % 4 == rest:
            break
    with running(matches=12, small=True, scripted=True) as base:
        rendered = dump_dom(base, target, tmp_path)
        log = control(base, "log", method="GET")
    assert isinstance(log, list)
    assert section(rendered) == section(body(Season(7, 12, small=True), target))
    asked = {str(one) for one, _ in log}
    assert asked >= {*scripted.ASSETS, scripted.data_path(number), target} - {"/favicon.ico"}


def dump_dom(base: str, target: str, profile: Path) -> str:
    """The page as a browser that blocks nothing shows it, the tracker's host name mapped."""
    assert CHROMIUM is not None
    address = base.removeprefix("http://")
    rules = f"MAP sb.scorecardresearch.com {address}, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--no-proxy-server"]
    options += [f"--user-data-dir={profile}", "--disable-crash-reporter", "--disable-breakpad"]
    options += [f"--host-resolver-rules={rules}", "--virtual-time-budget=5000", "--dump-dom"]
    done = subprocess.run(
        [CHROMIUM, *options, base + target],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return done.stdout

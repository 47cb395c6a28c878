"""Sources without a listing: every run begins at the same pages, and asks for their kind anew."""

from __future__ import annotations

import inspect
import re
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from lxml import etree

from fetch.cli_source import command_of, help_of
from fetch.errors import FetchError
from fetch.invocation import basic_options
from fetch.links import LinkRule, by_rules
from fetch.options import checked_refetch
from fetch.pace import Pace
from fetch.report import Report
from fetch.settings import Settings
from fetch.sources import SOURCES
from fetch.sources.source import FetchSource
from tests.fakes import FakeAnswer, FakeClock, FakeTransport
from tests.fetch.crawling import crawl
from warc.errors import UsageError
from warc.sites.marked import judge_by_mark
from warc.sites.page import Judgement, PageRef, PageType, Response, Site

BASE = "https://runs.test"


def judge(page: PageRef, response: Response) -> Judgement:
    return judge_by_mark(page, response, page.page_type.encode())


RUNS = Site(
    name="runs",
    hosts=frozenset({"runs.test"}),
    page_types=(
        PageType(name="board", pattern=re.compile(r"^/board/(\d+)$"), example="/board/1"),
        PageType(name="run", pattern=re.compile(r"^/run/(\w+)$"), example="/run/zdk8e91m"),
    ),
    judge=judge,
)
LINKS = LinkRule(
    name="all", selector=etree.XPath("//a[@href]"), leads_to=frozenset({"board", "run"})
)
SOURCE = FetchSource(
    site=RUNS,
    base_url=BASE,
    about="Runs of runs.test",
    pace=Pace(1.0, 2.0),
    root="run",
    start=("/board/1",),
    seeds=frozenset({"board"}),
    links={"board": by_rules(LINKS, site=RUNS), "run": by_rules(LINKS, site=RUNS)},
)


@dataclass(slots=True)
class Boards:
    """Three boards that link to each other, also under a name that moved, with two runs each."""

    robots: bytes = b""
    moved: bool = False
    runs: int = 2
    asked: list[str] = field(default_factory=list)

    def __call__(self, url: str) -> FakeAnswer | FetchError:
        target = url.removeprefix(BASE)
        if target == "/robots.txt":
            return FakeAnswer(body=self.robots)
        self.asked.append(target)
        kind, name = target.strip("/").split("/")
        if kind == "board" and self.moved and len(name) == 1:
            return FakeAnswer(status=302, headers={"Location": f"/board/10{name}"})
        targets = [f"/board/{number}" for number in (1, 2, 3)]
        if kind == "board":
            targets += [f"/run/{name[-1]}{number}" for number in range(self.runs)]
        links = "".join(f'<a href="{one}">x</a>' for one in targets)
        return FakeAnswer(body=f"<html><p>{kind}</p>{links}</html>".encode())


def run(
    folder: Path, site: Boards, *, clock: FakeClock | None = None, refetch: tuple[str, ...] = ()
) -> tuple[Report, FakeTransport]:
    basic = basic_options(SOURCE, BASE, "", "", Settings(), ignore_robots=False)
    chosen = replace(basic, refetch=refetch)
    return crawl(folder, site, chosen, source=SOURCE, clock=clock)


@pytest.mark.parametrize("moved", [False, True])
def test_pages_that_lead_to_each_other_are_asked_for_once_a_run(
    tmp_path: Path, *, moved: bool
) -> None:
    site = Boards(moved=moved)
    report, _ = run(tmp_path, site)
    assert (report.ending, report.counts.processed, report.counts.listed) == ("done", 6, 3)
    assert "runs: 6 whole, 0 partial, 0 untouched" in report.lines()
    assert len(site.asked) == len(set(site.asked)) == (12 if moved else 9)


def test_the_next_run_asks_for_them_again_and_for_what_is_new(tmp_path: Path) -> None:
    run(tmp_path, Boards())
    later = Boards(runs=3)
    report, _ = run(tmp_path, later, clock=FakeClock(elapsed_s=86_400.0))
    assert sorted(later.asked) == [
        *(f"/board/{number}" for number in (1, 2, 3)),
        *(f"/run/{number}2" for number in (1, 2, 3)),
    ]
    assert report.counts.processed == 3


def test_an_entry_told_by_a_text_is_fetched_again_without_the_pages_that_list_it(
    tmp_path: Path,
) -> None:
    run(tmp_path, Boards())
    again = Boards()
    run(tmp_path, again, clock=FakeClock(elapsed_s=86_400.0), refetch=("20",))
    assert [one for one in again.asked if "run" in one] == ["/run/20"]
    with pytest.raises(UsageError, match="no such run is known here"):
        run(tmp_path, Boards(), clock=FakeClock(elapsed_s=90_000.0), refetch=("nobody",))
    assert checked_refetch(["zdk8e91m", "board"], RUNS, "run") == ("zdk8e91m", "board")


def test_where_robots_forbid_the_only_way_in_the_site_refuses(tmp_path: Path) -> None:
    site = Boards(robots=b"User-agent: *\nDisallow: /board/1\n")
    report, _ = run(tmp_path, site)
    assert (report.ending, report.exit_code, site.asked) == ("refused", 3, [])


def test_where_robots_forbid_a_page_further_on_it_is_skipped(tmp_path: Path) -> None:
    site = Boards(robots=b"User-agent: *\nDisallow: /board/2\n")
    report, _ = run(tmp_path, site)
    assert (report.ending, report.counts.skipped, report.counts.processed) == ("done", 1, 4)


def test_the_help_of_an_ordinary_source_has_its_own_examples() -> None:
    assert help_of(SOURCE).splitlines()[::2] == [
        "Runs of runs.test; the same command continues.",
        "Examples:",
        "  warchouse fetch runs --contact me@example.org --max-pages 20",
        "  warchouse fetch runs --refetch zdk8e91m",
    ]


def test_options_of_a_walk_are_those_of_sources_with_a_listing() -> None:
    names = set(inspect.signature(command_of(SOURCE)).parameters)
    walking = set(inspect.signature(command_of(SOURCES[0])).parameters)
    assert walking - names == {"full", "from_offset", "to_offset", "since", "until"}
    assert names < walking

"""The economy page whose chart a script brings: the rendered page has it, the response has not."""

from __future__ import annotations

from parse.refetch import REFETCH_NAME
from tests.parse.bench import Bench, record
from tests.parse.hltv.map_pages import economy_chart, economy_line
from tests.parse.hltv.test_recaptures import BUILT_IN, MAP, MATCH, map_page, match_page, whole

ECONOMY = "https://www.hltv.org/stats/matches/economy/mapstatsid/9/b-vs-a"
TAB = '<div class="stats-top-menu"><a class="selected" href="/stats/matches/economy/mapstatsid/9/x">E</a></div>'
CHART = economy_chart(
    ["1", "2"],
    economy_line("A", [("4200", "tRoundWon.png"), ("900", "")]),
    economy_line("B", [("4100", ""), ("20000", "ctRoundWon.png")]),
)


def economy(text: str) -> bytes:
    return whole(f'{TAB}<div class="stats-match">{text}</div>')


def pages(*found: bytes) -> list[bytes]:
    return [
        record(MATCH, match_page(live=False, lineups=True), second=10),
        record(MAP, map_page("14 (9)"), second=30),
        *found,
    ]


def shown(text: str, *, second: int) -> bytes:
    return record(f"urn:dom:{ECONOMY}", economy(text), second=second, kind="resource", http=False)


def refetched(bench: Bench) -> list[str]:
    return (bench.snapshot / REFETCH_NAME).read_text(encoding="utf-8").splitlines()


def test_the_rendered_chart_gives_the_rows_that_the_page_lacks(bench: Bench) -> None:
    bare = record(ECONOMY, economy("<script>x</script>"), second=40)
    bench.put("a.warc.gz", pages(shown(CHART, second=40), bare), collection="hltv")
    account = bench.parse(registry=BUILT_IN).account
    assert (account.captures.parsed, account.rows.is_right) == (4, True)
    rows = bench.table("hltv_economy")
    values = sorted(row["equipment_value"] for row in rows)
    assert values == [900, 4100, 4200, 20000]
    assert {row["source_url"] for row in rows} == {f"urn:dom:{ECONOMY}"}
    assert f"{ECONOMY}\tmissing: hltv_economy.chart" not in refetched(bench)


def test_without_the_rendered_page_the_chart_is_worth_fetching(bench: Bench) -> None:
    bare = record(ECONOMY, economy("<script>x</script>"), second=40)
    bench.put("a.warc.gz", pages(bare), collection="hltv")
    bench.parse(registry=BUILT_IN)
    assert f"{ECONOMY}\tmissing: hltv_economy.chart" in refetched(bench)


def test_a_page_that_says_there_is_no_economy_is_whole(bench: Bench) -> None:
    said = record(ECONOMY, economy('<div class="padding">No economy</div>'), second=40)
    bench.put("a.warc.gz", pages(said), collection="hltv")
    bench.parse(registry=BUILT_IN)
    assert not [line for line in refetched(bench) if line.startswith(ECONOMY)]


def test_a_page_that_has_its_chart_needs_no_rendering(bench: Bench) -> None:
    other = CHART.replace("4200", "4300")
    sent = record(ECONOMY, economy(CHART), second=40)
    bench.put("a.warc.gz", pages(shown(other, second=40), sent), collection="hltv")
    account = bench.parse(registry=BUILT_IN).account
    assert {row["source_url"] for row in bench.table("hltv_economy")} == {ECONOMY}
    assert 4300 not in bench.column("hltv_economy", "equipment_value")
    assert account.rows.superseded == 4

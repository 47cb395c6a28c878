"""`warchouse archives …`: what is printed, what is exact, which exit code says what."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from tests.warc.a_record import a_record
from tests.warc.a_site import INFO, SITE, content, url_of
from tests.warc.archives_collection import add, good_records, make_collection, target_of, warc_of
from warc.archives.plot import bars, draw
from warc.archives.stats import Stats, count, over_time
from warc.archives.targets import collections_of, targets_of
from warc.cli import app
from warc.collection import Collection
from warc.errors import CollectionError, UsageError, WarchouseError


@dataclass(frozen=True, slots=True)
class Done:
    returncode: int
    stdout: bytes
    stderr: bytes


def archives(*words: str, folder: Path) -> Done:
    """A command run in this process, its errors told as the program's entry tells them."""
    options = {"WARCHOUSE_ARCHIVES": str(folder)}
    made = CliRunner().invoke(app, list(words), env=options)
    error = made.exception
    if isinstance(error, WarchouseError):
        return Done(error.exit_code, made.stdout_bytes, f"error: {error}\n".encode())
    assert error is None or isinstance(error, SystemExit), error
    return Done(made.exit_code, made.stdout_bytes, made.stderr_bytes)


def told(*words: str, folder: Path) -> Any:
    return json.loads(archives(*words, "--json", folder=folder).stdout)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Collection `a` with a manifest, `b` without one, and an empty folder."""
    folder = tmp_path_factory.mktemp("archives")
    make_collection(folder / "a")
    (folder / "b").mkdir()
    (folder / "b" / "one.warc").write_bytes(a_record(1) + a_record(2))
    (folder / "empty").mkdir()
    return folder


def test_list_shows_every_collection(root: Path) -> None:
    first, second = told("list", folder=root)
    assert (first["name"], first["files"], first["captures"], first["records"]) == ("a", 1, 4, None)
    assert (first["source"], first["base_url"]) == ("a", "https://a.example")
    assert (first["first"], first["last"]) == ("2026-11-21T20:05:12Z", "2026-11-21T20:06:12Z")
    assert (second["name"], second["records"], second["state"]) == ("b", 2, "sealed")
    lines = archives("list", folder=root).stdout.decode().splitlines()
    assert [line.split()[0] for line in lines] == ["name", "a", "b"]


def test_list_reads_the_files_of_one_where_asked(root: Path) -> None:
    (row,) = told("list", "a", "--read", folder=root)
    assert row["records"] == len(good_records(warc_of(root / "a")))
    assert row["captures"] == 4


def test_a_torn_file_is_said_by_list_and_its_exit_code(tmp_path: Path) -> None:
    (tmp_path / "c").mkdir()
    (tmp_path / "c" / "one.warc").write_bytes(a_record(1) + a_record(2)[:-30])
    done = archives("list", folder=tmp_path)
    assert done.returncode == 1
    assert b"torn" in done.stdout


def test_show_gives_exactly_the_body_of_a_url_revisits_resolved(root: Path) -> None:
    done = archives("show", url_of(1), "--body", folder=root)
    assert done.returncode == 0
    assert done.stdout == content("1")
    captures = told("show", url_of(1), folder=root)["captures"]
    assert [one["at"][11:19] for one in captures] == ["20:06:12", "20:05:12"]


def test_show_finds_a_record_of_any_type_by_id_and_place(root: Path) -> None:
    for record in good_records(warc_of(root / "a"))[:4]:
        by_id = told("show", record.record_id, folder=root)["record"]
        place = f"{warc_of(root / 'a').name}:{record.offset}"
        assert told("show", place, folder=root)["record"] == by_id
        assert (by_id["type"], by_id["offset"]) == (record.type, record.offset)
        raw = archives("show", place, "--record", folder=root).stdout
        assert raw.startswith(b"WARC/1.1\r\n")
        assert raw.endswith(record.block + b"\r\n\r\n")
        head = archives("show", place, "--head", folder=root).stdout
        assert raw.startswith(head[: head.index(b"\r\n\r\n") + 4])


def test_show_reads_files_that_no_manifest_knows(root: Path) -> None:
    done = archives("show", "http://a.example/2", "--body", folder=root)
    assert done.stdout == b"block of 2 abc abc "


def test_show_resolves_a_revisit_that_names_only_url_and_date(tmp_path: Path) -> None:
    """So do writers of server-not-modified revisits that give neither id nor digest."""
    is_http = {"Content_Type": "application/http;msgtype=response"}
    url = {"WARC_Target_URI": "http://a.example/1"}
    head = b"HTTP/1.1 200 OK\r\n\r\n"
    old = a_record(1, head + b"old", WARC_Type="response", **is_http, **url)
    later = {"WARC_Date": "2026-11-22T20:05:12Z"}
    new = a_record(2, head + b"new", WARC_Type="response", **is_http, **url, **later)
    revisit = a_record(
        3,
        b"HTTP/1.1 304 Not Modified\r\n\r\n",
        WARC_Type="revisit",
        WARC_Profile="http://netpreserve.org/warc/1.1/revisit/server-not-modified",
        WARC_Refers_To_Target_URI="http://a.example/1",
        WARC_Refers_To_Date="2026-11-21T20:05:12Z",
        **is_http,
        **url,
    )
    (tmp_path / "c").mkdir()
    (tmp_path / "c" / "one.warc").write_bytes(old + new + revisit)
    done = archives("show", f"urn:uuid:{3:032d}", "--body", folder=tmp_path)
    assert (done.returncode, done.stdout) == (0, b"old")


def test_what_is_not_archived_is_one_line_with_what_is_near(root: Path) -> None:
    done = archives("show", "https://a.example/p/9", folder=root)
    assert (done.returncode, done.stdout) == (1, b"")
    line = done.stderr.decode()
    assert line.startswith("not archived: https://a.example/p/9; near: https://a.example/p/1, ")
    assert line.count("\n") == 1
    assert archives("show", "urn:uuid:0", folder=root).stderr == b"not archived: urn:uuid:0\n"


def test_verify_ends_with_1_only_where_there_are_defects(root: Path, tmp_path: Path) -> None:
    done = archives("verify", folder=root)
    assert done.returncode == 0
    assert b"no defects: 0 defect, 0 warning, " in done.stdout
    (tmp_path / "bad.warc").write_bytes(a_record(1) + a_record(1))
    done = archives("verify", str(tmp_path / "bad.warc"), "--quiet", folder=root)
    assert done.returncode == 1
    assert done.stdout == b"defects found: 1 defect, 0 warning, 3 info\n"
    assert told("verify", str(tmp_path), folder=root)["totals"]["defect"] == 1


def test_repair_changes_nothing_until_it_is_told_to(tmp_path: Path) -> None:
    folder = tmp_path / "c"
    folder.mkdir()
    data = a_record(1) + b"junk\r\n" + a_record(2)
    (folder / "one.warc").write_bytes(data)
    done = archives("repair", "c", folder=tmp_path)
    assert done.returncode == 1
    assert b"2 records would be kept byte for byte" in done.stdout
    assert [path.name for path in folder.iterdir()] == ["one.warc"]
    assert archives("repair", "c", "--apply", folder=tmp_path).returncode == 0
    assert (folder / "one.warc").read_bytes() == a_record(1) + a_record(2)
    assert archives("repair", "c", folder=tmp_path).returncode == 0


def test_rebuild_manifest_says_rows_before_and_after(tmp_path: Path) -> None:
    make_collection(tmp_path / "a")
    done = archives("rebuild-manifest", "a", folder=tmp_path)
    assert done.returncode == 0
    assert b"captures            4 -> 4" in done.stdout


@pytest.mark.parametrize(
    ("words", "code", "problem"),
    [
        ("list nowhere", 2, "no collection 'nowhere' in "),
        ("verify nowhere", 2, "no collection, folder or file 'nowhere'"),
        ("verify empty", 2, "no WARC files in "),
        ("show x --head --body", 2, "--head, --body and --record exclude each other"),
        ("show gone.warc.gz:1", 2, "no WARC file 'gone.warc.gz'"),
        ("show one.warc:1", 4, "neither a gzip member nor a zstd frame nor a record begins here"),
        ("stats --by year", 2, "--by is day, week or month, not 'year'"),
        ("stats b --plot x.pdf", 2, "--plot draws .svg or .png, not 'x.pdf'"),
        ("export a", 2, "say what to write: --cdxj FILE, --wacz FILE, or both"),
        ("export a --wacz a.zip", 2, "--wacz a.zip does not end in .wacz"),
        ("export b/one.warc --cdxj {root}/b/one.warc", 2, "one.warc is a file that is to be read"),
        ("export nowhere --cdxj x", 2, "no collection, folder or file 'nowhere'"),
        ("list --archives s3://bucket/x", 2, "is not a folder of this machine"),
        ("list --archives nowhere", 2, "no folder of archives: nowhere"),
    ],
)
def test_a_mistake_is_one_line(words: str, code: int, problem: str, root: Path) -> None:
    done = archives(*words.format(root=root).split(), folder=root)
    assert done.returncode == code
    assert done.stderr.decode().startswith("error: ")
    assert problem in done.stderr.decode()
    assert done.stderr.count(b"\n") == 1


def test_export_says_what_was_written_and_what_was_left_out(root: Path, tmp_path: Path) -> None:
    (row,) = told("export", "a", "--wacz", str(tmp_path / "a.wacz"), folder=root)
    assert (row["files"], row["captures"], row["pages"]) == (1, 4, 0)  # no site it knows, no HTML
    (tmp_path / "two.warc").write_bytes(a_record(1) + b"junk\r\n" + a_record(2))
    outs = ("--cdxj", str(tmp_path / "t.cdxj"), "--wacz", str(tmp_path / "t.wacz"))
    done = archives("export", str(tmp_path / "two.warc"), *outs, folder=root)
    assert done.returncode == 1
    bad = f"left out: 6 bytes at {len(a_record(1))} of two.warc: neither a gzip member nor a zstd"
    lines = done.stdout.decode().replace(f"{tmp_path}/", "").splitlines()
    assert [line[: len(bad)] for line in lines] == [
        bad,
        "t.cdxj: 1 file, 2 captures",
        bad,
        "two.warc was written anew as two.warc.gz, a gzip member per record",
        "t.wacz: 1 file, 2 captures, 0 pages",
    ]


def test_stats_count_captures_bytes_and_what_revisits_saved(root: Path) -> None:
    made = count([target_of(root / "a")])
    assert (made.captures, made.revisits, made.records) == (4, 1, 16)
    assert made.by_page == {("p", "content"): 4}
    assert made.decoded == sum(len(content(key)) for key in "123")
    assert made.saved == len(content("1"))
    assert made.stored == warc_of(root / "a").stat().st_size


def test_stats_need_no_manifest(tmp_path: Path) -> None:
    folder = make_collection(tmp_path / "a")
    (folder / "manifest.sqlite").unlink()
    made = count([target_of(folder)])
    assert (made.captures, made.saved) == (4, len(content("1")))
    assert sum(made.by_page.values()) == 4


@pytest.mark.parametrize(
    ("last", "period", "starts"),
    [
        (date(2026, 11, 23), "day", 3),
        (date(2027, 2, 1), "week", 12),
        (date(2028, 11, 23), "month", 25),
    ],
)
def test_the_period_fits_the_span_and_empty_ones_are_shown(
    last: date, period: str, starts: int
) -> None:
    made = Stats(by_day=Counter({(date(2026, 11, 21), "p"): 2, (last, "q"): 1}))
    taken, periods = over_time(made, None)
    assert (taken, len(periods)) == (period, starts)
    assert sum(sum(counts.values()) for counts in periods.values()) == 3


def test_bars_are_as_long_as_their_numbers() -> None:
    periods = {
        date(2026, 11, day): Counter(p=number) for day, number in ((1, 100), (2, 50), (3, 0))
    }
    plain = [line.count("#") for line in bars(periods, "day", fine=False)]
    assert plain == [50, 25, 0]
    assert [line.count("█") for line in bars(periods, "day", fine=True)] == [50, 25, 0]


@pytest.mark.parametrize(("name", "magic"), [("a.png", b"\x89PNG"), ("a.svg", b"<?xml")])
def test_a_plot_is_drawn(name: str, magic: bytes, tmp_path: Path) -> None:
    periods = {date(2026, month, 1): Counter(p=month, q=2) for month in range(1, 13)}
    draw(periods, "month", tmp_path / name)
    assert (tmp_path / name).read_bytes().startswith(magic)
    with pytest.raises(CollectionError, match="cannot be written"):
        draw(periods, "month", tmp_path / name / name)
    with pytest.raises(UsageError, match="no captures"):
        draw({}, "month", tmp_path / name)


def test_targets_are_found_by_name_and_path_and_joined(root: Path) -> None:
    assert [target.name for target in collections_of(root)] == ["a", "b"]
    one = warc_of(root / "a")
    (joined,) = targets_of(["a", str(one)], root)
    assert joined.is_whole
    assert joined.files == (one,)
    (single,) = targets_of([f"a/{one.name}"], root)
    assert not single.is_whole


def test_what_repair_set_aside_is_no_part_of_a_collection(tmp_path: Path) -> None:
    folder = make_collection(tmp_path / "a")
    (folder / "damaged").mkdir()
    (folder / "damaged" / "old.warc.gz").write_bytes(warc_of(folder).read_bytes())
    (target,) = targets_of(["a"], tmp_path)
    assert len(target.files) == 1


def test_show_knows_captures_that_were_added_since(tmp_path: Path) -> None:
    folder = make_collection(tmp_path / "a")
    with Collection.open(folder, site=SITE, info=INFO) as opened:
        add(opened, "9", 99)
    assert archives("show", url_of(9), "--body", folder=tmp_path).stdout == content("9")

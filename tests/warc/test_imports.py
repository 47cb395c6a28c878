"""Saved pages and raw JSON become resource records, each once, under the URL they came from."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.faults.faulty_disk import FaultyDisk
from tests.replica.season import Season
from warc.archives.targets import targets_of
from warc.archives.verify import verify
from warc.disk import Disk
from warc.errors import CollectionError, UsageError
from warc.imports.naming import Listed, Naming, read_list, template_of
from warc.imports.page import address_of, single_page
from warc.imports.payload import LAYERS_MAX, Unfit, read_payload
from warc.imports.run import Import, Outcome, found_files, site_url
from warc.lock import FolderLock
from warc.reader import read_records
from warc.record import Record
from warc.sites import SITES

ROOT = Path(__file__).parents[2]
TELEMETRY = ROOT.parent / "shared" / "samples" / "pubg" / "telemetry"
MATCH = "https://www.hltv.org/matches/2391140/a-vs-b"
SAVED_FROM = f"<!DOCTYPE html>\n<!-- saved from url=(0043){MATCH} -->\n<html>"
CANONICAL = f'<html><head><link href="{MATCH}" rel="canonical"></head>'
CDN = "https://telemetry-cdn.pubg.com/raw/{match_id}.json"
EVENTS = b'[{"_T":"LogMatchStart"},{"_T":"LogMatchEnd"}]'
SINGLE = (
    f"From: <Saved by Blink>\r\nSnapshot-Content-Location: {MATCH}\r\n"
    "Date: Sat, 21 Nov 2026 20:05:12 +0100\r\nMIME-Version: 1.0\r\n"
    'Content-Type: multipart/related; type="text/html"; boundary="--x"\r\n\r\n'
    "----x\r\nContent-Type: text/html\r\nContent-Transfer-Encoding: quoted-printable\r\n"
    "Content-Location: https://a.example/frame\r\n\r\n<p>frame</p>\r\n"
    "----x\r\nContent-Type: text/html\r\nContent-Transfer-Encoding: quoted-printable\r\n"
    f"Content-Location: {MATCH}\r\n\r\n<html>caf=C3=A9 =\r\nlong</html>\r\n----x--\r\n"
).encode()


# -- what a file holds, and where it came from -----------------------------------------------------


@pytest.mark.parametrize(
    ("page", "url"),
    [
        (SAVED_FROM, MATCH),
        (CANONICAL, MATCH),
        (f"<LINK rel='canonical' href='{MATCH}'>", MATCH),
        (f"<!-- saved from url=(0012)https://b.example/ -->{CANONICAL}", "https://b.example/"),
        (
            '<link rel="canonical" href="https://a.example/?a=1&amp;b=2">',
            "https://a.example/?a=1&b=2",
        ),
        ('<link rel="stylesheet" href="https://a.example/x.css">', ""),
        ("", ""),
    ],
)
def test_a_page_says_where_it_was_saved_from(page: str, url: str) -> None:
    assert address_of(page.encode()) == url


def test_a_single_file_page_is_its_own_part_with_url_and_date() -> None:
    page = single_page(SINGLE)
    assert page is not None
    assert page.body.strip().decode() == "<html>café long</html>"
    assert (page.url, page.saved_at) == (MATCH, datetime(2026, 11, 21, 19, 5, 12, tzinfo=UTC))
    assert single_page(b"no mail") is None


@given(st.binary(max_size=300))
def test_any_bytes_are_a_single_file_page_or_none(data: bytes) -> None:
    single_page(data)
    single_page(SINGLE[:200] + data + SINGLE[200:])


def packed(data: bytes, layers: int) -> bytes:
    for _ in range(layers):
        data = gzip.compress(data, mtime=0)
    return data


@pytest.mark.parametrize("name", ["a.json", "a.json.gz", "a.raw.json.gz", "a.json.gz.gz"])
@pytest.mark.parametrize("layers", [0, 1, 2, LAYERS_MAX])
def test_layers_are_told_by_the_bytes_and_all_undone(
    tmp_path: Path, name: str, layers: int
) -> None:
    (tmp_path / name).write_bytes(packed(EVENTS, layers))
    payload = read_payload(tmp_path / name, "json")
    assert (payload.data, payload.content_type) == (EVENTS, "application/json")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (packed(b" \n", 1), "empty"),
        (packed(EVENTS, 1)[:-9], "cannot be inflated: compressed data ends before its end mark"),
        (packed(packed(EVENTS, 1)[:-9], 1), "cannot be inflated"),
        (packed(EVENTS, 1) + b"more", "4 bytes follow the gzip stream"),
        (packed(EVENTS, LAYERS_MAX + 1), "more than 4 layers of gzip"),
        (EVENTS[:-3], "not JSON: Input data was truncated"),
        (EVENTS + b"]", "not JSON: JSON is malformed: trailing characters"),
        (b'{"a": "\xff"}', "not JSON: not utf-8 at byte 7"),
        (b"[" * 200_000, "not JSON"),
        (b"<html>a page</html>", "not a JSON object or list"),
        (b"12", "not a JSON object or list"),
    ],
)
def test_what_is_no_whole_document_is_named(tmp_path: Path, data: bytes, reason: str) -> None:
    (tmp_path / "a.json.gz").write_bytes(data)
    with pytest.raises(Unfit) as caught:
        read_payload(tmp_path / "a.json.gz", "json")
    assert reason in str(caught.value)


def test_what_inflates_too_far_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("warc.imports.payload.PAYLOAD_LIMIT_BYTES", 1000)
    (tmp_path / "a.json.gz").write_bytes(packed(b"[" + b" " * 10_000 + b"]", 2))
    (tmp_path / "b.json").write_bytes(b"[" + b" " * 10_000 + b"]")
    for name, reason in (("a.json.gz", "inflates to more than"), ("b.json", "longer than")):
        with pytest.raises(Unfit, match=reason):
            read_payload(tmp_path / name, "json")


@pytest.mark.parametrize(
    ("url", "name", "path", "made"),
    [
        (CDN, "{match_id}.raw.json.gz", "0a-1b.raw.json.gz", CDN.format(match_id="0a-1b")),
        (CDN, "{match_id}.raw.json.gz", "x/0a-1b.raw.json.gz", CDN.format(match_id="0a-1b")),
        (CDN, "{match_id}.raw.json.gz", "0a-1b.json.gz", None),
        ("https://c/{shard}/{id}", "{shard}/{id}.json", "steam/7.json", "https://c/steam/7"),
        ("https://c/{shard}/{id}", "{shard}/{id}.json", "x/steam/7.json", None),
        ("https://c/{a}/{b}", "{a}-{b}.json", "1-2-3.json", "https://c/1/2-3"),
        ("https://c/{a}", "{a}-{a}.json", "1-1.json", "https://c/1"),
        ("https://c/{a}", "{a}-{a}.json", "1-2.json", None),
        ("https://c/{name}", None, "x/0a 1b.raw.json.gz", "https://c/0a%201b"),
        ("https://c/{name}", None, "a?b.html", "https://c/a%3Fb"),
    ],
)
def test_a_url_is_made_of_a_files_name(url: str, name: str | None, path: str, made: str) -> None:
    assert template_of(url, name).url_of(PurePosixPath(path)) == made


@pytest.mark.parametrize(
    ("url", "name", "problem"),
    [
        ("ftp://c/{name}", None, "does not begin with http"),
        ("https://c/x", None, "all files would have one URL"),
        ("https://c/{", None, "has a brace that is part of no {field}"),
        ("https://c/{name}/{1x}", None, "has a brace that is part of no {field}"),
        ("https://c/{id}", None, "--url has {id}, but a file's name gives {name}"),
        ("https://c/{id}", "{match}.json", "gives {name}, {match} (see --name)"),
    ],
)
def test_a_template_that_cannot_be_filled_is_refused(
    url: str, name: str | None, problem: str
) -> None:
    with pytest.raises(UsageError) as caught:
        template_of(url, name)
    assert problem in str(caught.value)


def test_lists_are_read_by_tabs_or_commas_with_dates(tmp_path: Path) -> None:
    (tmp_path / "a.tsv").write_text(
        'file\turl\n"a".html\thttps://a/1\t\nx\\b.html\thttps://a/2\t2026-11-21\n\n'
    )
    (tmp_path / "a.csv").write_bytes(
        b'\xef\xbb\xbf"a, b.html",https://a/1,2026-11-21T20:05:12+01:00\r\n'
    )
    assert read_list(tmp_path / "a.tsv") == {
        '"a".html': Listed("https://a/1", None),
        "x/b.html": Listed("https://a/2", datetime(2026, 11, 21, tzinfo=UTC)),
    }
    assert read_list(tmp_path / "a.csv") == {
        "a, b.html": Listed("https://a/1", datetime(2026, 11, 21, 19, 5, 12, tzinfo=UTC))
    }


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (f"a.html\t{MATCH}\nb.html no tab\n", "line 2: not 'file<TAB>URL': 'b.html no tab'"),
        (f"a.html\t{MATCH}\tsoon\n", "line 1: not a date"),
        (f"a.html\t{MATCH}\na.html\thttps://b/\n", "line 2: a.html has another URL or date above"),
        ("a.html\tno url\n", "line 1: not 'file<TAB>URL'"),
        ("\n", "names no file"),
    ],
)
def test_a_wrong_line_of_a_list_is_named(tmp_path: Path, text: str, problem: str) -> None:
    (tmp_path / "urls.tsv").write_text(text)
    with pytest.raises(UsageError) as caught:
        read_list(tmp_path / "urls.tsv")
    assert problem in str(caught.value)


def test_a_list_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "urls.tsv").write_bytes(b"\xff\xfe")
    for name, problem in (("none.tsv", "no such file"), ("urls.tsv", "not utf-8 at byte 0")):
        with pytest.raises(UsageError, match=problem):
            read_list(tmp_path / name)


# -- a run -----------------------------------------------------------------------------------------


def write(folder: Path, name: str, page: str | bytes) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    data = page.encode() if isinstance(page, str) else page
    path.write_bytes(gzip.compress(data) if name.endswith(".html.gz") else data)
    return path


def imported(
    source: Path,
    collection: Path,
    naming: Naming | None = None,
    *,
    disk: Disk | None = None,
    max_file_bytes: int = 1 << 30,
) -> tuple[list[Outcome], list[str]]:
    """Import a folder; what became of each file, and the WARC files written."""
    run = Import(
        collection,
        source,
        naming or Naming(),
        software="test",
        disk=disk,
        max_file_bytes=max_file_bytes,
    )
    with run:
        run.learn()
        outcomes = [run.take(path) for path in found_files(source)]
    return outcomes, run.files


def counts(outcomes: list[Outcome]) -> list[int]:
    """How many were archived, known, refused."""
    told = [one.what for one in outcomes]
    return [told.count("archived"), told.count("known"), told.count("refused")]


def records(collection: Path) -> list[Record]:
    found = [one for path in sorted(collection.glob("*.warc.gz")) for one in read_records(path)]
    assert all(isinstance(one, Record) for one in found)
    return [one for one in found if isinstance(one, Record) and one.type == "resource"]


def test_pages_are_archived_once_with_the_time_they_were_saved(tmp_path: Path) -> None:
    source, collection = tmp_path / "pages", tmp_path / "archives" / "saved"
    plain = write(source, "a.html", SAVED_FROM)
    os.utime(plain, (1_700_000_000, 1_700_000_000))
    write(source, "b.html.gz", CANONICAL)
    write(source, "c.mhtml", SINGLE)
    write(source, "notes.txt", "not a page")

    first, _ = imported(source, collection)
    again, files = imported(source, collection)

    assert (counts(first), counts(again), files) == ([3, 0, 0], [0, 3, 0], [])
    one, two, three = records(collection)
    assert (one.target_uri, one.block) == (MATCH, SAVED_FROM.encode())
    assert one.date == datetime.fromtimestamp(1_700_000_000, UTC)
    assert two.block == CANONICAL.encode()
    assert three.date == datetime(2026, 11, 21, 19, 5, 12, tzinfo=UTC)
    assert verify(targets_of([str(collection)], tmp_path)).findings.groups == {}


def test_a_raw_store_becomes_an_archive(tmp_path: Path) -> None:
    """Doubly gzipped, plain, and bad ones among them: the others go on."""
    source, collection = tmp_path / "raw", tmp_path / "pubg"
    for number in range(100):
        events = EVENTS.replace(b"Start", b"Start%d" % number)
        write(source, f"{number:02d}.raw.json.gz", packed(events, number % 4))
    write(source, "bad.raw.json.gz", packed(EVENTS, 1)[:-4])
    write(source, "x/odd.json", EVENTS)
    naming = Naming(
        template=template_of(CDN, "{match_id}.raw.json.gz"), at=datetime(2026, 1, 2, tzinfo=UTC)
    )
    first, files = imported(source, collection, naming, max_file_bytes=8000)
    again, _ = imported(source, collection, naming)
    assert (counts(first), counts(again)) == ([100, 0, 2], [0, 100, 2])
    assert {one.path.name: one.reason for one in first if one.what == "refused"} == {
        "bad.raw.json.gz": "cannot be inflated: compressed data ends before its end mark",
        "odd.json": "its name does not fit --name",
    }
    assert len(files) > 1
    made = records(collection)
    assert {one.target_uri for one in made} == {
        CDN.format(match_id=f"{number:02d}") for number in range(100)
    }
    assert {one.fields.first("Content-Type") for one in made} == {"application/json"}
    assert {one.date for one in made} == {datetime(2026, 1, 2, tzinfo=UTC)}
    assert all(json.loads(one.block) for one in made)
    assert verify(targets_of([str(collection)], tmp_path)).findings.groups == {}


@pytest.mark.skipif(not TELEMETRY.exists(), reason="the telemetry samples are not there")
def test_real_telemetry_is_archived(tmp_path: Path) -> None:
    naming = Naming(template=template_of("https://telemetry-cdn.pubg.com/x/{name}.json", None))
    outcomes, _ = imported(TELEMETRY, tmp_path / "pubg", naming)
    assert counts(outcomes) == [len(list(TELEMETRY.iterdir())), 0, 0]


def test_a_list_is_believed_before_template_and_page(tmp_path: Path) -> None:
    source = tmp_path / "pages"
    write(source, "x/a.html", CANONICAL)
    write(source, "y/a.html", CANONICAL + "y")
    write(source, "b.html", CANONICAL)
    at = datetime(2025, 1, 2, tzinfo=UTC)
    naming = Naming(
        listed={
            "x/a.html": Listed("https://www.hltv.org/results?offset=100", at),
            "a.html": Listed("https://other.example/a", None),
            "gone.html": Listed("https://other.example/b", None),
        },
        template=template_of("https://other.example/t/{name}", None),
        at=datetime(2025, 3, 4, tzinfo=UTC),
    )
    outcomes, _ = imported(source, tmp_path / "archives", naming)
    assert counts(outcomes) == [3, 0, 0]
    assert {(one.target_uri, one.date.month) for one in records(tmp_path / "archives")} == {
        ("https://www.hltv.org/results?offset=100", 1),
        ("https://other.example/a", 3),
        ("https://other.example/t/b", 3),
    }
    assert naming.not_among(found_files(source), source) == ["gone.html"]


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("a.html", b"<html>", "does not say where it came from"),
        ("a.json", EVENTS, "does not say where it came from"),
        ("a.html", b'<link rel="canonical" href="https://a.example/">', "no page of a known site"),
        ("a.html.gz", gzip.compress(b"cut short")[:-5], "cannot be inflated"),
        ("a.mhtml", b"MIME-Version: 1.0\r\n\r\nno page", "no page in it"),
    ],
)
def test_what_cannot_be_placed_is_named_and_not_archived(
    name: str, data: bytes, reason: str, tmp_path: Path
) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / name).write_bytes(data)
    outcomes, files = imported(tmp_path / "in", tmp_path / "archives")
    assert files == []
    assert [(one.path.name, reason in one.reason) for one in outcomes] == [(name, True)]


def test_what_a_browser_saves_beside_a_page_is_no_page(tmp_path: Path) -> None:
    write(tmp_path, "Match.html", SAVED_FROM)
    write(tmp_path, "Match_files/saved_resource.html", "<p>an advertisement</p>")
    write(tmp_path, "Match_files/x/data.json", "{}")
    write(tmp_path, "Other_files/a.html", CANONICAL)
    found = [path.relative_to(tmp_path).as_posix() for path in found_files(tmp_path)]
    assert found == ["Match.html", "Other_files/a.html"]


def test_a_dry_run_changes_nothing_and_says_the_same(tmp_path: Path) -> None:
    write(tmp_path / "in", "a.html", SAVED_FROM)
    write(tmp_path / "in", "b.html", SAVED_FROM)
    with Import(tmp_path / "c", tmp_path / "in", Naming(), software="t", dry=True) as run:
        run.learn()
        outcomes = [run.take(path) for path in found_files(tmp_path / "in")]
    assert counts(outcomes) == [1, 1, 0]
    assert [path.name for path in tmp_path.iterdir()] == ["in"]


def test_a_collection_in_use_is_left_alone(tmp_path: Path) -> None:
    write(tmp_path / "in", "a.html", SAVED_FROM)
    (tmp_path / "archives").mkdir()
    lock = FolderLock(tmp_path / "archives" / "collection.lock")
    lock.take("fetch")
    try:
        with pytest.raises(CollectionError, match="in use"):
            imported(tmp_path / "in", tmp_path / "archives")
    finally:
        lock.release()


@pytest.mark.parametrize("kind", ["raise", "short", "late"])
@pytest.mark.parametrize("fail_at", [1, 2, 3, 4, 5, 20, 36, 38, 60, 74])
def test_a_disk_that_fails_loses_nothing_that_was_synced(
    tmp_path: Path, fail_at: int, kind: str
) -> None:
    """The same import again finds what is there, and ends with all of it, once."""
    source, collection = tmp_path / "in", tmp_path / "c"
    for number in range(70):
        write(source, f"{number}.json", b"[%d]" % number)
    naming = Naming(template=template_of("https://a.example/{name}", None))
    disk = FaultyDisk(fail_at, kind=kind)
    with pytest.raises(CollectionError):
        imported(source, collection, naming, disk=disk)
    disk.cut_power(lambda lost: lost[: len(lost) // 2])
    outcomes, _ = imported(source, collection, naming)
    made = [one.target_uri for one in records(collection)]
    assert len(made) == len(set(made)) == 70
    synced = fail_at > 40  # the first 32 records are synced by then
    assert counts(outcomes)[0] <= (70 - 32 if synced else 70)
    assert not list(collection.glob("*.open"))


KILLED = """
import os, sys
from pathlib import Path
from warc.imports.naming import Naming, template_of
from warc.imports.run import Import, found_files
source, folder, after = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
naming = Naming(template=template_of("https://a.example/{name}", None))
run = Import(folder, source, naming, software="test")
run.__enter__()
for path in found_files(source)[:after]:
    run.take(path)
os._exit(9)
"""


@pytest.mark.parametrize("after", [1, 33, 69])
def test_a_killed_import_is_finished_by_the_same_command(tmp_path: Path, after: int) -> None:
    source, collection = tmp_path / "in", tmp_path / "c"
    for number in range(70):
        write(source, f"{number:02d}.json", b"[%d]" % number)
    words = [sys.executable, "-c", KILLED, str(source), str(collection), str(after)]
    assert subprocess.run(words, cwd=ROOT, check=False).returncode == 9
    assert list(collection.glob("*.open"))
    naming = Naming(template=template_of("https://a.example/{name}", None))
    outcomes, _ = imported(source, collection, naming)
    assert counts(outcomes) == [70 - after, after, 0]
    made = [one.target_uri for one in records(collection)]
    assert len(made) == len(set(made)) == 70


def test_the_sites_own_address_stands_in_the_warcinfo() -> None:
    assert [site_url(site) for site in SITES if site.name == "hltv"] == ["https://www.hltv.org"]


# -- the command -----------------------------------------------------------------------------------


def run(*words: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "warchouse", *words],
        cwd=cwd,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        check=False,
        capture_output=True,
        text=True,
    )


def test_an_imported_page_is_parsed_and_the_archive_passes_warcio(tmp_path: Path) -> None:
    season = Season(seed=7, matches=24, small=True)
    match_id = season.match_ids[0]
    page = season.page(season.match_path(match_id))
    assert page is not None
    write(tmp_path / "pages", "match.html", page.body)
    where = ("--archives", str(tmp_path / "archives"))

    done = run("archives", "import", str(tmp_path / "pages"), *where, "--json")
    assert done.returncode == 0, done.stderr
    (file,) = json.loads(done.stdout)["files"]
    checked = subprocess.run(
        [sys.executable, "-m", "warcio.cli", "check", tmp_path / "archives" / "saved" / file],
        check=False,
        capture_output=True,
    )
    assert checked.returncode == 0, checked.stdout

    parsed = run("parse", *where, "--warehouse", str(tmp_path / "tables"), "--json")
    assert json.loads(parsed.stdout)["tables"]["hltv_matches"] == 1, parsed.stderr


def test_what_is_printed(tmp_path: Path) -> None:
    write(tmp_path / "raw", "1.raw.json.gz", packed(EVENTS, 2))
    write(tmp_path / "raw", "2.raw.json.gz", EVENTS[:-1])
    words = ["archives", "import", "raw", "--url", CDN, "--name", "{match_id}.raw.json.gz"]
    words += ["--archives", str(tmp_path / "archives")]
    dry = run(*words, "--dry-run", cwd=tmp_path)
    first = run(*words, cwd=tmp_path)
    (tmp_path / "raw" / "2.raw.json.gz").unlink()
    again = run(*words, cwd=tmp_path)
    assert [one.returncode for one in (dry, first, again)] == [1, 1, 0]
    refused = "refused raw/2.raw.json.gz: not JSON: Input data was truncated"
    assert dry.stdout.splitlines()[0] == first.stdout.splitlines()[0] == refused
    assert "1 file would be archived (45 B), 0 there already, 1 refused, in " in dry.stdout
    assert "1 file archived (45 B), 0 there already, 1 refused, in " in first.stdout
    assert "0 files archived (0 B), 1 there already, 0 refused, in " in again.stdout
    assert again.stdout.splitlines()[-1] == "nothing new: all of it is in the collection"


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (("nothing",), "there is no folder 'nothing' to import from"),
        ((__file__,), "is a file: name the folder that it is in"),
        ((".",), "no .html, .htm, .mhtml, .mht, .json file (or .gz of one) in '.'"),
        ((".", "--collection", "a/b"), "--collection 'a/b' is not the name"),
        ((".", "--archives", "s3://bucket"), "not a folder of this machine"),
        ((".", "--name", "{id}.json"), "--name says what --url is made of: give both"),
        ((".", "--url", "https://a/{id}"), "--url has {id}, but a file's name gives {name}"),
        ((".", "--date", "soon"), "not a date (2026-11-21, 2026-11-21T20:05:12Z): 'soon'"),
        ((".", "--urls", "none.tsv"), "cannot read none.tsv: no such file or directory"),
    ],
)
def test_a_users_mistake_is_one_line_and_makes_nothing(
    words: tuple[str, ...], problem: str, tmp_path: Path
) -> None:
    done = run("archives", "import", *words, cwd=tmp_path)
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
    assert problem in done.stderr
    assert list(tmp_path.iterdir()) == []

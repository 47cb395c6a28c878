"""`warchouse freeze`: a capture out of an archive becomes a corpus case."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from parse.corpus import ABOUT, outputs_of, read_case, read_expected
from parse.registered import REGISTRY
from tests.parse.bench import record
from warc.reader import read_records
from warc.record import Record

ROOT = Path(__file__).resolve().parents[2]
(DEMO,) = (ROOT / "archives" / "demo").glob("*.warc.gz")


def freeze(into: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "warchouse", "freeze", "--into", str(into), *words],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )


def page_of_demo(part: str) -> Record:
    return next(
        one
        for one in read_records(DEMO)
        if isinstance(one, Record) and one.type == "response" and part in one.target_uri
    )


@pytest.mark.parametrize("by", ["place", "record id"])
def test_a_capture_is_kept_with_what_its_parsers_make_of_it(by: str, tmp_path: Path) -> None:
    found = page_of_demo("/stats/matches/mapstatsid/")
    word = f"{DEMO}:{found.offset}" if by == "place" else f"<{found.record_id}>"
    done = freeze(tmp_path, word, "--name", "kept", "--why", 'it shows "quotes"')
    assert done.returncode == 0, done.stderr
    folder = tmp_path / "hltv" / "map_stats" / "kept"
    assert "hltv.map_stats/1: layout" in done.stdout
    assert "hltv.map_stats/2: layout" in done.stdout
    kept = read_case(folder, REGISTRY)
    assert kept.record.block == found.block
    assert kept.record.record_id == found.record_id
    assert outputs_of(kept, REGISTRY) == read_expected(folder)
    assert 'why = "it shows \\"quotes\\""' in (folder / ABOUT).read_text("utf-8")
    again = freeze(tmp_path, word, "--name", "kept")
    assert (again.returncode, "is there already" in again.stderr) == (2, True)


def test_a_capture_is_found_by_the_id_that_rows_name(tmp_path: Path) -> None:
    where = ["--warehouse", str(tmp_path / "tables")]
    words = [sys.executable, "-m", "warchouse"]
    subprocess.run([*words, "parse", "demo", *where, "--quiet"], cwd=ROOT, check=True)
    shown = [*words, "tables", "show", "hltv_maps", "--limit", "1", "--json", *where]
    told = subprocess.run(shown, cwd=ROOT, check=True, capture_output=True, text=True)
    number = json.loads(told.stdout)[0]["map_stats_capture_id"]
    done = freeze(tmp_path, *where, "--json", "--", str(number))
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert said["parsers"] == ["hltv.map_stats/1", "hltv.map_stats/2"]
    assert (Path(said["case"]) / "expected.json").is_file()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("urn:uuid:00000000-0000-0000-0000-000000000000",), "no record"),
        ((f"{DEMO}:3",), ""),
        (("no-such-file.warc.gz:0",), "no record"),
        (("x", "--name", "../up"), "a case is named by"),
    ],
)
def test_what_is_no_record_is_one_line(
    words: tuple[str, ...], message: str, tmp_path: Path
) -> None:
    done = freeze(tmp_path, *words)
    assert done.returncode in {2, 4}
    assert done.stderr.startswith("error: ")
    assert done.stderr.count("\n") == 1
    assert message in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_evidence_and_strangers_are_no_cases(tmp_path: Path) -> None:
    denied = record("https://www.hltv.org/matches/1/a", b"<html>denied</html>", status=403)
    stranger = record("https://example.org/", b"hello")
    file = tmp_path / "a.warc.gz"
    file.write_bytes(denied + stranger)
    done = freeze(tmp_path / "corpus", f"{file}:0")
    assert (done.returncode, "is no content but" in done.stderr) == (2, True)
    done = freeze(tmp_path / "corpus", f"{file}:{len(denied)}")
    assert (done.returncode, "is no page of a known source" in done.stderr) == (2, True)

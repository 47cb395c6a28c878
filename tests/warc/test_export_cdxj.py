"""Our index of captures is that of `cdxj-indexer --sort`, but for differences that have names."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.warc.a_record import a_record
from tests.warc.a_site import INFO, SITE, exchange, made_of, page_ref, url_of
from tests.warc.archives_collection import make_collection, warc_of
from tests.warc.cdxj_differences import DIFFERENCES
from tests.warc.framings import FRAMINGS
from tests.warc.judges import asked, judge
from tests.warc.test_samples import SAMPLES, sample_files
from warc.archives.targets import targets_of
from warc.collection import Collection
from warc.errors import CollectionError, UsageError
from warc.exchange import Note
from warc.exports.index import SortedLines
from warc.exports.run import Exported, export_cdxj, sources_of

DEMO = Path(__file__).parents[2] / "archives" / "demo"


def exported(out: Path, *paths: Path) -> tuple[list[str], Exported]:
    """Our index of files, as lines, and what was told."""
    told = export_cdxj(sources_of(targets_of([str(path) for path in paths], out)), out, print)
    return out.read_text(encoding="utf-8").splitlines(keepends=True), told


def theirs(*paths: Path) -> list[str]:
    """The judge's index of the same."""
    done = asked("cdxj-indexer", "--sort", *paths)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines(keepends=True)


def test_our_own_files_are_indexed_alike(tmp_path: Path) -> None:
    """Revisits, notes, redirects, a DOM, packed bodies; two files of one collection."""
    folder = make_collection(tmp_path / "a", max_file_bytes=3000)
    with Collection.open(folder, site=SITE, info=INFO) as opened:
        for second, status in enumerate((301, 404, 200)):
            made = exchange(url_of(f"x{status}"), b"body", status=status, second=99 + second)
            dom = made_of(f"X{status}", b"<html>Dom</html>")
            opened.add(made, Note(), page=page_ref(1), verdict="content", resources=[dom])
        opened.add(
            exchange(url_of("9?B=2&a=%C3%A4"), b"packed" * 50, packed=True),
            Note(),
            page=page_ref(9),
            verdict="content",
        )
    files = sorted(folder.glob("*.warc.gz"))
    assert len(files) > 1
    lines, told = exported(tmp_path / "a.cdxj", folder)
    assert lines == theirs(*files)
    assert told.captures == len(lines) > 8


def test_the_demo_is_indexed_alike(tmp_path: Path) -> None:
    lines, _ = exported(tmp_path / "a.cdxj", DEMO)
    assert len(lines) > 100
    assert lines == theirs(*DEMO.glob("*.warc.gz"))


EACH = """
import io, json, sys
from cdxj_indexer.main import write_cdx_index
for path in json.load(sys.stdin):
    out, failed = io.StringIO(), False
    try:
        write_cdx_index(out, path, {"sort": True})
    except Exception:
        failed = True
    print(json.dumps([path, out.getvalue().splitlines(True), failed]))
"""


@pytest.fixture(scope="module")
def judged() -> dict[str, tuple[list[str], bool]]:
    """The judge's lines of each sample, and whether it ended with an error; in one process."""
    paths = [str(SAMPLES / name) for name in sample_files()]
    done = subprocess.run(
        [judge("python"), "-c", EACH],
        input=json.dumps(paths),
        check=True,
        capture_output=True,
        text=True,
    )
    made = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("[")]
    return {path: (lines, failed) for path, lines, failed in made}


@pytest.mark.skipif(not SAMPLES.exists(), reason="the sample archives are not there")
@pytest.mark.parametrize("name", [one for one in sample_files() if (SAMPLES / one).stat().st_size])
def test_samples_are_indexed_alike_or_differ_as_told(
    tmp_path: Path, name: str, judged: dict[str, tuple[list[str], bool]]
) -> None:
    found, failed = judged[str(SAMPLES / name)]
    ours, _ = exported(tmp_path / "a.cdxj", SAMPLES / name)
    if name in DIFFERENCES:
        reason, only_ours, only_theirs = DIFFERENCES[name]
        assert (len(set(ours) - set(found)), len(set(found) - set(ours))) == (
            only_ours,
            only_theirs,
        )
        assert (reason in {"stops", "one member"}) == failed
    else:
        assert ours == found
        assert not (failed and ours)


def test_every_named_difference_is_of_a_sample() -> None:
    if SAMPLES.exists():
        assert set(DIFFERENCES) <= set(sample_files())


def test_zstd_files_are_indexed_by_where_their_frames_begin(tmp_path: Path) -> None:
    records = [a_record(number) for number in (1, 2)]
    path = tmp_path / "a.warc.zst"
    path.write_bytes(FRAMINGS["zstd with dictionary"](records))
    front = 8 + int.from_bytes(path.read_bytes()[4:8], "little")
    lines, _ = exported(tmp_path / "a.cdxj", path)
    assert f'"offset": "{front}", "filename": "a.warc.zst"' in lines[0]
    size = path.stat().st_size
    lengths = [int(line.split('"length": "')[1].split('"')[0]) for line in lines]
    assert front + sum(lengths) == size


def test_records_that_no_offset_leads_to_are_left_out_and_named(tmp_path: Path) -> None:
    records = [a_record(number) for number in (1, 2, 3)]
    path = tmp_path / "a.warc.gz"
    path.write_bytes(FRAMINGS["gzip whole"](records) + FRAMINGS["gzip per record"](records[:1]))
    lines, told = exported(tmp_path / "a.cdxj", path)
    assert len(lines) == 1
    assert told.troubles.shared == {"a.warc.gz": 3}


def test_an_open_file_counts_up_to_its_last_whole_exchange(tmp_path: Path) -> None:
    folder = make_collection(tmp_path / "a")
    path = warc_of(folder)
    whole, _ = exported(tmp_path / "a.cdxj", path)
    still = path.rename(path.with_name(path.name + ".open"))
    still.write_bytes(still.read_bytes() + b"\x1f\x8b\x08 torn")
    lines, told = exported(tmp_path / "b.cdxj", still)
    assert lines == whole
    assert told.cut == {path.name: path.with_name(path.name + ".open").stat().st_size - 8}
    assert told.troubles.bad_stretches == 0


def test_many_lines_are_sorted_once_each() -> None:
    lines = SortedLines()
    for number in range(5000):
        lines.add(f"{number * 7919 % 5000:05d} é\n", file="a")
        lines.add(f"{number * 7919 % 5000:05d} é\n", file="b")
    made = list(lines)
    assert made == sorted(made)
    assert len(made) == len(lines) == 5000
    lines.forget("a")
    assert list(lines) == []
    lines.close()


def test_two_files_of_one_name_are_refused(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "x.warc").write_bytes(a_record(1))
    with pytest.raises(UsageError, match=r"two files are called x\.warc"):
        exported(tmp_path / "out", tmp_path / "a", tmp_path / "b")


def test_what_stood_there_stays_where_an_export_fails(tmp_path: Path) -> None:
    (tmp_path / "x.warc").write_bytes(a_record(1))
    sources = sources_of(targets_of([str(tmp_path / "x.warc")], tmp_path))
    out = tmp_path / "out.cdxj"
    out.write_text("before")
    (tmp_path / "x.warc").unlink()
    with pytest.raises(Exception, match="cannot be read"):
        export_cdxj(sources, out, print)
    assert out.read_text() == "before"
    assert [one.name for one in tmp_path.iterdir()] == ["out.cdxj"]


def test_a_full_disk_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "x.warc").write_bytes(a_record(1))
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("no /dev/full here")
    out = tmp_path / "out.cdxj"
    (tmp_path / "out.cdxj.writing").symlink_to(full)
    with pytest.raises(CollectionError, match="cannot be written: no space left on device"):
        exported(out, tmp_path / "x.warc")

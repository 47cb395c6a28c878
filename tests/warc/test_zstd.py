"""zstd files: frames that other tools write and read, dictionaries, limits, and the commands."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
import zstandard

from tests.warc.a_record import a_record
from tests.warc.a_site import INFO, SITE
from tests.warc.archives_collection import make_collection, target_of, warc_of
from tests.warc.framings import FRAMINGS, dictionary_for, skippable, with_dictionary, zstd
from warc.archives.find import record_at
from warc.archives.listing import summarize
from warc.archives.mend import look, rebuild_manifest, repair
from warc.archives.printing import print_repaired
from warc.archives.showing import raw_of
from warc.archives.stats import count
from warc.archives.verify import verify
from warc.collection import Collection
from warc.errors import ArchiveError
from warc.reader import read_records
from warc.record import BadStretch, Record
from warc.window import BytesWindow
from warc.zstd import FrameError, Frames, decode_frames

RECORDS = [a_record(number) for number in (1, 2, 3, 400)]
WHOLE = b"".join(RECORDS)
TOOL = shutil.which("zstd")
needs_tool = pytest.mark.skipif(TOOL is None, reason="the command zstd is not installed")


def numbers(path: Path) -> list[int]:
    return [int(one.record_id[-5:]) if isinstance(one, Record) else 0 for one in read_records(path)]


def problems(path: Path) -> list[str]:
    return [one.error.problem for one in read_records(path) if isinstance(one, BadStretch)]


def tool(*words: object) -> None:
    subprocess.run([str(TOOL), "-q", *map(str, words)], check=True)


@needs_tool
@pytest.mark.parametrize(
    "options", [("-1",), ("-19", "--long=27"), ("-T2", "-B512KB"), ("--no-check",)]
)
def test_what_the_zstd_command_writes_is_read(tmp_path: Path, options: tuple[str, ...]) -> None:
    (tmp_path / "a.warc").write_bytes(WHOLE)
    tool(*options, tmp_path / "a.warc", "-o", tmp_path / "a.warc.zst")
    assert numbers(tmp_path / "a.warc.zst") == [1, 2, 3, 400]


@needs_tool
def test_the_zstd_command_and_we_inflate_alike_with_a_dictionary(tmp_path: Path) -> None:
    """Its own option makes the frames; we read them, and it reads the frames of the fixture."""
    (tmp_path / "dictionary").write_bytes(dictionary_for(RECORDS).as_bytes())
    made = skippable((tmp_path / "dictionary").read_bytes(), b"\x5d\x2a\x4d\x18")
    for number, record in enumerate(RECORDS):
        (tmp_path / f"{number}").write_bytes(record)
        tool(
            "-D", tmp_path / "dictionary", tmp_path / f"{number}", "-o", tmp_path / f"{number}.zst"
        )
        made += (tmp_path / f"{number}.zst").read_bytes()
    (tmp_path / "a.warc.zst").write_bytes(made)
    assert numbers(tmp_path / "a.warc.zst") == [1, 2, 3, 400]
    (tmp_path / "b.warc.zst").write_bytes(with_dictionary(RECORDS, packed=True))
    tool("-d", "-D", tmp_path / "dictionary", tmp_path / "b.warc.zst", "-o", tmp_path / "b.warc")
    assert (tmp_path / "b.warc").read_bytes() == WHOLE


def test_a_record_is_read_by_the_place_that_other_tools_call_its_offset(tmp_path: Path) -> None:
    """Ours begins with the dictionary in front of the file, theirs behind it."""
    data = with_dictionary(RECORDS, packed=False)
    path = tmp_path / "a.warc.zst"
    path.write_bytes(data)
    behind = 8 + int.from_bytes(data[4:8], "little")
    ours, theirs = (record_at(f"{path}:{at}", ()) for at in (0, behind))
    assert (ours.block, ours.record_id) == (theirs.block, theirs.record_id)
    assert raw_of(ours) == raw_of(theirs) == RECORDS[0]


def test_frames_of_another_dictionary_are_named(tmp_path: Path) -> None:
    path = tmp_path / "a.warc.zst"
    other = dictionary_for(RECORDS[:1])
    path.write_bytes(zstd(RECORDS[0]) + zstd(RECORDS[1], other) + zstd(RECORDS[2]))
    assert numbers(path) == [1, 0, 3]
    assert problems(path) == [
        f"zstd frame needs dictionary {other.dict_id()}, which is not in the file"
    ]


def test_a_damaged_dictionary_costs_the_frames_that_need_it(tmp_path: Path) -> None:
    path = tmp_path / "a.warc.zst"
    dictionary = dictionary_for(RECORDS)
    damaged = bytearray(zstd(dictionary.as_bytes()))
    damaged[len(damaged) // 2] ^= 1
    frames = [zstd(RECORDS[0]), zstd(RECORDS[1], dictionary), zstd(RECORDS[2])]
    path.write_bytes(skippable(bytes(damaged), b"\x5d\x2a\x4d\x18") + b"".join(frames))
    assert numbers(path) == [1, 0, 3]
    assert "and the one in front of the file is damaged: " in problems(path)[0]
    path.write_bytes(b"\x5d\x2a\x4d\x18\xff\xff\xff\xff" + b"".join(frames))
    assert numbers(path) == [0, 1, 0, 3]


def test_a_frame_gives_no_more_than_is_looked_at() -> None:
    """A GiB in 33 kB: the first look costs a block, a body over its limit ends at the limit."""
    bomb = zstandard.ZstdCompressor().compress(bytes(1 << 30))
    assert len(bomb) < 40_000
    assert Frames(BytesWindow(bomb)).beginning(0, 16) == bytes(16)
    with pytest.raises(FrameError, match="more than 5000000 bytes"):
        decode_frames(bomb, 5_000_000)


def test_a_frame_counts_only_with_its_checksum() -> None:
    """Of exactly eight blocks: what is fed at once ends where the checksum still has to come."""
    block = bytes(range(256)) * (8 * (128 << 10) // 256)
    frame = bytearray(zstd(block))
    taken: list[bytes] = []
    assert Frames(BytesWindow(bytes(frame))).inflate(0, taken.append) == len(frame)
    frame[-1] ^= 1
    with pytest.raises(FrameError, match="hecksum"):
        Frames(BytesWindow(bytes(frame))).inflate(0, taken.append)
    with pytest.raises(FrameError, match="ends with the file"):
        decode_frames(bytes(frame[:-1]), 1 << 30)


def recompressed(folder: Path, *, framing: str = "zstd per record") -> Path:
    """A collection whose WARC file another tool has made a zstd file, by hand."""
    made = make_collection(folder / "made")
    records = [raw_of(one) for one in read_records(warc_of(made)) if isinstance(one, Record)]
    (folder / "b").mkdir()
    path = folder / "b" / (warc_of(made).name.removesuffix(".gz") + ".zst")
    path.write_bytes(FRAMINGS[framing](records))
    return path


@pytest.mark.parametrize("framing", ["zstd per record", "zstd with packed dictionary"])
def test_the_commands_read_a_zstd_file(tmp_path: Path, framing: str) -> None:
    path = recompressed(tmp_path, framing=framing)
    target, made = target_of(path.parent), target_of(tmp_path / "made")
    assert summarize(target, read=True).captures == summarize(made, read=True).captures
    assert count((target,)).decoded == count((made,)).decoded > 0
    told = verify([target]).findings
    assert set(told.groups) == {"renamed"}  # its warcinfo names the .gz
    assert not look(target).plans[0].is_needed


def test_a_zstd_file_put_into_a_collection_is_indexed(tmp_path: Path) -> None:
    path = recompressed(tmp_path, framing="zstd with dictionary")
    with Collection.open(path.parent, site=SITE, info=INFO) as opened:
        captures = [
            one
            for url in ("1", "2", "3")
            for one in opened.manifest.captures_of(f"https://site.test/p/{url}")
        ]
        bodies = [opened.read_capture(one).body for one in captures]
    assert all(bodies)
    assert not set(verify([target_of(path.parent)]).findings.groups) - {"renamed"}
    assert rebuild_manifest(path.parent).after["captures"] >= 4


def test_what_is_wrong_with_a_zstd_file_is_named_and_left(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a.warc.zst"
    frames = [zstd(one) for one in RECORDS]
    torn = frames[0] + frames[1][:-5] + frames[2] + zstd(RECORDS[3] * 2)
    path.write_bytes(torn + zstandard.ZstdCompressor(write_content_size=False).compress(RECORDS[1]))
    told = verify([target_of(path)]).findings.groups
    assert {"zstd-damaged", "zstd-many", "zstd-unchecked"} <= set(told)
    done = repair(target_of(path))
    print_repaired(done, quiet=False)
    assert "left as it is, zstd files are read, not written" in capsys.readouterr().out
    assert path.read_bytes().startswith(torn)


def test_a_run_larger_than_memory_is_kept_on_disk_and_let_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With room for one record only: the same records, and no temporary file is left."""
    monkeypatch.setattr("warc.inflated.KEPT_LIMIT_BYTES", 1000)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    for name in ("gzip whole", "zstd whole", "zstd in blocks"):
        path = tmp_path / "a.warc"
        path.write_bytes(FRAMINGS[name](RECORDS))
        assert numbers(path) == [1, 2, 3, 400]
        assert [one.name for one in tmp_path.iterdir()] == ["a.warc"]


def test_no_room_for_a_run_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("warc.inflated.KEPT_LIMIT_BYTES", 1000)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "nowhere"))
    path = tmp_path / "a.warc.zst"
    path.write_bytes(FRAMINGS["zstd whole"](RECORDS))
    (problem,) = problems(path)
    assert "no room to inflate it in the folder of temporary files" in problem
    with pytest.raises(ArchiveError):
        record_at(f"{path}:0", ())

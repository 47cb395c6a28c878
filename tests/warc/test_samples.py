"""Archives of other writers, good and damaged: nothing crashes, every byte is accounted for."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed

from warc.errors import ArchiveError
from warc.http import decode_body, response_of
from warc.reader import read_records
from warc.record import BadStretch, Record

SAMPLES = Path(__file__).parents[3] / "shared" / "samples" / "warc"
SUFFIXES = (".warc", ".warc.gz", ".warc.zst", ".arc", ".arc.gz")

pytestmark = pytest.mark.skipif(not SAMPLES.exists(), reason="the sample archives are not there")


def sample_files() -> list[str]:
    found = SAMPLES.rglob("*") if SAMPLES.exists() else ()
    return sorted(str(path.relative_to(SAMPLES)) for path in found if path.name.endswith(SUFFIXES))


@pytest.mark.parametrize("name", sample_files())
def test_every_byte_of_every_sample_is_accounted_for(name: str) -> None:
    path = SAMPLES / name
    found = list(read_records(path, thorough=True))
    assert sum(one.length for one in found) == path.stat().st_size
    for one in found:
        if isinstance(one, BadStretch):
            assert str(one.error).endswith(f"({path}, byte {one.error.offset})")
        elif one.type in {"response", "revisit"}:
            with contextlib.suppress(ArchiveError):
                decode_body(response_of(one))


CAUGHT_BY_READING = {
    "02-trunc-in-trailer.warc.gz": "gzip member ends with the file",
    "04-bitflip-deflate.warc.gz": "cannot be inflated",
    "06-payload-changed.warc.gz": "WARC-Block-Digest says",
    "10-clen-short.warc.gz": "WARC-Block-Digest says",
    "14-trailing-garbage.warc.gz": "neither a gzip member nor a zstd frame",
    "22-missing-record-id.warc.gz": "WARC-Record-ID is missing",
}

# Not wrong bytes: a reader gives the record, whose fields tell. Told apart elsewhere: one member
# for all (`inner`), a body that is not gzip (decoding), a dangling revisit (who resolves it).
TOLERATED = {
    "00-clean.warc",
    "00-clean.warc.gz",
    "08-onegzip.warc.gz",
    "12-id-no-brackets.warc.gz",
    "16-no-payload-digest.warc.gz",
    "18-bad-type.warc.gz",
    "20-target-uri-brackets.warc.gz",
    "24-revisit-dangling.warc.gz",
    "26-ce-gzip-lies.warc.gz",
    "28-http2-status-line.warc.gz",
}


@pytest.mark.parametrize("name", sorted(CAUGHT_BY_READING))
def test_planted_damage_is_named_and_costs_one_record(name: str) -> None:
    found = list(read_records(SAMPLES / "corrupt" / name))
    bad = [one for one in found if isinstance(one, BadStretch)]
    assert len(bad) == 1
    assert CAUGHT_BY_READING[name] in str(bad[0].error)
    assert len(found) - 1 >= 6


def test_every_planted_defect_is_accounted_for() -> None:
    names = {path.name for path in (SAMPLES / "corrupt").iterdir()}
    assert names == CAUGHT_BY_READING.keys() | TOLERATED
    for name in TOLERATED:
        found = list(read_records(SAMPLES / "corrupt" / name))
        assert all(isinstance(one, Record) for one in found)


def test_one_member_for_all_shows_in_the_records() -> None:
    found = list(read_records(SAMPLES / "corrupt" / "08-onegzip.warc.gz"))
    assert any(isinstance(one, Record) and one.inner for one in found)


def test_a_body_that_is_not_gzip_is_found_when_decoded() -> None:
    problems = []
    for one in read_records(SAMPLES / "corrupt" / "26-ce-gzip-lies.warc.gz"):
        if isinstance(one, Record) and one.type == "response":
            try:
                decode_body(response_of(one))
            except ArchiveError as error:
                problems.append(str(error))
    assert len(problems) == 1


WARCIO_READS = [name for name in sample_files() if "webrecorder" in name and name.endswith(".gz")]


# One gzip member for the whole file, which we read; and a record spread over several members.
WARCIO_STOPS = {"example-bad-non-chunked.warc.gz", "example-wrong-chunks.warc.gz"}


def warcio_blocks(name: str) -> list[tuple[str, bytes]]:
    """The id and the block of every record, as warcio reads them."""
    with (SAMPLES / name).open("rb") as file:
        return [
            (record.rec_headers.get_header("WARC-Record-ID"), record.raw_stream.read())
            for record in ArchiveIterator(file, no_record_parse=True)
        ]


@pytest.mark.parametrize("name", [name for name in WARCIO_READS if ".arc" not in name])
def test_warcio_finds_the_same_blocks(name: str) -> None:
    """Its blocks of records we call bad are left out."""
    if Path(name).name in WARCIO_STOPS:
        with pytest.raises(ArchiveLoadFailed):
            warcio_blocks(name)
        return
    theirs = warcio_blocks(name)
    for one in read_records(SAMPLES / name, verify=False):
        if isinstance(one, Record):
            assert (f"<{one.record_id}>", one.block) in theirs

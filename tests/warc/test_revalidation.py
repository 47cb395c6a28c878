"""Conditional requests: what to send, and the 304 that says a page has not changed."""

from __future__ import annotations

import gzip
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.warc.a_site import (
    INFO,
    RENDERED_SITE,
    START,
    content,
    exchange,
    made_of,
    not_modified,
    page_ref,
    url_of,
)
from tests.warc.test_browser_visits import made_again
from tests.warc.test_collection import read_all, tables, want, warc_names
from warc.collection import Collection
from warc.digest import sha1_of
from warc.exchange import Note
from warc.format import NOT_MODIFIED
from warc.http import decode_body
from warc.manifest_rows import NewPage

HEAD = b"HTTP/1.1 200 OK\r\n%s\r\n"
ETAG = b'ETag: "v1"\r\n'
MODIFIED = b"Last-Modified: Sat, 21 Nov 2026 20:00:00 GMT\r\n"


def opened(folder: Path) -> Collection:
    return Collection.open(folder, site=RENDERED_SITE, info=INFO)


def fetch(
    collection: Collection, key: object, fields: bytes = ETAG, *, second: int = 0, status: int = 200
) -> int:
    head = HEAD.replace(b"200", b"%d" % status) % fields
    body = content(key)
    if b"gzip" in fields:
        body = gzip.compress(body, mtime=0)
    answer = replace(exchange(url_of(key), body, second=second), response_head=head)
    verdict = "content" if status == 200 else "error"
    made = collection.add(answer, Note(), page=page_ref(key), verdict=verdict)  # type: ignore[arg-type]
    collection.commit()
    return made


def revalidate(collection: Collection, key: object, *, second: int) -> int:
    """Ask again for what a server says has not changed."""
    known = collection.validators(url_of(key))
    assert known is not None
    made = collection.add(
        not_modified(key, second=second),
        Note(),
        page=page_ref(key),
        verdict="error",
        revalidates=known.capture,
    )
    collection.commit()
    return made


@pytest.mark.parametrize(
    ("fields", "asked"),
    [
        (ETAG, [("If-None-Match", '"v1"')]),
        (MODIFIED, [("If-Modified-Since", "Sat, 21 Nov 2026 20:00:00 GMT")]),
        (
            b'etag: W/"x"\r\n' + MODIFIED,
            [
                ("If-None-Match", 'W/"x"'),
                ("If-Modified-Since", "Sat, 21 Nov 2026 20:00:00 GMT"),
            ],
        ),
    ],
)
def test_what_a_server_offered_is_sent(
    tmp_path: Path, fields: bytes, asked: list[tuple[str, str]]
) -> None:
    with opened(tmp_path) as collection:
        fetch(collection, 1, fields)
        known = collection.validators(url_of(1))
        assert known is not None
        assert (list(known.headers), known.capture.url) == (asked, url_of(1))


def test_where_nothing_good_is_archived_nothing_is_sent(tmp_path: Path) -> None:
    with opened(tmp_path) as collection:
        fetch(collection, 1, b"")
        fetch(collection, 2, status=500)
        answer = replace(exchange(url_of(3), content(3)), response_head=HEAD % ETAG)
        collection.add(answer, Note(), page=page_ref(3), verdict="content")
        found = [collection.validators(url_of(key)) for key in (1, 2, 3, 4)]
        assert found == [None] * 4  # nothing offered, no content, not synced, not there
        collection.commit()
        assert collection.validators(url_of(3)) is not None


def test_the_newest_good_capture_counts(tmp_path: Path) -> None:
    with opened(tmp_path) as collection:
        fetch(collection, 1, b'ETag: "old"\r\n')
        newer = fetch(collection, 1, b'ETag: "new"\r\n', second=60)
        fetch(collection, 1, b'ETag: "bad"\r\n', second=90, status=500)
        known = collection.validators(url_of(1))
        assert known is not None
        assert (known.capture.id, known.capture.record_type) == (newer, "revisit")
        assert known.headers == (("If-None-Match", '"new"'),)


def test_an_unreadable_capture_offers_nothing(tmp_path: Path) -> None:
    with opened(tmp_path) as collection:
        fetch(collection, 1)
    (name,) = warc_names(tmp_path)
    with opened(tmp_path) as collection:
        data = bytearray((tmp_path / name).read_bytes())
        data[collection.manifest.captures_of(url_of(1))[0].offset + 100] ^= 255
        (tmp_path / name).write_bytes(data)
        assert collection.validators(url_of(1)) is None


def test_a_304_is_a_revisit_of_what_it_confirms(tmp_path: Path) -> None:
    with opened(tmp_path) as collection:
        want(collection, [1])
        fetch(collection, 1)
        collection.manifest.refetch(wanted_at=START + timedelta(seconds=50))
        assert [page.key for page in collection.manifest.due(START, 9)] == ["1"]
        revalidate(collection, 1, second=60)
        assert collection.manifest.due(START, 9) == ()
        again, first = collection.manifest.captures_of(url_of(1))
        assert (again.record_type, again.status, again.verdict) == ("revisit", 304, "content")
        assert (again.refers_to, again.payload_digest) == (first.record_id, "")
    (revisit,) = [record for record in read_all(tmp_path) if record.type == "revisit"]
    said = {name: revisit.fields.first(name) for name, _ in revisit.fields}
    assert said["WARC-Profile"] == NOT_MODIFIED
    assert said["WARC-Refers-To"] == f"<{first.record_id}>"
    assert said["WARC-Refers-To-Target-URI"] == url_of(1)
    assert said["WARC-Refers-To-Date"] == "2026-11-21T20:05:12.123456Z"
    assert "WARC-Payload-Digest" not in said
    assert revisit.block.startswith(b"HTTP/1.1 304 Not Modified\r\n")


def test_a_304_to_a_revisit_refers_to_the_page_itself(tmp_path: Path) -> None:
    with opened(tmp_path) as collection:
        first = fetch(collection, 1)
        fetch(collection, 1, second=30)
        for second in (60, 90):
            revalidate(collection, 1, second=second)
        found = collection.manifest.captures_of(url_of(1))
        assert [one.status for one in found] == [304, 304, 200, 200]
        original = found[-1]
        assert original.id == first
        assert {one.refers_to for one in found[:-1]} == {original.record_id}
        # Its own head goes first: the newest 304 has a new ETag.
        known = collection.validators(url_of(1))
        assert known is not None
        assert known.headers == (("If-None-Match", '"v2"'),)


def test_an_encoded_page_is_read_through_its_304(tmp_path: Path) -> None:
    with opened(tmp_path) as collection:
        fetch(collection, 1, ETAG + b"Content-Encoding: gzip\r\n")
        revalidate(collection, 1, second=60)
        newest = collection.manifest.captures_of(url_of(1))[0]
        message = collection.read_capture(newest)
        assert (message.status, decode_body(message)) == (200, content(1))


def test_a_304_that_confirms_nothing_known_is_an_answer_like_any(tmp_path: Path) -> None:
    with opened(tmp_path) as collection:
        fetch(collection, 1)
        known = collection.validators(url_of(1))
        assert known is not None
        lost = replace(known.capture, record_type="revisit", refers_to="urn:uuid:none")
        lost = replace(lost, payload_digest="")
        for capture in (None, lost):
            collection.add(
                not_modified(1, second=60), Note(), page=page_ref(1), verdict="error",
                revalidates=capture,
            )  # fmt: skip
        newest = collection.manifest.captures_of(url_of(1))[:2]
        kinds = {(one.record_type, one.verdict, one.refers_to) for one in newest}
        assert kinds == {("response", "error", "")}


def test_a_whole_answer_to_a_conditional_request_is_what_it_is(tmp_path: Path) -> None:
    with opened(tmp_path) as collection:
        fetch(collection, 1)
        known = collection.validators(url_of(1))
        assert known is not None
        changed = exchange(url_of(1), content("1 changed"), second=60)
        collection.add(
            changed, Note(), page=page_ref(1), verdict="content", revalidates=known.capture
        )
        newest = collection.manifest.captures_of(url_of(1))[0]
        assert (newest.record_type, newest.payload_digest) == (
            "response",
            sha1_of((content("1 changed"),)),
        )


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["fetch", "unchanged", "show", "moved", "fail", "skip", "event"]),
        st.integers(1, 3),
    ),
    max_size=12,
)


@settings(max_examples=30, deadline=None)
@given(steps=STEPS)
def test_a_manifest_can_always_be_made_again(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, int]]
) -> None:
    folder = tmp_path_factory.mktemp("steps")
    with opened(folder) as collection:
        collection.start_crawl({})
        for second, (step, key) in enumerate(steps):
            take_step(collection, step, key, second)
        collection.finish_crawl("done", counts={})
    before = tables(folder)
    after = made_again(folder)
    for table in ("captures", "files"):
        assert after[table] == before[table]
    assert not before["files"] or after["crawls"] == before["crawls"]
    told = {url for (_, url, *_) in before["pages"]}
    seen = {row[1] for row in after["pages"]}
    # What was never asked for, and not given up, stands in no WARC file.
    assert seen <= told
    pages = {row[1:] for row in before["pages"] if row[1] in seen}
    assert {row[1:] for row in after["pages"]} == pages


def take_step(collection: Collection, step: str, key: int, second: int) -> None:
    """One thing that may happen to a page."""
    ends = START + timedelta(hours=key)
    page = NewPage(url=url_of(key), page_type="p", key=str(key), priority=key, event_at=ends)
    is_new = collection.manifest.add_pages([page])
    if step == "fetch":
        fetch(collection, key, second=second)
    elif step == "unchanged" and collection.validators(url_of(key)):
        revalidate(collection, key, second=second)
    elif step == "show":
        collection.add(
            exchange(url_of(key), b"bare" * 500, second=second), Note(), page=page_ref(key),
            verdict="wrong_page", resources=(made_of(key, content(key)),), dom_verdict="content",
        )  # fmt: skip
    elif step == "moved":
        target = exchange(f"{url_of(key)}m", content(f"{key}m"), second=second)
        collection.add(
            target, Note(), page=page_ref(key), page_url=url_of(key), verdict="wrong_page",
            resources=(made_of(f"{key}m", content(key)),), dom_verdict="content",
        )  # fmt: skip
    elif step == "fail" and is_new:
        collection.failed(url_of(key), "gone", None)
    elif step == "skip" and is_new:
        collection.skipped(url_of(key), "robots.txt")

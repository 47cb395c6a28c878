"""What a browser makes of a page, archived beside the page's own exchange."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.warc.a_record import a_record
from tests.warc.a_site import (
    BASE,
    INFO,
    RENDERED_SITE,
    SITE,
    START,
    content,
    exchange,
    made_of,
    page_ref,
    url_of,
)
from tests.warc.test_collection import leave, read_all, tables, want, warc_names
from warc.collection import Collection
from warc.digest import sha1_of
from warc.exchange import Note
from warc.sites.page import Site

BARE = b"<html>a script does the rest" + b" " * 2000 + b"</html>"


def opened(folder: Path, site: Site = RENDERED_SITE) -> Collection:
    return Collection.open(folder, site=site, info=INFO)


def show(collection: Collection, key: object, *, second: int = 0, **more: Any) -> int:
    """Archive a page with its DOM; its own response lacks what the DOM has, unless told."""
    body = more.pop("body", BARE)
    return collection.add(
        exchange(url_of(key), body, second=second),
        Note(),
        page=page_ref(key),
        verdict="content" if b"CONTENT" in body else "wrong_page",
        resources=(made_of(key, content(key)), made_of(key, b"{}", kind="pageinfo")),
        dom_verdict="content",
        **more,
    )


def made_again(folder: Path, site: Site = RENDERED_SITE) -> dict[str, list[tuple[Any, ...]]]:
    """The tables of a manifest that is made from the WARC files alone."""
    for path in folder.glob("manifest*"):
        path.unlink()
    opened(folder, site).close()
    return tables(folder)


def test_a_page_is_done_by_its_dom(tmp_path: Path) -> None:
    with opened(tmp_path) as collection:
        want(collection, [1])
        show(collection, 1)
        collection.commit()
        assert collection.manifest.due(START, 9) == ()
        (dom,) = collection.manifest.captures_of(f"urn:dom:{url_of(1)}")
        assert (dom.record_type, dom.page_url, dom.status) == ("resource", url_of(1), 200)
        assert (dom.page_type, dom.page_key, dom.verdict) == ("p", "1", "content")
        message = collection.read_capture(dom)
        assert message.body == content(1)
        assert message.fields.first("Content-Type") == "text/html; charset=utf-8"


def test_the_records_of_a_visit_belong_together(tmp_path: Path) -> None:
    with opened(tmp_path) as collection:
        show(collection, 1)
    records = read_all(tmp_path)[1:]
    kinds = [record.type for record in records]
    assert kinds == ["resource", "resource", "request", "response", "metadata"]
    assert {record.date for record in records} == {START}
    response = f"<{records[3].record_id}>"
    others = [record for record in records if record.type in {"resource", "metadata", "request"}]
    assert {record.fields.first("WARC-Concurrent-To") for record in others} == {response}
    urls = [record.target_uri for record in records[:2]]
    assert urls == [f"urn:dom:{url_of(1)}", f"urn:pageinfo:{url_of(1)}"]
    assert records[0].fields.first("WARC-Payload-Digest") == sha1_of((content(1),))


def test_a_dom_counts_only_where_its_page_type_is_read_so(tmp_path: Path) -> None:
    with opened(tmp_path, SITE) as collection:
        want(collection, [1])
        show(collection, 1)
        assert collection.manifest.captures_of(f"urn:dom:{url_of(1)}") == ()
        assert [page.key for page in collection.manifest.due(START, 9)] == ["1"]
    before = tables(tmp_path)
    assert made_again(tmp_path, SITE)["captures"] == before["captures"]
    assert "dom-verdict" not in read_all(tmp_path)[-1].block.decode()


def test_a_dom_nobody_judged_is_judged_by_the_site(tmp_path: Path) -> None:
    with opened(tmp_path) as collection:
        for key, dom in ((1, content(1)), (2, b"no marker")):
            collection.add(
                exchange(url_of(key), BARE),
                Note(),
                page=page_ref(key),
                verdict="wrong_page",
                resources=(made_of(key, dom),),
            )
        doms = [collection.manifest.captures_of(f"urn:dom:{url_of(key)}")[0] for key in (1, 2)]
        assert [dom.verdict for dom in doms] == ["content", "wrong_page"]


def test_a_manifest_is_made_again_with_its_doms(tmp_path: Path) -> None:
    with opened(tmp_path) as collection:
        want(collection, [1, 2])
        show(collection, 1)
        moved = exchange(f"{BASE}/moved", BARE, second=3)
        dom = replace(made_of(2, content(2)), url=f"urn:dom:{BASE}/moved")
        collection.add(
            moved,
            Note(),
            page=page_ref(2),
            page_url=url_of(2),
            verdict="wrong_page",
            resources=(dom,),
            dom_verdict="content",
        )
        show(collection, 1, second=60, body=content(1))
    before = tables(tmp_path)
    assert len(before["captures"]) == 6
    after = made_again(tmp_path)
    assert after["captures"] == before["captures"]
    assert [page[1:] for page in after["pages"]] == [page[1:] for page in before["pages"]]


@pytest.mark.parametrize("where", ["in the DOM", "after the resources", "in the response"])
def test_a_torn_visit_is_set_aside_and_asked_for_again(tmp_path: Path, where: str) -> None:
    collection = opened(tmp_path)
    want(collection, [1, 2])
    show(collection, 1)
    collection.commit()
    show(collection, 2)
    leave(collection)
    dom, info, _, response = [one for one in read_all(tmp_path) if one.type != "warcinfo"][5:9]
    cut = {
        "in the DOM": dom.offset + 200,
        "after the resources": info.offset + info.length,
        "in the response": response.offset + response.length - 9,
    }[where]
    (name,) = warc_names(tmp_path)
    with (tmp_path / name).open("r+b") as file:
        file.truncate(cut)
    with opened(tmp_path) as again:
        (told,) = again.told
        assert f".torn-{dom.offset}" in told
        assert [page.key for page in again.manifest.due(START, 9)] == ["2"]
        assert again.manifest.captures_of(f"urn:dom:{url_of(2)}") == ()
        show(again, 2, second=60)
        again.commit()
        assert again.manifest.due(START, 9) == ()


def a_resource(serial: int, url: str, payload: bytes, **more: str) -> bytes:
    digest = sha1_of((payload,))
    return a_record(
        serial, payload, WARC_Type="resource", WARC_Target_URI=url, Content_Type="text/html",
        WARC_Block_Digest=digest, WARC_Payload_Digest=digest, **more,
    )  # fmt: skip


def test_saved_and_foreign_resources_are_indexed_by_what_they_are(tmp_path: Path) -> None:
    tmp_path.joinpath("theirs.warc").write_bytes(
        a_resource(1, url_of(1), content(1))
        + a_resource(2, f"urn:dom:{url_of(2)}", content(2))
        + a_resource(3, f"urn:pageinfo:{url_of(3)}", content(3))
        + a_resource(4, f"urn:view:{url_of(4)}", b"\x89PNG")
        + a_resource(5, "metadata://writer/log", b"a log")
        + a_resource(6, "http://[no.url/", b"x")
        + a_resource(7, url_of(7), b"not the page")
    )
    with opened(tmp_path) as collection:
        assert collection.told == ()
        manifest = collection.manifest
        assert [page.key for page in manifest.named("p", "1")] == ["1"]
        assert manifest.named("p", "2")
        assert manifest.due(START, 9) == ()
        assert collection.read_capture(manifest.captures_of(url_of(1))[0]).body == content(1)
        assert [one.verdict for one in manifest.captures_of(url_of(7))] == ["wrong_page"]
    assert len(tables(tmp_path)["captures"]) == 3


def test_a_page_saved_by_hand_ends_what_is_whole(tmp_path: Path) -> None:
    """An import that was killed leaves lone resource records: they are kept."""
    collection = opened(tmp_path, SITE)
    collection._open_writer().resource(url_of(1), content(1), content_type="text/html", at=START)
    leave(collection)
    with opened(tmp_path, SITE) as again:
        assert again.told == ()
        assert len(again.manifest.captures_of(url_of(1))) == 1


def test_links_of_saved_pages_can_be_followed(tmp_path: Path) -> None:
    tmp_path.joinpath("saved.warc").write_bytes(a_resource(1, url_of(1), content(1)))
    with opened(tmp_path) as collection:
        (capture,) = collection.manifest.unexpanded(9)
        assert collection.read_capture(capture).body == content(1)

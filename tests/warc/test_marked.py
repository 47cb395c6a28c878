"""What an ordinary site's pages are told by."""

from __future__ import annotations

import pytest

from warc.sites.marked import judge_by_mark
from warc.sites.page import PageRef, Response, Verdict

PAGE = PageRef(source="shop", page_type="item", key="1")
MARK = b'class="item"'
WHOLE = b'<html><div class="item">1</div></html>'


@pytest.mark.parametrize(
    ("status", "body", "headers", "verdict"),
    [
        (200, WHOLE, {}, "content"),
        (200, WHOLE.replace(b"</html>", b"</HTML>\n"), {}, "content"),
        (200, WHOLE.removesuffix(b"</html>"), {}, "truncated"),
        (200, b"", {}, "truncated"),
        (200, b"<html><p>No such item</p></html>", {}, "wrong_page"),
        (301, b"", {"location": "/item/1"}, "redirect"),
        (301, b"", {}, "error"),
        (404, WHOLE, {}, "error"),
        (403, b"<html>no</html>", {}, "block"),
        (429, b"", {}, "block"),
        (200, b"<html><title>Just a moment...</title></html>", {}, "challenge"),
        (200, WHOLE, {"cf-mitigated": "challenge"}, "challenge"),
    ],
)
def test_a_page_is_whole_and_has_its_mark(
    status: int, body: bytes, headers: dict[str, str], verdict: Verdict
) -> None:
    response = Response(status=status, headers=headers, body=body)
    assert judge_by_mark(PAGE, response, MARK).verdict == verdict

"""What most sites of HTML need to tell content: a mark that every page of a type has."""

from __future__ import annotations

from warc.sites.page import Judgement, PageRef, Response
from warc.sites.refusals import refusal_of

# Bytes before the end in which a whole page closes its root element; scripts may follow it.
_TAIL = 4_096


def judge_by_mark(page: PageRef, response: Response, mark: bytes) -> Judgement:
    """Whether a response is a whole page of its type.

    mark  a piece of source that each page of the type has, and no other page of the site
    """
    status, body = response.status, response.body
    if 300 <= status < 400 and response.headers.get("location"):
        return Judgement("redirect", f"status {status}")
    is_marked = status == 200 and mark in body
    if refused := refusal_of(response, plausible=is_marked):
        return refused
    if status != 200:
        return Judgement("error", f"status {status}")
    if b"</html>" not in body[-_TAIL:].lower():
        return Judgement("truncated", "the page does not end")
    if not is_marked:
        return Judgement("wrong_page", f"no mark of a {page.page_type} page")
    return Judgement("content")

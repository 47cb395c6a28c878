"""What an answer is worth to a crawl: the site's own judgement, and what transit did to it."""

from __future__ import annotations

from collections.abc import Sequence

from fetch.answer import Answer, read_answer
from warc.exchange import Exchange, Resource, body_size
from warc.sites.page import DOM_SCHEME, Judgement, PageRef, Response, Site
from warc.sites.refusals import wall_of


class Judge:
    """Judges the answers of a site's pages."""

    def __init__(self, site: Site) -> None:
        """Judge as a site does."""
        self._site = site

    def is_rendered(self, page: PageRef | None) -> bool:
        """Whether a page's DOM is read besides its response."""
        return page is not None and self._site.is_rendered(page.page_type)

    def judged(self, page: PageRef | None, exchange: Exchange) -> tuple[Judgement, Answer]:
        """What an exchange is worth, and the answer it brought.

        page  None for what is of no page type: it is never judged but for redirects
        """
        answer = read_answer(exchange, limit=self._site.max_page_bytes)
        return self._judge(page, exchange, answer), answer

    def judged_dom(
        self, page: PageRef | None, resources: Sequence[Resource]
    ) -> tuple[Judgement, bytes] | None:
        """What the DOM of a page is worth, and the DOM; None where nobody reads it."""
        if page is None or not self.is_rendered(page):
            return None
        dom = next((one.payload for one in resources if one.url.startswith(DOM_SCHEME)), None)
        if dom is None:
            return None
        return self._site.judge(page, Response(status=200, headers={}, body=dom)), dom

    def is_whole(self, page: PageRef | None, dom: bytes) -> bool:
        """Whether a page's DOM has all that its scripts bring, as far as anybody reads it."""
        if page is None or not self.is_rendered(page):
            return True
        judged = self._site.judge(page, Response(status=200, headers={}, body=dom))
        return judged.verdict == "content" and not judged.partial

    def lacks_dom(self, page: PageRef | None, resources: Sequence[Resource]) -> bool:
        """Whether a page was shown whose DOM somebody reads, and could not be read."""
        read = any(one.url.startswith(DOM_SCHEME) for one in resources)
        return self.is_rendered(page) and bool(resources) and not read

    def wall(self, part: Exchange) -> Judgement | None:
        """The challenge or block that met what a shown page asked for; None in the usual case.

        Data that came is no wall whatever it speaks of, unless its head says so.
        """
        answer = read_answer(part, limit=self._site.max_page_bytes)
        response = Response(status=answer.status, headers=answer.headers, body=answer.body or b"")
        return wall_of(response, plausible=answer.status < 400)

    def admits(self, page: PageRef | None, exchange: Exchange) -> bool:
        """Whether a page may be shown, so that its scripts run.

        Refused are blocks, challenges and errors: their scripts are none of our business. A page
        whose response alone is not content may be shown where its DOM is read too.
        """
        judged, answer = self.judged(page, exchange)
        if page is None:
            response = Response(
                status=answer.status, headers=answer.headers, body=answer.body or b""
            )
            return answer.status == 200 and wall_of(response, plausible=False) is None
        if judged.verdict in {"wrong_page", "truncated"}:
            return self.is_rendered(page) and answer.status == 200 and not exchange.truncated
        return judged.verdict == "content"

    def _judge(self, page: PageRef | None, exchange: Exchange, answer: Answer) -> Judgement:
        """What an answer is worth; a body that was cut or cannot be decoded is never content."""
        if answer.status == 304:
            return Judgement("error", "status 304, which nothing was asked for that could mean")
        if 300 <= answer.status < 400 and answer.headers.get("location"):
            return Judgement("redirect", f"status {answer.status}")
        if page is None:
            return Judgement("unknown")
        size = body_size(exchange.body)
        if size > self._site.max_page_bytes and answer.status == 200:
            return Judgement("wrong_page", f"body of {size} bytes is longer than any page")
        response = Response(status=answer.status, headers=answer.headers, body=answer.body or b"")
        judged = self._site.judge(page, response)
        if judged.verdict == "content" and exchange.truncated:
            return Judgement("truncated", f"cut in transit: {exchange.truncated}")
        if answer.body is None and judged.verdict not in {"block", "challenge"}:
            return Judgement("truncated", "the body is not what its coding says")
        return judged

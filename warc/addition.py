"""What one addition to a collection puts into archive and manifest: its note, its rows.

Nothing here writes: what an exchange is (a response, a revisit, one with a DOM that counts) is
decided from it, the manifest and the site.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from warc.capture_reader import NOT_MODIFIED_STATUS, original_of
from warc.exchange import Exchange, Resource, RevisitTarget, body_size
from warc.manifest import Manifest
from warc.manifest_rows import Capture
from warc.sites.page import DOM_SCHEME, PageRef, Response, Site, Verdict
from warc.writer import Written

# Bytes of body below which a revisit saves nothing: its own head is as long.
_REVISIT_MIN_BYTES = 1 << 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Addition:
    """An exchange to be archived, and what is known of it.

    page_url     the page it was fetched for
    verdict      what the response is worth
    digest       of its payload
    original     the capture that a revisit repeats, None where this is no revisit
    unmodified   the server said with 304 that the original still holds
    resources    what was made of the page
    dom_verdict  what the DOM among them is worth, "" where there is none to be counted
    """

    exchange: Exchange
    page: PageRef | None
    page_url: str
    verdict: str
    digest: str
    original: Capture | None = None
    unmodified: bool = False
    resources: Sequence[Resource] = ()
    dom_verdict: str = ""

    def note_fields(self) -> tuple[tuple[str, str], ...]:
        """What the metadata record says of it; empty values are not meant to be written."""
        page = self.page
        return (
            ("fetchTimeMs", str(self.exchange.fetch_time_ms)),
            ("page-type", page.page_type if page else ""),
            ("page-key", page.key if page else ""),
            ("page-url", self.page_url if self.page_url != self.exchange.url else ""),
            ("verdict", self.verdict),
            ("dom-verdict", self.dom_verdict),
            ("masked", self.exchange.masked),
        )

    def revisit_of(self) -> RevisitTarget | None:
        """The response that a revisit refers to, as the writer needs it."""
        if self.original is None:
            return None
        return RevisitTarget(
            url=self.original.url,
            record_id=self.original.record_id,
            date=self.original.fetched_at,
            payload_digest=self.original.payload_digest,
            unmodified=self.unmodified,
        )

    def captures(self, written: Written) -> Iterator[Capture]:
        """The manifest's rows once it is written: the response's, then the DOM's if it counts."""
        page = self.page
        response = Capture(
            url=self.exchange.url,
            page_url=self.page_url,
            page_type=page.page_type if page else "",
            page_key=page.key if page else "",
            file=written.file,
            offset=written.offset,
            length=written.length,
            record_type=written.type,
            record_id=written.record_id,
            refers_to=self.original.record_id if self.original else "",
            fetched_at=self.exchange.started_at,
            status=status_of(self.exchange),
            verdict=self.verdict,
            payload_digest=written.payload_digest,
            truncated=self.exchange.truncated,
        )
        yield response
        dom = dom_of(self.resources)
        if self.dom_verdict and dom is not None:
            place = written.resources[self.resources.index(dom)]
            yield replace(
                response,
                url=dom.url,
                offset=place.offset,
                length=place.length,
                record_type=place.type,
                record_id=place.record_id,
                refers_to="",
                status=200,
                verdict=self.dom_verdict,
                payload_digest=place.payload_digest,
                truncated="",
            )


def repeated(
    manifest: Manifest,
    exchange: Exchange,
    digest: str,
    revalidates: Capture | None,
    *,
    up_to_id: int,
) -> tuple[Capture | None, bool]:
    """The capture an exchange repeats, if any, and whether the server said so with 304.

    digest       of the exchange's payload
    revalidates  the capture that a conditional request asked about
    up_to_id     the highest id of a capture that is synced
    """
    if revalidates is not None and status_of(exchange) == NOT_MODIFIED_STATUS:
        original = original_of(manifest, revalidates)
        return original, original is not None
    if exchange.truncated or body_size(exchange.body) < _REVISIT_MIN_BYTES:
        return None, False
    return manifest.original(exchange.url, digest, up_to_id=up_to_id), False


def verdict_of_dom(
    site: Site, page: PageRef | None, resources: Sequence[Resource], told: Verdict | None
) -> str:
    """What the DOM of a page is worth; "" where there is none, or nobody reads it.

    told  what the crawler makes of it; the site is asked where it says nothing
    """
    dom = dom_of(resources)
    if page is None or dom is None or not site.is_rendered(page.page_type):
        return ""
    return told or site.judge(page, Response(status=200, headers={}, body=dom.payload)).verdict


def dom_of(resources: Sequence[Resource]) -> Resource | None:
    """The rendered DOM among what was made of a page."""
    return next((one for one in resources if one.url.startswith(DOM_SCHEME)), None)


def status_of(exchange: Exchange) -> int:
    """The status of a response, 0 where its head has none."""
    status = exchange.response_head[:40].split(b" ")[1:2]
    return int(status[0][:3]) if status and status[0][:3].isdigit() else 0

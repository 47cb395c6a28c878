"""Pages that a crawl leaves out because nobody wants them, and takes back once somebody does.

What is left out stays in the archive as a note with its reason, so that a manifest that is made
again knows it, too, and the page that led there is not asked for again to find out.
"""

from __future__ import annotations

from datetime import UTC, datetime

from fetch.expand import Expander
from fetch.options import CrawlOptions
from fetch.sources.source import Choice, FetchSource
from warc.collection import Collection
from warc.errors import UsageError
from warc.manifest import Manifest

_EVER = datetime(1970, 1, 1, tzinfo=UTC)


def choose(source: FetchSource, collection: Collection, expander: Expander) -> tuple[str, ...]:
    """Take back what is wanted now, leave out what is not any more; what a person should know.

    A page that was queued is judged by the archived page that led to it.
    """
    choice, manifest = source.choice, collection.manifest
    if choice is None:
        return ()
    back = wanted_again(choice, manifest)
    for url in back:
        manifest.skipped(url, "")
    queued = () if choice.is_open else manifest.queued((choice.page_type,))
    reasons = {url: _not_wanted(url, manifest, expander) for url in queued}
    left_out = {url: why for url, why in reasons.items() if why}
    for url, why in left_out.items():
        collection.skipped(url, why)
    collection.commit()
    told = (
        (len(back), "that were not wanted before, and are now"),
        (len(left_out), "that were wanted before, and are not now"),
    )
    return tuple(f"Pages of {choice.page_type} {what}: {count}." for count, what in told if count)


def _not_wanted(url: str, manifest: Manifest, expander: Expander) -> str:
    """Why a page is not wanted, as the archived page says that led to it; "" if it is."""
    page = manifest.page(url)
    assert page is not None
    captures = manifest.captures_of(page.found_on)
    good = next((one for one in captures if one.verdict == "content"), None)
    links = expander.links_of_capture(good) if good else ()
    return next((link.left_out for link in links if link.url == url), "")


def wanted_again(choice: Choice, manifest: Manifest) -> tuple[str, ...]:
    """The URLs of pages that an earlier run left out and this one wants."""
    left_out = manifest.left_out(choice.page_type)
    return tuple(url for url, reason in left_out if choice.admits(reason))


def refuse_idle(source: FetchSource, options: CrawlOptions, manifest: Manifest | None) -> None:
    """Raise UsageError where nobody is named, and nothing is left of earlier runs.

    manifest  None where nothing was ever archived
    """
    is_named = options.seeds or options.refetch_list or options.refetch or options.retry_failed
    if not source.nobody or is_named:
        return
    if manifest is not None:
        if manifest.next_due(_EVER) is not None or manifest.unexpanded(1):
            return
        if source.choice and wanted_again(source.choice, manifest):
            return
    raise UsageError(source.nobody)

"""The part of the queue that is looked at: what could be asked for now, best first."""

from __future__ import annotations

from collections.abc import Container, Iterator
from datetime import datetime

from fetch.sources.source import FetchSource
from fetch.visit import Task
from warc.manifest import Manifest
from warc.manifest_rows import QueuedPage
from warc.sites.page import PageRef

# Pages read from the queue at a time: a match has about ten, so few windows are thrown away.
_WINDOW = 32


class Window:
    """Pages of the queue; those that a host limits never hide those that it does not.

    asked_for  URLs of listing pages that the queue may ask for: a rebuilt manifest knows listing
               pages as pages, but only the walk asks for them
    """

    def __init__(
        self, source: FetchSource, manifest: Manifest, *, asked_for: Container[str]
    ) -> None:
        """Look at nothing yet."""
        self._source = source
        self._manifest = manifest
        self._asked_for = asked_for
        self._tasks: list[Task] = []
        names = {one.name for one in source.site.page_types}
        self._limited = tuple(sorted(names - source.free)) if source.free else ()

    def __bool__(self) -> bool:
        """Whether there is anything to ask for."""
        return bool(self._tasks)

    def __iter__(self) -> Iterator[Task]:
        """The pages, best first."""
        return iter(self._tasks)

    def clear(self) -> None:
        """Forget what was looked at: the queue has changed."""
        self._tasks.clear()

    def remove(self, task: Task) -> None:
        """Take out a page that is being asked for, if it is here."""
        if task in self._tasks:
            self._tasks.remove(task)

    def fill(self, now: datetime, *, in_flight: Container[str]) -> None:
        """Read the next pages of the queue that are due and not in flight."""
        limited = self._limited
        due = list(self._manifest.due(now, _WINDOW, without=limited))
        if limited:
            due += self._manifest.due(now, _WINDOW, among=limited)
        listing = self._source.listing
        for page in sorted(due, key=lambda one: (one.priority, one.id)):
            is_listing = listing is not None and page.page_type == listing.page_type
            if is_listing and page.url not in self._asked_for:
                self._manifest.skipped(page.url, "asked for by the walk")
            elif page.url not in in_flight:
                self._tasks.append(self._task_of(page))

    def _task_of(self, page: QueuedPage) -> Task:
        """A page of the queue as a task."""
        return Task(
            url=page.url,
            page=PageRef(source=self._source.site.name, page_type=page.page_type, key=page.key),
            priority=page.priority,
            hops=page.hops,
            attempts=page.attempts,
            found_on=page.found_on,
            is_free=page.page_type in self._source.free,
        )

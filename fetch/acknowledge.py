"""What was archived is acknowledged in time, also while a crawl waits for a host or an answer."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from warc.collection import Collection

# Seconds between two looks; the collection itself knows how long something may wait.
_LOOK_EVERY_S = 0.2

_T = TypeVar("_T")


async def acknowledging(collection: Collection, work: Coroutine[Any, Any, _T]) -> _T:
    """Await work that adds to a collection, and meanwhile commit what has waited for a second.

    raises  what the work raises; CollectionError where a commit fails, which ends the work
    """
    task = asyncio.create_task(work)
    try:
        while not task.done():
            await asyncio.wait({task}, timeout=_LOOK_EVERY_S)
            collection.commit_if_due()
        return task.result()
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

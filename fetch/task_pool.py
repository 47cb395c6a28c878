"""Work in flight: a bounded number of tasks, of which no failure is ever lost."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any


class TaskPool:
    """At most `most` pieces of work at a time, each under a name."""

    def __init__(self, most: int) -> None:
        """Begin with nothing in flight."""
        self._most = most
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def __len__(self) -> int:
        """How many are in flight."""
        return len(self._tasks)

    def __contains__(self, name: object) -> bool:
        """Whether work of that name is in flight."""
        return name in self._tasks

    @property
    def is_full(self) -> bool:
        """Whether one must end before the next may start."""
        return len(self._tasks) >= self._most

    def start(self, name: str, work: Coroutine[Any, Any, None]) -> None:
        """Begin a piece of work; nothing of it runs before the next wait."""
        assert name not in self._tasks, name
        assert not self.is_full
        self._tasks[name] = asyncio.create_task(work, name=name)

    async def next_done(self) -> None:
        """Wait until at least one has ended; raises what it raised."""
        if self._tasks:
            await asyncio.wait(self._tasks.values(), return_when=asyncio.FIRST_COMPLETED)
        for name, task in list(self._tasks.items()):
            if task.done():
                del self._tasks[name]
                task.result()

    async def all_done(self) -> None:
        """Wait until all have ended; raises what the first of them raised."""
        while self._tasks:
            await self.next_done()

    async def cancel(self) -> None:
        """End all that is in flight, and wait until it has ended."""
        tasks = list(self._tasks.values())
        self._tasks.clear()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

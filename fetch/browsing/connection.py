"""Chrome DevTools Protocol as plain JSON: a deadline on every command, no event lost.

Facts: spec/browser-capture.md section 1. A driver's typed events are lost where a newer Chromium
adds a field, and its commands wait for ever on a dead renderer; so this speaks raw messages over
whatever carries them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, Protocol

# Seconds for a command that does not wait for a page. They take milliseconds; a machine that
# needs longer than this is as good as stopped.
COMMAND_S = 10.0

# JSON-RPC's code for a method the browser does not know.
UNKNOWN_METHOD = -32601

Json = Mapping[str, Any]
Hearer = Callable[[str, Json], None]


class BrowserTrouble(Exception):
    """The browser did not do as it was told; never leaves this package's callers."""


class CommandRefused(BrowserTrouble):
    """The browser answered a command with an error."""

    def __init__(self, method: str, code: int, message: str) -> None:
        """Keep code and text of the answer."""
        super().__init__(f"{method}: {message}")
        self.code = code


class CommandLate(BrowserTrouble):
    """The browser did not answer a command in time."""


class Disconnected(BrowserTrouble):
    """The browser's connection is closed: it crashed, was killed or is being stopped."""


class Channel(Protocol):
    """What carries commands and their answers."""

    async def call(self, method: str, params: Json, session: str) -> Json:
        """The result of a command; raises CommandRefused or Disconnected."""

    async def close(self) -> None:
        """Close the connection."""


class Connection:
    """One browser's connection, shared by all its tabs."""

    def __init__(self) -> None:
        """Not open yet: `open` it with the channel."""
        self._channel: Channel | None = None
        self._hearers: dict[str, Hearer] = {}
        self.is_open = False

    def open(self, channel: Channel) -> None:
        """Use a channel from now on."""
        self._channel = channel
        self.is_open = True

    def hear(self, session: str, hearer: Hearer) -> None:
        """Tell `hearer` every event of a tab, and "Warchouse.closed" once the browser is gone."""
        self._hearers[session] = hearer

    def forget(self, session: str) -> None:
        """Tell nobody of a tab any more."""
        self._hearers.pop(session, None)

    def take(self, message: Json) -> None:
        """An event came in; what belongs to no tab that is listened to is of no use."""
        hearer = self._hearers.get(message.get("sessionId", ""))
        if hearer is not None:
            hearer(str(message.get("method", "")), message.get("params") or {})

    def closed(self) -> None:
        """The browser is gone."""
        self.is_open = False
        for hearer in tuple(self._hearers.values()):
            hearer("Warchouse.closed", {})

    async def send(
        self, method: str, params: Json | None = None, *, session: str = "", within: float = 0.0
    ) -> Json:
        """The result of a command.

        within  seconds, 0 for the usual deadline
        raises  CommandRefused, CommandLate, Disconnected
        """
        if self._channel is None or not self.is_open:
            raise Disconnected(method)
        try:
            async with asyncio.timeout(within or COMMAND_S):
                return await self._channel.call(method, params or {}, session)
        except TimeoutError as error:
            raise CommandLate(method) from error

    async def close(self) -> None:
        """Close the connection; nothing happens where it is closed."""
        self.is_open = False
        if self._channel is not None:
            channel, self._channel = self._channel, None
            await channel.close()

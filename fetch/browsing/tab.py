"""One tab of a browser: made ready for visits, cleaned after each, closed when worn."""

from __future__ import annotations

from dataclasses import dataclass

from fetch.browsing.blocking import BLOCKED_TYPES, ICONS, blocked_patterns
from fetch.browsing.connection import (
    UNKNOWN_METHOD,
    BrowserTrouble,
    CommandRefused,
    Connection,
    Hearer,
    Json,
)
from fetch.transport import MAX_BODY

# Seconds for a tab to become blank or close; a hung page is closed in 0.5
# (spec/browser-capture.md section 3).
TIDY_S = 3.0

# Bytes of a request's own body that are told with it; the largest query of a page is far below.
_POST_BYTES = 1 << 20

# Bytes kept of bodies until they are asked for, all together: a page's data, several times over.
_KEPT_BYTES = 4 * MAX_BODY

_WAITS = ("Document",)
_WAITS_FOR_ALL = ("Document", "XHR", "Fetch")


@dataclass(slots=True, kw_only=True)
class Tab:
    """An open tab.

    target      its id; the id of its main frame too
    keeps       whether the browser keeps bodies of XHR by itself; else each is held at the gate
    pages       visits made in it
    """

    connection: Connection
    target: str
    session: str
    keeps: bool = True
    pages: int = 0

    async def send(self, method: str, params: Json | None = None, *, within: float = 0.0) -> Json:
        """The result of a command to this tab; raises BrowserTrouble."""
        return await self.connection.send(method, params, session=self.session, within=within)

    def hear(self, hearer: Hearer) -> None:
        """Tell `hearer` all events of this tab from now on."""
        self.connection.hear(self.session, hearer)

    async def blank(self) -> None:
        """Leave the page, so that its scripts ask for nothing more; raises BrowserTrouble.

        Left to itself the browser keeps the last dozens of documents until it feels the need: with
        pages of 12,000 elements four tabs took 4 GB after 120 pages, swept they take 0.3.
        """
        await self.send("Page.navigate", {"url": "about:blank"}, within=TIDY_S)
        await self.send("HeapProfiler.collectGarbage", within=TIDY_S)
        self.connection.forget(self.session)

    async def close(self) -> bool:
        """Close the tab; False where the browser does not answer any more."""
        self.connection.forget(self.session)
        try:
            params = {"targetId": self.target}
            await self.connection.send("Target.closeTarget", params, within=TIDY_S)
        except CommandRefused:
            return True  # It is closed already.
        except BrowserTrouble:
            return False
        return True


async def open_tab(
    connection: Connection, user_agent: str, *, context: str, durable: bool = True
) -> Tab:
    """A new tab that records and blocks.

    user_agent  sent with every request of it
    context     the browser context it belongs to
    durable     whether the browser may be asked to keep bodies; False asks as of an older one
    raises      BrowserTrouble
    """
    made = await connection.send(
        "Target.createTarget", {"url": "about:blank", "browserContextId": context}
    )
    target = str(made["targetId"])
    attach = {"targetId": target, "flatten": True}
    session = str((await connection.send("Target.attachToTarget", attach))["sessionId"])
    tab = Tab(connection=connection, target=target, session=session)
    await tab.send("Network.enable", {"maxPostDataSize": _POST_BYTES})
    tab.keeps = durable and await _keep_bodies(tab)
    for method, params in _settings(user_agent, _WAITS if tab.keeps else _WAITS_FOR_ALL):
        await tab.send(method, params)
    return tab


async def _keep_bodies(tab: Tab) -> bool:
    """Ask the browser to keep bodies as they came; False for a Chromium before 145."""
    sizes = {"maxTotalBufferSize": _KEPT_BYTES, "maxResourceBufferSize": MAX_BODY}
    try:
        await tab.send("Network.configureDurableMessages", sizes)
    except CommandRefused as error:
        if error.code != UNKNOWN_METHOD:
            raise
        return False
    return True


def _settings(user_agent: str, waiting: tuple[str, ...]) -> list[tuple[str, Json]]:
    """Commands that make a tab ready.

    waiting  types of load that wait for us once their response has come
    """
    patterns = [_pattern(kind, "Request") for kind in ("Document", *BLOCKED_TYPES)]
    patterns += [_pattern(kind, "Response") for kind in waiting]
    # Asked for by the browser itself, when the tab may have left the page already.
    patterns.append({"urlPattern": ICONS, "requestStage": "Request"})
    return [
        ("Page.enable", {}),
        ("Inspector.enable", {}),
        ("Network.setCacheDisabled", {"cacheDisabled": True}),
        ("Network.setBypassServiceWorker", {"bypass": True}),
        ("Network.setBlockedURLs", {"urls": blocked_patterns()}),
        ("Network.setUserAgentOverride", {"userAgent": user_agent, "acceptLanguage": "en"}),
        ("Fetch.enable", {"patterns": patterns}),
    ]


def _pattern(kind: str, stage: str) -> Json:
    """Every request of a type is to wait at a stage."""
    return {"urlPattern": "*", "resourceType": kind, "requestStage": stage}

"""What is read of a page as shown: its DOM, its title, a picture; each within a deadline."""

from __future__ import annotations

from dataclasses import dataclass

from fetch.browsing.capture import unbase64
from fetch.browsing.connection import CommandRefused
from fetch.browsing.tab import Tab

# Characters of a DOM that are read: well above what a document that may be shown can grow to
# by itself; a script that writes without end is not followed.
DOM_CHARS = 64 * 2**20

# Runs in a world of its own, where the page's scripts cannot have replaced anything.
_READ = """(limit => {
  const root = document.documentElement;
  const type = document.doctype ? new XMLSerializer().serializeToString(document.doctype) : "";
  const html = root ? root.outerHTML : "";
  return {title: document.title, html: html.length > limit ? null : type + html};
})(%d)"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """A page as shown.

    html  with its doctype; may hold lone surrogates
    png   b"" where no picture was asked for
    """

    title: str
    html: str
    png: bytes = b""


async def read_dom(tab: Tab, *, within: float) -> Rendered:
    """The DOM of a tab's main frame; raises BrowserTrouble, CommandLate from a hung page."""
    world = await tab.send("Page.createIsolatedWorld", {"frameId": tab.target}, within=within)
    params = {
        "expression": _READ % DOM_CHARS,
        "contextId": world["executionContextId"],
        "returnByValue": True,
    }
    answer = await tab.send("Runtime.evaluate", params, within=within)
    value = (answer.get("result") or {}).get("value")
    if not isinstance(value, dict) or not isinstance(value.get("html"), str):
        raise CommandRefused("Runtime.evaluate", 0, "the DOM cannot be read")
    return Rendered(title=str(value.get("title") or ""), html=value["html"])


async def take_view(tab: Tab, *, within: float) -> bytes:
    """A picture of what a tab shows, as PNG; raises BrowserTrouble."""
    answer = await tab.send("Page.captureScreenshot", {"format": "png"}, within=within)
    return unbase64(str(answer.get("data") or ""))

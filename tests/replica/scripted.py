"""Pages that a script completes, and what such pages ask for besides.

The economy pages of half of the maps (even numbers) come without chart and tables: a script asks
for the missing part as JSON, by `fetch` or by XMLHttpRequest, puts it where it belongs and removes
itself, so that the rendered page is the page that others get whole. Every page of such a season
also names a script, a style sheet with a font, a picture, an icon, and a tracker on another host.
"""

from __future__ import annotations

import json
import re
from base64 import b64decode

from tests.replica.page import Page, asset

# A host name, so that no port of the server stands in a page's bytes: a browser that is to ask
# the replica for it needs the name mapped, `--host-resolver-rules=MAP sb.scorecardresearch.com
# 127.0.0.1:PORT`; then the server's log tells whether it asked for TRACKER_TARGET.
TRACKER = "http://sb.scorecardresearch.com/analytics.js"
TRACKER_TARGET = "/analytics.js"

DATA_PATH = re.compile(r"/__data__/economy/(\d+)\.json")
FIRST_PART = '<div class="standard-headline">'  # of what the page has below its menus
END = "</div>"

_GIF = b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
_STYLE = (
    "@font-face{font-family:Replica;src:url(/__static__/site.woff2)}"
    "body{font-family:Replica,sans-serif}"
)

ASSETS = {
    "/__static__/site.js": asset("text/javascript", b"window.replicaScript=true;\n"),
    "/__static__/site.css": asset("text/css", _STYLE.encode()),
    "/__static__/site.woff2": asset("font/woff2", b"wOF2" + bytes(44)),
    "/__static__/banner.gif": asset("image/gif", _GIF),
    "/favicon.ico": asset("image/gif", _GIF),
    TRACKER_TARGET: asset("text/javascript", b"window.tracked=true;\n"),
}
HEAD = (
    '<link rel="stylesheet" href="/__static__/site.css"><link rel="icon" href="/favicon.ico">'
    f'<script src="/__static__/site.js"></script><script async src="{TRACKER}"></script>'
)
PICTURE = '<img src="/__static__/banner.gif" alt="banner">'

_BY_FETCH = "fetch(u).then(function(r){return r.json();}).then(function(d){put(d.html);});"
_BY_XHR = (
    "var x=new XMLHttpRequest();x.open('GET',u);"
    "x.onload=function(){put(JSON.parse(x.responseText).html);};x.send();"
)


def is_chosen(map_id: int) -> bool:
    """Whether the economy page of a map is one that a script completes, if it has a chart."""
    return map_id % 2 == 0


def data_path(map_id: int) -> str:
    """Where a script finds the missing part."""
    return f"/__data__/economy/{map_id}.json"


def divided(content: str) -> tuple[str, str]:
    """The content before the part a script brings, and that part; the part is empty without chart.

    What follows is `END`.
    """
    start = content.find(FIRST_PART)
    if start < 0:
        return content.removesuffix(END), ""
    return content[:start], content[start:].removesuffix(END)


def completing(map_id: int) -> str:
    """The script that stands in for the missing part: half of them by fetch, half by XHR."""
    ask = _BY_FETCH if map_id % 4 == 0 else _BY_XHR
    return (
        "<script>(function(){var here=document.currentScript;function put(html){"
        "here.insertAdjacentHTML('beforebegin',html);here.remove();}"
        f"var u='{data_path(map_id)}';{ask}}})();</script>"
    )


def data(map_id: int, part: str) -> Page:
    """The missing part as the script reads it."""
    body = json.dumps({"mapstatsid": map_id, "html": part}).encode()
    return asset("application/json", body, map_id)


def dressed(page: str) -> str:
    """A whole page with everything that a browser asks for besides."""
    head, found, rest = page.partition("</head>")
    assert found, "a page has a head"
    start, found, end = rest.rpartition("</body>")
    assert found, "a page has a body"
    return f"{head}{HEAD}</head>{start}{PICTURE}</body>{end}"

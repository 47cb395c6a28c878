"""What surrounds the content of every page: navigation, advertisements, sidebars, forum, scripts.

Built once per page kind and reused; sizes follow the medians measured on real pages, in bytes of
decompressed HTML. With `small` only a skeleton remains.
"""

from __future__ import annotations

import random
from functools import lru_cache

MEDIAN_SIZES = {
    "match": 692_000,
    "results": 430_000,
    "map_stats": 200_000,
    "performance": 206_000,
    "economy": 190_000,
}
TITLE = "HLTV.org - The home of competitive Counter-Strike"
WORDS = [
    "aurora",
    "baguette",
    "clutch",
    "dust",
    "ember",
    "flick",
    "glitch",
    "harbour",
    "ivory",
    "jolt",
    "kite",
    "lantern",
    "moss",
]
CLOUDFLARE = (
    "<script>(function(){var js=\"window['__CF$cv$params']={r:'776852f10de93b81',m:'x'};"
    "_cpo=document.createElement('script');"
    "_cpo.src='/cdn-cgi/challenge-platform/h/b/scripts/alpha/invisible.js';\";})();</script>"
)


SMALL_CHARACTERS = 10_200  # the site has no page under 10,000 characters (spec/hltv.md section 8)


def ad(name: str) -> str:
    """An advertisement's tracking element."""
    return f'<div data-imp-trk="" data-zgngwdinlm="{name}" style="height:1px"></div>'


def page(
    kind: str, title: str, content: str, *, small: bool, sidebar: str = "", path: str = ""
) -> str:
    """Set content into the whole page.

    path  what the page calls itself; match and results pages name it, stats pages do not
    """
    canonical = f'<link href="https://www.hltv.org{path}" rel="canonical">' if path else ""
    if small:
        start = (
            f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
            f'{canonical}</head><body><div class="bgPadding"><div class="contentCol">'
        )
        blank = " " * (SMALL_CHARACTERS - len(start) - len(content))
        return f"{start}{content}</div></div>{blank}</body></html>"
    head, tail = _frame(kind)
    missing = MEDIAN_SIZES[kind] - len(head) - len(tail) - len(content) - len(sidebar)
    blocks = round(max(0, missing) / 20_000)
    return "".join(
        (
            head.replace("@TITLE@", title, 1).replace("@CANONICAL@", canonical, 1),
            content,
            _forum(kind, blocks) if kind == "match" else "",
            f'</div><div class="leftCol">{sidebar}</div></div></div></div>',
            _filler(0 if kind == "match" else blocks),
            tail,
        )
    )


def sidebar(rows: list[tuple[str, str]]) -> str:
    """A column of links to other matches, classed like the results rows' links."""
    items = "".join(
        f'<a href="{path}" class="col-box activity a-reset matchCat">'
        f'<div class="teamrows">{label}</div></a>'
        for path, label in rows
    )
    return (
        '<div class="match-sidebar"><div class="sidebar-con"><div class="sidebar-box">'
        f"{items}</div></div></div>{ad('LeftSide')}"
    )


def _chatter(rng: random.Random, words: int) -> str:
    return " ".join(rng.choice(WORDS) for _ in range(words))


@lru_cache(maxsize=16)
def _frame(kind: str) -> tuple[str, str]:
    rng = random.Random(f"frame:{kind}")
    links = "".join(
        f'<a href="/news/{number}/{"-".join(_chatter(rng, 3).split())}" class="navlink">'
        f"{_chatter(rng, 2)}</a>"
        for number in range(40_000, 40_150)
    )
    head = (
        '<!DOCTYPE html>\n<html lang="en" data-client-country-iso="BR"><!--\n'
        "    --Worker debug info--\n    Device-type: desktop\n-->\n<head>"
        '<meta charset="utf-8"><title>@TITLE@</title>@CANONICAL@'
        f"<script>{_script(rng, 12_000)}</script><style>{'.a{color:#2b6ea4}' * 200}</style></head>"
        '<body><div id="CybotCookiebotDialog" class="overlay">We value your privacy</div>'
        f'<div class="navbar navBarContainerFull">{links}'
        '<a href="/results">Results</a><a href="/matches">Matches</a></div>'
        f'<div class="bgPadding">{ad("Top")}<div class="widthControl"><div class="colCon">'
        '<div class="contentCol">'
    )
    streams = "".join(
        f'<div class="streams-stream" data-frontpage-stream-viewers="{number}">'
        f'<img src="/img/static/flags/30x20/WORLD.gif" class="streams-flag flag" alt="World">'
        f'<div class="streams-name text-ellipsis">{_chatter(rng, 2)}</div></div>'
        for number in range(120)
    )
    tail = (
        f'<div class="streams-section gtSmartphone-only"><div class="streams-list">{streams}'
        f"</div></div><script>{_script(rng, 20_000)}</script>{CLOUDFLARE}</body></html>\n"
    )
    return head, tail


def _script(rng: random.Random, size: int) -> str:
    parts, length = [], 0
    while length < size:
        part = f"window.n{rng.randrange(10**9)}=function(a){{return a+'{_chatter(rng, 6)}'}};"
        parts.append(part)
        length += len(part)
    return "".join(parts)


@lru_cache(maxsize=64)
def _filler(blocks: int) -> str:
    return "".join(_menu_block(number) for number in range(blocks))


@lru_cache(maxsize=64)
def _menu_block(number: int) -> str:
    """Hidden menus, as real pages carry them: four fifths of a stats page are tags and attributes."""
    rng = random.Random(f"menu:{number}")
    parts, length = [], 0
    while length < 19_800:
        entity = rng.randrange(1_000, 30_000)
        name = _chatter(rng, 1)
        part = (
            f'<div class="hidden context-menu" id="uniqueTooltipId-{rng.randrange(10**9)}">'
            f'<a href="/player/{entity}/{name}" class="context-menu-link text-ellipsis">'
            f'<img alt="World" src="/img/static/flags/30x20/WORLD.gif" class="flag" title="World">'
            f'<span class="context-menu-text">{name} profile</span></a>'
            f'<a href="/stats/players/{entity}/{name}?startDate=all" class="context-menu-link">'
            f'<i class="fa fa-bar-chart" aria-hidden="true"></i><span>Statistics</span></a>'
            f'<div class="context-menu-spacer" data-link-tracking-page="Stats"></div></div>\n'
        )
        parts.append(part)
        length += len(part)
    return "".join(parts)


@lru_cache(maxsize=64)
def _forum(kind: str, blocks: int) -> str:
    posts = "".join(_post_block(f"{kind}:{number}") for number in range(blocks))
    return f'<div class="match-comments"><div class="forum no-promode">{posts}</div></div>'


@lru_cache(maxsize=128)
def _post_block(salt: str) -> str:
    rng = random.Random(salt)
    parts, length = [], 0
    while length < 19_800:
        number = rng.randrange(60_000_000, 70_000_000)
        part = (
            f'<div class="post " id="r{number}"><div class="standard-box"><div class="forum-topbar">'
            f'<a href="#r{number}" class="replyNum" rel="nofollow">#{rng.randrange(900)}</a>'
            '<div class="spacer"></div><div class="badges"></div><div class="fan-con">'
            f'<a href="/player/{rng.randrange(9000)}/x" class="a-reset">{_chatter(rng, 1)}</a> | '
            f'<a href="/team/{rng.randrange(9000)}/x" class="a-reset">{_chatter(rng, 1)}</a></div>'
            '<img alt="World" src="/img/static/flags/30x20/WORLD.gif" class="flag" title="World">'
            f'<a href="/profile/{number}/x" class="authorAnchor">{_chatter(rng, 1)}</a></div>'
            f'<div class="forum-middle">{_chatter(rng, rng.randint(4, 120))}</div>'
            '<div class="forum-bottombar"><span class="time" data-time-format="yyyy-MM-dd HH:mm"'
            f' data-unix="{1_700_000_000_000 + number}">2025-11-18 22:35</span>'
            '<div class="plus-button-container"><div class="plus-button disable"'
            f' data-url="/reply-plus-toogle/{number}" data-tooltip-id="uniqueTooltipId-{number}">'
            f'<div class="hidden" id="uniqueTooltipId-{number}"><div class="tooltip-box null">'
            "Please log in to upvote.</div></div></div></div></div></div></div>"
        )
        parts.append(part)
        length += len(part)
    return "".join(parts)

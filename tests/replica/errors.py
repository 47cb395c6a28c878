"""Answers that are not content: challenges, blocks, soft errors, 404 and 5xx (section 8)."""

from __future__ import annotations

PADDING = "<!-- padding for older browsers that hide short error pages -->" * 90
CHALLENGE_SCRIPT = "/cdn-cgi/challenge-platform/h/b/orchestrate/chl_page/v1"
INCAPSULA_SCRIPT = "/_Incapsula_Resource?SWJIYLWA=0123456789abcdef&ns="
LOCALIZED = ("Einen Moment…", "Un instant…", "Подождите…", "请稍候…", "Bir an…")


def challenge(title: str = "Just a moment...") -> str:
    """A Cloudflare managed challenge page, about 7 kB; its scripts are asked for where they run."""
    return (
        f'<!DOCTYPE html><html lang="en-US"><head><title>{title}</title>'
        '<meta name="robots" content="noindex,nofollow">'
        '<meta http-equiv="refresh" content="360">'
        f'<script src="{CHALLENGE_SCRIPT}?ray=9b297ae25a74f46f"></script></head>'
        '<body><div class="main-wrapper"'
        ' role="main"><noscript><div class="h2"><span id="challenge-error-text">Enable JavaScript'
        " and cookies to continue</span></div></noscript></div><script>(function(){"
        "window._cf_chl_opt = {cvId: '3',cZone: 'www.hltv.org',cType: 'managed',"
        "cRay: '9b297ae25a74f46f'};var a=document.createElement('script');"
        f"a.src='{CHALLENGE_SCRIPT}?again=1';document.head.appendChild(a);"
        f"}}());</script>{PADDING}</body></html>"
    )


def incapsula() -> str:
    """An Imperva wall with status 200, 1 kB: only its script's address tells what it is."""
    start = (
        '<html style="height:100%"><head><META NAME="ROBOTS" CONTENT="NOINDEX, NOFOLLOW">'
        f'<script type="text/javascript" src="{INCAPSULA_SCRIPT}1929269200" async></script></head>'
        '<body style="margin:0px;height:100%"><div id="main-iframe-content">Request unsuccessful.'
        " Incident ID: 1206-0412</div>"
    )
    return f"{start}<!--{'.' * (1000 - len(start))}--></body></html>"


def access_denied() -> str:
    """Cloudflare's page for a blocked network, error 1005."""
    title = "Access denied | www.hltv.org used Cloudflare to restrict access"
    return (
        f'<!DOCTYPE html><html class="no-js" lang="en-US"><head><title>{title}</title>'
        '<link rel="stylesheet" href="/cdn-cgi/styles/main.css"></head><body>'
        '<div id="cf-wrapper"><div id="cf-error-details" class="p-0"><header><h1><span>Error'
        "</span><span>1005</span></h1><span>Ray ID: 9b2fd7ae25a74f46</span>"
        "<span>2026-01-05 10:00:00 UTC</span></header><h2>Access denied</h2><p>The owner of this"
        " website (www.hltv.org) has banned the autonomous system number (ASN) your IP address is"
        f" in (64500) from accessing this website.</p></div></div>{PADDING}</body></html>"
    )


def soft_error() -> str:
    """The site's own error page, served with status 200."""
    return (
        '<!DOCTYPE html><html lang="en"><head><title>HLTV.org</title></head>'
        '<body class="error-body"><div class="error-500"><h1>500</h1><p>Something went wrong.</p>'
        f'<a href="/">Back to the front page</a></div>{PADDING * 2}</body></html>'
    )


def plain(status: int) -> str:
    """A bare error page of the server or the proxy in front of it."""
    names = {404: "Not found", 429: "Too many requests", 500: "Internal server error"}
    name = names.get(status, "Service unavailable")
    return (
        f"<!DOCTYPE html><html><head><title>{status} {name}</title></head>"
        f"<body><h1>{status} {name}</h1><p>error code: {status}</p></body></html>"
    )

"""What a page may not load: pictures, media, fonts, trackers, frames of other sites. Data.

Scripts and stylesheets load, because pages need them. Facts: spec/browser-capture.md section 2.
"""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

# Resource types as Fetch.enable names them; beacons and reports tell the site nothing it asked
# for and are requests that no reader of the page would miss.
BLOCKED_TYPES = ("Image", "Media", "Font", "Ping", "CSPViolationReport")

# What browsers ask of every site by themselves.
ICONS = "*://*/favicon.ico"

# Hosts, with all below them, whose business is to count, profile or advertise. The best known
# networks; what is missing costs a request, what is wrongly here costs a page its content.
TRACKERS = (
    "2mdn.net",
    "adform.net",
    "adnxs.com",
    "adsafeprotected.com",
    "adsrvr.org",
    "amazon-adsystem.com",
    "bat.bing.com",
    "casalemedia.com",
    "chartbeat.com",
    "chartbeat.net",
    "clarity.ms",
    "cloudflareinsights.com",
    "connect.facebook.net",
    "criteo.com",
    "criteo.net",
    "doubleclick.net",
    "doubleverify.com",
    "google-analytics.com",
    "googleadservices.com",
    "googlesyndication.com",
    "googletagmanager.com",
    "googletagservices.com",
    "hotjar.com",
    "mc.yandex.ru",
    "moatads.com",
    "nr-data.net",
    "openx.net",
    "outbrain.com",
    "pubmatic.com",
    "quantserve.com",
    "rubiconproject.com",
    "scorecardresearch.com",
    "segment.io",
    "smartadserver.com",
    "taboola.com",
)


def blocked_patterns() -> list[str]:
    """URL patterns, stars for anything, of what is never asked for: the icon and trackers."""
    hosts = [pattern for host in TRACKERS for pattern in (f"*://{host}/*", f"*://*.{host}/*")]
    return [ICONS, *hosts]


def same_site(url: str, other: str) -> bool:
    """Whether two URLs belong to one site, by the last two labels of their hosts.

    >>> same_site("http://www.a.org/x", "https://cdn.a.org:8443/")
    True
    >>> same_site("http://127.0.0.1/", "http://126.0.0.1/")
    False
    """
    return _site(url) == _site(other)


def _site(url: str) -> str:
    """What two hosts of one site share; an address stands for itself."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return url
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        return ".".join(host.rstrip(".").split(".")[-2:])

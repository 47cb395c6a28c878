"""SURT: a URL turned so that sorting puts a site together, its hosts' parts from the right.

After the canonical form of the Internet Archive's tools, which CDX and CDXJ indexes sort by; the
vectors of iipc/urlcanon ('defaultIASurt') and CDX-Writer's expected indexes are the test. Where
they differ from this, docs/adr/0003 says so. Two URLs with one SURT are the same page as a rule,
not for certain: the case of path and query is lost.
"""

from __future__ import annotations

import functools
import re
from urllib.parse import unquote_to_bytes

_AUTHORITY = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]*)://([^/?#]*)([^?#]*)(?:\?([^#]*))?(?:#.*)?")
_OPAQUE = re.compile(r"(?i)(?:filedesc|warcinfo|dns|urn|mailto|data|about|screenshot|metadata):")
_WWW = re.compile(r"^www\d*\.(?=.*\.)")
_PLAIN_PATH = re.compile(r"(?:/[a-z0-9_-]+(?:\.[a-z0-9_-]+)*)+")  # canonical as it stands
_DEFAULT_PORTS = {"http": "80", "https": "443", "ftp": "21"}

# What stays percent-encoded: controls, blanks, '#', '%', and all that is not ASCII.
_ESCAPED = re.compile(rb"[\x00-\x20#%\x7f-\xff]")

# Session ids in paths (Java, ASP.NET) and queries: the same page at another visit.
_PATH_SESSIONS = (
    re.compile(r"(?i);jsessionid=[0-9a-z]{32}(?=$|\?)"),
    re.compile(r"(?i)/\((?:[a-z]\([0-9a-z]{24}\))+\)(?=/)"),
    re.compile(r"(?i)/\([0-9a-z]{24}\)(?=/)"),
)
_QUERY_SESSIONS = (
    re.compile(r"(?i)(^|&)(?:jsessionid|phpsessid|sid)=[0-9a-z]{32}(?=&|$)"),
    re.compile(r"(?i)(^|&)aspsessionid[a-z]{8}=[a-z]{24}(?=&|$)"),
    re.compile(r"(?i)(^|&)cfid=[^&]+&cftoken=[^&]+(?=&|$)"),
)


def surt(url: str) -> str:
    """The sort key of a URL; what has no host is its own key.

    >>> surt("https://www.hltv.org/matches/1")
    'org,hltv)/matches/1'
    >>> surt("http://a.example:8080/B/?y=1&x=2#z")
    'example,a:8080)/b?x=2&y=1'
    >>> surt("urn:pageinfo:http://a/"), surt("")
    ('urn:pageinfo:http://a/', '-')
    """
    text = re.sub(r"[\t\r\n]", "", url).strip()
    if not text:
        return "-"
    if _OPAQUE.match(text):
        return text
    if "://" not in text:
        text = f"http://{text}"
    found = _AUTHORITY.fullmatch(text)
    if found is None:
        return text
    scheme, authority, path, query = found.groups()
    host, port = _host_and_port(authority, scheme.lower())
    return f"{_turned(host)}{port}){_path(path)}{_query(query)}"


@functools.lru_cache(maxsize=1024)  # an archive has many pages of few hosts
def _host_and_port(authority: str, scheme: str) -> tuple[str, str]:
    """The host in canonical form, and ':PORT' where it is not the scheme's own."""
    host = authority.rpartition("@")[2]
    port = ""
    if found := re.fullmatch(r"(.*):(\d*)", host):
        host, number = found.groups()
        if number and number != _DEFAULT_PORTS.get(scheme):
            port = f":{number}"
    host = _unescape(host.encode("utf-8")).decode("utf-8", errors="replace")
    host = re.sub(r"\.{2,}", ".", host.strip(".").lower())
    try:
        host = host.encode("idna").decode("ascii")
    except UnicodeError:
        host = _escape(host.encode("utf-8"))
    return _WWW.sub("", host), port


def _turned(host: str) -> str:
    """A host's parts from the right, commas between: addresses too, as CDX indexes have them."""
    if host.startswith("["):
        return host
    return ",".join(reversed(host.split(".")))


def _path(path: str) -> str:
    """A path in canonical form, in lower case, without a slash at its end."""
    if _PLAIN_PATH.fullmatch(path):
        return path
    plain = _escape(_unescape(path.encode("utf-8")))
    for session in _PATH_SESSIONS:
        plain = session.sub("", plain)
    steps: list[str] = []
    for step in plain.split("/"):
        if step == "..":
            del steps[-1:]
        elif step not in {"", "."}:
            steps.append(step)
    return "/" + "/".join(steps).lower()


def _query(query: str | None) -> str:
    """A query in canonical form: sorted, in lower case, without session ids; '' if empty."""
    if not query:
        return ""
    plain = _escape(_unescape(query.encode("utf-8")))
    for session in _QUERY_SESSIONS:
        plain = session.sub(r"\1", plain)
    plain = plain.removeprefix("&") if not query.startswith("&") else plain
    plain = "&".join(sorted(plain.replace("&&", "&").lower().split("&")))
    return f"?{plain}" if plain else ""


def _unescape(text: bytes) -> bytes:
    """Undo percent-encoding as often as it was done."""
    while (plain := unquote_to_bytes(text)) != text:
        text = plain
    return text


def _escape(text: bytes) -> str:
    """Percent-encode what must be."""
    return _ESCAPED.sub(lambda found: b"%%%02X" % found.group()[0], text).decode("ascii")

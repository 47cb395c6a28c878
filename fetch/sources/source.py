"""What a crawl knows of a source: a value, not a class to inherit from."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from fetch.links import LinksOf
from fetch.pace import NO_PACE, Pace
from fetch.transport import HTML
from fetch.walk import Listing
from warc.sites.page import Site


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingPages:
    """A list of roots, newest first, that every crawl walks along.

    page_type  of its pages
    target     path and query of the page at an offset
    read       what a page says, given its decoded body and the base URL; one that cannot be read
               says nothing
    rows       entries of a full page
    """

    page_type: str
    target: Callable[[int], str]
    read: Callable[[bytes, str], Listing]
    rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Pages of a type that are wanted or not, as the page says that leads to them (`left_out`).

    page_type   theirs
    admits      whether one that an earlier run left out for a reason is wanted now
    is_open     whether all are wanted
    """

    page_type: str
    admits: Callable[[str], bool] = lambda _reason: True
    is_open: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchSource:
    """Where a crawl begins, its pace, and what each page leads to.

    base_url      the site's own address
    about         what is fetched, in a few words, for the help of its command
    pace          for the site's own hosts, unless the user says otherwise
    root          page type of an entry; it and all it leads to are one group
    listing       None: crawls begin at `start`, or at the pages that the user names
    start         path and query of the pages that each run asks for anew, and goes on from
    links         per page type, what a page leads to; the other page types lead nowhere
    fresh_within  per page type, how long after its event a page may still change: a capture that
                  was made before that is worth another look
    accept        media types that are asked for
    seeds         page types of pages that each run asks for anew: those it begins at, and those of
                  their kind that they lead to
    free          page types that the site does not limit: `free_pace` holds for them
    parts         per page type, by URL, the targets to ask for instead of a page that is not there
    absent        per page type, by URL and body, the targets that a page shows to be nowhere
    advice        per status that ends a crawl, what a person can do about it
    one_of_key    page types of which one page has one key, at whichever URL it was found first
    choice        pages that are asked for only where they are wanted
    nobody        what a person can do where nobody is named and nothing is queued; "": that may be
    """

    site: Site
    base_url: str
    about: str = ""
    pace: Pace
    root: str
    listing: ListingPages | None = None
    start: tuple[str, ...] = ()
    links: Mapping[str, LinksOf]
    fresh_within: Mapping[str, timedelta] = field(default_factory=dict)
    accept: str = HTML
    seeds: frozenset[str] = frozenset()
    free: frozenset[str] = frozenset()
    free_pace: Pace = NO_PACE
    parts: Mapping[str, Callable[[str], Sequence[str]]] = field(default_factory=dict)
    absent: Mapping[str, Callable[[str, bytes], Sequence[str]]] = field(default_factory=dict)
    advice: Mapping[int, str] = field(default_factory=dict)
    one_of_key: frozenset[str] = frozenset()
    choice: Choice | None = None
    nobody: str = ""

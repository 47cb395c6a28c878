"""How a collection stands, read from its manifest while a fetch may be running."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from fetch.sources import SOURCES
from warc.errors import CollectionError
from warc.manifest import MANIFEST_NAME, Manifest
from warc.manifest_rows import Crawl, Families, PageCounts

# What a collection's WARC files are called, sealed or not.
_ARCHIVES = ("*.warc.gz", "*.warc", "*.warc.zst", "*.arc.gz", "*.arc", "*.warc.gz.open")


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectionStatus:
    """How one collection stands.

    files     WARC and ARC files in its folder
    pages     one per page type; empty where there is no manifest
    families  per page type of a source's entries: how many are whole, partial, untouched
    rests     host, until when it wants to be left alone, why
    pace_s    seconds from page to page in the newest crawl
    problem   why the manifest tells nothing, "" if it does
    """

    name: str
    folder: Path
    files: int
    pages: tuple[PageCounts, ...] = ()
    families: tuple[tuple[str, Families], ...] = ()
    crawl: Crawl | None = None
    rests: tuple[tuple[str, datetime, str], ...] = ()
    pace_s: float | None = None
    problem: str = ""
    is_damaged: bool = False

    @property
    def pending(self) -> int:
        """Pages that a crawl would still ask for."""
        return sum(one.queued + one.blocked for one in self.pages)

    @property
    def left_s(self) -> float | None:
        """Seconds that the pages which are known now would take at the present pace."""
        return None if self.pace_s is None or not self.pending else self.pending * self.pace_s

    def as_json(self) -> dict[str, object]:
        """The standing for programs; times in ISO 8601."""
        crawl = self.crawl
        return {
            "collection": self.name,
            "folder": str(self.folder),
            "files": self.files,
            "pages": {
                one.page_type: {
                    "known": one.known,
                    "done": one.done,
                    "pending": one.queued,
                    "failed": one.failed,
                    "skipped": one.skipped,
                    "blocked": one.blocked,
                    "last_reason": one.last_failure,
                }
                for one in self.pages
            },
            "families": {page_type: asdict(counts) for page_type, counts in self.families},
            "last_crawl": None
            if crawl is None
            else {
                "started_at": crawl.started_at.isoformat(),
                "ended_at": crawl.ended_at.isoformat() if crawl.ended_at else None,
                "why": crawl.why,
                "counts": json.loads(crawl.counts or "{}"),
            },
            "left_alone": [
                {"host": host, "until": until.isoformat(), "why": why}
                for host, until, why in self.rests
            ],
            "pace_s": self.pace_s,
            "left_s": self.left_s,
            "problem": self.problem,
        }


def status_of(folder: Path, *, now: datetime) -> CollectionStatus:
    """How the collection in a folder stands."""
    files = len({path for pattern in _ARCHIVES for path in folder.glob(pattern)})
    path = folder / MANIFEST_NAME
    bare = CollectionStatus(name=folder.name, folder=folder, files=files)
    if not path.is_file():
        return _without_manifest(bare, "no manifest yet; the next fetch makes one", damaged=False)
    try:
        manifest = Manifest(path, read_only=True)
    except CollectionError as error:
        return _without_manifest(bare, str(error), damaged=True)
    try:
        return _read(bare, manifest, now)
    except CollectionError as error:
        return _without_manifest(bare, str(error), damaged=True)
    finally:
        manifest.close()


def _without_manifest(bare: CollectionStatus, problem: str, *, damaged: bool) -> CollectionStatus:
    """The standing of a collection of which nothing but its files is known."""
    return CollectionStatus(
        name=bare.name, folder=bare.folder, files=bare.files, problem=problem, is_damaged=damaged
    )


def _read(bare: CollectionStatus, manifest: Manifest, now: datetime) -> CollectionStatus:
    """The standing that a manifest tells."""
    pages = manifest.counts()
    known = {one.page_type for one in pages}
    roots = sorted({source.root for source in SOURCES} & known)
    crawls = manifest.crawls()
    waits = sorted(manifest.host_waits(now).items())
    return CollectionStatus(
        name=bare.name,
        folder=bare.folder,
        files=bare.files,
        pages=pages,
        families=tuple((root, manifest.families(root)) for root in roots),
        crawl=crawls[0] if crawls else None,
        rests=tuple((host, until, why) for host, (until, why) in waits),
        pace_s=manifest.pace(),
    )

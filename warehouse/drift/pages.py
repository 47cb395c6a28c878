"""Every capture of a known page type in order of time, cut into points of a few pages each.

What is held in memory is one short line per capture; tables are read lazily and summed up.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from warehouse.snapshot import Snapshot

POINT_PAGES = 25  # small beside a crawl of 50 matches, large beside one match's pages
NO_LAYOUT = "-"
RENDERED = " (rendered)"

READ = ("parsed", "failed")
"""Outcomes of pages that were handed to a parser."""

_ORDER = ("page", "fetched_at", "capture_id")


@dataclass(frozen=True, slots=True)
class Pages:
    """The captures that count.

    frame  one line per capture: `capture_id`, `page` (`hltv.match`; what a browser rendered of it
           is a page type of its own, for it fills gaps alone), `page_type`, `layout`,
           `fetched_at`, `month`, `outcome`, `verdict`, `rows`, `is_newest` (of the parsed captures
           of its page), and the numbers of its point: `point` among all captures of the page
           type, `layout_point` among those of its layout
    """

    frame: pl.DataFrame

    @property
    def names(self) -> tuple[str, ...]:
        """The page types met, in order."""
        return tuple(self.frame.get_column("page").unique().sort().to_list())


def read_pages(snapshot: Snapshot) -> Pages:
    """The captures of a snapshot that are pages of a known type; copies are left out."""
    layout = pl.col("layout") if _has_layouts(snapshot) else pl.lit(None, pl.String)
    rendered = pl.when(pl.col("url").str.starts_with("urn:dom:")).then(pl.lit(RENDERED))
    known = pl.col("source").is_not_null() & pl.col("page_type").is_not_null()
    frame = (
        snapshot.table("captures")
        .filter(known, pl.col("outcome") != "duplicate")
        .select(
            "capture_id",
            "fetched_at",
            "outcome",
            "verdict",
            "rows",
            "page_key",
            "page_type",
            page=pl.col("source") + "." + pl.col("page_type") + rendered.otherwise(pl.lit("")),
            layout=layout.fill_null(NO_LAYOUT),
            month=pl.col("fetched_at").dt.strftime("%Y-%m"),
            day=pl.col("fetched_at").dt.date(),
        )
        .collect()
        .sort(_ORDER)
    )
    is_parsed = pl.col("outcome") == "parsed"
    newest = pl.col("fetched_at").filter(is_parsed).max().over("page", "page_key")
    frame = frame.with_columns(is_newest=is_parsed & (pl.col("fetched_at") == newest))
    frame = _with_points(frame, ("page",), "point")
    frame = _with_points(
        frame.sort("page", "layout", *_ORDER[1:]), ("page", "layout"), "layout_point"
    )
    return Pages(frame.drop("page_key", "day").sort(_ORDER))


def _has_layouts(snapshot: Snapshot) -> bool:
    """Whether the snapshot was built since captures have a layout."""
    return "layout" in snapshot.table("captures").collect_schema().names()


def _with_points(frame: pl.DataFrame, of: tuple[str, ...], name: str) -> pl.DataFrame:
    """Number the points: a new one each day, and after so many pages."""
    nth = pl.int_range(pl.len()).over(*of, "day") // POINT_PAGES
    return frame.with_columns(pl.struct(*of, "day", nth.alias("nth")).rle_id().alias(name))

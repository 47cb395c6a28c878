"""What of a new entry only today can tell: whether its shard exists, and its hours are hours."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from warc.hours import read_hours
from warc.roster.entries import Mistake
from warc.sites.pubg import SHARDS


def unknown_values(table: Mapping[str, object]) -> Iterator[Mistake]:
    """What an entry names that there is not; what is no text at all is another's business."""
    shard, hours = table.get("shard"), table.get("hours")
    if isinstance(shard, str) and shard not in SHARDS:
        yield Mistake("shard", f"{shard!r} is none of {', '.join(SHARDS)}")
    if isinstance(hours, str):
        try:
            read_hours(hours)
        except ValueError as error:
            yield Mistake("hours", str(error))

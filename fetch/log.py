"""One log per run, in the collection's folder; each line is on disk when it is written."""

from __future__ import annotations

import logging
from datetime import datetime
from pathlib import Path

from warc.errors import CollectionError

LOGGER = logging.getLogger("warchouse.fetch")


def open_log(collection: Path, *, at: datetime) -> tuple[Path, logging.Handler]:
    """Start the log of a run; our own messages down to DEBUG, those of libraries from WARNING.

    at       wall time of the start, UTC: it names the file
    returns  its path, and the handler that `close_log` wants back
    """
    path = collection / "logs" / f"run-{at:%Y%m%dT%H%M%SZ}.log"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handler = logging.FileHandler(path, encoding="utf-8")
    except OSError as error:
        raise CollectionError(f"{path}: the log cannot be written: {error.strerror}") from error
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    root = logging.getLogger()
    root.addHandler(handler)
    logging.getLogger("warchouse").setLevel(logging.DEBUG)
    return path, handler


def close_log(handler: logging.Handler) -> None:
    """End the log of a run."""
    logging.getLogger().removeHandler(handler)
    handler.close()

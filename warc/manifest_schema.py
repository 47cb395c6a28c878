"""The tables of a crawl manifest, as SQL.

*Done* is not stored by anyone: a page is done when a capture with the verdict 'content' exists
that is not older than `wanted_at`. The column `open` is that sentence as an index: triggers and
the manifest keep it by asking for such a capture, and opening a collection computes it anew.
"""

# ruff: noqa: S608 - statements are put together from names of our own only

from __future__ import annotations

SCHEMA_VERSION = 2

GOOD = """EXISTS (SELECT 1 FROM captures AS good
          WHERE (good.page_url = pages.url OR good.url = pages.url)
          AND good.verdict = 'content' AND good.fetched_at >= pages.wanted_at)"""

NOT_WANTED = "not wanted: "
"""How the reason begins for which a page was left out by choice."""

# Whether a page is missing: what nobody wanted is not.
_MISSING = f"(pages.open AND substr(pages.skipped, 1, {len(NOT_WANTED)}) <> '{NOT_WANTED}')"

# A root page and every page it led to, directly or not. 0.8 s for 84,000 pages (measured).
FAMILIES = f"""
WITH RECURSIVE family (root, url, open) AS (
    SELECT url, url, {_MISSING} FROM pages WHERE page_type = ?
    UNION
    SELECT family.root, pages.url, {_MISSING} FROM family JOIN pages ON pages.found_on = family.url
)
SELECT coalesce(sum(whole), 0), coalesce(sum(NOT whole AND NOT untouched), 0),
       coalesce(sum(untouched), 0)
FROM (SELECT NOT max(open) AS whole, max(root = url AND open AND NOT EXISTS (
          SELECT 1 FROM captures AS good
          WHERE (good.page_url = root OR good.url = root) AND good.verdict = 'content'
      )) AS untouched
      FROM family GROUP BY root)
"""

# How the pages of each type stand, and the newest failure among those that are not blocked: the
# greatest of the texts that begin with its time and end with the reason. 0.15 s for 100,000
# pages (measured).
COUNTS = """
WITH standing AS MATERIALIZED (
    SELECT page_type,
        iif(failure <> '', printf('%020d%020d', failed_at, id) || failure, '') AS dated, CASE
        WHEN NOT open THEN 'done'
        WHEN skipped <> '' THEN 'skipped'
        WHEN (SELECT verdict FROM captures WHERE captures.page_url = pages.url
              ORDER BY fetched_at DESC, captures.id DESC LIMIT 1) IN ('block', 'challenge')
        THEN 'blocked'
        WHEN next_try_at IS NULL THEN 'failed'
        ELSE 'queued' END AS state
    FROM pages
)
SELECT page_type, count(*), sum(state = 'done'), sum(state = 'failed'), sum(state = 'skipped'),
       sum(state = 'queued'), sum(state = 'blocked'),
       substr(max(iif(state IN ('failed', 'queued'), dated, '')), 41)
FROM standing GROUP BY page_type ORDER BY page_type
"""

UNSEEN = """SELECT EXISTS (SELECT 1 FROM pages
            WHERE open = 1 AND skipped = '' AND next_try_at IS NOT NULL
            AND NOT EXISTS (SELECT 1 FROM captures
                            WHERE captures.page_url = pages.url OR captures.url = pages.url))"""

_HOSTS = """
CREATE TABLE hosts (
    host       TEXT PRIMARY KEY,
    not_before INTEGER NOT NULL,                 -- microseconds; no request before
    why        TEXT NOT NULL
);
"""

_TRIGGERS = f"""
CREATE TRIGGER capture_added AFTER INSERT ON captures WHEN NEW.verdict = 'content' BEGIN
    UPDATE pages SET open = 0, failure = '', next_try_at = 0, attempts = 0, failed_at = 0
    WHERE url IN (NEW.url, NEW.page_url) AND wanted_at <= NEW.fetched_at;
END;
CREATE TRIGGER capture_removed AFTER DELETE ON captures WHEN OLD.verdict = 'content' BEGIN
    UPDATE pages SET open = NOT {GOOD} WHERE url IN (OLD.url, OLD.page_url);
END;
"""

SCHEMA = f"""
CREATE TABLE pages (
    id            INTEGER PRIMARY KEY,
    url           TEXT NOT NULL UNIQUE,
    page_type     TEXT NOT NULL,
    key           TEXT NOT NULL,
    priority      INTEGER NOT NULL,              -- lower is sooner
    hops          INTEGER NOT NULL,              -- links from a seed
    found_on      TEXT NOT NULL,                 -- URL of the page that links here
    discovered_by TEXT NOT NULL,                 -- page types and seeds that led here
    discovered_in INTEGER NOT NULL,              -- crawl; 0 where no crawl did
    attempts      INTEGER NOT NULL DEFAULT 0,
    next_try_at   INTEGER DEFAULT 0,             -- microseconds; NULL once given up
    failure       TEXT NOT NULL DEFAULT '',      -- why the last attempt failed
    skipped       TEXT NOT NULL DEFAULT '',      -- why it is not asked for
    wanted_at     INTEGER NOT NULL DEFAULT 0,    -- older captures do not make it done
    open          INTEGER NOT NULL DEFAULT 1,    -- kept by triggers: not done
    event_at      INTEGER NOT NULL DEFAULT 0,    -- microseconds; when its subject ended, 0 unknown
    failed_at     INTEGER NOT NULL DEFAULT 0     -- microseconds; of the failure, 0 unknown
);
CREATE INDEX pages_queue ON pages (priority, id) WHERE open = 1 AND skipped = '';
CREATE INDEX pages_waiting ON pages (next_try_at) WHERE open = 1 AND skipped = '';
CREATE INDEX pages_named ON pages (page_type, key);
CREATE INDEX pages_found ON pages (found_on);
CREATE TABLE captures (
    id             INTEGER PRIMARY KEY,
    url            TEXT NOT NULL,
    page_url       TEXT NOT NULL,                -- page it was fetched for: first of the redirects
    page_type      TEXT NOT NULL,
    page_key       TEXT NOT NULL,
    file           TEXT NOT NULL,
    offset         INTEGER NOT NULL,
    length         INTEGER NOT NULL,
    inner          INTEGER NOT NULL DEFAULT 0,
    record_type    TEXT NOT NULL,
    record_id      TEXT NOT NULL,
    refers_to      TEXT NOT NULL,                -- record id of a revisit's original
    fetched_at     INTEGER NOT NULL,             -- microseconds
    status         INTEGER NOT NULL,
    verdict        TEXT NOT NULL,
    payload_digest TEXT NOT NULL,
    truncated      TEXT NOT NULL,
    expanded       INTEGER NOT NULL DEFAULT 0,   -- its links were followed
    UNIQUE (file, offset, inner)
);
CREATE INDEX captures_payload ON captures (url, payload_digest);
CREATE INDEX captures_page ON captures (page_url, verdict, fetched_at);
CREATE INDEX captures_record ON captures (record_id);
CREATE INDEX captures_unexpanded ON captures (id) WHERE verdict = 'content' AND expanded = 0;
CREATE TABLE crawls (
    id            INTEGER PRIMARY KEY,
    options       TEXT NOT NULL,                 -- JSON
    started_at    INTEGER NOT NULL,
    ended_at      INTEGER,
    counts        TEXT NOT NULL DEFAULT '',      -- JSON
    why           TEXT NOT NULL DEFAULT '',      -- why it ended
    walk_complete INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE files (
    name     TEXT PRIMARY KEY,
    size     INTEGER NOT NULL,                   -- bytes that are indexed
    base_url TEXT NOT NULL                       -- as its warcinfo says
);
{_HOSTS}{_TRIGGERS}PRAGMA user_version = {SCHEMA_VERSION};
"""

MIGRATIONS = {
    1: f"""
ALTER TABLE pages ADD COLUMN event_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE pages ADD COLUMN failed_at INTEGER NOT NULL DEFAULT 0;
DROP TRIGGER capture_added;
DROP TRIGGER capture_removed;
{_HOSTS}{_TRIGGERS}PRAGMA user_version = 2;
"""
}
"""What brings a manifest of each older version to the next one."""

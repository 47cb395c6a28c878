"""The tables of a crawl manifest as version 0.1 made them: what a migration begins with."""

from __future__ import annotations

SCHEMA_1 = """
CREATE TABLE pages (
    id            INTEGER PRIMARY KEY,
    url           TEXT NOT NULL UNIQUE,
    page_type     TEXT NOT NULL,
    key           TEXT NOT NULL,
    priority      INTEGER NOT NULL,              -- lower is sooner
    hops          INTEGER NOT NULL,              -- links from a seed
    found_on      TEXT NOT NULL,                 -- URL of the page that links here
    discovered_by TEXT NOT NULL,                 -- selector or seed that led here
    discovered_in INTEGER NOT NULL,              -- crawl; 0 where no crawl did
    attempts      INTEGER NOT NULL DEFAULT 0,
    next_try_at   INTEGER DEFAULT 0,             -- microseconds; NULL once given up
    failure       TEXT NOT NULL DEFAULT '',      -- why the last attempt failed
    skipped       TEXT NOT NULL DEFAULT '',      -- why it is not asked for
    wanted_at     INTEGER NOT NULL DEFAULT 0,    -- older captures do not make it done
    open          INTEGER NOT NULL DEFAULT 1     -- kept by triggers: not done
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
CREATE TRIGGER capture_added AFTER INSERT ON captures WHEN NEW.verdict = 'content' BEGIN
    UPDATE pages SET open = 0, failure = '', next_try_at = 0
    WHERE url IN (NEW.url, NEW.page_url) AND wanted_at <= NEW.fetched_at;
END;
CREATE TRIGGER capture_removed AFTER DELETE ON captures WHEN OLD.verdict = 'content' BEGIN
    UPDATE pages SET open = NOT EXISTS (SELECT 1 FROM captures AS good
          WHERE (good.page_url = pages.url OR good.url = pages.url)
          AND good.verdict = 'content' AND good.fetched_at >= pages.wanted_at) WHERE url IN (OLD.url, OLD.page_url);
END;
PRAGMA user_version = 1;
"""

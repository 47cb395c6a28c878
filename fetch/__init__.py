"""The online phase: network to archive. Nothing here knows what a page means beyond planning.

Where to look:

- the command: `cli`, `cli_source` (what an ordinary source can be asked), `cli_pubg`,
  `cli_options`, `invocation` (from words to a crawl), `options` (checked), `settings`
  (warchouse.toml), `sizes`; `status` and `collection_status`
- a run: `run` (opens and closes everything), `crawl` (the loop), `task_pool`, `interrupt`,
  `acknowledge` (what was archived waits for a second at most),
  `limits` (stop conditions), `disk_space`, `clock`, `log`, `progress`, `report`
- fetch and parse side by side: `watching/`; `launcher` (children that do not outlive us)
- which page is next: `frontier`, `walk`, `seed` (pure), `window`, `listing`, `seeding`
  (pages that the user names), `pubg_seeds` (whom a crawl of PUBG names), `expand`, `choosing`
  (what is wanted), `links`, `refetch` (what is asked for again), `url_list`
  (a fixed list)
- how politely: `robots` and `pace` (pure), `admission` (robots.txt), `throttle` (each host's turn),
  `allowance` (a host's own count of requests; pure), `cooldown` (Retry-After and blocks, from run
  to run), `retry` and `weighing` (what an answer means)
- asking for one page: `visit`, `transport`, `http_client`, `browser` (and `browsing/`), `spool`,
  `answer`, `judge`, `errors`
- secrets: `secrets`, `secret_forms`, `masking`, `masked_exchange`
- a site to crawl: `sources/`; its page types and block recognition: `warc/sites/`
"""

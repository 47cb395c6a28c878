"""Two snapshots compared: what a build would change, before anyone relies on it.

`snapshots.diff_snapshots` compares, `losses` tells cheaply whether a build loses too much, `lines`
and `report` say it to people, `as_json` to programs. Where a row was read from (capture ids, times,
URLs, parser versions) is no difference unless asked for.
"""

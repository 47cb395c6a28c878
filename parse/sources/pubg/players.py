"""Players as the API tells them: whoever was asked for, by name or by account.

Source: spec/pubg.md 1.6. The matches that a reply lists are for `fetch` to follow; a match says
better who was in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from parse.errors import ParseError
from parse.json_page import Fields, JsonPage
from parse.model import Extracted, Issue, Layout
from parse.sources.pubg.shapes import DOCUMENT, Resource
from warehouse.rows.pubg.matches import PubgPlayerRow

VERSION = 1

ACCOUNT = re.compile(r"account\.[0-9a-f]{32}")

_ATTRIBUTES = frozenset(
    {
        *("name", "stats", "titleId", "shardId", "patchVersion", "banType", "clanId"),
        *("createdAt", "updatedAt"),
    }
)


def parse(page: JsonPage) -> Iterator[Extracted]:
    """A row for every player of a reply; those who were asked for and are not in it have none.

    raises  ParseError where the reply is about no players
    """
    issues: list[Issue] = []
    layouts: set[str] = set()
    for one in page.read(DOCUMENT).resources:
        if one.type != "player":
            raise ParseError(f"the reply is of type {one.type!r}, not 'player'", field="page")
        layouts.add("with clan" if "clanId" in one.attributes else "without clan")
        if player := _player(one, issues):
            yield player
    yield from dict.fromkeys(issues)
    yield Layout("+".join(sorted(layouts)) or "empty")


def _player(one: Resource, issues: list[Issue]) -> PubgPlayerRow | None:
    """A player; None with an issue where the reply does not say who it is.

    What came later than 2018 (ban, clan) is missing where it is not told.
    """
    found = one.attributes
    fields = Fields(PubgPlayerRow.table, found, issues)
    fields.unknown(_ATTRIBUTES, "account_id")
    name = fields.text("name", "player_name")
    if not ACCOUNT.fullmatch(one.id):
        issues.append(Issue("unreadable", "pubg_players.account_id", one.id[:40]))
        return None
    if name is None:
        return None
    return PubgPlayerRow(
        account_id=one.id,
        player_name=name,
        shard=fields.text("shardId", "shard"),
        title_id=fields.text("titleId", "title_id"),
        patch_version=fields.text("patchVersion", "patch_version"),
        clan_id=fields.text("clanId", "clan_id") if "clanId" in found else None,
        ban_type=fields.text("banType", "ban_type") if "banType" in found else None,
    )

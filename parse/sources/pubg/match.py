"""A match as the API tells it: the match, its teams, its participants.

Source: spec/pubg.md 1.8. Participants carry no team, the rosters that link to them tell it; and
neither has an id that would be the same in the next reply. A team's placement is the rank of its
roster: a participant's own is that of the moment he left.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from parse.errors import ParseError
from parse.json_page import Fields, JsonPage, moment
from parse.model import Extracted, Issue, Layout
from parse.sources.pubg.maps import MAP_TITLES
from parse.sources.pubg.match_doubts import contradictions
from parse.sources.pubg.shapes import DOCUMENT, Resource
from warehouse.rows.pubg.matches import PubgMatchRow, PubgParticipantRow, PubgRosterRow

VERSION = 1

BOT_PREFIX = "ai."
"""What the account of a bot begins with (spec/pubg.md 2.6)."""

PREFIXES = ("account.", BOT_PREFIX)

MATCH_TYPES = frozenset(
    {
        *("official", "competitive", "custom", "airoyale", "arcade", "event", "seasonal"),
        *("training", "trainingroom", "tutorialatoz"),
    }
)
"""Those seen so far; what kind a career counts a match as depends on it."""

DEATH_TYPES = frozenset({"alive", "byplayer", "byzone", "suicide", "logout"})

_ATTRIBUTES = frozenset(
    {
        *("createdAt", "duration", "gameMode", "mapName", "matchType", "isCustomMatch"),
        *("seasonState", "shardId", "titleId", "stats", "tags", "patchVersion"),
    }
)
_STATS = frozenset(
    {
        *("DBNOs", "assists", "boosts", "damageDealt", "deathType", "headshotKills", "heals"),
        *("killPlace", "killStreaks", "kills", "longestKill", "name", "playerId", "revives"),
        *("rideDistance", "roadKills", "swimDistance", "teamKills", "timeSurvived"),
        *("vehicleDestroys", "walkDistance", "weaponsAcquired", "winPlace"),
    }
)
_OLD_STATS = frozenset(
    {
        *("killPoints", "killPointsDelta", "lastKillPoints", "lastWinPoints", "mostDamage"),
        *("rankPoints", "winPoints", "winPointsDelta"),
    }
)
"""Figures of 2018 that no match has any more."""


def parse(page: JsonPage) -> Iterator[Extracted]:
    """The rows of every match of a reply; nearly all replies are of one.

    raises  ParseError where the reply is no match, or does not say when it began
    """
    document = page.read(DOCUMENT)
    included: dict[str, dict[str, Resource]] = {}
    for one in document.included:
        included.setdefault(one.type, {})[one.id] = one
    layouts: set[str] = set()
    for match in document.resources:
        if match.type != "match":
            raise ParseError(f"the reply is of type {match.type!r}, not 'match'", field="page")
        yield from _match(match, included, layouts)
    yield Layout("+".join(sorted(layouts)) or "empty")


def is_bot(account_id: str) -> bool:
    """Whether an account is one of a bot."""
    return account_id.startswith(BOT_PREFIX)


def _match(
    match: Resource, included: dict[str, dict[str, Resource]], layouts: set[str]
) -> Iterator[Extracted]:
    """The rows of one match."""
    issues: list[Issue] = []
    teams: list[PubgRosterRow] = []
    players: list[PubgParticipantRow] = []
    for roster in _linked(match, "rosters", included, "pubg_rosters.team_id", issues):
        members = _linked(roster, "participants", included, "pubg_participants.team_id", issues)
        team = _roster(match.id, roster, len(members), issues)
        if team is None:
            continue
        teams.append(team)
        for member in members:
            stats = member.attributes.get("stats") or {}
            layouts.add("old" if _OLD_STATS.intersection(stats) else "new")
            if player := _participant(team, stats, issues):
                players.append(player)
    row = _match_row(match, teams, players, included, issues)
    issues += contradictions(row, teams, players)
    issues += _lost(match, teams, players, included)
    yield row
    yield from teams
    yield from players
    yield from dict.fromkeys(issues)  # a change of the API shows in every participant: once will do


def _lost(
    match: Resource,
    teams: list[PubgRosterRow],
    players: list[PubgParticipantRow],
    included: dict[str, dict[str, Resource]],
) -> Iterator[Issue]:
    """What is linked to and could not be read is missing in what the match, and teams, count."""
    refs = match.linked("rosters")
    rosters = [one for ref in refs if (one := included.get(ref.type, {}).get(ref.id))]
    members = sum(len(one.linked("participants")) for one in rosters)
    if len(teams) == len(refs) and len(players) == members:
        return
    found = f"{len(teams)} of {len(refs)} teams, {len(players)} of {members}"
    for field in ("matches.player_count", "rosters.player_count", "participants.account_id"):
        yield Issue("missing", f"pubg_{field}", found)


def _linked(
    one: Resource,
    name: str,
    included: dict[str, dict[str, Resource]],
    field: str,
    issues: list[Issue],
) -> list[Resource]:
    """What an object links to; an issue says what of it the reply does not include."""
    refs = one.linked(name)
    found = [other for ref in refs if (other := included.get(ref.type, {}).get(ref.id)) is not None]
    if not refs or len(found) < len(refs):
        issues.append(Issue("missing", field, f"{len(refs) - len(found)} of {len(refs)} {name}"))
    return found


def _match_row(
    match: Resource,
    teams: list[PubgRosterRow],
    players: list[PubgParticipantRow],
    included: dict[str, dict[str, Resource]],
    issues: list[Issue],
) -> PubgMatchRow:
    found = match.attributes
    fields = Fields(PubgMatchRow.table, found, issues)
    fields.unknown(_ATTRIBUTES, "match_id")
    started_at = moment(fields.text("createdAt", "started_at"))
    if started_at is None:
        raise ParseError("the match does not say when it began", field="pubg_matches.started_at")
    map_name = fields.text("mapName", "map_name")
    title = MAP_TITLES.get(map_name) if map_name else None
    if map_name and title is None:
        issues.append(Issue("unexpected", "pubg_matches.map_title", map_name))
    asset = next(
        iter(_linked(match, "assets", included, "pubg_matches.telemetry_url", issues)), None
    )
    match_type = fields.text("matchType", "match_type") if "matchType" in found else None
    if match_type is not None and match_type not in MATCH_TYPES:
        issues.append(Issue("unexpected", "pubg_matches.match_type", match_type[:40]))
    return PubgMatchRow(
        match_id=match.id,
        shard=fields.text("shardId", "shard"),
        started_at=started_at,
        duration_s=fields.count("duration", "duration_s"),
        match_type=match_type,
        game_mode=fields.text("gameMode", "game_mode"),
        map_name=map_name,
        map_title=title,
        is_custom=fields.flag("isCustomMatch", "is_custom") if "isCustomMatch" in found else None,
        season_state=fields.text("seasonState", "season_state") if "seasonState" in found else None,
        team_count=len(teams),
        player_count=len(players),
        bot_count=sum(player.is_bot for player in players),
        telemetry_url=_url(asset, issues) if asset else None,
        telemetry_created_at=moment(asset.attributes.get("createdAt")) if asset else None,
    )


def _url(asset: Resource, issues: list[Issue]) -> str | None:
    """Where the telemetry is; None with an issue if that is no URL."""
    url = asset.attributes.get("URL")
    if isinstance(url, str) and url.startswith(("https://", "http://")):
        return url
    issues.append(Issue("unreadable", "pubg_matches.telemetry_url", repr(url)[:40]))
    return None


def _roster(
    match_id: str, roster: Resource, player_count: int, issues: list[Issue]
) -> PubgRosterRow | None:
    """A team; None with an issue where the reply does not say which, or of what rank."""
    stats = Fields(PubgRosterRow.table, roster.attributes.get("stats") or {}, issues)
    stats.unknown(frozenset({"rank", "teamId"}), "team_id")
    team_id, rank = stats.count("teamId", "team_id"), stats.count("rank", "rank")
    if team_id is None or rank is None:
        return None
    won = roster.attributes.get("won")
    if won not in {"true", "false"}:
        issues.append(Issue("unexpected", "pubg_rosters.won_says", repr(won)[:40]))
    return PubgRosterRow(
        match_id=match_id,
        team_id=team_id,
        rank=rank,
        is_winner=rank == 1,
        won_says=None if won not in {"true", "false"} else won == "true",
        player_count=player_count,
    )


def _participant(
    team: PubgRosterRow, found: dict[str, Any], issues: list[Issue]
) -> PubgParticipantRow | None:
    """A participant; None with an issue where the reply does not say who it is."""
    fields = Fields(PubgParticipantRow.table, found, issues)
    fields.unknown(_STATS | _OLD_STATS, "account_id")
    account_id, name = fields.text("playerId", "account_id"), fields.text("name", "player_name")
    if account_id is None or name is None:
        empty = "account_id" if account_id is None else "player_name"
        issues.append(Issue("missing", f"pubg_participants.{empty}"))
        return None
    if not account_id.startswith(PREFIXES):
        prefix = account_id.rpartition(".")[0]
        issues.append(
            Issue("unreadable", "pubg_participants.account_id", f"prefix {prefix!r}"[:40])
        )
        return None
    death_type = fields.text("deathType", "death_type")
    if death_type is not None and death_type not in DEATH_TYPES:
        issues.append(Issue("unexpected", "pubg_participants.death_type", death_type[:40]))
    return PubgParticipantRow(
        match_id=team.match_id,
        account_id=account_id,
        player_name=name,
        team_id=team.team_id,
        team_rank=team.rank,
        is_bot=is_bot(account_id),
        win_place=fields.count("winPlace", "win_place"),
        kill_place=fields.count("killPlace", "kill_place"),
        kills=fields.count("kills", "kills"),
        headshot_kills=fields.count("headshotKills", "headshot_kills"),
        assists=fields.count("assists", "assists"),
        knocks=fields.count("DBNOs", "knocks"),
        revives=fields.count("revives", "revives"),
        team_kills=fields.count("teamKills", "team_kills"),
        road_kills=fields.count("roadKills", "road_kills"),
        kill_streaks=fields.count("killStreaks", "kill_streaks"),
        damage_dealt=fields.number("damageDealt", "damage_dealt"),
        longest_kill=fields.number("longestKill", "longest_kill"),
        death_type=death_type,
        time_survived_s=fields.number("timeSurvived", "time_survived_s"),
        heals=fields.count("heals", "heals"),
        boosts=fields.count("boosts", "boosts"),
        weapons_acquired=fields.count("weaponsAcquired", "weapons_acquired"),
        vehicle_destroys=fields.count("vehicleDestroys", "vehicle_destroys"),
        walk_distance=fields.number("walkDistance", "walk_distance"),
        ride_distance=fields.number("rideDistance", "ride_distance"),
        swim_distance=fields.number("swimDistance", "swim_distance")
        if "swimDistance" in found or not _OLD_STATS.intersection(found)
        else None,
    )

"""Cases of PUBG: replies and telemetry of made-up matches, cut down to what two teams did.

`python -m tests.corpus.chosen_pubg FOLDER` makes those that are not there yet.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from parse.corpus import capture_of, write_case
from parse.registered import REGISTRY
from tests.parse.bench import record
from tests.replica.pubg.documents import (
    API,
    CDN,
    Profile,
    match_document,
    players_document,
    telemetry_path,
    tournament_document,
    tournaments_document,
)
from tests.replica.pubg.match import FLAGS, Match, make_match
from warc.reader import read_records
from warc.record import Record

MEMBERS = 4
"""Of each of the two teams that are left in a file."""

EVERY = {"LogPlayerPosition": 6, "LogPlayerTakeDamage": 4, "LogHeal": 6}
"""Of a player's many events of these types, one in so many is left."""

Json = dict[str, Any]
Edit = Callable[[Any], Any]
"""From a reply, or from the events of a file, to what takes their place."""


def same(content: Any) -> Any:
    """As the replica has it."""
    return content


@dataclass(frozen=True, slots=True)
class Case:
    """A reply or file worth keeping: page type, the case's name, why, and what match it is of."""

    page_type: str
    name: str
    why: str
    kind: str = "squad"
    era: str = "modern"
    edit: Edit = same
    flags: frozenset[str] = FLAGS - {"nobody_won"}

    def match(self) -> Match:
        """The match it is of."""
        return make_match("corpus", self.kind, size=0.01, era=self.era, flags=self.flags)


def attributes(**said: object) -> Edit:
    """A match that says something else of itself."""

    def edit(reply: Json) -> Json:
        reply["data"]["attributes"].update(said)
        return reply

    return edit


def figures(edit: Callable[[Json], None]) -> Edit:
    """A reply whose participants' figures are otherwise."""

    def edit_all(reply: Json) -> Json:
        for one in reply["included"]:
            if one["type"] == "participant":
                edit(one["attributes"]["stats"])
        return reply

    return edit_all


def odd(stats: Json) -> None:
    """A figure as text, one missing, one that is new, a death nobody knew."""
    stats["kills"] = str(stats["kills"])
    del stats["heals"]
    stats |= {"stealthKills": 1, "deathType": "bystorm"}


def without(kind: str) -> Edit:
    """A reply that includes nothing of a type."""

    def edit(reply: Json) -> Json:
        reply["included"] = [one for one in reply["included"] if one["type"] != kind]
        return reply

    return edit


def no_teams(reply: Json) -> Json:
    """A reply that links to no team."""
    reply["data"]["relationships"]["rosters"]["data"] = []
    return reply


def with_a_season(reply: Json) -> Json:
    """A list of a match and something else."""
    reply["data"] = [reply["data"], {"type": "season", "id": "division.bro.official.2018-04"}]
    return reply


def listed(reply: Json) -> Json:
    """A list of two matches, as the API gave in 2018."""
    other = match_document(make_match("listed", "duo", size=0.01, era="2018"))
    data, included = [reply["data"], other["data"]], [*reply["included"], *other["included"]]
    return {"data": data, "included": included, "links": {}, "meta": {}}


def one_broken(events: list[Json]) -> list[Json]:
    """A blow whose points of health are text, and a knock without a time."""
    next(one for one in events if one["_T"] == "LogPlayerTakeDamage")["damage"] = "9.5"
    next(one for one in events if one["_T"] == "LogPlayerMakeGroggy")["_D"] = "yesterday"
    return events


def nameless(events: list[Json]) -> list[Json]:
    """A file that does not say of which match it is."""
    return [one for one in events if one["_T"] != "LogMatchDefinition"]


CASES = (
    Case("match", "new", "teams, bots, a leaver, two teams of one rank"),
    Case("match", "old", "before 2019: no match type, figures that are gone since", era="2018"),
    Case("match", "custom", "a league match of which nobody is said to have won", "scrim", flags=FLAGS),
    Case("match", "solo", "teams of one", "solo"),
    Case("match", "unknown_map", "a map without a title", "tdm", edit=attributes(mapName="Moon_Main", weather="rain")),
    Case("match", "no_telemetry", "the file is linked to and not included", "tdm", edit=without("asset")),
    Case("match", "no_teams", "no rosters, so nobody is known", "tdm", edit=no_teams),
    Case("match", "odd_figures", "a figure as text, one missing, a new one, an unknown death", "tdm", edit=figures(odd)),
    Case("matches", "listed", "a list of two matches, of old", "scrim", "2018", edit=listed),
    Case("matches", "season", "a list with something else in it cannot be parsed", "tdm", edit=with_a_season),
    Case("telemetry", "kill_v2", "today's events: comebacks, creatures, bots"),
    Case("telemetry", "solo", "nobody is knocked down where nobody can pick up", "solo"),
    Case("telemetry", "deathmatch", "no circle, no landing, and the dead come back", "tdm"),
    Case("telemetry", "kill", "kill events of old: the killer alone", "scrim", "v1"),
    Case("telemetry", "kill_2018", "keys as in 2018; no knocks, no landings", era="2018"),
    Case("telemetry", "broken_event", "two events that cannot be read, among good ones", "duo", edit=one_broken),
    Case("telemetry", "nameless", "a file that names no match cannot be parsed", "solo", edit=nameless),
)  # fmt: skip


def accounts_of(event: Any) -> Iterator[str]:
    """Everybody whom an event names, wherever it does."""
    if isinstance(event, dict):
        if isinstance(who := event.get("accountId"), str) and who:
            yield who
        event = list(event.values())
    if isinstance(event, list):
        for part in event:
            yield from accounts_of(part)


def busiest(match: Match) -> set[str]:
    """The accounts of the teams that met most often, four of each at most."""
    met = [(one.killer, one.victim) for one in match.truth.kills]
    met += [(one.attacker, one.victim) for one in match.truth.knocks]
    pairs = Counter(
        tuple(sorted((by.team_id, victim.team_id)))
        for by, victim in met
        if by is not None and by.team_id != victim.team_id
    )
    teams = set(pairs.most_common(1)[0][0])
    rosters = [one.accounts for one in match.truth.rosters if one.team_id in teams]
    return {account for accounts in rosters for account in accounts[:MEMBERS]}


def cut(match: Match) -> list[Json]:
    """The events about a match's busiest teams, also with bots and creatures, and about nobody."""
    mine, seen = busiest(match), Counter[tuple[str, ...]]()
    kept = []
    for event in json.loads(match.telemetry):
        who = set(accounts_of(event))
        played = {one for one in who if one.startswith(("ai.", "npc."))}
        if not who <= mine | played or (who and who == played):
            continue
        kind = event["_T"]
        seen[kind, *sorted(who)] += 1
        if (seen[kind, *sorted(who)] - 1) % EVERY.get(kind, 1) == 0:
            kept.append(event)
    return kept


def page_of(case: Case) -> tuple[str, bytes]:
    """URL and body of a case's page."""
    match = case.match()
    if case.page_type == "telemetry":
        url, content = CDN + telemetry_path(match), case.edit(cut(match))
    else:
        path = f"/shards/{match.row.shard}/matches"
        url = API + (path if case.page_type == "matches" else f"{path}/{match.row.match_id}")
        content = case.edit(match_document(match))
    return url, json.dumps(content, separators=(",", ":")).encode()


def lists() -> Iterator[tuple[tuple[str, str, str], Json]]:
    """Replies about players and tournaments: page type, name, and why; and the reply."""
    matches = [make_match(f"list {number}", "tdm", size=0.01) for number in (1, 2)]
    ids = tuple(one.row.match_id for one in matches)
    players = [
        Profile(f"account.{number:032x}", f"player{number}", "steam", ids) for number in (1, 2)
    ]
    two = "/shards/steam/players?filter%5BplayerNames%5D=player1,player2"
    one = f"/shards/steam/players/{players[0].account}"
    yield ("players", "two", "two players by name"), players_document(players, two)
    odd = players_document(players, two)
    odd["data"][0]["attributes"] |= {"name": None, "guildId": "7"}
    odd["data"][1]["id"] = "7"
    yield ("players", "odd", "a name that is null, a new field, an account of another form"), odd
    old = players_document(players[1:], two)
    del old["data"][0]["attributes"]["clanId"], old["data"][0]["attributes"]["banType"]
    yield ("players", "old", "before there were clans and bans"), old
    yield ("player", "one", "a player by account"), players_document(players[:1], one, single=True)
    listed = [("eu-pecs26", "2026-05-01T10:00:00Z"), ("as-pgs26", "2026-04-01T10:00:00Z")]
    yield ("tournaments", "two", "two tournaments"), tournaments_document(listed)
    about = "tournament", "one", "matches in another order"
    yield about, tournament_document(listed[0][0], matches)


def make(case: Case, second: int, folder: Path) -> None:
    """Write a case."""
    keep(*page_of(case), second, folder, (case.page_type, case.name, case.why))


def keep(url: str, body: bytes, second: int, folder: Path, named: tuple[str, str, str]) -> None:
    """Write a page as a case; named are its page type, the case's name, and why it is one."""
    page_type, name, why = named
    scratch = folder / "scratch.warc.gz"
    scratch.write_bytes(record(url, body, second=second))
    (found,) = [one for one in read_records(scratch) if isinstance(one, Record)]
    scratch.unlink()
    into = folder / "pubg" / page_type / name
    write_case(into, capture_of(found, {}, REGISTRY), REGISTRY, why=why)


def missing(folder: Path) -> Iterable[tuple[int, Case]]:
    """The cases that are not there yet, each with its second."""
    return [
        (second, case)
        for second, case in enumerate(CASES, 120)
        if not (folder / "pubg" / case.page_type / case.name).exists()
    ]


def main(folder: Path) -> None:
    """Make the cases that are not there yet."""
    folder.mkdir(parents=True, exist_ok=True)
    for second, case in missing(folder):
        make(case, second, folder)
    for second, (named, reply) in enumerate(lists(), 100):
        if not (folder / "pubg" / named[0] / named[1]).exists():
            keep(reply["links"]["self"], json.dumps(reply).encode(), second, folder, named)


if __name__ == "__main__":
    main(Path(sys.argv[1]))

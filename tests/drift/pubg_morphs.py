"""What the API may do to its replies and files: changes of JSON, each a function of one body.

Each says what the tables must hold of the changed pages, by its worst: `right`, `null` or `word`, as
in `tests/drift/morphs.py`.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any, Literal

Json = dict[str, Any]
Ends = Literal["right", "null", "word"]

DENIED = (
    b'<?xml version="1.0" encoding="UTF-8"?>\n'
    b"<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>"
)
INFOS = ("finishDamageInfo", "killerDamageInfo", "dBNODamageInfo")


EXCHANGED = {"byplayer": "suicide", "suicide": "byplayer"}


@dataclass(frozen=True, slots=True)
class Morph:
    """A change of one page type; `status` is what the server answers with."""

    name: str
    page_type: str
    ends: Ends
    apply: Callable[[bytes], bytes]
    status: int = 200

    def __str__(self) -> str:
        """Page type and change."""
        return f"{self.page_type}: {self.name}"


def edited(edit: Callable[[Any], Any]) -> Callable[[bytes], bytes]:
    """A change of what a body says; the edit changes it in place, or gives what takes its place."""

    def apply(body: bytes) -> bytes:
        said = json.loads(body)
        put = edit(said)
        return json.dumps(said if put is None else put, separators=(",", ":")).encode()

    return apply


def replaced(old: str, new: str) -> Callable[[bytes], bytes]:
    """A word takes another's place wherever it stands."""
    return lambda body: body.replace(old.encode(), new.encode())


def renamed(old: str, new: str) -> Callable[[bytes], bytes]:
    """A key, wherever it stands."""
    return replaced(f'"{old}":', f'"{new}":')


def value(old: str, new: str) -> Callable[[bytes], bytes]:
    """A text, wherever it stands as one."""
    return replaced(f'"{old}"', f'"{new}"')


# ---- replies about a match


def of_type(reply: Json, kind: str) -> Iterator[Json]:
    """What a reply includes of a type."""
    return (one for one in reply["included"] if one["type"] == kind)


def each(kind: str, edit: Callable[[Json], None]) -> Callable[[bytes], bytes]:
    """A change of everything that is included of a type."""

    def edit_all(reply: Json) -> None:
        for one in of_type(reply, kind):
            edit(one)

    return edited(edit_all)


def figures(edit: Callable[[Json], None]) -> Callable[[bytes], bytes]:
    """A change of every participant's figures."""
    return each("participant", lambda one: edit(one["attributes"]["stats"]))


def figure(name: str, write: Callable[[Any], Any]) -> Callable[[bytes], bytes]:
    """A change of one figure of every participant."""
    return figures(lambda stats: stats.update({name: write(stats[name])}))


def attribute(name: str, write: Callable[[Any], Any]) -> Callable[[bytes], bytes]:
    """A change of one of the match's own fields."""

    def edit(reply: Json) -> None:
        found = reply["data"]["attributes"]
        found[name] = write(found[name])

    return edited(edit)


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def epoch(text: str) -> int:
    return round(moment(text).timestamp())


def without_zone(text: str) -> str:
    return text.removesuffix("Z")


def in_oslo(text: str) -> str:
    return moment(text).astimezone(timezone(timedelta(hours=2))).isoformat()


def _exchanged(one: str, other: str) -> Callable[[Json], None]:
    def edit(found: Json) -> None:
        found[one], found[other] = found[other], found[one]

    return edit


def _nested(one: Json) -> None:
    one["attributes"]["stats"] = {"values": one["attributes"]["stats"]}


def _rank(write: Callable[[int], Any]) -> Callable[[Json], None]:
    def edit(one: Json) -> None:
        stats = one["attributes"]["stats"]
        stats["rank"] = write(stats["rank"])

    return edit


def _team_as_text(one: Json) -> None:
    stats = one["attributes"]["stats"]
    stats["teamId"] = str(stats["teamId"])


def _team_hidden(one: Json) -> None:
    one["attributes"]["stats"]["teamId"] = 0


def _members_wrapped(one: Json) -> None:
    members = one["relationships"]["participants"]
    members["data"] = {"items": members["data"]}


def _bare_ids(reply: Json) -> None:
    rosters = reply["data"]["relationships"]["rosters"]
    rosters["data"] = [one["id"] for one in rosters["data"]]


def _not_included(reply: Json) -> None:
    del reply["included"]


def _half_included(reply: Json) -> None:
    people = [one["id"] for one in of_type(reply, "participant")]
    gone = set(people[::2])
    reply["included"] = [one for one in reply["included"] if one["id"] not in gone]


def _no_assets(reply: Json) -> None:
    reply["data"]["relationships"]["assets"]["data"] = []
    reply["included"] = [one for one in reply["included"] if one["type"] != "asset"]


def _relative(one: Json) -> None:
    one["attributes"]["URL"] = "/" + one["attributes"]["URL"].split("/", 3)[3]


def _prefix_lost(account: str) -> str:
    return account.rpartition(".")[2]


def _of_match() -> Iterator[Morph]:
    def match(name: str, ends: Ends, apply: Callable[[bytes], bytes], **more: Any) -> Morph:
        return Morph(name, "match", ends, apply, **more)

    yield match("figure renamed (kills)", "null", renamed("kills", "killCount"))
    yield match("figures one level deeper", "word", each("participant", _nested))
    yield match("figure as text (damage)", "null", figure("damageDealt", str))
    yield match("figure null (heals)", "null", figure("heals", lambda _: None))
    yield match("figure with a fraction (kills)", "null", figure("kills", lambda one: one + 0.5))
    yield match("figure as a list (kills)", "null", figure("kills", lambda one: [one]))
    yield match("figure added", "right", figures(lambda stats: stats.update(stealthKills=1)))
    yield match(
        "two figures exchanged (kills, assists)", "word", figures(_exchanged("kills", "assists"))
    )
    yield match(
        "two figures exchanged (heals, boosts)", "word", figures(_exchanged("heals", "boosts"))
    )
    yield match(
        "two figures exchanged (walked, ridden)",
        "word",
        figures(_exchanged("walkDistance", "rideDistance")),
    )
    yield match("damage in percent of a life", "word", figure("damageDealt", lambda one: one / 100))
    yield match(
        "time survived in milliseconds", "word", figure("timeSurvived", lambda one: one * 1000)
    )
    yield match(
        "distances in kilometres",
        "word",
        figures(
            lambda stats: stats.update(
                {name: stats[name] / 1000 for name in ("walkDistance", "rideDistance")}
            )
        ),
    )
    yield match("longest kill in centimetres", "word", figure("longestKill", lambda one: one * 100))
    yield match(
        "two words exchanged (killed, suicide)",
        "word",
        figure("deathType", lambda one: EXCHANGED.get(one, one)),
    )
    yield match("new death type", "word", value("byplayer", "byenemy"))
    yield match("names emptied", "word", figure("name", lambda _: ""))
    yield match("accounts lost their prefix", "word", figure("playerId", _prefix_lost))
    yield match("bots are named otherwise", "word", replaced('"ai.', '"bot.'))
    yield match(
        "won as true and false",
        "null",
        each(
            "roster", lambda one: one["attributes"].update(won=one["attributes"]["won"] == "true")
        ),
    )
    yield match("ranks from 0", "word", each("roster", _rank(lambda one: one - 1)))
    yield match(
        "ranks from the last to the first", "word", each("roster", _rank(lambda one: 100 - one))
    )
    yield match("team as text", "word", each("roster", _team_as_text))
    yield match("teams hidden (0)", "word", each("roster", _team_hidden))
    yield match("members wrapped in an object", "null", each("roster", _members_wrapped))
    yield match("teams linked to by bare ids", "null", edited(_bare_ids))
    yield match("nothing is included", "word", edited(_not_included))
    yield match("half of the participants are not included", "word", edited(_half_included))
    yield match(
        "participants are of another type",
        "word",
        each("participant", lambda one: one.update(type="player")),
    )
    yield match("start as a number", "null", attribute("createdAt", epoch))
    yield match("start without its zone", "null", attribute("createdAt", without_zone))
    yield match("start in another zone", "right", attribute("createdAt", in_oslo))
    yield match("duration in milliseconds", "null", attribute("duration", lambda one: one * 1000))
    yield match("duration in minutes", "word", attribute("duration", lambda one: one // 60))
    yield match("map by its title", "word", value("Desert_Main", "Miramar"))
    yield match(
        "type of the match renamed", "word", attribute("matchType", lambda one: f"{one}_v2")
    )
    yield match("key of the type renamed", "null", renamed("matchType", "type_of_match"))
    yield match("key of the mode renamed", "null", renamed("gameMode", "mode"))
    yield match("attributes renamed", "null", renamed("attributes", "fields"))
    yield match(
        "fields in another order, blanks between",
        "right",
        lambda body: json.dumps(json.loads(body), indent=2, sort_keys=True).encode(),
    )
    yield match("telemetry not linked to", "null", edited(_no_assets))
    yield match("URL of the telemetry without its host", "null", each("asset", _relative))
    yield match("key of the telemetry's URL renamed", "null", renamed("URL", "url"))
    yield match("reply in a list", "null", edited(lambda reply: [reply]))
    yield match("reply in an envelope", "null", edited(lambda reply: {"result": reply}))
    yield match(
        "an error said with status 200",
        "null",
        edited(lambda _: {"errors": [{"title": "Not Found", "detail": "match"}]}),
    )
    yield match("compressed twice", "null", lambda body: gzip.compress(body, mtime=0))


# ---- telemetry


def events(kind: str, edit: Callable[[Json], None]) -> Callable[[bytes], bytes]:
    """A change of every event of the types that begin so."""

    def edit_all(listed: list[Json]) -> None:
        for one in listed:
            if one["_T"].startswith(kind):
                edit(one)

    return edited(edit_all)


def field(kind: str, name: str, write: Callable[[Any], Any]) -> Callable[[bytes], bytes]:
    """A change of one field of every event of a type."""

    def edit(one: Json) -> None:
        if name in one:
            one[name] = write(one[name])

    return events(kind, edit)


def key(kind: str, old: str, new: str) -> Callable[[bytes], bytes]:
    """A key of every event of a type renamed."""

    def edit(one: Json) -> None:
        if old in one:
            one[new] = one.pop(old)

    return events(kind, edit)


def places(write: Callable[[Json], Any]) -> Callable[[bytes], bytes]:
    """A change of every place where somebody stands."""

    def edit(said: Any) -> None:
        if isinstance(said, dict):
            if isinstance(said.get("location"), dict):
                said["location"] = write(said["location"])
            said = list(said.values())
        if isinstance(said, list):
            for part in said:
                edit(part)

    return edited(edit)


def _metres(one: Json) -> None:
    for hurt in (one, *(one.get(name) or {} for name in INFOS)):
        if hurt.get("distance", -1) > 0:
            hurt["distance"] /= 100


def _in_character(name: str) -> Callable[[Json], None]:
    def edit(one: Json) -> None:
        if one.get(name):
            one[name] = {"character": one[name]}

    return edit


def _killer_exchanged(one: Json) -> None:
    if "killer" in one:
        one["killer"], one["victim"] = one["victim"], one["killer"] or one["victim"]


def _circles_exchanged(one: Json) -> None:
    state = one["gameState"]
    for what in ("Position", "Radius"):
        blue, white = f"safetyZone{what}", f"poisonGasWarning{what}"
        state[blue], state[white] = state[white], state[blue]


def _of_another_match(listed: list[Json]) -> None:
    listed[0]["MatchId"] = listed[0]["MatchId"][:-2] + "00"


def _last_third_gone(listed: list[Json]) -> list[Json]:
    return listed[: len(listed) * 2 // 3]


def _of_telemetry() -> Iterator[Morph]:
    def file(name: str, ends: Ends, apply: Callable[[bytes], bytes], **more: Any) -> Morph:
        return Morph(name, "telemetry", ends, apply, **more)

    for old, new, ends in (
        ("LogPlayerTakeDamage", "LogPlayerDamage", "word"),
        ("LogPlayerPosition", "LogPosition", "word"),
        ("LogGameStatePeriodic", "LogGameState", "word"),
        ("LogParachuteLanding", "LogLanding", "null"),
        ("LogPlayerMakeGroggy", "LogPlayerKnock", "word"),
        ("LogPlayerRevive", "LogPlayerPickUp", "word"),
        ("LogPlayerAttack", "LogPlayerFire", "word"),
        ("LogItemUse", "LogItemConsume", "word"),
    ):
        yield file(f"type of event renamed ({old})", ends, value(old, new))  # type: ignore[arg-type]
    yield file(
        "type of event renamed (deaths)",
        "word",
        lambda body: value("LogPlayerKillV2", "LogPlayerKillV3")(
            value("LogPlayerKill", "LogPlayerKillV3")(body)
        ),
    )
    yield file(
        "type of event unknown so far",
        "right",
        edited(
            lambda listed: listed.insert(5, {"_T": "LogNew", "_D": listed[1]["_D"], "what": [1]})
        ),
    )
    yield file("field added", "right", events("Log", lambda one: one.update(added={"a": [None]})))
    yield file(
        "fields in another order, blanks between",
        "right",
        lambda body: json.dumps(json.loads(body), indent=1, sort_keys=True).encode(),
    )
    for kind, old, new in (
        ("LogPlayerTakeDamage", "damage", "amount"),
        ("LogPlayerTakeDamage", "victim", "target"),
        ("LogPlayerTakeDamage", "attacker", "by"),
        ("LogPlayerTakeDamage", "damageTypeCategory", "damageType"),
        ("LogPlayerTakeDamage", "damageCauserName", "damageCauser"),
        ("LogPlayerKill", "victim", "target"),
        ("LogPlayerKill", "killer", "by"),
        ("LogPlayerPosition", "character", "player"),
        ("LogPlayerPosition", "elapsedTime", "time"),
        ("LogItemUse", "item", "thing"),
        ("LogPlayerAttack", "weapon", "with"),
        ("LogParachuteLanding", "character", "player"),
        ("Log", "common", "shared"),
    ):
        yield file(f"key renamed ({kind}: {old})", "null", key(kind, old, new))
    for kind, old, new in (  # a file of 2018 has none of them, so such a file is read
        ("LogPlayerMakeGroggy", "dBNOId", "knockId"),
        ("LogPlayerMakeGroggy", "distance", "range"),
        ("LogPlayerRevive", "dBNOId", "knockId"),
    ):
        yield file(f"key renamed ({kind}: {old})", "word", key(kind, old, new))
    yield file("key renamed (account)", "null", renamed("accountId", "accountID"))
    yield file("key renamed (place)", "null", renamed("location", "position"))
    yield file("key renamed (team)", "null", renamed("teamId", "team"))
    yield file("key renamed (phase)", "null", renamed("isGame", "phase"))
    yield file(
        "key renamed (radius of the blue circle)", "word", renamed("safetyZoneRadius", "blueRadius")
    )
    yield file("key renamed (match)", "null", renamed("MatchId", "matchId"))
    yield file("key renamed (time)", "null", renamed("_D", "_At"))
    yield file("key renamed (type)", "null", renamed("_T", "type"))
    yield file("places as lists", "null", places(lambda one: [one["x"], one["y"], one["z"]]))
    yield file(
        "places in metres", "word", places(lambda one: {axis: at / 100 for axis, at in one.items()})
    )
    yield file("distances in metres", "word", events("Log", _metres))
    yield file("damage as text", "null", field("LogPlayerTakeDamage", "damage", str))
    yield file("damage null", "null", field("LogPlayerTakeDamage", "damage", lambda _: None))
    yield file(
        "damage as a share of a life",
        "word",
        field("LogPlayerTakeDamage", "damage", lambda one: one / 100),
    )
    yield file(
        "finisher one level deeper", "null", events("LogPlayerKill", _in_character("finisher"))
    )
    yield file("victim one level deeper", "null", events("LogPlayerKill", _in_character("victim")))
    yield file("killer and victim exchanged", "word", events("LogPlayerKill", _killer_exchanged))
    yield file(
        "phase as text",
        "null",
        field("Log", "common", lambda one: {"isGame": str(one.get("isGame"))}),
    )
    yield file("times as numbers", "null", field("Log", "_D", epoch))
    yield file("times without their zone", "word", field("Log", "_D", without_zone))
    yield file("times in another zone", "right", field("Log", "_D", in_oslo))
    yield file(
        "seconds of positions in milliseconds",
        "word",
        field("LogPlayerPosition", "elapsedTime", lambda one: one * 1000),
    )
    yield file("circles exchanged", "word", events("LogGameStatePeriodic", _circles_exchanged))
    yield file("accounts lost their prefix", "word", replaced('"account.', '"'))
    yield file("bots are named otherwise", "word", replaced('"ai.', '"bot.'))
    yield file("nobody has a team (0)", "word", replaced('"teamId":', '"teamId":0,"team":'))
    yield file("category of the zone renamed", "word", value("Damage_BlueZone", "Damage_Circle"))
    yield file("part that is hit renamed (head)", "word", value("HeadShot", "Head"))
    yield file("weapons renamed", "word", replaced('"WeapAK47_C"', '"AK47"'))
    yield file("heals renamed", "word", replaced('"Item_Heal_', '"Item_Healing_'))
    yield file("category of throwables renamed", "word", value("Throwable", "Thrown"))
    yield file("knocks without an id", "word", field("LogPlayer", "dBNOId", lambda _: -1))
    yield file(
        "every event stands twice",
        "word",
        edited(lambda listed: [one for one in listed for _ in range(2)]),
    )
    yield file("last third of the events gone", "word", edited(_last_third_gone))
    yield file("of another match", "null", edited(_of_another_match))
    yield file("events in an envelope", "null", edited(lambda listed: {"events": listed}))
    yield file("events in lists of lists", "null", edited(lambda listed: [listed]))
    yield file(
        "an event a line",
        "null",
        lambda body: b"\n".join(json.dumps(one).encode() for one in json.loads(body)),
    )
    yield file("compressed twice", "null", lambda body: gzip.compress(body, 1, mtime=0))
    yield file("cut", "null", lambda body: body[: len(body) // 2])
    yield file("not there any more", "null", lambda _: DENIED, status=403)


MORPHS = (*_of_match(), *_of_telemetry())
"""Every change; those that add nothing or say the same in another way must end right."""

"""The events of a telemetry file, as far as tables are made of them.

Theory of operation. A file is one JSON array of up to 60,000 events of some 50 types. It is decoded
in one go into one shape that has the fields of all types that are read; what is not declared is
skipped without becoming an object. A type that is not known is no error. A file in which any event
has a field of another kind is decoded event by event, and only those that do not fit are left out,
each with an issue. What must be there is told by `contract`; a file that breaks it, or of which no
event of a type can be read, fails.

Source: spec/pubg.md 2.1 to 2.5. Positions are centimetres, distances too, -1 where there is none.
"""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from collections.abc import Iterator

import msgspec

from parse.errors import ParseError
from parse.json_page import JsonPage, moment
from parse.model import Issue
from parse.sources.pubg.telemetry.contract import REQUIRED, SAMPLES, check
from parse.times import microseconds

_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$")


class Location(msgspec.Struct, frozen=True, gc=False):
    """A place: origin top left, y downward, z upward; may lie beyond the map. Centimetres."""

    x: float = 0.0
    y: float = 0.0
    z: float = 0.0

    @property
    def is_known(self) -> bool:
        """Whether it is told at all: in files of 2018 who strikes a blow stands at 0, 0, 0."""
        return bool(self.x or self.y or self.z)


class Character(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    """A player, bot or creature at one moment; `account_id` is empty for nobody.

    What a file of old does not say of him is None, as it is not false.
    """

    name: str = ""
    team_id: int = 0
    health: float = 0.0
    location: Location = Location()
    account_id: str = ""
    is_in_blue_zone: bool | None = None
    is_in_red_zone: bool | None = None
    is_in_vehicle: bool | None = None
    zone: tuple[str, ...] = ()

    @property
    def is_somebody(self) -> bool:
        """Whether this is anybody at all: what the zone does, nobody does."""
        return bool(self.account_id)

    @property
    def is_contender(self) -> bool:
        """Whether this is a person or a bot: somebody who may win the match."""
        return self.account_id.startswith(("account.", "ai."))

    @property
    def is_player(self) -> bool:
        """Whether this is a person: neither bot (`ai.`), nor creature (`npc.`), nor nobody."""
        return self.account_id.startswith("account.")


class Damage(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    """How somebody was hurt."""

    damage_reason: str = ""
    damage_type_category: str = ""
    damage_causer_name: str = ""
    distance: float = -1.0


class Item(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    """A thing: what is used, and what is fought with; `item_id` is empty for bare hands."""

    item_id: str = ""
    sub_category: str = ""


class GameState(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    """The state of the match; the safety zone is the blue circle, outside of which it hurts.

    All of it must be there: a circle without radius would have everybody outside. Only the white
    circle, the poison gas's warning, is not announced all the time.
    """

    elapsed_time: float
    safety_zone_position: Location
    safety_zone_radius: float
    poison_gas_warning_radius: float = 0.0


class Common(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    """What every event says: the phase, 0 in the lobby; in 2018 the match too."""

    is_game: float = 0.0
    match_id: str = ""


class Event(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    """One event; which fields it has, its type says."""

    type: str = msgspec.field(name="_T", default="")
    time: str = msgspec.field(name="_D", default="")
    common: Common | None = None
    match_id: str = msgspec.field(name="MatchId", default="")
    attack_id: int = -1
    dbno_id: int = msgspec.field(name="dBNOId", default=-1)
    character: Character | None = None
    attacker: Character | None = None
    victim: Character | None = None
    killer: Character | None = None
    finisher: Character | None = None
    knocker: Character | None = msgspec.field(name="dBNOMaker", default=None)
    knock_damage: Damage | None = msgspec.field(name="dBNODamageInfo", default=None)
    finish_damage: Damage | None = msgspec.field(name="finishDamageInfo", default=None)
    killer_damage: Damage | None = msgspec.field(name="killerDamageInfo", default=None)
    damage_reason: str = ""
    damage_type_category: str = ""
    damage_causer_name: str = ""
    damage: float = 0.0
    distance: float = -1.0
    is_suicide: bool = False
    item: Item | None = None
    weapon: Item | None = None
    game_state: GameState | None = None
    elapsed_time: float = 0.0
    is_attacker_in_vehicle: bool | None = None
    is_through_penetrable_wall: bool | None = None
    damage_causer_additional_info: tuple[str, ...] = ()
    victim_weapon: str = ""
    victim_weapon_additional_info: tuple[str, ...] = ()

    @property
    def is_in_match(self) -> bool:
        """Whether the match has begun: what happens in the lobby is no part of it."""
        return self.common is not None and self.common.is_game > 0

    @property
    def phase(self) -> float:
        """The phase of the match, 0 in the lobby; to one decimal, as 0.1 is written inexactly."""
        return round(self.common.is_game, 1) if self.common else 0.0


_EVENTS = msgspec.json.Decoder(list[Event])
_RAW = msgspec.json.Decoder(list[msgspec.Raw])
_EVENT = msgspec.json.Decoder(Event)


class _Typed(msgspec.Struct, frozen=True, gc=False):
    """The type of an event, whatever else it says."""

    type: str = msgspec.field(name="_T", default="")


_TYPE = msgspec.json.Decoder(_Typed)


class Telemetry:
    """The events of one match's file.

    match_id  of the match, as the API has it
    events    in the order of the file
    issues    what did not fit
    """

    __slots__ = ("_by_type", "events", "issues", "match_id")

    def __init__(self, page: JsonPage) -> None:
        """Decode a file; ParseError where it is no array, of no match, or not as it must be."""
        body = page.body
        self.issues: list[Issue] = []
        try:
            self.events = _EVENTS.decode(body)
        except msgspec.ValidationError:
            self.events = list(self._one_by_one(body))
        except msgspec.DecodeError as error:
            raise ParseError(str(error), field="page") from error
        self.match_id = self._match_id()
        self._by_type: defaultdict[str, list[int]] = defaultdict(list)
        for at, one in enumerate(self.events):
            self._by_type[one.type].append(at)
        self._check(body)

    def of(self, *types: str) -> Iterator[tuple[int, Event]]:
        """The events of some types, each with its position in the file, in its order."""
        found = [self._by_type.get(one, []) for one in types]
        places = found[0] if len(found) == 1 else sorted(itertools.chain.from_iterable(found))
        return ((at, self.events[at]) for at in places)

    @property
    def started_us(self) -> int:
        """When the match began, else the first readable time: microseconds since 1970, 0 if none.

        It is the second that the API gives as `createdAt` (spec/pubg.md 1.8).
        """
        begins = (event for _, event in self.of("LogMatchStart"))
        for event in itertools.chain(begins, self.events):
            if at := moment(event.time):
                return microseconds(at)
        return 0

    def unreadable(self, field: str, found: str) -> None:
        """Note a value that makes no sense."""
        self.issues.append(Issue("unreadable", field, found[:40]))

    def _one_by_one(self, body: bytes) -> Iterator[Event]:
        try:
            raw = _RAW.decode(body)
        except msgspec.DecodeError as error:
            raise ParseError(str(error), field="page") from error
        read: set[str] = set()
        lost: dict[str, str] = {}
        for one in raw:
            try:
                event = _EVENT.decode(one)
            except msgspec.ValidationError as error:
                self.issues.append(Issue("unreadable", "telemetry", str(error)[:40]))
                lost.setdefault(_type_of(one), str(error))
                event = Event()
            read.add(event.type)
            yield event
        for kind in REQUIRED:
            if kind in lost and kind not in read:
                raise ParseError(f"no {kind} can be read: {lost[kind]}", field="telemetry")

    def _check(self, body: bytes) -> None:
        """Hold the first events of each type against what they must have."""
        raw = _RAW.decode(body)
        for kind in REQUIRED:
            found = check(kind, [raw[at] for at in self._by_type.get(kind, [])[:SAMPLES]])
            self.issues += [Issue("missing", "telemetry", one) for one in found]

    def _match_id(self) -> str:
        """The id at the end of the first event that names the match."""
        for event in self.events:
            named = event.match_id or (event.common.match_id if event.common else "")
            if found := _UUID.search(named):
                return found[0]
        raise ParseError("no event says of which match the file is", field="page")


def _type_of(raw: msgspec.Raw) -> str:
    """The type of an event that cannot be read; "" if not even that."""
    try:
        return _TYPE.decode(raw).type
    except msgspec.ValidationError:
        return ""

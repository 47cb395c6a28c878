"""How numbers and times stand in a telemetry file (spec section 2.1)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from struct import Struct

_SINGLE = Struct("<f")
Number = int | float


def f32(value: float) -> Number:
    """A 32-bit float as the game prints it: a double of the same value, an int if it is whole.

    >>> f32(0.1), f32(100.0)
    (0.10000000149011612, 100)
    """
    single: float = _SINGLE.unpack(_SINGLE.pack(value))[0]
    return int(single) if single.is_integer() else single


def iso_seconds(moment: datetime) -> str:
    """A time as the API writes it: whole seconds and a Z."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


class Stamps:
    """Writes `_D` for milliseconds since the start of a match; negative ones are the lobby's."""

    def __init__(self, start: datetime) -> None:
        """Take the start, a UTC time in whole milliseconds."""
        self._start = start
        self._prefixes: dict[int, str] = {}
        self._shift_ms = start.microsecond // 1000

    def at(self, ms: int) -> str:
        """The stamp with three digits of a second.

        >>> Stamps(datetime(2026, 5, 3, 18, 0, tzinfo=UTC)).at(-1)
        '2026-05-03T17:59:59.999Z'
        """
        second, rest = divmod(ms + self._shift_ms, 1000)
        prefix = self._prefixes.get(second)
        if prefix is None:
            moment = self._start.replace(microsecond=0) + timedelta(seconds=second)
            prefix = self._prefixes[second] = moment.strftime("%Y-%m-%dT%H:%M:%S.")
        return f"{prefix}{rest:03d}Z"

    def exact(self, ms: int, ticks: int, *, zone: str = "Z") -> str:
        """The stamp with seven digits, as LogMatchDefinition has it; `ticks` are 100 ns."""
        return f"{self.at(ms)[:-1]}{ticks:04d}{zone}"


def parse_stamp(text: str) -> datetime:
    """The time of a stamp of whole seconds."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)

"""Header fields of WARC records and HTTP messages: ordered, case-insensitive, multi-valued."""

from __future__ import annotations

from collections.abc import Iterable, Iterator


class Fields:
    """Named fields as they were written: order, case and repetitions are kept.

    The multiplicity is in the verb: `first`, `all`, `sole`.
    """

    __slots__ = ("_values", "pairs")

    def __init__(self, pairs: Iterable[tuple[str, str]] = ()) -> None:
        """Keep the (name, value) pairs in their order."""
        self.pairs: tuple[tuple[str, str], ...] = tuple(pairs)
        values: dict[str, list[str]] = {}
        for name, value in self.pairs:
            values.setdefault(name.lower(), []).append(value)
        self._values = values

    def first(self, name: str, default: str | None = None) -> str | None:
        """The first value of a field, whatever the case of its name."""
        values = self._values.get(name.lower())
        return values[0] if values else default

    def all(self, name: str) -> tuple[str, ...]:
        """Every value of a field, in the order written."""
        return tuple(self._values.get(name.lower(), ()))

    def sole(self, name: str) -> str | None:
        """The value of a field that may stand once; None where it is absent.

        raises  ValueError where the field stands more than once
        """
        values = self._values.get(name.lower())
        if values is None:
            return None
        if len(values) > 1:
            raise ValueError(f"{name} stands {len(values)} times")
        return values[0]

    def __iter__(self) -> Iterator[tuple[str, str]]:
        """Yield the (name, value) pairs in the order written."""
        return iter(self.pairs)

    def __contains__(self, name: object) -> bool:
        """Whether a field of that name stands there, whatever its case."""
        return isinstance(name, str) and name.lower() in self._values

    def __eq__(self, other: object) -> bool:
        """Whether both hold the same pairs in the same order."""
        return isinstance(other, Fields) and self.pairs == other.pairs

    def __hash__(self) -> int:
        """A hash that agrees with equality."""
        return hash(self.pairs)

    def __repr__(self) -> str:
        """The pairs, as Python would write them."""
        return f"Fields({self.pairs!r})"

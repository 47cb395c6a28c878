"""What a column is: the words a row class is declared with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import msgspec


@dataclass(frozen=True, slots=True)
class Key:
    """Marks a column as part of the table's key; rows are sorted by the key columns in field order.

    A nullable key column is allowed: an unregistered player has a name but no id.
    """


@dataclass(frozen=True, slots=True)
class Unit:
    """The unit of a column's values, as printed in the documentation: `damage/round`, `percent`."""

    name: str


@dataclass(frozen=True, slots=True)
class Doc:
    """One sentence that says what a column holds."""

    text: str


@dataclass(frozen=True, slots=True)
class OneOf:
    """The closed set of values a text column may hold."""

    values: tuple[str, ...]


class Row(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True, tag=True):
    """One row of a table.

    A subclass is the only declaration of its table: field types give the Arrow types, `Annotated`
    metadata (`Key`, `Unit`, `Doc`, `OneOf`) the rest. Instances are immutable msgspec structs that
    travel between processes as tagged MessagePack arrays (docs/adr/0002).
    """

    table: ClassVar[str]
    """Name of the table, for instance `hltv_matches`."""

    contributors: ClassVar[tuple[str, ...]]
    """Page types whose captures a row may be joined from, the primary one first.

    Each gives the table a nullable column `<name>_capture_id`; the primary one also gives
    `fetched_at`, `source_url` and `parser_version`.
    """

    entity: ClassVar[tuple[str, str]]
    """What a row extracted from a page is about: a kind, and the field that holds its id."""

    section: ClassVar[tuple[str, ...]] = ()
    """Fields that, with the class, name the section of a page that is replaced as a whole."""

    references: ClassVar[tuple[type[Row], ...]] = ()
    """Tables that must hold a row with the same key, as far as this class has its columns."""

    detail: ClassVar[bool] = False
    """True for a table that has rows of tracked players only: the roster decides how many."""

    dimension: ClassVar[bool] = False
    """True for a table gathered from all over: column by column, the newest non-null value wins."""

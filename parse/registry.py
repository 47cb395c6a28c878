"""Which sources a parse knows, joined from their two halves: the site and its parsers.

Sites hold functions, which cannot travel to a spawned worker; a registry is therefore passed by
name, `module:attribute`, and looked up on either side.
"""

from __future__ import annotations

import hashlib
import importlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Union

import msgspec

from parse.basis import Pins
from parse.model import Parser, ParseSource, Root
from parse.tracked import Tracked
from warc.errors import UsageError
from warc.sites.page import PageRef, Site
from warehouse.column import Row
from warehouse.marts import Mart, StatusTable
from warehouse.rules import Rules
from warehouse.schema import columns_of, key_of, provenance_of

BUILT_IN = "parse.registered:REGISTRY"
"""Where the registry of the built-in sources stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One source: how its URLs and pages are told, how they are parsed, what its rows keep.

    marts   tables that are worked out of its others when those are done
    status  the table that says whose detail there is, if there is any
    """

    site: Site
    parsing: ParseSource
    rules: Rules
    marts: tuple[Mart, ...] = ()
    status: StatusTable | None = None

    @property
    def tables(self) -> tuple[type[Row], ...]:
        """Every table: those of its pages, and those worked out of them."""
        status = (self.status.row,) if self.status else ()
        return (*self.parsing.tables, *(mart.row for mart in self.marts), *status)

    def root_named(self, kind: str) -> Root:
        """The root of a kind of entity; StopIteration if the kind leads nothing."""
        return next(root for root in self.parsing.roots if root.kind == kind)

    def root_field(self, kind: str) -> str:
        """The column that holds the id of a kind of root."""
        for row in self.parsing.extracts:
            if row.entity[0] == kind:
                return row.entity[1]
        raise TypeError(f"no row of source {self.parsing.name} is about a {kind}")

    def root_of(self, row: type[Row]) -> Root:
        """The root by whose id a table that is no dimension is cut into parts.

        raises  TypeError where its key begins with no root's id
        """
        for root in self.parsing.roots:
            if key_of(row)[0] == self.root_field(root.kind):
                return root
        raise TypeError(f"the key of {row.__name__} does not begin with a root's id")

    def all_marts(self, tracked: Tracked) -> tuple[Mart, ...]:
        """The marts, and the one that says whose detail there is, if anybody is tracked."""
        status = self.status.mart(tracked, ()) if self.status else None
        return (*self.marts, *((status,) if status else ()))

    def row_decoder(self) -> msgspec.msgpack.Decoder[list[Row]]:
        """What unpacks a list of the rows this source's parsers yield, and checks their types."""
        union: Any = Union[self.parsing.extracts]  # noqa: UP007 - made of a tuple
        return msgspec.msgpack.Decoder(list[union])

    def parser_of(self, page_type: str, pins: Pins = ()) -> Parser | None:
        """The parser of a page type: the version that is pinned, or the newest."""
        pinned = dict(pins)
        having = [
            found
            for found in self.parsing.parsers
            if found.page_type == page_type
            and pinned.get(found.name, found.version) == found.version
        ]
        return max(having, key=lambda found: found.version, default=None)

    def active(self, pins: Pins = ()) -> Iterator[Parser]:
        """The parser of every page type that has one, in the order registered."""
        for page_type in dict.fromkeys(found.page_type for found in self.parsing.parsers):
            parser = self.parser_of(page_type, pins)
            assert parser is not None, f"pins leave no parser for {page_type}"
            yield parser


@dataclass(frozen=True, slots=True)
class Registry:
    """Every source a parse knows."""

    sources: tuple[Source, ...]

    @property
    def sites(self) -> tuple[Site, ...]:
        """The site of every source."""
        return tuple(source.site for source in self.sources)

    @property
    def tables(self) -> tuple[type[Row], ...]:
        """Every table of every source: those of its pages, and those worked out of them."""
        return tuple(row for source in self.sources for row in source.tables)

    def parser_named(self, label: str) -> Parser | None:
        """The parser that a row's `parser_version` names: `hltv.match/1`."""
        for source in self.sources:
            for parser in source.parsing.parsers:
                if parser.label == label:
                    return parser
        return None

    def source_named(self, name: str) -> Source:
        """A source by its name; StopIteration if there is none."""
        return next(source for source in self.sources if source.parsing.name == name)

    def versions(self, pins: Pins = ()) -> dict[str, int]:
        """The version of every parser that is used, by name: a build input."""
        return {
            parser.name: parser.version for source in self.sources for parser in source.active(pins)
        }

    def check_pins(self, pins: Pins) -> None:
        """Raise UsageError for a pin on a parser or version that is not registered."""
        known = self.registered()
        for name, version in pins:
            if name not in known:
                raise UsageError(f"no parser is called {name!r}: there are {', '.join(known)}")
            if version not in known[name]:
                there = ", ".join(map(str, known[name]))
                raise UsageError(f"{name} has no version {version}: there are {there}")

    def registered(self) -> dict[str, tuple[int, ...]]:
        """The versions there are of every parser, by name."""
        known: dict[str, list[int]] = {}
        for source in self.sources:
            for parser in source.parsing.parsers:
                known.setdefault(parser.name, []).append(parser.version)
        return {name: tuple(sorted(versions)) for name, versions in known.items()}

    def schema_digest(self) -> str:
        """SHA-256 over every table's declaration: a build input."""
        declared = [
            (row.table, key_of(row), columns_of(row), provenance_of(row)) for row in self.tables
        ]
        return hashlib.sha256(repr(declared).encode()).hexdigest()


def locate(sites: Iterable[Site], url: str, stand_ins: dict[str, str]) -> PageRef | None:
    """Which site's page a URL is, or which rendered page a `urn:dom:` URL is.

    stand_ins  by source, the base URL that stands for it
    """
    for site in sites:
        stand_in = stand_ins.get(site.name)
        if ref := site.locate(url, stand_in=stand_in) or site.locate_dom(url, stand_in=stand_in):
            return ref
    return None


def load_registry(name: str) -> Registry:
    """The registry that `module:attribute` names."""
    module, _, attribute = name.partition(":")
    registry = getattr(importlib.import_module(module), attribute)
    assert isinstance(registry, Registry), f"{name} is no registry"
    return registry

"""Which code makes what: the fingerprints that extractions and tables are known by."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Sequence
from typing import Any

from parse.fingerprint import EVERYTHING, Name, fingerprint, root_of
from parse.model import Parser
from parse.registry import Registry, Source
from warehouse.marts import Mart
from warehouse.rules import Rule

HTML_LIBRARIES = ("selectolax", "msgspec")
TABLE_LIBRARIES = ("polars", "pyarrow", "msgspec")


def parser_print(parser: Parser) -> str:
    """The code of a parser, of the readers it shares, and of what packs its rows."""
    shared = (("parse.extract", "extract_page"), ("parse.replay", "page_of"))
    return fingerprint((root_of(parser.parse), *shared), libraries=HTML_LIBRARIES)


def reading_roots(registry: Registry) -> list[Name]:
    """Where the code begins that reads records and judges what they are worth."""
    roots = [
        ("parse.replay", EVERYTHING),
        ("parse.extract", "_extract_range"),
        ("parse.extract", "Extractor"),
        ("parse.registry", "locate"),
    ]
    for source in registry.sources:
        module, _ = root_of(source.site.judge)
        roots.append((module, EVERYTHING))
    return roots


def reading_print(registry: Registry) -> str:
    """The code that reads records and judges what they are worth."""
    return fingerprint(reading_roots(registry))


def table_roots(source: Source) -> list[Name]:
    """Where the code begins that makes a source's tables of extracted rows.

    The stage is reached through objects, which names do not tell: what it says of an entity, and in
    which order, is named here.
    """
    parsing = source.parsing
    return [
        *(root_of(root.assemble) for root in parsing.roots),
        ("parse.block_build", "BlockBuild"),
        ("parse.stage", "about"),
        *(root_of(row) for row in (*parsing.tables, *parsing.extracts)),
    ]


def table_print(source: Source) -> str:
    """The code and the rules that make a source's tables of extracted rows."""
    parsing = source.parsing
    code = fingerprint(table_roots(source), libraries=TABLE_LIBRARIES)
    made = hashlib.sha256(code.encode())
    for row in parsing.tables:
        _add_rules(made, row.table, source.rules.get(row, ()))
    return made.hexdigest()


def mart_print(mart: Mart, rules: Sequence[Rule]) -> str:
    """The code and the rules that make a mart of tables."""
    roots = (
        *(root_of(_bare(part)) for part in (mart.of_block, mart.total, mart.row)),
        ("warehouse.marts.write", "write_mart"),
    )
    made = hashlib.sha256(fingerprint(roots, libraries=TABLE_LIBRARIES).encode())
    reads = sorted((row.table, columns) for row, columns in mart.reads.items())
    made.update(repr((reads, mart.cut_at, mart.few_rows)).encode())
    _add_rules(made, mart.row.table, rules)
    return made.hexdigest()


def _bare(function: Any) -> Any:
    """A function without what it is told beforehand."""
    return function.func if isinstance(function, functools.partial) else function


def _add_rules(made: hashlib._Hash, table: str, rules: Sequence[Rule]) -> None:
    for rule in rules:
        expression = rule.holds.meta.serialize(format="binary")
        made.update(repr((table, rule.text, rule.severity)).encode() + expression)

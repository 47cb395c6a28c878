"""Which code makes what: the fingerprints that extractions and tables are known by."""

from __future__ import annotations

import hashlib

from parse.fingerprint import EVERYTHING, fingerprint, root_of
from parse.model import Parser
from parse.registry import Registry, Source

HTML_LIBRARIES = ("selectolax", "msgspec")
TABLE_LIBRARIES = ("polars", "pyarrow", "msgspec")


def parser_print(parser: Parser) -> str:
    """The code of a parser, of the readers it shares, and of what packs its rows."""
    shared = (("parse.extract", "extract_page"), ("parse.replay", "page_of"))
    return fingerprint((root_of(parser.parse), *shared), libraries=HTML_LIBRARIES)


def reading_print(registry: Registry) -> str:
    """The code that reads records and judges what they are worth."""
    roots = [
        ("parse.replay", EVERYTHING),
        ("parse.extract", "_facts_of"),
        ("parse.extract", "_read_reference"),
        ("parse.extract", "_judge"),
        ("parse.registry", "locate"),
    ]
    for source in registry.sources:
        module, _ = root_of(source.site.judge)
        roots.append((module, EVERYTHING))
    return fingerprint(roots)


def table_print(source: Source) -> str:
    """The code and the rules that make a source's tables of extracted rows."""
    parsing = source.parsing
    roots = [
        root_of(parsing.assemble),
        ("parse.block_build", "BlockBuild"),
        *(root_of(row) for row in (*parsing.tables, *parsing.extracts)),
    ]
    made = hashlib.sha256(fingerprint(roots, libraries=TABLE_LIBRARIES).encode())
    for row in parsing.tables:
        for rule in source.rules.get(row, ()):
            expression = rule.holds.meta.serialize(format="binary")
            made.update(repr((row.table, rule.text, rule.severity)).encode() + expression)
    return made.hexdigest()

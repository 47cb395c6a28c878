"""The registry of the built-in sources."""

from __future__ import annotations

from parse.registry import Registry, Source
from parse.sources import SOURCES
from warc.sites import site_named
from warehouse.marts.listed import MARTS_OF, STATUS_OF
from warehouse.rules.listed import RULES_OF

REGISTRY = Registry(
    tuple(
        Source(
            site=site_named(parsing.name),
            parsing=parsing,
            rules=RULES_OF.get(parsing.name, {}),
            marts=MARTS_OF.get(parsing.name, ()),
            status=STATUS_OF.get(parsing.name),
        )
        for parsing in SOURCES
    )
)

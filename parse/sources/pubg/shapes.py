"""The shapes of the API's replies: JSON:API documents with what is included beside the data.

Only what must be there is declared. Source: spec/pubg.md 1.6 to 1.8.
"""

from __future__ import annotations

from typing import Any

import msgspec


class Ref(msgspec.Struct, frozen=True, gc=False):
    """A link from one object of a reply to another, by type and id."""

    type: str
    id: str


class Linked(msgspec.Struct, frozen=True):
    """One of the links of an object: none, one or many."""

    data: Ref | list[Ref] | None = None

    @property
    def refs(self) -> list[Ref]:
        """Where it leads."""
        if self.data is None:
            return []
        return self.data if isinstance(self.data, list) else [self.data]


class Resource(msgspec.Struct, frozen=True):
    """One object of a reply."""

    type: str
    id: str
    attributes: dict[str, Any] = {}
    relationships: dict[str, Linked] = {}

    def linked(self, name: str) -> list[Ref]:
        """Where a link of a name leads; nowhere if there is none."""
        found = self.relationships.get(name)
        return found.refs if found else []


class Document(msgspec.Struct, frozen=True):
    """A whole reply."""

    data: Resource | list[Resource]
    included: list[Resource] = []

    @property
    def resources(self) -> list[Resource]:
        """What was asked for: the lists of old times have several."""
        return self.data if isinstance(self.data, list) else [self.data]


DOCUMENT = msgspec.json.Decoder(Document)

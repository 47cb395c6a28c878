"""What a new source consists of: its own files, and its line in each listing; nothing is written.

A template is the code of a source named `shop` with a page type `item`, so it reads as what it
becomes. Imports and lines are put in order by ruff, since that depends on the names.
"""

from __future__ import annotations

import ast
import keyword
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from warc.errors import UsageError
from warc.words import plural

TEMPLATES = Path(__file__).parent / "templates"

_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_LONGEST = 24

_TAKEN = frozenset({"admin", "archive", "demo", "sites", "urls"})
"""Names that folders of archives, a table listing and a command have already."""

_TAKEN_BY_PARSERS = frozenset({"assemble", "list", "parse"})
"""Names that the templates use beside the page type."""


@dataclass(frozen=True, slots=True)
class Listing:
    """Where a source is entered: each pattern is found once, and replaced."""

    path: str
    edits: tuple[tuple[str, str], ...]

    def entered(self, text: str, name: str) -> str:
        """The text of the file with the source in it; UsageError if it has another shape."""
        if _imports(text, name):
            return text
        for pattern, put in self.edits:
            put = put.replace("shop", name).replace("SHOP", name.upper())
            text, count = re.subn(pattern, put, text, flags=re.DOTALL)
            if count != 1:
                raise UsageError(f"{self.path} has no place that reads {pattern!r}, or several")
        return text


LISTINGS = (
    Listing(
        "warc/sites/__init__.py",
        (
            (r"(?=from warc\.sites\.page import)", "from warc.sites.shop import SHOP\n"),
            (r"(\nSITES: [^=]*= \([^)]*?),?\s*\)", r"\1, SHOP)"),
        ),
    ),
    Listing(
        "fetch/sources/__init__.py",
        (
            (r"(from fetch\.sources import \(?)", r"\1shop, "),
            (r"(\nSOURCES: [^=]*= \([^)]*?),?\s*\)", r"\1, shop.SOURCE)"),
        ),
    ),
    Listing(
        "parse/sources/__init__.py",
        (
            (r"(from parse\.sources import \(?)", r"\1shop, "),
            (r"(\nSOURCES: [^=]*= \([^)]*?),?\s*\)", r"\1, shop.SOURCE)"),
        ),
    ),
    Listing(
        "warehouse/rows/listed.py",
        (
            (r"(from warehouse\.rows import \(?)", r"\1shop, "),
            (r"\*archive\.ROWS", "*shop.ROWS, *archive.ROWS"),
        ),
    ),
    Listing(
        "warehouse/rules/listed.py",
        (
            (r"(from warehouse\.rules import \(?)", r"\1shop, "),
            (r"(\nRULES_OF: [^=]*= \{[^}]*?),?\s*\}", r'\1, "shop": shop.RULES}'),
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class Plan:
    """What a new source adds to a tree, by path from its root.

    made     the source's own files
    entered  the listings, as they are with the source in them
    """

    made: dict[str, str]
    entered: dict[str, str]


def plan_source(name: str, page: str, root: Path) -> Plan:
    """The files of a new source with one page type that is parsed.

    raises  UsageError for a name that cannot be one, or is taken
    """
    _check(name, "NAME", taken=_TAKEN)
    _check(page, "PAGE", taken=_TAKEN_BY_PARSERS)
    made = {
        path: _formatted(text, path, root) for path, text in sorted(_rendered(name, page).items())
    }
    for path, text in made.items():
        if (root / path).exists() and (root / path).read_text("utf-8") != text:
            raise UsageError(f"the name {name!r} is taken: there is {path}")
    entered = {}
    for listing in LISTINGS:
        old = (root / listing.path).read_text("utf-8")
        text = listing.entered(old, name)
        entered[listing.path] = _formatted(text, listing.path, root) if text != old else old
    return Plan(made, entered)


def _imports(text: str, name: str) -> bool:
    """Whether a module imports one of that name, or something out of it."""
    nodes = (node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.ImportFrom))
    return any(
        name == (node.module or "").rpartition(".")[2] or name in {one.name for one in node.names}
        for node in nodes
    )


def _check(word: str, option: str, *, taken: frozenset[str]) -> None:
    """Refuse what cannot be the name of a module and of a table."""
    if not word:
        raise UsageError(f"a new source wants a name: make new-source {option}=shop")
    if not _NAME.fullmatch(word) or len(word) > _LONGEST or keyword.iskeyword(word):
        raise UsageError(
            f"{option}={word[:40]!r} is not a word of at most {_LONGEST} small letters, digits and _, or is Python's"
        )
    if word in taken:
        raise UsageError(f"{option}={word!r} is taken")


def _rendered(name: str, page: str) -> dict[str, str]:
    """The templates with the names of the source and its page type, by path."""

    words = {
        "shop.example": f"{name.replace('_', '-')}.example",
        "shop": name,
        "Shop": name.replace("_", " ").capitalize(),
        "SHOP": name.upper(),
        "item": page,
        "items": plural(page),
        "Item": "".join(piece.capitalize() for piece in page.split("_")),
        "Items": plural(page).replace("_", " ").capitalize(),
    }
    pattern = re.compile("|".join(sorted(map(re.escape, words), key=len, reverse=True)))

    def named(text: str) -> str:
        return pattern.sub(lambda found: words[found[0]], text)

    return {
        named(path.relative_to(TEMPLATES).as_posix().removesuffix(".txt")): named(
            path.read_text("utf-8")
        )
        for path in TEMPLATES.rglob("*.txt")
    }


def _formatted(text: str, path: str, root: Path) -> str:
    """A module with its imports and lines in the order that the linter wants."""
    if not path.endswith(".py"):
        return text
    for words in (("check", "--select", "I", "--fix-only", "--quiet"), ("format", "--quiet")):
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *words, "--stdin-filename", path, "-"],
            cwd=root,
            input=text,
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )
        if done.returncode:
            raise UsageError(f"ruff, of the extra dev, is needed: {done.stderr.strip()[-200:]}")
        text = done.stdout
    return text

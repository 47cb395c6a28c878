"""A fingerprint changes with the code a definition depends on, and with no other."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from parse import fingerprint as module
from parse.fingerprint import EVERYTHING, definitions_of, fingerprint, root_of, sources_of
from parse.prints import reading_roots, table_roots
from parse.registered import REGISTRY

PARSER = '''"""Reads pages."""

from __future__ import annotations

from site_a import rows
from site_a.values import integer, unused as other

LIMIT = 10


def parse(page):
    """Yield rows."""
    for found in page:
        yield rows.Row(_read(found))


def _read(text):
    # a comment
    return min(integer(text), LIMIT)


def neighbour(page):
    return other(page)
'''
VALUES = '''def integer(text):
    """Read a count."""
    return int(text)


def unused(text):
    return text
'''
ROWS = """from dataclasses import dataclass


class Base:
    pass


class Row(Base):
    def __init__(self, number):
        self.number = Annotated(number, Doc("How many."))


class OtherRow(Base):
    pass
"""
FILES = {"parser.py": PARSER, "values.py": VALUES, "rows.py": ROWS, "__init__.py": ""}


def print_of(folder: Path, files: dict[str, str]) -> str:
    """The fingerprint of `parse` in a project of these files."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "parse").mkdir(parents=True)
    shutil.copyfile(module.__file__, folder / "parse" / "fingerprint.py")
    (folder / "parse" / "__init__.py").touch()
    (folder / "site_a").mkdir()
    for name, text in files.items():
        (folder / "site_a" / name).write_text(text, encoding="utf-8")
    code = "from parse.fingerprint import fingerprint as f; print(f([('site_a.parser', 'parse')]))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, check=True, capture_output=True, text=True
    )
    return done.stdout


@pytest.mark.parametrize(
    ("name", "old", "new", "changes"),
    [
        ("values.py", "return int(text)", "return int(text) + 1", True),
        ("parser.py", "LIMIT = 10", "LIMIT = 11", True),
        ("rows.py", "    def __init__", "    def more(self): return 1\n\n    def __init__", True),
        ("rows.py", "class Base:\n    pass", "class Base:\n    x = 1", True),
        ("rows.py", "self.number =", "self.count =", True),
        ("values.py", "return text", "return text * 2", False),
        ("parser.py", "return other(page)", "return None", False),
        ("parser.py", "# a comment", "# another one", False),
        ("parser.py", '"""Yield rows."""', '"""Yield all rows."""', False),
        (
            "parser.py",
            "min(integer(text), LIMIT)",
            "min(\n        integer(text), LIMIT\n    )",
            False,
        ),
        ("rows.py", "How many.", "How many there are.", False),
        ("rows.py", "class OtherRow(Base):\n    pass", "class OtherRow(Base):\n    y = 2", False),
    ],
)
def test_it_changes_with_what_is_mentioned_and_with_nothing_else(
    name: str, old: str, new: str, changes: bool, tmp_path: Path
) -> None:
    assert old in FILES[name]
    before = print_of(tmp_path / "project", FILES)
    after = print_of(tmp_path / "project", {**FILES, name: FILES[name].replace(old, new)})
    assert (before != after) == changes


def test_parsers_of_different_page_types_have_different_fingerprints() -> None:
    parsers = REGISTRY.sources[0].parsing.parsers
    prints = {parser.label: fingerprint([root_of(parser.parse)]) for parser in parsers}
    assert len(set(prints.values())) == len(parsers)


def test_a_parser_depends_on_no_other_page_type_and_on_no_network() -> None:
    (results,) = [
        parser for parser in REGISTRY.sources[0].parsing.parsers if parser.page_type == "results"
    ]
    names = {path.name for path in sources_of([root_of(results.parse)])}
    assert {"results.py", "values.py", "page.py"} <= names
    assert names.isdisjoint({"match.py", "map_stats.py", "assemble.py", "run.py"})


def test_a_library_is_part_of_it() -> None:
    roots = [("parse.values", EVERYTHING)]
    assert fingerprint(roots) != fingerprint(roots, libraries=["selectolax"])
    assert fingerprint(roots, libraries=["no-such"]) == fingerprint(roots, libraries=["no-such"])


@pytest.mark.parametrize(
    "name", [("parse.stage", "about"), ("parse.merge", "unsaid"), ("warehouse.parts", "write_part")]
)
def test_what_settles_which_capture_wins_is_part_of_the_tables(name: tuple[str, str]) -> None:
    (source, *_) = REGISTRY.sources
    assert name in definitions_of(table_roots(source))


@pytest.mark.parametrize(
    "name", [("parse.extract", "Extractor"), ("warc.sites.page", "Site"), ("warc.surt", "surt")]
)
def test_what_judges_a_record_is_part_of_reading(name: tuple[str, str]) -> None:
    assert name in definitions_of(reading_roots(REGISTRY))


def test_neither_reading_nor_tables_cover_a_parser() -> None:
    (source, *_) = REGISTRY.sources
    covered = definitions_of([*reading_roots(REGISTRY), *table_roots(source)])
    assert covered.isdisjoint({root_of(parser.parse) for parser in source.parsing.parsers})

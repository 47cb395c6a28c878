"""Code fingerprints: which code a result depends on, told from the sources, without running them.

Theory of operation. A fingerprint is asked for by the name of a definition: a function, a class, a
module's value. Its source is read as a syntax tree, without docstrings, comments and layout, and so
is every definition of this project that it mentions, and that those mention, across modules. So a
parser's fingerprint changes when what it or its shared readers do may have changed, and not when
its neighbour's table gets a column. Names are resolved by their text alone: a local variable that
bears the name of a global one adds that global to the fingerprint, which costs a needless reading
of pages at worst. Versions of the libraries that shape a result are part of it.
"""

from __future__ import annotations

import ast
import functools
import hashlib
import importlib.metadata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DIGITS = 16  # of SHA-256, hexadecimal: 64 bits, plenty to tell a few hundred versions apart
EVERYTHING = "*"
"""In place of a definition's name: the whole module."""

Name = tuple[str, str]
"""A module, and a definition in it."""


@dataclass(slots=True)
class _Module:
    """One source file: its definitions, and what its imports are called."""

    path: Path
    definitions: dict[str, list[ast.stmt]] = field(default_factory=dict)
    imported: dict[str, Name] = field(default_factory=dict)
    """By local name: the module and the name there; EVERYTHING for a module itself."""


def fingerprint(roots: Iterable[Name], *, libraries: Iterable[str] = ()) -> str:
    """The fingerprint of definitions and all they depend on; the same on every machine.

    roots      `("parse.sources.hltv.match", "parse")`, or `(module, EVERYTHING)`
    libraries  distributions whose installed versions are part of it
    """
    made = hashlib.sha256()
    for (module, name), text in sorted(_closure(frozenset(roots)).items()):
        made.update(f"{module}:{name}={text}\n".encode())
    for library in sorted(libraries):
        made.update(f"{library}=={_version(library)}\n".encode())
    return made.hexdigest()[:DIGITS]


def sources_of(roots: Iterable[Name]) -> tuple[Path, ...]:
    """The files whose definitions a fingerprint covers."""
    modules = {module for module, _ in _closure(frozenset(roots))}
    return tuple(sorted(found.path for name in modules if (found := _module(name))))


def root_of(function: object) -> Name:
    """The name of a function or class; one that is made inside another stands for its module."""
    module: str = getattr(function, "__module__", "")
    name: str = getattr(function, "__qualname__", "")
    return module, EVERYTHING if "<" in name or not name else name.partition(".")[0]


@functools.cache
def _closure(roots: frozenset[Name]) -> dict[Name, str]:
    """Every definition that the roots reach, with its normalized text."""
    texts: dict[Name, str] = {}
    waiting = list(roots)
    while waiting:
        wanted = waiting.pop()
        module = _module(wanted[0])
        if module is None or wanted in texts:
            continue
        if wanted[1] == EVERYTHING:
            texts[wanted] = ""
            waiting += [(wanted[0], name) for name in module.definitions]
            waiting += module.imported.values()
        elif wanted[1] in module.definitions:
            nodes = module.definitions[wanted[1]]
            texts[wanted] = "\n".join(_normalized(node) for node in nodes)
            waiting += (name for node in nodes for name in _mentioned(node, wanted[0], module))
        elif wanted[1] in module.imported:
            waiting.append(module.imported[wanted[1]])
        else:
            waiting += _submodule(wanted)
    return texts


def _submodule(wanted: Name) -> Iterator[Name]:
    """`from package import module`: the module, if there is one of that name."""
    name = f"{wanted[0]}.{wanted[1]}"
    if _module(name) is not None:
        yield name, EVERYTHING


def _mentioned(node: ast.AST, module_name: str, module: _Module) -> Iterator[Name]:
    """The definitions of this project that a piece of code mentions."""
    whole = {name for name, of in module.imported.items() if _is_module(of)}
    for child in ast.walk(node):
        if isinstance(child, ast.Name):
            if child.id in module.definitions:
                yield module_name, child.id
            elif child.id in module.imported and child.id not in whole:
                yield module.imported[child.id]
        elif isinstance(child, ast.Attribute) and isinstance(child.value, ast.Name):
            name = child.value.id
            if name in whole and name not in module.definitions:
                named = module.imported[name]
                yield (named[0] if named[1] == EVERYTHING else ".".join(named)), child.attr


def _is_module(name: Name) -> bool:
    """Whether an imported name is a module of this project."""
    return name[1] == EVERYTHING or _module(".".join(name)) is not None


@functools.cache
def _module(name: str) -> _Module | None:
    """A module of this project by its name; None for all others."""
    path = ROOT.joinpath(*name.split("."))
    for place in (path.with_suffix(".py"), path / "__init__.py"):
        if place.is_file():
            module = _Module(place)
            _read(ast.parse(place.read_bytes()).body, module)
            return module
    return None


def _read(body: Iterable[ast.stmt], module: _Module) -> None:
    """Take the definitions and imports of a module, those under `if` and `try` too."""
    for node in body:
        if isinstance(node, ast.Import):
            for alias in node.names:
                bound = alias.asname or alias.name.partition(".")[0]
                module.imported[bound] = (alias.name if alias.asname else bound, EVERYTHING)
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                module.imported[alias.asname or alias.name] = (node.module or "", alias.name)
        elif isinstance(node, ast.If):
            _read([*node.body, *node.orelse], module)
        elif isinstance(node, ast.Try):
            handlers = [one for handler in node.handlers for one in handler.body]
            _read([*node.body, *handlers, *node.orelse, *node.finalbody], module)
        else:
            for name in _bound(node):
                module.definitions.setdefault(name, []).append(node)


def _bound(node: ast.stmt) -> Iterator[str]:
    """The names that a statement defines."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield node.name
    targets: list[ast.expr] = []
    if isinstance(node, ast.Assign):
        targets = node.targets
    elif isinstance(node, ast.AnnAssign | ast.AugAssign):
        targets = [node.target]
    for target in targets:
        yield from (child.id for child in ast.walk(target) if isinstance(child, ast.Name))


def _normalized(node: ast.stmt) -> str:
    """A definition without docstrings, comments, layout and places."""
    return ast.dump(_WithoutDocstrings().visit(node))


class _WithoutDocstrings(ast.NodeTransformer):
    """Takes docstrings out of functions and classes, and the sentences out of columns' `Doc`s."""

    def visit_Call(self, node: ast.Call) -> ast.AST:
        """Drop what a `Doc` says."""
        self.generic_visit(node)
        if isinstance(node.func, ast.Name) and node.func.id == "Doc":
            node.args = []
        return node

    def generic_visit(self, node: ast.AST) -> ast.AST:
        """Drop a leading text, wherever statements stand."""
        super().generic_visit(node)
        body = getattr(node, "body", None)
        if isinstance(body, list) and body and isinstance(body[0], ast.Expr):
            value = body[0].value
            if isinstance(value, ast.Constant) and isinstance(value.value, str):
                node.body = body[1:]  # type: ignore[attr-defined]
        return node


def _version(library: str) -> str:
    try:
        return importlib.metadata.version(library)
    except importlib.metadata.PackageNotFoundError:
        return "absent"

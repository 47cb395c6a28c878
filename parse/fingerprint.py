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
    """One source file: its definitions, and what its imports are called.

    imported  by local name: the module and the name there; EVERYTHING for a module itself
    """

    path: Path
    definitions: dict[str, list[ast.stmt]] = field(default_factory=dict)
    imported: dict[str, Name] = field(default_factory=dict)


def fingerprint(roots: Iterable[Name], *, libraries: Iterable[str] = ()) -> str:
    """The fingerprint of definitions and all they depend on; the same on every machine.

    roots      `("parse.sources.hltv.match", "parse")`, or `(module, EVERYTHING)`
    libraries  distributions whose installed versions are part of it
    """
    made = hashlib.sha256()
    for (module, name), digest in sorted(_closure(frozenset(roots)).items()):
        made.update(f"{module}:{name}={digest}\n".encode())
    for library in sorted(libraries):
        made.update(f"{library}=={_version(library)}\n".encode())
    return made.hexdigest()[:DIGITS]


def definitions_of(roots: Iterable[Name]) -> frozenset[Name]:
    """The definitions that a fingerprint covers."""
    return frozenset(_closure(frozenset(roots)))


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
    """Every definition that the roots reach, with the digest of its normalized text."""
    digests: dict[Name, str] = {}
    waiting = list(roots)
    while waiting:
        wanted = waiting.pop()
        if wanted not in digests and _module(wanted[0]) is not None:
            found = _definition(wanted)
            if found.is_there:
                digests[wanted] = found.digest
            waiting += found.mentioned
    return digests


@dataclass(frozen=True, slots=True)
class _Definition:
    """What a name stands for: its digest and what it mentions, or where else to look."""

    is_there: bool
    digest: str
    mentioned: tuple[Name, ...]


@functools.cache
def _definition(wanted: Name) -> _Definition:
    """The definition of a name in a module of this project."""
    module = _module(wanted[0])
    assert module is not None, "only modules of this project are looked into"
    if wanted[1] == EVERYTHING:
        own = [(wanted[0], name) for name in module.definitions]
        return _Definition(is_there=True, digest="", mentioned=(*own, *module.imported.values()))
    if wanted[1] in module.definitions:
        text: list[str] = []
        nodes: list[ast.AST] = []
        _write(module.definitions[wanted[1]], text, nodes)
        mentioned = set(_mentioned(nodes, wanted[0], module))
        digest = hashlib.sha256("".join(text).encode("utf-8", "surrogatepass")).hexdigest()
        return _Definition(is_there=True, digest=digest, mentioned=tuple(sorted(mentioned)))
    if wanted[1] in module.imported:
        return _Definition(is_there=False, digest="", mentioned=(module.imported[wanted[1]],))
    return _Definition(is_there=False, digest="", mentioned=tuple(_submodule(wanted)))


def _submodule(wanted: Name) -> Iterator[Name]:
    """`from package import module`: the module, if there is one of that name."""
    name = f"{wanted[0]}.{wanted[1]}"
    if _module(name) is not None:
        yield name, EVERYTHING


def _mentioned(nodes: Iterable[ast.AST], module_name: str, module: _Module) -> Iterator[Name]:
    """The definitions of this project that names and attributes stand for."""
    whole = {name for name, of in module.imported.items() if _is_module(of)}
    for node in nodes:
        if isinstance(node, ast.Name):
            if node.id in module.definitions:
                yield module_name, node.id
            elif node.id in module.imported and node.id not in whole:
                yield module.imported[node.id]
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            name = node.value.id
            if name in whole and name not in module.definitions:
                named = module.imported[name]
                yield (named[0] if named[1] == EVERYTHING else ".".join(named)), node.attr


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


def _write(node: object, into: list[str], seen: list[ast.AST]) -> None:
    """Write a syntax tree down without docstrings, comments, layout and places.

    seen  takes the nodes that may name a definition

    By hand: `ast.dump` and a visitor took four times as long, at every start with new code.
    """
    if isinstance(node, ast.AST):
        kind = type(node)
        into.append(kind.__name__)
        if kind is ast.Name or kind is ast.Attribute:
            seen.append(node)
        is_doc = isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Doc"
        for name in node._fields:
            value = getattr(node, name, None)
            if name == "ctx" or (is_doc and name == "args"):
                continue
            if name == "body" and isinstance(value, list) and value and _is_text(value[0]):
                value = value[1:]
            into.append("(")
            _write(value, into, seen)
        into.append(")")
    elif isinstance(node, list):
        into.append("[")
        for one in node:
            _write(one, into, seen)
            into.append(",")
    else:
        into.append(repr(node))


def _is_text(node: ast.AST) -> bool:
    """Whether a statement is a docstring: a text and nothing else."""
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def _version(library: str) -> str:
    import importlib.metadata  # noqa: PLC0415 - a parse that has nothing to do never asks

    try:
        return importlib.metadata.version(library)
    except importlib.metadata.PackageNotFoundError:
        return "absent"

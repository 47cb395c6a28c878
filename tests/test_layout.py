"""The shape of the code: sizes, names, directions that no linter watches."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("warc", "fetch", "parse", "warehouse")
MODULES = sorted(
    [ROOT / "warchouse.py"] + [path for name in PACKAGES for path in (ROOT / name).rglob("*.py")]
)
TESTS = sorted((ROOT / "tests").rglob("*.py"))
NETWORK = ("aiohttp", "nodriver", "asyncio", "ssl", "socket", "http.client", "urllib.request")

POSIX_ONLY = re.compile(
    r"\b(os\.(fork|forkpty|symlink|mkfifo|getuid|geteuid|killpg|setsid|O_DIRECTORY)|fcntl|"
    r"signal\.(pthread_sigmask|SIGKILL|SIGHUP|SIGUSR1|SIGALRM|alarm|pause)|resource\.|"
    r"add_signal_handler)\b"
)
POSIX_GUARDED = {"parse/pool.py", "warc/disk.py", "warc/lock.py", "warehouse/lease.py"}


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", MODULES, ids=relative)
def test_modules_are_at_most_600_lines_and_functions_70(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= 600
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno is not None
            assert node.end_lineno - node.lineno < 70, f"{node.name} is too long"


@pytest.mark.parametrize("path", MODULES, ids=relative)
def test_modules_are_named_by_what_they_hold(path: Path) -> None:
    assert path.stem not in {"utils", "util", "helpers", "common", "misc"}


@pytest.mark.parametrize("path", MODULES, ids=relative)
def test_posix_only_calls_stay_in_guarded_modules(path: Path) -> None:
    if relative(path) not in POSIX_GUARDED:
        assert not POSIX_ONLY.search(path.read_text(encoding="utf-8"))


def test_no_test_patches_code() -> None:
    name = "mock" + ".patch"
    assert [relative(path) for path in TESTS if name in path.read_text(encoding="utf-8")] == []


def test_our_parse_package_is_the_one_imported() -> None:
    import parse  # noqa: PLC0415 - which one is the question

    assert parse.__file__ == str(ROOT / "parse" / "__init__.py")


def test_every_source_is_present_in_every_phase() -> None:
    from fetch.sources import SOURCES as FETCHED  # noqa: PLC0415 - only this test needs all three
    from parse.sources import SOURCES as PARSED  # noqa: PLC0415
    from warc.sites import SITES  # noqa: PLC0415

    names = {site.name for site in SITES}
    assert {source.site.name for source in FETCHED} == names
    assert {source.name for source in PARSED} == names


LISTINGS = {
    "warc/sites/__init__.py",
    "fetch/sources/__init__.py",
    "fetch/cli.py",
    "parse/sources/__init__.py",
    "warehouse/rows/listed.py",
    "warehouse/rules/listed.py",
    "warehouse/marts/listed.py",
    "warehouse/drift/listed.py",
    "parse/roster/checks.py",
}
"""Where sources are entered, and the roster, which is of one; nothing else outside of a source's own
files knows one."""


def imported_by(path: Path) -> set[str]:
    """The names in the import statements of a module, piece by piece."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {piece for alias in node.names for piece in alias.name.split(".")}
        elif isinstance(node, ast.ImportFrom):
            found |= {*(node.module or "").split("."), *(alias.name for alias in node.names)}
    return found


def test_sources_are_known_to_their_own_files_and_the_listings_alone() -> None:
    from warc.sites import SITES  # noqa: PLC0415 - only this test needs it

    for name in (site.name for site in SITES):
        words = {name, f"cli_{name}"}
        own = re.compile(rf"\b(?:cli_)?{name}(?:_|\b)")
        knowing = {
            relative(path)
            for path in MODULES
            if not own.search(relative(path)) and not words.isdisjoint(imported_by(path))
        }
        assert knowing <= LISTINGS, name


def test_what_a_source_does_stands_in_its_own_files() -> None:
    """Code fingerprints begin there: what is made elsewhere would change without their notice."""
    from parse.sources import SOURCES  # noqa: PLC0415 - only this test needs both
    from warc.sites import site_named  # noqa: PLC0415

    for source in SOURCES:
        own = f"parse.sources.{source.name}"
        assert site_named(source.name).judge.__module__ == f"warc.sites.{source.name}"
        for does in (
            *(root.assemble for root in source.roots),
            *(parser.parse for parser in source.parsers),
        ):
            assert f"{does.__module__}.".startswith(f"{own}."), does


def loaded_by(statement: str) -> set[str]:
    code = f"import sys\n{statement}\nprint(*sorted(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True
    )
    return set(done.stdout.split())


def test_parsers_load_no_network_module() -> None:
    assert loaded_by("import parse.sources").isdisjoint(NETWORK)


def test_the_parse_command_loads_no_http_client() -> None:
    assert loaded_by("import parse.cli").isdisjoint({"aiohttp", "nodriver"})


def test_the_lock_names_no_host() -> None:
    pinned = re.compile(r"[A-Za-z0-9_.-]+==[0-9][A-Za-z0-9.+]*( ; [^:/@]+)?")
    lines = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if not pinned.fullmatch(line)] == []


def test_the_program_calls_itself_by_its_version() -> None:
    from warc.software import SOFTWARE  # noqa: PLC0415 - only this test needs it

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert f"{SOFTWARE}.0" == f"Warchouse/{project['version']}"

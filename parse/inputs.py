"""What a parse reads: the WARC files of all collections but `demo` or those that the caller names,
and the roster beside them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from parse.offline import refuse_remote
from parse.tracked import NOBODY, Tracked, detail_from_us
from warc.errors import UsageError
from warc.words import counted

DEMO = "demo"
ADMIN = "admin"  # as in warc.roster.reading, which takes longer to load than this
OPEN_SUFFIX = ".open"
SUFFIXES = (".warc", ".warc.gz", ".warc.zst", ".arc", ".arc.gz")


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """One WARC file.

    name   its name once sealed (without `.open`); with `collection` unique in a parse
    size   bytes at the time it was found: what is appended later belongs to the next parse
    named  True if the caller named the file itself
    """

    path: Path
    collection: str
    name: str
    size: int
    is_open: bool
    named: bool


@dataclass(frozen=True, slots=True)
class Inputs:
    """All files of a parse, ordered by collection and name, and what to say about the choice.

    gone     links among them that lead to no file
    tracked  whose detail the roster wants
    """

    files: tuple[Input, ...]
    note: str = ""
    gone: tuple[Path, ...] = ()
    tracked: Tracked = NOBODY

    @property
    def needs_look(self) -> str:
        """Why a person should look: empty if nobody needs to."""
        if not self.gone:
            return ""
        named = ", ".join(map(str, self.gone))
        return f"{counted(len(self.gone), 'link', 'links')} to no file: {named}"


def find_inputs(words: Sequence[str], *, archives: Path) -> Inputs:
    """The files that `words` (collections or files) name; without words, all collections.

    raises  UsageError where something is not there, is remote, or two files have one name,
            JournalError where the roster cannot be read
    """
    refuse_remote(str(archives))
    return replace(_find(words, archives), tracked=_tracked(archives))


def _tracked(archives: Path) -> Tracked:
    """Whose detail the roster of the archives wants."""
    if not (archives / ADMIN).exists():
        return NOBODY
    from warc.roster import read_roster  # noqa: PLC0415 - most archives have none

    players = read_roster(archives).players
    return tuple(sorted((one.account, detail_from_us(one.tracked_since)) for one in players))


def _find(words: Sequence[str], archives: Path) -> Inputs:
    if words:
        places = [_place(refuse_remote(word), archives) for word in words]
        return _inputs([file for place in places for file in _named(place)], places)
    if not archives.is_dir():
        raise UsageError(f"there is no archives folder {str(archives)!r} (--archives)")
    folders = [path for path in sorted(archives.iterdir()) if path.is_dir()]
    own = [file for path in folders if path.name != DEMO for file in _files_in(path)]
    if own:
        return _inputs(own, [path for path in folders if path.name != DEMO])
    demo = _files_in(archives / DEMO)
    if not demo:
        raise UsageError(f"no WARC file in any collection under {str(archives)!r} (--archives)")
    note = f"no collection but {DEMO} under {archives}: building from {DEMO}"
    return _inputs(demo, folders, note)


def _inputs(files: Sequence[Input], places: Sequence[Path], note: str = "") -> Inputs:
    """The files found in places; said is what in them is only named like one."""
    folders = [place for place in dict.fromkeys(places) if place.is_dir()]
    others = [path for folder in folders for path in _called_files(folder) if not path.is_file()]
    notes = [note, *(f"passed over: {path} is a folder" for path in others if path.is_dir())]
    gone = tuple(path for path in others if path.is_symlink() and not path.exists())
    return Inputs(_ordered(files), "\n".join(filter(None, notes)), gone)


def _place(word: str, archives: Path) -> Path:
    """The file or folder that a word names."""
    for path in (archives / word, Path(word)):
        if path.is_file() or path.is_dir():
            return path
    raise UsageError(f"neither a collection under {str(archives)!r} nor a file: {word!r}")


def _named(place: Path) -> list[Input]:
    if place.is_file():
        return [_input(place, named=True)]
    files = _files_in(place)
    if not files:
        raise UsageError(f"no WARC file in {str(place)!r}")
    return files


def _files_in(folder: Path) -> list[Input]:
    if not folder.is_dir():
        return []
    return [_input(path, named=False) for path in _called_files(folder) if path.is_file()]


def _called_files(folder: Path) -> list[Path]:
    """What is named as a WARC file in a folder."""
    return [
        path
        for path in sorted(folder.iterdir())
        if path.name.removesuffix(OPEN_SUFFIX).endswith(SUFFIXES)
    ]


def _input(path: Path, *, named: bool) -> Input:
    name = path.name.removesuffix(OPEN_SUFFIX)
    return Input(
        path=path,
        collection=path.resolve().parent.name,
        name=name,
        size=path.stat().st_size,
        is_open=name != path.name,
        named=named,
    )


def _ordered(files: Sequence[Input]) -> tuple[Input, ...]:
    ordered = sorted(files, key=lambda file: (file.collection, file.name, str(file.path)))
    kept: list[Input] = []
    for file in ordered:
        if kept and (kept[-1].collection, kept[-1].name) == (file.collection, file.name):
            if kept[-1].path.resolve() == file.path.resolve():
                continue
            raise UsageError(f"two files are called {file.name}: {kept[-1].path}, {file.path}")
        kept.append(file)
    return tuple(kept)

"""The command `warchouse freeze`: a capture out of an archive becomes a corpus case."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

from parse.cli_options import ArchivesOption, WarehouseOption
from parse.corpus import CASE_BYTES_MAX, Capture, capture_of, write_case
from parse.inputs import OPEN_SUFFIX, Input, find_inputs
from parse.offline import offline, refuse_remote
from parse.registered import REGISTRY
from parse.replay import capture_id, capture_id_of, stand_ins_of
from warc.errors import RecordSyntaxError, UsageError
from warc.head import bare
from warc.reader import read_record, read_records
from warc.record import Record
from warc.words import counted
from warehouse.errors import WarehouseError
from warehouse.options import one_line_errors
from warehouse.snapshot import current_snapshot

app = typer.Typer(rich_markup_mode=None, add_completion=False)

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}")
_PLACE = re.compile(r"(.+):([0-9]{1,18})")
_CAPTURE_ID = re.compile(r"-?[0-9]{1,19}")


@app.command(context_settings={"ignore_unknown_options": True})  # a capture id may be negative
def freeze(
    record: Annotated[
        str,
        typer.Argument(
            metavar="RECORD",
            help="WARC-Record-ID, capture id of the tables, FILE:OFFSET, or a page's URL.",
        ),
    ],
    *,
    why: Annotated[str, typer.Option(help="Why the case is worth keeping.")] = "",
    name: Annotated[
        str | None,
        typer.Option(
            help="Name of the case; page key and layout if not given.", show_default=False
        ),
    ] = None,
    into: Annotated[Path, typer.Option(metavar="DIR", help="The corpus.")] = Path("tests/corpus"),
    large: Annotated[
        bool, typer.Option("--large", help="Keep a case of more than half a megabyte, too.")
    ] = False,
    archives: ArchivesOption = Path("archives"),
    warehouse: WarehouseOption = Path("warehouse/data"),
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print errors only.")] = False,
) -> None:
    """Keep a capture as a corpus case, with what every version of its parser makes of it.

    Writes INTO/<source>/<page type>/<name>/: the record, the expectations, and why it is there.
    A page that its parser cannot read is a case, too: the error is what is expected. An id is
    looked up in the current snapshot, then in all collections; of a URL, the newest good capture
    in them is taken. Nothing is overwritten, and nothing is kept that takes more than half a
    megabyte, as the telemetry of a whole match does.

    Examples:

      warchouse freeze urn:uuid:16187272-944c-46cb-bcc3-551cd8f8f947 --why "six players in a team"

      warchouse freeze archives/demo/hltv-20261122T004542Z-00001.warc.gz:758360 --name old-layout
    """  # noqa: D412 - a blank line keeps the example a paragraph of its own
    if name is not None and not _NAME.fullmatch(name):
        raise UsageError(f"a case is named by letters, digits, _ . and -, not {name!r} (--name)")
    with one_line_errors(), offline():
        capture = _find(record, archives, warehouse)
        ref = capture.ref
        folder = into / ref.source / ref.page_type / (name or _named(ref.key))
        limit = None if large else CASE_BYTES_MAX
        outputs = write_case(folder, capture, REGISTRY, why=why, max_bytes=limit)
    if as_json:
        typer.echo(json.dumps({"case": str(folder), "parsers": sorted(outputs)}))
    elif not quiet:
        typer.echo(f"{capture.record.target_uri}\nis now the case {folder}")
        for label, output in outputs.items():
            rows = sum(len(listed["rows"]) for listed in output.get("rows", {}).values())
            said = (
                output.get("error") or f"layout {output['layout']}, {counted(rows, 'row', 'rows')}"
            )
            typer.echo(f"  {label}: {said}, {counted(len(output['issues']), 'issue', 'issues')}")


def _named(key: str) -> str:
    """A name for a case out of a page's key."""
    return re.sub(r"[^A-Za-z0-9_.-]+", "-", key).strip("-.") or "page"


def _find(word: str, archives: Path, warehouse: Path) -> Capture:
    """The capture that a word names; UsageError where there is none."""
    place = _PLACE.fullmatch(word)
    if place and not word.startswith(("urn:", "<")):
        path = Path(refuse_remote(place[1]))
        if not path.is_file():
            raise UsageError(f"there is no file {place[1]!r}")
        try:
            return capture_of(read_record(path, int(place[2])), _stand_ins(path), REGISTRY)
        except RecordSyntaxError as error:
            raise UsageError(str(error)) from error
    if "://" in word:
        return _newest(word, archives)
    number = int(word) if _CAPTURE_ID.fullmatch(word) else capture_id(bare(word))
    for path in _places(number, archives, warehouse):
        name = path.name.removesuffix(OPEN_SUFFIX)
        for found in read_records(path):
            if isinstance(found, Record) and capture_id_of(found, name) == number:
                return capture_of(found, _stand_ins(path), REGISTRY)
    raise UsageError(f"no record {word!r} in the collections under {str(archives)!r} (--archives)")


def _newest(url: str, archives: Path) -> Capture:
    """The newest capture of a URL that is content; UsageError where there is none."""
    found: list[tuple[str, Capture]] = []
    for path in _collected(archives):
        stand_ins = _stand_ins(path)
        for record in read_records(path):
            if isinstance(record, Record) and record.target_uri == url:
                with suppress(UsageError):  # its request, a revisit, a refusal
                    date = record.fields.first("WARC-Date") or ""
                    found.append((date, capture_of(record, stand_ins, REGISTRY)))
    if not found:
        raise UsageError(f"no content of {url} in the collections under {str(archives)!r}")
    return max(found, key=lambda one: one[0])[1]


def _places(number: int, archives: Path, warehouse: Path) -> Iterator[Path]:
    """The files that may hold a capture: the one that the snapshot names, then all collections'."""
    if not -(2**63) <= number < 2**63:
        return
    with suppress(WarehouseError):  # nothing built, or not known there: look
        snapshot = current_snapshot(warehouse)
        row = snapshot.capture(number)
        built = snapshot.path_of(row["collection"], row["file"])
        if built is not None and built.is_file():
            yield built
    yield from _collected(archives)


def _collected(archives: Path) -> Iterator[Path]:
    """The files of all collections."""
    for folder in sorted(archives.iterdir()) if archives.is_dir() else ():
        with suppress(UsageError):  # a folder without WARC files
            yield from (file.path for file in find_inputs([folder.name], archives=archives).files)


def _stand_ins(path: Path) -> dict[str, str]:
    size = path.stat().st_size
    return stand_ins_of(
        Input(path=path, collection="", name=path.name, size=size, is_open=False, named=True)
    )

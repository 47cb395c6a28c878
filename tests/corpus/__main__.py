"""Brings the expectations of the corpus up to date: `make corpus-update`.

Versions without expectations get them, those of versions that are gone go. Where a version's output is not what is written, nothing is
changed and the differences are printed: a parser whose output changes needs a new version. With
`--same-version` they are written all the same; a person reads the difference first.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from parse.corpus import (
    EXPECTED,
    differences,
    expected_text,
    outputs_of,
    read_case,
    read_expected,
)
from parse.registered import REGISTRY
from parse.registry import Registry
from warehouse.terminal import until_closed

CORPUS = Path(__file__).resolve().parent


def cases(corpus: Path = CORPUS) -> list[Path]:
    """The folders of all cases."""
    return sorted(path.parent for path in corpus.glob("*/*/*/capture.warc.gz"))


def stale(corpus: Path, registry: Registry) -> list[str]:
    """The expectations of versions that are not registered any more: 'FILE: hltv.match/1'."""
    known = {
        f"{name}/{version}"
        for name, versions in registry.registered().items()
        for version in versions
    }
    return [
        f"{(folder / EXPECTED).relative_to(corpus).as_posix()}: {label}"
        for folder in cases(corpus)
        if (folder / EXPECTED).exists()
        for label in read_expected(folder)
        if label not in known
    ]


def update(corpus: Path, *, same_version: bool) -> int:
    """Write what is missing; 1 where an output changed under its version and stays unwritten."""
    code = 0
    for line in stale(corpus, REGISTRY):
        print(f"{line} is gone")
    for folder in cases(corpus):
        name = folder.relative_to(corpus).as_posix()
        outputs, expected = outputs_of(read_case(folder, REGISTRY), REGISTRY), read_expected(folder)
        for label, output in outputs.items():
            if label not in expected:
                print(f"{name}: {label} is new")
            elif lines := differences(expected[label], output):
                print(f"{name}: {label} changed", *lines, sep="\n  ")
                if not same_version:
                    outputs[label], code = expected[label], 1
        text = expected_text(outputs)
        if not (folder / EXPECTED).exists() or text != (folder / EXPECTED).read_text("utf-8"):
            (folder / EXPECTED).write_text(text, encoding="utf-8", newline="\n")
            print(f"{name}: written")
    if code:
        print(
            "output changed under its version: raise the version, or say --same-version",
            file=sys.stderr,
        )
    return code


def main() -> None:
    """Update the corpus beside this file."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--same-version", action="store_true")
    options.add_argument("--corpus", type=Path, default=CORPUS)
    chosen = options.parse_args()
    sys.exit(update(chosen.corpus, same_version=chosen.same_version))


if __name__ == "__main__":
    with until_closed():
        main()

"""What reading an archive costs with every check: ours, and warcio's with both digests and ISA-L.

`ours`: the accounting reader compares block and payload digests, and each response is decoded.
`warcio`: its iterator with `check_digests='raise'`, its zlib replaced by ISA-L (a module attribute,
not an interface), each response's content read to its end.
"""

from __future__ import annotations

import argparse
from pathlib import Path


def ours(archives: list[Path]) -> int:
    """Read, check and decode every response; how many there are."""
    from parse.replay import page_of  # noqa: PLC0415 - each floor pays for itself alone
    from warc.reader import read_records  # noqa: PLC0415
    from warc.record import Record  # noqa: PLC0415

    count = 0
    for archive in archives:
        for found in read_records(archive, thorough=True):
            assert isinstance(found, Record), found
            if found.type == "response":
                count += bool(page_of(found).body)
    return count


def warcio(archives: list[Path]) -> int:
    """As `ours`, by warcio."""
    import warcio.bufferedreaders  # noqa: PLC0415 - see above
    from isal import isal_zlib  # noqa: PLC0415
    from warcio.archiveiterator import ArchiveIterator  # noqa: PLC0415

    warcio.bufferedreaders.zlib = isal_zlib
    count = 0
    for archive in archives:
        with archive.open("rb") as file:
            for record in ArchiveIterator(file, check_digests="raise"):
                body = record.content_stream().read()
                count += record.rec_type == "response" and bool(body)
    return count


def main() -> None:
    """Run one of the two."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("reader", choices=("ours", "warcio"))
    options.add_argument("archives", nargs="+", type=Path)
    chosen = options.parse_args()
    print((ours if chosen.reader == "ours" else warcio)(chosen.archives), "responses")


if __name__ == "__main__":
    main()

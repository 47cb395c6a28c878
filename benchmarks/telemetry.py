"""What one match's telemetry costs from bytes to packed rows, against `orjson.loads` of the bytes.

Run as a program it measures one file, warm, on one core, in a process of its own: CPU seconds of
both (medians, garbage collection as Python has it by default), and how much memory the rows took.
"""

from __future__ import annotations

import gc
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from benchmarks.figures import Figure, at_most
from benchmarks.listed import WORK
from benchmarks.measure import ROOT

ROUNDS = 7
SIZES = {"8 MB": ("league", 0.48), "29 MB": ("squad", 1.57)}
URL = "https://telemetry-cdn.pubg.com/bluehole-pubg/steam/x-telemetry.json"


def telemetry() -> Iterator[Figure]:
    """CPU, growth and memory of one match."""
    measured: dict[str, dict[str, float]] = {}
    for name, (kind, size) in SIZES.items():
        words = [sys.executable, "-m", "benchmarks.telemetry", str(_file(name, kind, size))]
        done = subprocess.run(words, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
        measured[name] = json.loads(done.stdout)
        print(f"{name}: {done.stdout.strip()}", flush=True)
    large, small = measured["29 MB"], measured["8 MB"]
    ratio = large["ours_s"] / large["orjson_s"]
    yield at_most("telemetry CPU", ratio, 2, "CPU of orjson.loads on the same 29 MB: all rows")
    growth = (large["ours_s"] / large["bytes"]) / (small["ours_s"] / small["bytes"])
    yield at_most("telem. growth", growth, 1.25, "CPU per byte at 29 MB against 8 MB")
    memory = large["memory_bytes"] / large["bytes"]
    yield at_most("telem. memory", memory, 4, "bytes of the file: memory on top of it")


def _file(name: str, kind: str, size: float) -> Path:
    """The telemetry of a made-up match of about that size, written once."""
    from tests.replica.pubg.match import make_match  # noqa: PLC0415 - only here

    path = WORK / f"telemetry-{name.partition(' ')[0]}.json"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(make_match(5, kind, size=size).telemetry)
    return path


def _cpu_s(work: Callable[[], object]) -> float:
    """CPU seconds of a piece of work, the median of some."""
    taken = []
    for _ in range(ROUNDS):
        gc.collect()
        began = time.process_time()
        result = work()
        taken.append(time.process_time() - began)
        del result
    return statistics.median(taken)


def measure(path: Path) -> dict[str, Any]:
    """Both costs of one file."""
    import orjson  # noqa: PLC0415 - the peer of this one measurement

    from parse.extract import extract_page  # noqa: PLC0415 - memory is counted from here
    from parse.registry import BUILT_IN, load_registry  # noqa: PLC0415
    from warc.sites.page import PageRef  # noqa: PLC0415

    source = load_registry(BUILT_IN).source_named("pubg")
    parser, unpack = source.parser_of("telemetry"), source.row_decoder().decode
    assert parser is not None, "telemetry has a parser"
    body, ref = path.read_bytes(), PageRef(source="pubg", page_type="telemetry", key="x")
    before = _memory_bytes("VmRSS")
    Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew (proc(5))
    made, _ = extract_page(parser, ref, body, URL, unpack)
    peak = _memory_bytes("VmHWM")
    assert made.outcome == "parsed", made
    return {
        "bytes": len(body),
        "rows": made.rows,
        "ours_s": _cpu_s(lambda: extract_page(parser, ref, body, URL, unpack)),
        "orjson_s": _cpu_s(lambda: orjson.loads(body)),
        "memory_bytes": peak - before,
    }


def _memory_bytes(name: str) -> int:
    """What Linux says of this process's memory: `VmRSS` now, `VmHWM` at its peak."""
    lines = Path("/proc/self/status").read_text().splitlines()
    (found,) = (line.split() for line in lines if line.startswith(f"{name}:"))
    return int(found[1]) * 1024


if __name__ == "__main__":
    print(json.dumps(measure(Path(sys.argv[1]))))

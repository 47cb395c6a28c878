"""Detail of players who were put on the roster, out of pages that were read before.

Theory of operation. Which detail a page gives follows from the roster, so a page whose players are
others on the roster now is read again, by its offset. That is never in the way of new pages: where
both are to be done, the new ones are built first, for those whom the current snapshot has detail
of, and committed; then pages are read again and a second snapshot has all. Reading again may stop
at any time: what was read is kept, and the next one goes on.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from parse.fill import Filled, Progress, fill, known_of, pages_of_others
from parse.inputs import Inputs
from parse.run import ParseOptions, basis_for, open_cache, reader_of, workers_of
from parse.tracked import tracked_in
from warehouse.store import Store, storage_errors


def as_before(inputs: Inputs, warehouse: Path) -> Inputs:
    """The same, with the detail of those whom the current snapshot has it of, if there is one.

    raises  DamagedError where the current snapshot cannot be told
    """
    about = _current(warehouse)
    return replace(inputs, tracked=tracked_in(about)) if about else inputs


def first_of_two(inputs: Inputs, options: ParseOptions) -> Inputs | None:
    """What is to be built first, where new pages would wait for others that are read again.

    None where there is nothing new, no snapshot yet, or nothing to be read again.
    """
    about = _current(options.warehouse)
    if about is None or (before := tracked_in(about)) == inputs.tracked:
        return None
    known = {(one["collection"], one["file"], one["size"]) for one in about["inputs"]}
    if all((file.collection, file.name, file.size) in known for file in inputs.files):
        return None
    return replace(inputs, tracked=before) if pages_due(inputs, options) else None


def pages_due(inputs: Inputs, options: ParseOptions) -> int:
    """How many pages were read for the detail of others than the roster has now."""
    store = Store(options.warehouse)
    with store.building(), open_cache(store) as cache:
        basis = basis_for(inputs, options)
        reader = reader_of(basis, options, None)
        due = pages_of_others(cache, known_of(cache, basis.files, reader), reader)
        return sum(map(len, due.values()))


def read_again(inputs: Inputs, options: ParseOptions, progress: Progress, until: float) -> Filled:
    """Read pages whose detail is another now, until a time by the monotonic clock; build nothing.

    raises  as `parse.run.parse_archives`
    """
    store = Store(options.warehouse)
    with (
        store.building(),
        open_cache(store) as cache,
        storage_errors(store.folder),
        workers_of(options) as executor,
    ):
        basis = basis_for(inputs, options)
        reader = reader_of(basis, options, executor, until=until)
        return fill(cache, basis.files, reader, progress)


def _current(warehouse: Path) -> dict[str, Any] | None:
    """What the current snapshot says of itself; None where there is none."""
    store = Store(warehouse)
    snapshot = store.current()
    return store.about(snapshot) if snapshot else None

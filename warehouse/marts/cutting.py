"""How a mart is cut into parts: by one letter of its first key column, or by two.

A letter is a byte of the text: the order of bytes is that in which Arrow sorts texts, and two bytes
make a number of at most five digits.
"""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc


def numbers_of(keys: pa.ChunkedArray, cut_at: int, letters: int) -> pa.Array:
    """The number of the part that each key falls into; never falling as keys rise.

    >>> keys = pa.chunked_array([["id.a1", "id.b", "id."]])
    >>> numbers_of(keys, 3, 1).to_pylist(), numbers_of(keys, 3, 2).to_pylist()
    ([97, 98, 0], [24881, 25088, 0])
    """
    cuts = pc.binary_slice(keys.cast(pa.binary()), cut_at, cut_at + letters)
    told = cuts.combine_chunks().dictionary_encode()
    numbers = [
        int.from_bytes((cut or b"").ljust(letters, b"\0"), "big")
        for cut in told.dictionary.to_pylist()
    ]
    return pa.array(numbers, pa.int32()).take(told.indices).fill_null(0)


def pieces(rows: pa.Table, numbers: pa.Array) -> Iterator[tuple[int, pa.Table]]:
    """The rows of each number, ascending; those of one number stay in order."""
    order = pc.sort_indices(numbers)  # stable
    rows, begin = rows.take(order), 0
    for counted in pc.value_counts(numbers.take(order)):
        count = counted["counts"].as_py()
        yield counted["values"].as_py(), rows.slice(begin, count)
        begin += count

"""What DuckDB refuses, in one line."""

from __future__ import annotations

import re

from warehouse.errors import WarehouseError

KIND = re.compile(r"^(?:[A-Z][A-Za-z]* )+Error: ")
POINTER = re.compile(r"\n+LINE (\d+): .*", re.DOTALL)
HINTS = ("Possible solutions:", "Unused blocks cannot", "Launch the database", "Database is")


class SqlError(WarehouseError):
    """The caller's SQL is wrong, or wants what is not allowed here."""

    exit_code = 2


def one_line(message: str, position: object = None, sql: str = "") -> str:
    r"""An error message of DuckDB without its kind, its drawing and its advice on settings.

    position  offset in `sql` of what it is about, where the message itself has no line

    >>> one_line('Parser Error: syntax error at or near "selec"\n\nLINE 2: selec 1\n        ^')
    'syntax error at or near "selec" (line 2)'
    >>> one_line('Catalog Error: no t!\nDid you mean "x"?', "7", "select\nt")
    'no t! Did you mean "x"? (line 2)'
    """
    pointed = POINTER.search(message)
    text = POINTER.sub("", KIND.sub("", message))
    for hint in HINTS:
        text = text.partition(hint)[0]
    line = pointed[1] if pointed else ""
    if not line and isinstance(position, str | int) and str(position).isdecimal():
        line = str(sql[: int(position)].count("\n") + 1)
    return " ".join(text.split()) + (f" (line {line})" if line else "")

"""The branch of errors that says the tables are wrong."""

from __future__ import annotations


class WarehouseError(Exception):
    """A warehouse is damaged, locked, unwritable or not one; nothing was changed.

    Its text is fit for a user; `exit_code` is what a command ends with.
    """

    exit_code = 4


class HeldBackError(WarehouseError):
    """A build was not committed because it would lose or miscount rows."""

    exit_code = 5


class TableNotFoundError(WarehouseError):
    """The caller named a table, column or row that the snapshot does not hold."""

    exit_code = 2

"""Players that the tables know: the account behind a name."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from warc.errors import UsageError
from warehouse.errors import TableNotFoundError
from warehouse.snapshot import open_snapshot
from warehouse.store import Store

_TABLE = "pubg_players"


@dataclass(frozen=True, slots=True)
class Known:
    """An account, and where it is from; None where that is not told."""

    account: str
    shard: str | None


def account_of(name: str, warehouse: Path, *, shard: str = "") -> Known:
    """The account that has a name in the newest match it is in.

    shard   only accounts from there, "": from anywhere
    raises  UsageError where nobody or more than one account has the name; WarehouseError
    """
    otherwise = (
        f"give --account, or make the name known first: warchouse fetch pubg --player {name},"
        " then warchouse parse"
    )
    if Store(warehouse).current() is None:
        raise UsageError(f"no tables in {warehouse} to look {name!r} up in: {otherwise}")
    players = _players(warehouse)
    called = [one for known, one in players if known == name]
    found = [one for one in called if not shard or one.shard in {None, shard}]
    if len(found) == 1:
        return found[0]
    if found:
        accounts = ", ".join(f"{one.account} ({one.shard})" for one in found)
        raise UsageError(f"{name!r} is the name of several accounts: {accounts}; give --account")
    near = sorted({known for known, _ in players if known.lower() == name.lower()} - {name})
    hint = f" (there is {', '.join(near)})" if near else ""
    where = f" of {shard}" if called else ""
    raise UsageError(f"the tables know no player{where} called {name!r}{hint}: {otherwise}")


def _players(warehouse: Path) -> list[tuple[str, Known]]:
    """Every player of the current snapshot by name."""
    snapshot = open_snapshot(warehouse, "")  # held until its rows are read
    try:
        table = snapshot.table(_TABLE)
    except TableNotFoundError:  # of a version that had no such table
        return []
    rows = table.select("player_name", "account_id", "shard").collect().rows()
    return [(name, Known(account, shard)) for name, account, shard in rows]

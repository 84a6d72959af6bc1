"""The time ranges that recent transactions touched: a cache of any other range still holds."""

import sqlite3
from typing import NamedTuple

_MAX_CHANGES = 1000
"""Transactions; a reader that looks more seldom has to read everything again."""


class Change(NamedTuple):
    """A transaction that touched records of [from_ns, to_ns]; the numbers have no gap."""

    number: int
    from_ns: int
    to_ns: int


def append(connection: sqlite3.Connection, from_ns: int, to_ns: int) -> None:
    """Record that records of [from_ns, to_ns] came or went."""
    connection.execute("INSERT INTO changes (from_ns, to_ns) VALUES (?, ?)", (from_ns, to_ns))
    connection.execute("DELETE FROM changes WHERE id <= last_insert_rowid() - ?", (_MAX_CHANGES,))


def since(connection: sqlite3.Connection, number: int) -> list[Change]:
    """Return the changes after that one, as far back as they are kept."""
    rows = connection.execute(
        "SELECT id, from_ns, to_ns FROM changes WHERE id > ? ORDER BY id", (number,)
    )
    return [Change(*row) for row in rows]

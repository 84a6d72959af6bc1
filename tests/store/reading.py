"""What a database holds, in numbers."""

from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

from ccotel_tui.store.database import Database
from ccotel_tui.store.file.connection import connect
from ccotel_tui.telemetry.records import Record


def total(path: Path, table: str, column: str) -> float:
    with closing(connect(path)) as connection:
        (value,) = connection.execute(f"SELECT total({column}) FROM {table}").fetchone()
        return float(value)


def count(path: Path, table: str) -> int:
    return int(total(path, table, "1"))


def fill(path: Path, records: Iterable[Record]) -> None:
    """Append the records one by one."""
    with closing(Database(path)) as database:
        for record in records:
            database.append([record])

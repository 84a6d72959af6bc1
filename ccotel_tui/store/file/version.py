"""By what a database of ours is known, and which version it has."""

import sqlite3

from ccotel_tui.errors import BadDatabase

APPLICATION_ID = 0x63636F74
"""`ccot` in the file's header, which tells our files from other programs' databases."""

STORE_VERSION = 7
"""The number of migrations that lead to this version's tables."""


def file_version(connection: sqlite3.Connection, path: object) -> int:
    """Return the database's version; raises BadDatabase where it is newer, or another program's."""
    # The tables first: another process may be making them, and says whose they are with them.
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if tables and application != APPLICATION_ID:
        raise BadDatabase(
            f"{path} is a database of another program; it was not touched. "
            "Name another file with --db."
        )
    if version > STORE_VERSION:
        raise BadDatabase(
            f"{path} was written by a newer ccotel-tui (its version is {version}, this one reads "
            f"up to {STORE_VERSION}); it was not touched. Upgrade ccotel-tui."
        )
    return int(version)

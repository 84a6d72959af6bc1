"""By what a database of ours is known, and which version it has."""

import sqlite3

APPLICATION_ID = 0x63636F74
"""`ccot` in the file's header, which tells our files from other programs' databases."""

STORE_VERSION = 7
"""The number of migrations that lead to this version's tables."""

OLDEST_SQLITE = (3, 38, 0)
"""The first that reads JSON by operators."""


def file_version(connection: sqlite3.Connection, path: object) -> int:
    """Return the database's version.

    Raises BadDatabase where it is newer, or another program's, and where SQLite is too old.
    """
    # Imported here: `line` needs the two numbers alone.
    from ccotel_tui.errors import BadDatabase
    from ccotel_tui.sentences import Sentence

    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        form = (
            "This Python's SQLite is {version}, and ccotel-tui needs {needed} or newer: run it by "
            "a Python that brings its own, such as one that uv installs."
        )
        needed = ".".join(map(str, OLDEST_SQLITE))
        values = {"version": sqlite3.sqlite_version, "needed": needed}
        raise BadDatabase(Sentence("sqlite_too_old", form, **values))
    # The tables first: another process may be making them, and says whose they are with them.
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if tables and application != APPLICATION_ID:
        form = (
            "{path} is a database of another program; it was not touched. Name another file with "
        )
        raise BadDatabase(Sentence("store_of_another_program", f"{form}--db.", path=str(path)))
    if version > STORE_VERSION:
        form = (
            "{path} was written by a newer ccotel-tui (its version is {version}, this one reads "
            "up to {readable}); it was not touched. Upgrade ccotel-tui."
        )
        newer = {"path": str(path), "version": version, "readable": STORE_VERSION}
        raise BadDatabase(Sentence("store_newer", form, **newer))
    return int(version)

"""Opens the embedded store for the one line."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager

from ccotel_tui.store.file.uri import sqlite_uri
from ccotel_tui.store.file.version import APPLICATION_ID, STORE_VERSION

_KNOWN_BY = """\
SELECT (SELECT application_id FROM pragma_application_id),
    (SELECT user_version FROM pragma_user_version)"""


@contextmanager
def open_for_line(path: str | os.PathLike[str]) -> Iterator[sqlite3.Connection | None]:
    """The store at the path in one read transaction; None where it is of another version.

    Raises sqlite3.Error where it is not there, or faulty.
    """
    uri = sqlite_uri(path, "ro")
    with closing(sqlite3.connect(uri, uri=True, isolation_level=None, timeout=10)) as store:
        if store.execute(_KNOWN_BY).fetchone() != (APPLICATION_ID, STORE_VERSION):
            yield None
            return
        store.execute("BEGIN")
        yield store

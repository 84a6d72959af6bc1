"""How SQLite is told which file to open, and how."""

import os
from pathlib import Path
from urllib.parse import quote_from_bytes


def sqlite_uri(path: Path, mode: str) -> str:
    """Return the URI of the file, opened in this mode of SQLite's.

    From Python 3.14 on `Path.as_uri` imports an HTTP client, with TLS: more than a line costs.
    """
    return f"file://{quote_from_bytes(os.fsencode(path.absolute()))}?mode={mode}"

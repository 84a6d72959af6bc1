"""How SQLite is told which file to open, and how."""

import os

_AS_IT_IS = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/-._~")


def sqlite_uri(path: str | os.PathLike[str], mode: str) -> str:
    """Return the URI of the file, opened in this mode of SQLite's.

    Quoted here: what Python has for it takes `line` longer to import than the store to read.
    """
    absolute = path if os.path.isabs(path) else os.path.join(os.getcwd(), path)
    quoted = (chr(b) if b in _AS_IT_IS else f"%{b:02X}" for b in os.fsencode(absolute))
    return f"file://{''.join(quoted)}?mode={mode}"

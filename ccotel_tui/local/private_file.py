"""Small files of one user, written whole or not at all."""

import os
from contextlib import suppress


def replace_private(path: str | os.PathLike[str], text: str) -> None:
    """Write the file with mode 0600 in the place of the former one. Raises OSError, ValueError.

    Where there is no folder it is made, closed to others too.
    """
    os.makedirs(os.path.dirname(path) or ".", mode=0o700, exist_ok=True)
    # Not the standard library's tempfile: its imports take longer than all else here.
    temporary = f"{os.fspath(path)}.{os.urandom(8).hex()}"
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        os.replace(temporary, path)
    except BaseException:
        with suppress(FileNotFoundError):
            os.unlink(temporary)
        raise

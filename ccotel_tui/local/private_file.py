"""Small files of one user, written whole or not at all."""

import os
from pathlib import Path


def replace_private(path: Path, text: str) -> None:
    """Write the file with mode 0600 in the place of the former one. Raises OSError, ValueError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    # Not the standard library's tempfile: its imports take longer than all else here.
    temporary = path.with_name(f"{path.name}.{os.urandom(8).hex()}")
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise

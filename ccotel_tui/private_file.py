"""Small files of one user, written whole or not at all."""

import os
import tempfile
from pathlib import Path


def replace_private(path: Path, text: str) -> None:
    """Write the file with mode 0600 in the place of the former one. Raises OSError, ValueError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise

"""A file that belongs to the user: read with its identity, and replaced whole or not at all."""

import os
import shutil
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from ccotel_tui.errors import BadSettings
from ccotel_tui.sentences import Sentence, system_words


@dataclass(frozen=True)
class FileBytes:
    """What a file holds, None where there is none, at the path that its links lead to."""

    path: Path
    content: bytes | None

    @property
    def text(self) -> str:
        """The content as text; a byte order mark stays. Raises BadSettings."""
        try:
            return (self.content or b"").decode()
        except UnicodeDecodeError as error:
            line = (self.content or b"").count(b"\n", 0, error.start) + 1
            form = "{path}, line {line}: it is not UTF-8."
            words = Sentence("settings_not_utf8", form, path=str(self.path), line=line)
            raise BadSettings(words) from None


def read_file(path: Path) -> FileBytes:
    """Return what the file holds. Raises BadSettings where it cannot be read."""
    real = Path(os.path.realpath(path))
    try:
        return FileBytes(real, real.read_bytes())
    except FileNotFoundError:
        return FileBytes(real, None)
    except OSError as error:
        values = {"path": str(path), "error": system_words(error)}
        words = Sentence("file_unreadable", "{path} cannot be read: {error}.", **values)
        raise BadSettings(words) from None


def replace_file(former: FileBytes, content: bytes | None) -> None:
    """Put the content in the place of what was read, or take the file away where it is None.

    Raises BadSettings where the file is another one by now, or cannot be written: it is then as
    it was.
    """
    path = former.path
    try:
        if former.content is not None and not path.stat().st_mode & 0o222:
            raise BadSettings(f"{path} is read-only: `chmod u+w` lets it be changed.")
        if content is None:
            _require_same(former)
            path.unlink()
            return
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        _write_beside(former, content)
    except OSError as error:
        raise BadSettings(f"{path} cannot be written: {error.strerror}. Nothing changed.") from None


def _write_beside(former: FileBytes, content: bytes) -> None:
    path = former.path
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if former.content is None:
            # Unlike a rename it fails where a file came meanwhile.
            os.link(temporary, path)
            return
        shutil.copystat(path, temporary)
        os.utime(temporary)
        with suppress(PermissionError):
            owner = path.stat()
            os.chown(temporary, owner.st_uid, owner.st_gid)
        _require_same(former)
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def _require_same(former: FileBytes) -> None:
    if read_file(former.path) != former:
        raise BadSettings(f"{former.path} was changed meanwhile: do it again. Nothing changed.")

"""The files that `setup` changed, as they were before and after: a file of the user's alone."""

import base64
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from ccotel_tui.errors import BadSettings
from ccotel_tui.local.private_file import replace_private

ChangedKind = Literal["settings", "shell"]


@dataclass(frozen=True)
class ChangedFile:
    """A file before and after `setup`; `before` is None where it was not there."""

    kind: ChangedKind
    path: Path
    before: bytes | None
    after: bytes


@dataclass(frozen=True)
class SetupRecord:
    """All that can be given back, and whether the login service was installed."""

    files: tuple[ChangedFile, ...] = ()
    service: bool = False

    def of(self, path: Path) -> ChangedFile | None:
        """Return the entry of the file at this path."""
        return next((file for file in self.files if file.path == path), None)

    def with_file(self, changed: ChangedFile) -> "SetupRecord":
        """Return the record with this entry in the place of a former one."""
        return SetupRecord((*self.without(changed.path).files, changed), self.service)

    def without(self, path: Path) -> "SetupRecord":
        """Return the record without the file at this path."""
        files = tuple(file for file in self.files if file.path != path)
        return SetupRecord(files, self.service)


def read_record(path: Path) -> SetupRecord:
    """Return what was kept, nothing where there is no file. Raises BadSettings."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        files = tuple(map(_changed_file, document["files"]))
        return SetupRecord(files, bool(document["service"]))
    except FileNotFoundError:
        return SetupRecord()
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise BadSettings(
            f"{path}, which holds the files as they were, cannot be read: {error}."
        ) from None


def write_record(path: Path, record: SetupRecord) -> None:
    """Keep the record; one that is empty goes. Raises BadSettings."""
    try:
        if not record.files and not record.service:
            path.unlink(missing_ok=True)
            return
        files = [
            {
                "kind": file.kind,
                "path": str(file.path),
                "before": None if file.before is None else _text(file.before),
                "after": _text(file.after),
            }
            for file in record.files
        ]
        replace_private(path, json.dumps({"files": files, "service": record.service}))
    except OSError as error:
        raise BadSettings(
            f"{path} cannot be written, so nothing was changed: {error.strerror}."
        ) from None


def _changed_file(entry: dict[str, Any]) -> ChangedFile:
    before = entry["before"]
    return ChangedFile(
        kind="shell" if entry["kind"] == "shell" else "settings",
        path=Path(entry["path"]),
        before=None if before is None else base64.b64decode(before),
        after=base64.b64decode(entry["after"]),
    )


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode()

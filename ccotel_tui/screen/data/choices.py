"""What the program itself keeps between two runs: the theme that was chosen last."""

import json
from contextlib import suppress
from pathlib import Path

from ccotel_tui.private_file import replace_private


class Choices:
    """A small file; one that cannot be read or written changes nothing but what is kept."""

    def __init__(self, path: Path | None) -> None:
        self._path = path

    @property
    def theme(self) -> str:
        """The theme's name; empty where none was chosen."""
        if self._path is None:
            return ""
        try:
            document = json.loads(self._path.read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError):
            return ""
        theme = document.get("theme") if isinstance(document, dict) else None
        return theme if isinstance(theme, str) else ""

    @theme.setter
    def theme(self, name: str) -> None:
        if self._path is None:
            return
        with suppress(OSError):
            replace_private(self._path, json.dumps({"theme": name}))

"""What the program itself keeps between two runs: the last theme, budgets that were told of."""

import json
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from ccotel_tui.local.private_file import replace_private


class Choices:
    """A small file; one that cannot be read or written changes nothing but what is kept."""

    def __init__(self, path: Path | None) -> None:
        self._path = path

    @property
    def theme(self) -> str:
        """The theme's name; empty where none was chosen."""
        theme = self._document().get("theme")
        return theme if isinstance(theme, str) else ""

    @theme.setter
    def theme(self, name: str) -> None:
        self._replace("theme", name)

    @property
    def budget_notices(self) -> dict[str, str]:
        """The newest notice of each budget, as `newly_reached` writes them."""
        notices = self._document().get("budget_notices")
        if not isinstance(notices, dict):
            return {}
        return {name: text for name, text in notices.items() if isinstance(text, str)}

    @budget_notices.setter
    def budget_notices(self, notices: Mapping[str, str]) -> None:
        self._replace("budget_notices", notices)

    def _document(self) -> dict[str, Any]:
        if self._path is None:
            return {}
        try:
            document = json.loads(self._path.read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError):
            return {}
        return document if isinstance(document, dict) else {}

    def _replace(self, name: str, value: object) -> None:
        if self._path is not None:
            with suppress(OSError):
                replace_private(self._path, json.dumps({**self._document(), name: value}))

"""The settings file: read with the panels and keys that there are, and edited."""

import shlex
import subprocess
from collections.abc import Mapping
from pathlib import Path

from ccotel_tui.errors import UsageError
from ccotel_tui.panels.catalogue import BY_ID
from ccotel_tui.screen import strings
from ccotel_tui.screen.keys import KEYS
from ccotel_tui.sentences import system_words
from ccotel_tui.settings import Settings, read_settings, template


def known_settings(path: Path) -> Settings:
    """Return the settings of the file; the defaults without one. Raises UsageError."""
    return read_settings(path, frozenset(BY_ID), frozenset(key.id for key in KEYS))


def edit_settings(path: Path, environment: Mapping[str, str]) -> None:
    """Open the file in the editor and wait for it; a new one begins with the defaults.

    Raises UsageError where there is no editor, or it fails, or the file cannot be written.
    """
    editor = environment.get("VISUAL") or environment.get("EDITOR")
    if not editor:
        raise UsageError(strings.NO_EDITOR.format(path=path))
    try:
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(template({key.id: key.keys for key in KEYS}), encoding="utf-8")
        subprocess.run([*shlex.split(editor), str(path)], check=True)
    except (OSError, ValueError, subprocess.CalledProcessError) as error:
        instead = strings.NO_EDITOR.format(path=path)
        raise UsageError(f"{editor}: {_why(error)}. {instead}") from error


def _why(error: Exception) -> str:
    """Return why the editor failed, or why the file could not be written."""
    match error:
        case OSError():
            return strings.translated(system_words(error))
        case subprocess.CalledProcessError(returncode=status):
            return strings.EDITOR_FAILED.format(status=status)
    return str(error)

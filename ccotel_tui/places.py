"""Where sessions ran, by what this machine knows and what the source tells of it."""

import os
from collections.abc import Mapping
from datetime import tzinfo

from ccotel_tui.claude.session_memory import SessionMemory
from ccotel_tui.claude.session_registry import SessionRegistry, session_folders
from ccotel_tui.errors import UsageError
from ccotel_tui.local.locations import session_memory
from ccotel_tui.query.query import Scope
from ccotel_tui.query.source import Source
from ccotel_tui.query.status_line.places import session_projects, sessions_in
from ccotel_tui.query.status_line.reading import StatusLineReader


def scope_here(source: Source, scope: Scope, now_ns: int, zone: tzinfo) -> Scope:
    """Return the scope with no sessions but those of this folder.

    Raises UsageError where the folder is gone, and SourceUnavailable.
    """
    lines = StatusLineReader().read(source, "", now_ns, zone).lines
    return scope._replace(sessions=sessions_in(this_folder(), _folders(), lines))


def this_folder() -> str:
    """Return the folder that one stands in. Raises UsageError where it is gone."""
    try:
        return os.getcwd()
    except OSError:
        raise UsageError("--here: this folder is gone; change into one that is there.") from None


def known_projects(source: Source, now_ns: int, zone: tzinfo) -> dict[str, str]:
    """Return the repo or the folder of sessions, by their ids. Raises SourceUnavailable."""
    lines = StatusLineReader().read(source, "", now_ns, zone).lines
    return session_projects(_folders(), lines)


def _folders() -> Mapping[str, str]:
    """The folders of the sessions that ran on this machine, by their ids."""
    return session_folders(SessionRegistry(memory=SessionMemory(session_memory())).read())

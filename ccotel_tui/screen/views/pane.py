"""The way from a session to the terminal that it runs in."""

from collections.abc import Mapping

from ccotel_tui.claude.session_registry import Running
from ccotel_tui.claude.terminals import terminal_name, terminal_pane_of
from ccotel_tui.claude.tmux import jump_to, pane_of
from ccotel_tui.panels.output.sanitize import sanitize
from ccotel_tui.screen import strings


def go_to_pane(session: Running | None, environment: Mapping[str, str]) -> str:
    """Show the session's pane of tmux, WezTerm or kitty, and return the words for what was done.

    Where that cannot be reached they tell where it runs.
    """
    if session is None or not session.lives:
        return strings.NO_PANE
    if pane := pane_of(session):
        shown = bool(environment.get("TMUX")) and jump_to(pane)
        form = strings.PANE_SHOWN if shown else strings.PANE_IS
        return form.format(address=sanitize(pane.address))
    terminal_pane = terminal_pane_of(session, environment)
    if terminal_pane and terminal_pane.show():
        return strings.PANE_SHOWN.format(address=terminal_pane.address)
    process = strings.RUNS_IN.format(pid=session.pid)
    return sanitize(", ".join(filter(None, (process, terminal_name(session.pid), session.folder))))

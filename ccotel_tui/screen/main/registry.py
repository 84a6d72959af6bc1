"""The views by name, imported when they are first seen: the first frame waits for none."""

from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING

from ccotel_tui.panels.catalogue import SECTIONS
from ccotel_tui.screen.stack_actions import Controls

if TYPE_CHECKING:
    from ccotel_tui.screen.views.sections.view import View

TEAM = "team"
"""The section that is there where there are several users."""

_SECTION = "ccotel_tui.screen.views.sections.section"
_OWN = {
    "overview": ("ccotel_tui.screen.views.sections.overview", "Overview"),
    "performance": (_SECTION, "PerformanceView"),
    "tools": ("ccotel_tui.screen.views.sections.tools", "ToolsView"),
    "sessions": ("ccotel_tui.screen.views.sessions", "SessionsView"),
    "session": ("ccotel_tui.screen.views.session", "SessionView"),
    "prompt": ("ccotel_tui.screen.views.prompt", "PromptView"),
    "log": ("ccotel_tui.screen.views.event_log", "LogView"),
    "usage": ("ccotel_tui.screen.views.usage", "UsageView"),
    TEAM: ("ccotel_tui.screen.views.team", "TeamView"),
    "alerts": ("ccotel_tui.screen.views.alerts", "AlertsView"),
    "reconcile": ("ccotel_tui.screen.views.reconcile", "ReconcileView"),
    "stack": ("ccotel_tui.screen.views.stack", "StackView"),
}
"""Those that are more than the panels of their section."""


def make_view(name: str, controls: Controls, hidden: Sequence[str] = ()) -> "View":
    """Make a view by its name; `controls` is how the stack's reaches the stack.

    `hidden` are the ids of panels that the user does not want to see.
    """
    module, made = _OWN.get(name, (_SECTION, "SectionView"))
    given: tuple[object, ...] = (controls,) if name == "stack" else ()
    if name in SECTIONS:
        given = (hidden,)
    new: View = getattr(import_module(module), made)(name, *given)
    return new

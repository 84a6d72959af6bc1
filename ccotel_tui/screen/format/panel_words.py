"""A panel's title and footnote as the screen shows them. Pure."""

from ccotel_tui.panels.panel import Panel
from ccotel_tui.screen import strings
from ccotel_tui.screen.format.cells import NARROW


def panel_title(panel: Panel, width: int = NARROW) -> str:
    """The title; the short one in a pane of fewer columns than NARROW."""
    title = strings.TITLES.get(panel.id, panel.title)
    return strings.SHORT_TITLES.get(panel.id, title) if width < NARROW else title


def panel_footnote(panel: Panel) -> str:
    """The footnote; empty where the panel has none."""
    return strings.FOOTNOTES.get(panel.id, panel.footnote)

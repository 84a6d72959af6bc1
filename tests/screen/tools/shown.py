"""The panels of a section, for tests of what the section does and not of what the catalogue has."""

import pytest

from ccotel_tui.panels.catalogue import BY_ID
from ccotel_tui.panels.panel import Panel
from ccotel_tui.screen.views.sections import section

COST_CHARTS = tuple(BY_ID[id] for id in ("cost_by_model", "tokens_by_type", "tokens_by_model"))
TOOLS = tuple(BY_ID[id] for id in ("tool_success", "tool_rate", "tool_count"))


def show(monkeypatch: pytest.MonkeyPatch, *panels: Panel) -> None:
    """Have the sections show these panels alone, whatever the catalogue has beside them."""
    monkeypatch.setattr(section, "PANELS", panels)

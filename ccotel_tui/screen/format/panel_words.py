"""A panel's title, footnote and leading figures as the screen shows them. Pure."""

from collections.abc import Mapping

from textual.content import Content

from ccotel_tui.panels.output.units import shown
from ccotel_tui.panels.panel import Panel, PanelWords, PerMinute, SingleValue
from ccotel_tui.panels.result import PanelAnswer
from ccotel_tui.query.query import Query
from ccotel_tui.screen import strings
from ccotel_tui.screen.format.cells import NARROW
from ccotel_tui.screen.format.series import in_readable_unit

_LEADING: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "code_changes": {"dev_activity": ("commits", "pull_requests")},
    "api_errors": {"api_errors": ("errors", "requests")},
}
"""Parts that stand beside a panel's value: of which panel, and which."""


def leading_figures(answer: PanelAnswer, beside: Mapping[str, PanelAnswer]) -> list[Content]:
    """Return what a panel says first: its value, and of what it is made where that tells more."""
    answer = in_readable_unit(answer)
    panel = answer.panel
    if panel.id == "code_changes" and not panel.key:
        return [_changes(answer), *_beside(panel, beside)]
    what = value_word(panel)
    value = Content.assemble(
        (f"{what} " if what else "", "$foreground-muted"),
        (shown(answer.value, panel.unit), "bold $text-accent"),
    )
    if panel.id == "api_errors":
        errors, requests = (answer.parts.get(name) or 0.0 for name in ("errors", "requests"))
        counts = strings.OF.format(part=f"{errors:,.0f}", whole=f"{errors + requests:,.0f}")
        return [value, Content(counts)]
    return [value]


def leads(panel: Panel, part: str, beside: Mapping[str, PanelAnswer]) -> bool:
    """Return whether the part stands beside the value of a panel of the page."""
    return any(part in _LEADING.get(id, {}).get(panel.id, ()) for id in beside)


def _changes(answer: PanelAnswer) -> Content:
    """Lines added and removed."""
    totals = {series.labels.get("type"): total or 0.0 for series, total in answer.series}
    return Content.assemble(
        (f"+{totals.get('added', 0.0):,.0f}", "bold $text-success"),
        " ",
        (f"-{totals.get('removed', 0.0):,.0f}", "bold $text-error"),
    )


def _beside(panel: Panel, beside: Mapping[str, PanelAnswer]) -> list[Content]:
    """The parts of other panels that stand beside the panel's value."""
    return [
        Content.assemble(
            (f"{strings.PARTS[name]} ", "$foreground-muted"),
            (shown(beside[id].parts.get(name), beside[id].panel.part_unit(name)), "bold"),
        )
        for id, names in _LEADING[panel.id].items()
        if id in beside
        for name in names
    ]


def value_word(panel: Panel) -> str:
    """What the panel's value is, where it is neither a sum nor a share: `p95`, or a mean."""
    match panel.value:
        case SingleValue(Query(stat=float(quantile))):
            return f"p{quantile * 100:g}"
        case PerMinute():
            return strings.MEAN
    return ""


def panel_title(panel: Panel, width: int = NARROW, *, increments: bool = False) -> str:
    """The title; the short one in a pane of fewer columns than NARROW, or of `increments`.

    These are what a running sum grew by: neither word for them says that it adds up.
    """
    words = _words(panel)
    if panel.key:
        title = words.subject or words.title
        if increments:
            title = words.increment or words.short or title
        return strings.GROUPED.format(title=title, key=strings.USAGE_KEYS[panel.key])
    return words.short or words.title if width < NARROW or increments else words.title


def panel_meaning(panel: Panel) -> str:
    """What the panel's number is, in a sentence."""
    return _words(panel).meaning


def panel_footnote(panel: Panel) -> str:
    """The footnote; empty where the panel has none."""
    return _words(panel).footnote


def _words(panel: Panel) -> Panel | PanelWords:
    """What says the panel's title, meaning and footnote in the language that is used."""
    return strings.PANEL_WORDS.get(panel.id, panel)

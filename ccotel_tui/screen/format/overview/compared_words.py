"""Comparisons, forecasts and budgets in words. Pure."""

from textual.content import Content

from ccotel_tui.panels.compare.stats import COMPARED_CHART, COMPARED_PANELS, COMPARED_ROWS
from ccotel_tui.panels.compare.texts import about, budget_dollars, change_text, share_text
from ccotel_tui.panels.output.units import dollars, shown
from ccotel_tui.panels.panel import Panel
from ccotel_tui.query.usual.budget import BudgetPeriod, BudgetState
from ccotel_tui.query.usual.comparison import Forecast
from ccotel_tui.screen import strings
from ccotel_tui.screen.format.overview.comparisons import Comparisons


def forecast_words(period: BudgetPeriod, forecast: Forecast | None, *, spread: bool = False) -> str:
    """Return `about $27 by midnight`, with the middle half of what it may be if wanted."""
    if forecast is None:
        return ""
    words = strings.FORECASTS[period].format(dollars=about(forecast.expected))
    low, high = about(forecast.low), about(forecast.high)
    return f"{words} ({low}-{high})" if spread and low != high else words


def share_words(state: BudgetState) -> str:
    """Return `61% of $30`."""
    return strings.BUDGET_SHARE.format(share=share_text(state), dollars=budget_dollars(state))


def budget_words(state: BudgetState, forecast: Forecast | None) -> list[Content]:
    """Return the share that is spent, a word where it is much, the forecast; then shorter forms."""
    warning = strings.BUDGET_WARNINGS.get(state.threshold or 0.0, "")
    share = share_words(state)
    first = Content.styled(f"{share}: {warning}" if warning else share, budget_style(state))
    expected = (forecast_words(state.period, forecast, spread=spread) for spread in (True, False))
    return [
        *(first + Content(f", {words}") for words in expected if words),
        first,
        Content.styled(share, budget_style(state)),
    ]


def notice_words(state: BudgetState, session: str) -> str:
    """Return `budget 83% of $30: nearly spent`, and whose a session's is."""
    warning = strings.BUDGET_WARNINGS[state.threshold or 0.0]
    words = f"{strings.BUDGET_OF[state.period]} {share_words(state)}: {warning}"
    return f"{words}, {session}" if state.session_id else words


def named_budget(state: BudgetState) -> Content:
    """Return `budget 61% of $30`."""
    label = (f"{strings.BUDGET_OF[state.period]} ", "$foreground-muted")
    return Content.assemble(label, (share_words(state), budget_style(state)))


def compared_notes(comparisons: Comparisons) -> list[Content]:
    """Return what today's cost is usually by now, by how much it is more, and the forecast."""
    today = comparisons.today
    if not comparisons.is_today:
        words = change_text(comparisons.stat(COMPARED_CHART))
        return [Content(strings.THAN_BEFORE.format(change=words))] if words else []
    if today is None:
        return []
    usual = strings.USUAL_BY_NOW.format(value=dollars(today.other))
    forecast = forecast_words("day", today.forecast)
    notes = [Content.styled(usual, "$foreground-muted"), Content(change_text(today))]
    return [*filter(None, notes), Content.styled(forecast, "$foreground-muted")]


def explained(panel: Panel, comparisons: Comparisons) -> str:
    """Return what the panel's number is compared with, or why with nothing."""
    if panel.id == COMPARED_ROWS and not panel.key:
        return strings.CHANGE_IS
    if panel.id not in COMPARED_PANELS:
        return ""
    if lacking := comparisons.lacking_days:
        return strings.counted(strings.USUAL_LACKS, lacking).format(count=lacking)
    comparison = comparisons.stat(panel.id)
    change = change_text(comparison)
    if comparison is None or not change:
        return ""
    value = shown(comparison.other, panel.unit)
    if not comparisons.is_today:
        return strings.BEFORE_WAS.format(value=value, change=change)
    days = len(comparisons.usual_days.used)
    usual = strings.USUAL_OF.format(value=value, change=change, count=days)
    expected = forecast_words("day", comparison.forecast, spread=True)
    return f"{usual}; {expected}" if expected and panel.unit == "usd" else usual


def budget_style(state: BudgetState) -> str:
    """Return the colour of a budget; whatever it says is said in words too."""
    match state.threshold:
        case None:
            return ""
        case 1.0:
            return "bold $text-error"
        case _:
            return "bold $text-warning"


def budget_bar(state: BudgetState, width: int) -> Content:
    """Return a bar of the share that is spent, with a mark where its time is now."""
    filled = min(width, round(state.share * width))
    bar = Content.assemble(
        ("━" * filled, budget_style(state) or "$foreground"),
        ("─" * (width - filled), "$foreground-disabled"),
    )
    if state.pace is None:
        return bar
    at = min(width - 1, int(state.pace * width))
    return Content.assemble(bar[:at], ("┃", "$foreground-muted"), bar[at + 1 :])

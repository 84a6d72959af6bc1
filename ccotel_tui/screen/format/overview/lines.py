"""The overview's lines in a narrow pane, and those below its tiles in a wide one. Pure."""

from collections.abc import Container, Iterator
from typing import Literal

from textual.content import Content

from ccotel_tui.panels.compare.texts import change_text
from ccotel_tui.panels.output.units import shown
from ccotel_tui.query.usual.budget import BudgetState
from ccotel_tui.screen import strings
from ccotel_tui.screen.data.snapshot import Snapshot
from ccotel_tui.screen.format.cells import apart, join_cells, wrapped
from ccotel_tui.screen.format.overview import links
from ccotel_tui.screen.format.overview.compared_words import (
    budget_bar,
    budget_style,
    budget_words,
    named_budget,
    share_words,
)
from ccotel_tui.screen.format.overview.comparisons import Comparisons
from ccotel_tui.screen.format.overview.figures import Figures
from ccotel_tui.screen.format.overview.prompt import command_lines, prompt_lines
from ccotel_tui.screen.format.periods import is_always_shown, is_today
from ccotel_tui.screen.format.prompts.timeline import Flow

_MONEY = 8

_BUDGET_BAR = 20
"""Columns of a budget's bar."""


class OverviewLines:
    """The lines of one snapshot at one width."""

    def __init__(self, snapshot: Snapshot, comparisons: Comparisons, width: int) -> None:
        self._figures = Figures(snapshot)
        self._comparisons = comparisons
        self._period = snapshot.period
        self._width = width

    def narrow(self) -> Iterator[Content]:
        figures, width = self._figures, self._width
        who = figures.who()
        yield apart(who[0], join_cells(who[1:], " ", width // 2), width)
        yield apart(self._money("current_session", strings.SESSION), figures.burn(), width)
        notices = figures.notices()
        yield apart(self._today(), self._beside(notices), width)
        month = self._small("30d", strings.DAYS_30)
        week = change_text(self._comparisons.week)
        yield apart(self._money("7d", strings.DAYS_7, week), month, width)
        tokens = strings.TOKENS.format(count=shown(figures.value("token_usage"), "tokens"))
        yield self._of_window(
            [links.leading(Content(tokens), links.to_usage()), *figures.token_parts()]
        )
        changes = figures.line_changes()
        lines = Content.assemble(changes, f" {strings.LINES}") if changes else changes
        yield self._of_window([lines, figures.tools()])
        if notices:
            yield self._of_window(notices)
        flow = figures.flow()
        yield from self._prompt(flow)
        waiting = figures.who_waits()
        forms = (figures.counts(named=True), figures.counts())
        fitting = (form for form in forms if form.cell_length + waiting.cell_length < width)
        counted = next(fitting, None)
        yield waiting if counted is None else apart(counted, waiting, width)
        if error := figures.error(width):
            yield error
        yield from command_lines(flow, width)

    def below_tiles(self, tiles: Container[str]) -> Iterator[Content]:
        """The lines in a wide pane, with what these tiles do not show."""
        figures, width = self._figures, self._width
        parts = [*figures.notices(), *figures.token_parts()]
        if "tools" not in tiles:
            parts.append(figures.tools())
        if "days" not in tiles:
            week, month = self._small("7d", strings.DAYS_7), self._small("30d", strings.DAYS_30)
            change = change_text(self._comparisons.week)
            parts += [Content.assemble(week, f" {change}" if change else ""), month]
        yield from self._budgets()
        yield from wrapped(parts, "  ", width, 2)
        end = figures.who_waits() or figures.counts()
        about_session = join_cells(figures.who(), "  ", width - end.cell_length - 1)
        yield apart(about_session, end, width)
        flow = figures.flow()
        yield from self._prompt(flow)
        yield from command_lines(flow, width)
        if error := figures.error(width):
            yield error

    def _prompt(self, flow: Flow | None) -> Iterator[Content]:
        """This session's newest prompt and its steps."""
        for line in prompt_lines(flow, self._figures.part("last_prompt"), self._width):
            yield links.leading(line, self._figures.to_prompt)

    def _budgets(self) -> Iterator[Content]:
        """The budget that is most spent with its bar; the others where they have room."""
        states = sorted(self._comparisons.budgets.values(), key=lambda state: -state.share)
        if not states:
            return
        first, *others = states
        label = Content.styled(f"{strings.BUDGET_OF[first.period]} ", "$foreground-muted")
        line = Content.assemble(label, budget_bar(first, _BUDGET_BAR), "  ")
        words = budget_words(first, self._comparisons.forecast(first.period))
        room = self._width - line.cell_length
        fitting = next((form for form in words if form.cell_length <= room), words[-1])
        first_line = links.leading(line + fitting, self._of_budget(first))
        named = (links.leading(named_budget(state), self._of_budget(state)) for state in others)
        yield join_cells([first_line, *named], "  ", self._width)

    def _of_budget(self, budget: BudgetState) -> str:
        """The action that lists what a budget was spent on."""
        match budget.period:
            case "session":
                return self._figures.to_session
            case "day":
                return links.to_usage("today")
            case period:
                return links.to_usage(period)

    def _money(
        self, name: links.PeriodName | Literal["current_session"], label: str, change: str = ""
    ) -> Content:
        style = "bold $text-accent" if name == "current_session" else "bold"
        text = shown(self._figures.part(name), "usd")
        action = self._figures.to_session if name == "current_session" else links.to_usage(name)
        amount = links.leading(Content.styled(text, style), action)
        changed = f" {change}" if change else ""
        blank = " " * (_MONEY - amount.cell_length)
        return Content.assemble(blank, amount, (f" {label}", "$foreground-muted"), changed)

    def _small(self, name: links.PeriodName, label: str) -> Content:
        text = Content.styled(shown(self._figures.part(name), "usd"), "bold")
        amount = links.leading(text, links.to_usage(name))
        return Content.assemble(amount, (f" {label}", "$foreground-muted"))

    def _today(self) -> Content:
        return self._money("today", strings.TODAY, change_text(self._comparisons.today))

    def _beside(self, notices: list[Content]) -> Content:
        """Return what stands beside today's cost.

        The window's cost where it is not shown anyway, else the day's budget, else today's first
        notice.
        """
        if not is_always_shown(self._period):
            text = Content.styled(shown(self._figures.value("total_cost"), "usd"), "bold")
            label = (f" {self._figures.period}", "$foreground-muted")
            return Content.assemble(links.leading(text, links.to_usage()), label)
        if budget := self._comparisons.budgets.get("day"):
            share = Content.styled(share_words(budget), budget_style(budget))
            return links.leading(share, self._of_budget(budget))
        return notices.pop(0) if notices and is_today(self._period) else Content("")

    def _of_window(self, parts: list[Content]) -> Content:
        """The window's numbers behind its name, or a short one where that leaves no room."""
        parts = [part for part in parts if part]
        forms = [
            Content.assemble((label, "$foreground-muted"), " ", Content(gap).join(parts))
            for label in (self._figures.period, strings.WINDOW)
            for gap in ("  ", " ")
        ]
        fitting = (form for form in forms if form.cell_length <= self._width)
        return next(fitting, None) or join_cells(parts, " ", self._width)

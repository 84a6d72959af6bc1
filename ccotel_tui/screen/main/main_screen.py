"""The dashboard's one screen: what keys do to the view that is open."""

import os
from asyncio import to_thread
from collections.abc import Callable
from datetime import tzinfo
from typing import TYPE_CHECKING

from textual.content import Content

from ccotel_tui.panels.behind import Behind, RowsView, behind, behind_tool, prompts_of
from ccotel_tui.screen import strings
from ccotel_tui.screen.clipboard import Copyable, copy_text
from ccotel_tui.screen.data.recorder_report import RecorderReport
from ccotel_tui.screen.data.selection import Selection
from ccotel_tui.screen.format.overview.links import LINKED_PERIODS, PeriodName
from ccotel_tui.screen.format.page import AROUND_PAGE, Page
from ccotel_tui.screen.format.status import in_full
from ccotel_tui.screen.main.registry import TEAM
from ccotel_tui.screen.main.shown_views import ShownViews
from ccotel_tui.screen.messages import (
    BehindWanted,
    PartWanted,
    PromptChosen,
    SessionChosen,
)
from ccotel_tui.screen.views.pages.dialogs import help_page
from ccotel_tui.screen.views.pages.doctor import DoctorScreen
from ccotel_tui.screen.views.pages.grafana import board_of, opened_board
from ccotel_tui.screen.views.pane import go_to_pane
from ccotel_tui.screen.widgets.chart_panel import ChartPanel
from ccotel_tui.screen.widgets.event_panel import EventPanel
from ccotel_tui.screen.widgets.line_input import LineInput
from ccotel_tui.screen.widgets.lists.paged import PagedList
from ccotel_tui.screen.widgets.lists.table import TableList
from ccotel_tui.screen.widgets.ranked_bars import Ranked

if TYPE_CHECKING:
    from ccotel_tui.stack_control.models import Verb


class MainScreen(ShownViews):
    """The views, and the actions of keys that are about one of them."""

    ALLOW_IN_MAXIMIZED_VIEW = "BottomBar"

    async def on_alerts_wanted(self) -> None:
        await self.action_section("alerts")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "stack":
            return self.open_view == "stack" or parameters == ("stop",)
        return self._switcher.current is not None

    async def action_section(self, name: str) -> None:
        if name == TEAM and TEAM not in self.sections:
            self.tell(strings.NO_TEAM)
            return
        self.entered = False
        self.clear_all_choices()
        await self.reopen(name)
        self.view.follow()

    def action_behind_tool(self, label: str, value: str) -> None:
        """Go to the failed calls of the tool, or of whatever the row is of."""
        self.post_message(BehindWanted(behind_tool(label, value, failed=True)))

    def action_rows(self, view: RowsView, what: str = "", period: PeriodName = "") -> None:
        """Go to the rows behind a number: what is shown there, and of which time."""
        self.post_message(BehindWanted(Behind(view, what, LINKED_PERIODS[period])))

    def action_open_session(self, session_id: str) -> None:
        self.post_message(SessionChosen(session_id))

    def action_open_prompt_of(self, session_id: str, prompt_id: str) -> None:
        self.post_message(PromptChosen(session_id, prompt_id))

    def action_numbers(self, panel_id: str) -> None:
        """Show the numbers of a panel that the view has an answer of."""
        self.show_page(self.view.numbers_of(panel_id))

    def action_marked_prompt(self) -> None:
        """Go to the prompt that the marked event belongs to, or to those at a chart's cursor."""
        if (chart := self.view.chart(self.focused)) and (bucket := chart.bucket_at_cursor):
            self.post_message(BehindWanted(prompts_of(bucket)))
            return
        key = self.view.marked_prompt()
        if key is None or not key[1]:
            self.tell(strings.NO_PROMPT_THERE)
        else:
            self.post_message(PromptChosen(*key))

    def action_marked_session(self) -> None:
        """Go to the session of the marked event."""
        if key := self.view.marked_prompt():
            self.post_message(SessionChosen(key[0]))
        else:
            self.tell(strings.NO_SESSION_THERE)

    async def action_step_section(self, by: int) -> None:
        place = self.sections.index(self.last_section) + by
        await self.action_section(self.sections[place % len(self.sections)])

    async def action_ask_time(self) -> None:
        if self.open_view != "log":
            await self.action_section("log")
        self.view.ask_time()

    async def action_filter(self) -> None:
        """Filter the view's list; what the section of events lists is filtered in the log."""
        if self.open_view == "events":
            await self.action_section("log")
        self.view.filter()
        if not self.view.filters:
            self.tell(strings.NOTHING_TO_FILTER)

    async def action_group(self) -> None:
        """Group the panel, or what was dear, by the next key; from elsewhere open that."""
        if not self.view.group(self.focused):
            await self.action_section("usage")

    def action_stack(self, verb: "Verb") -> None:
        if self.open_view == "stack":
            self._stack_view.do(verb)
            return
        # The key that stops a service takes a filter away elsewhere.
        for typed in self.view.query(LineInput):
            if typed.value:
                typed.action_clear()

    async def action_switch_stack(self) -> None:
        await self.action_section("stack")
        self._stack_view.switch()

    def action_follow(self) -> None:
        self.view.follow()

    def action_sort(self, column: str) -> None:
        """Sort the view's list by the column, or by the next one where that is empty."""
        changed = [table.sort(column) for table in self.view.query(TableList)]
        if not any(changed):
            self.tell(strings.NOTHING_TO_SORT)

    def action_scroll(self, way: str) -> None:
        """Scroll the view, where nothing in it has the focus and scrolls itself.

        In the place of a chart that is alone the arrows mark its series.
        """
        steps = {"scroll_up": -1, "scroll_down": 1}.get(way)
        if steps and (chart := self._chart_alone):
            chart.mark_series(steps)
            return
        scroll: Callable[[], None] = getattr(self.view, f"action_{way}")
        scroll()

    def action_zoom(self) -> None:
        panel = self.view.panel_alone(self.focused)
        if self.maximized is not None:
            self.minimize()
        elif panel is None:
            self.tell(strings.NOTHING_ALONE)
        else:
            self.maximize(panel, container=False)
            self.call_after_refresh(self.view.fit_panels)

    def action_turn_chart(self) -> None:
        if chart := self.view.chart(self.focused):
            chart.turn()

    def action_switch_cursor(self) -> None:
        self.view.switch_cursor(self.focused)

    def action_move_cursor(self, steps: int) -> None:
        self.view.move_cursor(self.focused, steps)

    def action_zoom_time(self, by: int) -> None:
        """Let the charts show half the time, or twice as much, about the cursor."""
        if chart := self.view.chart(self.focused):
            chart.post_message(PartWanted(by, chart.cursor_ns))

    def action_switch_series(self, panel_id: str, name: str) -> None:
        """Hide the series of the panel's chart, or show it again."""
        for chart in self.view.query(f".{panel_id}").results(ChartPanel):
            chart.switch_series(name)

    async def action_copy(self, as_json: bool) -> None:
        """Copy what is marked, else the panel that is in sight, and say where it went."""
        widgets = [*(self.focused.ancestors_with_self if self.focused else ())]
        marked = next((widget for widget in widgets if isinstance(widget, Copyable)), None)
        source = marked or self.view.panel(self.focused)
        text = source.copied(as_json=as_json) if isinstance(source, Copyable) else ""
        if not text:
            self.tell(strings.NOTHING_TO_COPY)
            return
        target = await to_thread(copy_text, text, os.environ, self.app.copy_to_clipboard)
        self.tell(strings.COPIED[target])

    async def action_go_to_pane(self) -> None:
        """Go to the tmux pane of the marked session, else of who waits, else of this session."""
        marked = self.focused.marked if isinstance(self.focused, PagedList) else None
        waiting = (each.row.session_id for each in self.sessions if each.status == "waiting")
        session_id = next(waiting, self.snapshot.session_id if self.snapshot else "")
        snapshots = [self.snapshot, *reversed(self._snapshots.values())]
        running = next((each.running for each in snapshots if each and each.running), {})
        session = running.get(str(marked)) or running.get(session_id)
        self.tell(await to_thread(go_to_pane, session, os.environ))

    def action_detail(self) -> None:
        """Hide what is marked, go into the rows or to those behind the cursor, or show numbers."""
        chart, panel = self.view.chart(self.focused), self.view.panel(self.focused)
        if isinstance(panel, EventPanel) and panel.focus_rows():
            return
        bucket = chart.bucket_at_cursor if chart else None
        rows = behind(chart.panel, bucket) if chart and bucket else None
        if isinstance(panel, Ranked):
            rows = panel.behind_marked()
        if rows is not None:
            self.post_message(BehindWanted(rows))
        elif not (self._chart_alone and self._chart_alone.switch_marked()):
            self.show_page(self.view.numbers(self.focused))

    def action_help(self) -> None:
        self.show_page(help_page(self.app.size.width - AROUND_PAGE))

    def action_doctor(self) -> None:
        if self._controls.doctor is not None:
            self.app.push_screen(DoctorScreen(self._controls.doctor))

    async def open_board(self, selection: Selection, zone: tzinfo, source: str) -> None:
        """Open Grafana's board of the view and of what it is about; show its address."""
        board, base = board_of(self.open_view), self._controls.grafana
        period, scope = self.view.on_board(selection.period, selection.scope)
        self.show_page(await opened_board(base, board, period, scope, zone, source))

    def explain(self, recorder: RecorderReport, note: str) -> None:
        """Say what the panel in sight is, and what is known of the recorder."""
        wrong = recorder.in_full(in_full(recorder, note))
        self.show_page(self.view.explanation(self.focused, wrong))

    def show_error(self, title: str, error: Exception) -> None:
        self.show_page(Page(title, Content(str(error))))

    @property
    def _chart_alone(self) -> ChartPanel | None:
        return self.maximized if isinstance(self.maximized, ChartPanel) else None

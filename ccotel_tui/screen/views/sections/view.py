"""What all views share: what each wants to know, and how it lays its answers out."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from textual.containers import VerticalScroll
from textual.events import Resize
from textual.geometry import Size
from textual.widget import Widget

from ccotel_tui.panels.behind import behind
from ccotel_tui.panels.panel import Kind, Panel
from ccotel_tui.panels.result import PanelAnswer
from ccotel_tui.query.period import Period
from ccotel_tui.query.query import Scope
from ccotel_tui.query.reconcile import Reconciliation
from ccotel_tui.query.rules.rules import Alert
from ccotel_tui.query.source import Backend
from ccotel_tui.query.usual.budget import Budgets
from ccotel_tui.query.window import Window
from ccotel_tui.screen import strings
from ccotel_tui.screen.charts.form import margin_of
from ccotel_tui.screen.charts.reader.part import TimeZoom, from_first_event
from ccotel_tui.screen.charts.roles import SeriesRoles
from ccotel_tui.screen.data.files.fired import Fired
from ccotel_tui.screen.data.history.log_page import LogPlace
from ccotel_tui.screen.data.snapshot import Question, Snapshot
from ccotel_tui.screen.format import panel_info
from ccotel_tui.screen.format.events.groups import PromptKey
from ccotel_tui.screen.format.overview.comparisons import Comparisons
from ccotel_tui.screen.format.page import AROUND_PAGE, Page
from ccotel_tui.screen.format.panel_words import panel_title
from ccotel_tui.screen.messages import PartWanted, QuestionChanged
from ccotel_tui.screen.widgets.blank import blank_lines
from ccotel_tui.screen.widgets.chart_panel import ChartPanel
from ccotel_tui.screen.widgets.event_panel import EventPanel
from ccotel_tui.screen.widgets.list_panel import ListPanel
from ccotel_tui.screen.widgets.lists.events import EventList
from ccotel_tui.screen.widgets.overview.rules_strip import RulesStrip
from ccotel_tui.screen.widgets.overview.session_status import SessionStatusLines
from ccotel_tui.screen.widgets.overview.summary import Summary
from ccotel_tui.screen.widgets.panel_view import PanelView
from ccotel_tui.screen.widgets.ranked_bars import Ranked, Successes

if TYPE_CHECKING:
    from ccotel_tui.query.usage.detail import UsageDetail

_VIEWS: dict[Kind, type[PanelView]] = {
    "stat": ChartPanel,
    "stats and bars": ChartPanel,
    "lines": ChartPanel,
    "bars": ChartPanel,
    "ranked bars": Ranked,
    "success bars": Successes,
    "rows": EventPanel,
}

_MOSTLY = 0.5
"""The share of a panel in sight from which a reader takes it to be what the keys are about."""


class View(VerticalScroll, can_focus=False):
    """A part of the dashboard that is seen alone."""

    render_lines = blank_lines

    snapshot: Snapshot | None = None
    """What is shown."""
    _app_size = Size(0, 0)
    """The terminal's size when the view was last told its own."""
    comparisons: Comparisons
    """What that is compared with."""
    zoom = TimeZoom()
    """The part of the window that its charts show."""
    roles: SeriesRoles
    """The colours of series, the same on every page."""
    budgets = Budgets()
    """What may be spent."""
    also: tuple[Panel, ...] = ()
    """The panels whose answers others show."""
    filters = False
    """Whether it has a list that can be filtered."""
    wants_sessions = False
    wants_first_prompts = False
    wants_present = False
    wants_log: LogPlace | None = None
    wants_session_life = False
    wants_past = False
    wants_reconciliation: Callable[[Backend, Window, Scope, int], Reconciliation] | None = None
    wants_usage: "Callable[[Backend, Window, Scope, Mapping[str, str]], UsageDetail] | None" = None

    @property
    def panels(self) -> tuple[Panel, ...]:
        """The panels that need an answer at this size."""
        return (*(view.panel for view in self.query(PanelView) if _seen(view)), *self.also)

    def question(self, source: str, period: Period, scope: Scope) -> Question:
        """Return what is to be asked of the source so that the view can show it."""
        return Question(
            self.id or "",
            source,
            self.panels,
            period,
            scope,
            self.wants_sessions,
            self.wants_present,
            self.wants_log,
            self.wants_session_life,
            self.wants_reconciliation,
            self.wants_past,
            self.wants_usage,
            self.wants_first_prompts,
        )

    def show(self, snapshot: Snapshot) -> None:
        """Give each panel its answer."""
        is_compared_anew = self.snapshot is None or snapshot.past != self.snapshot.past
        self.snapshot = snapshot
        self.comparisons = Comparisons(snapshot, self.budgets)
        seen = filter(None, map(self._answer_of, filter(_seen, self.query(ChartPanel))))
        margin = margin_of(seen, self.comparisons.behind_total if self.wants_past else None)
        charts, time = self.query(ChartPanel), self._charted(snapshot)
        is_laid_out_anew = any(chart.margin != margin for chart in charts)
        for chart in charts:
            chart.margin, chart.charted = margin, time
            chart.roles = self.roles
            chart.comparisons = self.comparisons
            chart.show_part(self.zoom)
        for view in self.query(PanelView):
            view.window, view.beside = snapshot.window, snapshot.answers
            view.answer = snapshot.answers.get(view.panel.id, view.answer)
            if is_compared_anew or is_laid_out_anew:
                view.fit()

    def _charted(self, snapshot: Snapshot) -> Window:
        """The time that the charts show where no part of it is chosen: no emptiness before it."""
        answers = snapshot.answers.values()
        series = (each for answer in answers for each, _ in answer.series)
        return from_first_event(snapshot.window, snapshot.first_ns, series)

    def _answer_of(self, view: PanelView) -> PanelAnswer | None:
        return self.snapshot.answers.get(view.panel.id, view.answer) if self.snapshot else None

    def show_alerts(
        self, alerts: Sequence[Alert], fired: Sequence[Fired], snapshot: Snapshot
    ) -> None:
        """Show the worst of the rules that hold, as judged of that snapshot."""
        for strip in self.query(RulesStrip):
            strip.show_alerts(alerts, snapshot)

    def follow(self) -> None:
        """Go to what is newest, where that is not in sight anyway."""

    def hold(self, paused: bool) -> None:
        """Stand still, where answers come although the updates are stopped."""

    def filter(self) -> None:
        """Ask for a filter of what is listed, where that can be filtered."""

    def group(self, focused: Widget | None) -> bool:
        """Group that panel by the next key; whether there is something to group."""
        panel = self.panel(focused)
        grouped = isinstance(panel, PanelView) and panel.group()
        if grouped:
            self.post_message(QuestionChanged())
        return grouped

    def open_rows(self, what: str, within: str = "") -> None:
        """List the rows behind a number: by this key of usage, or what this filter leaves.

        Of the key those within that value, where there is one.
        """

    def ask_time(self) -> None:
        """Ask for a time to go to, where events are listed in the order of time."""

    def clear(self) -> bool:
        """Take the filter, or what was chosen of charts, away; whether there was any."""
        return self.clear_choices()

    def clear_choices(self) -> bool:
        """Take the cursors away, else the marks, else all else; whether there was anything."""
        charts = [chart for chart in self.query(ChartPanel) if chart.clear_choices()]
        zoomed = bool(self.zoom.halvings)
        if not charts and zoomed:
            self.show_part(TimeZoom())
        return bool(charts) or zoomed

    def switch_cursor(self, focused: Widget | None) -> None:
        """Put a cursor on that chart, or take it away."""
        if chart := self.chart(focused):
            chart.switch_cursor()

    def move_cursor(self, focused: Widget | None, steps: int) -> None:
        """Move the cursor of that chart, where there is one."""
        if chart := self.chart(focused):
            chart.move_cursor(steps)

    def show_part(self, zoom: TimeZoom) -> None:
        """Show that part of the window in every chart."""
        self.zoom = zoom
        for chart in self.query(ChartPanel):
            chart.show_part(zoom)

    def on_part_wanted(self, message: PartWanted) -> None:
        message.stop()
        if self.snapshot is not None:
            window = self._charted(self.snapshot)
            self.show_part(self.zoom.stepped(message.by, message.about_ns, window))

    def on_board(self, period: Period, scope: Scope) -> tuple[Period, Scope]:
        """Return the time and the scope of a board that shows the same."""
        return period, scope

    def marked_prompt(self) -> PromptKey | None:
        """Return the session and the prompt of the marked event, if one is marked."""
        lists = (events for events in self.query(EventList) if events.marked_entry is not None)
        focused = sorted(lists, key=lambda events: not events.has_focus)
        entry = focused[0].marked_entry if focused else None
        return None if entry is None else entry.prompt_key

    def numbers(self, focused: Widget | None) -> Page | None:
        """Return a page of the panel's numbers."""
        panel = self.panel(focused)
        return None if panel is None else self._numbers(panel.title, panel.answers)

    def numbers_of(self, panel_id: str) -> Page | None:
        """Return the same of a panel that something else shows."""
        answer = self.snapshot.answers.get(panel_id) if self.snapshot else None
        return None if answer is None else self._numbers(panel_title(answer.panel), [answer])

    def _numbers(self, title: str, answers: Sequence[PanelAnswer]) -> Page | None:
        if self.snapshot is None:
            return None
        width = self.app.size.width - AROUND_PAGE
        text = panel_info.panel_numbers(answers, self.snapshot.answers, self.snapshot.window, width)
        page = Page(panel_info.panel_page_title(title, answers), text)
        if not any(answer.value or answer.rows for answer in answers):
            return page
        if len(answers) > 1:
            return page._replace(note=strings.MARK_FOR_ROWS)
        rows = behind(answers[0].panel)
        note = strings.NO_ROWS_SENT if rows is None else strings.ENTER_BEHIND
        return page._replace(behind=rows, note=note)

    def explanation(self, focused: Widget | None, wrong: str) -> Page | None:
        """Return a page of what the panel's number is, and what is wrong."""
        panel = self.panel(focused)
        if panel is None or self.snapshot is None:
            return None
        window, comparisons = self.snapshot.window, self.comparisons
        text = panel_info.explanation(panel.answers, window, wrong, comparisons)
        return Page(panel.title, text)

    def panel(self, focused: Widget | None) -> PanelView | Summary | None:
        """The panel that is alone, has the focus, or is the first that is mostly in sight."""
        around = focused.ancestors_with_self if focused else ()
        for widget in (self.screen.maximized, *around):
            if isinstance(widget, PanelView | Summary) and (
                widget is self.screen.maximized or self.region.contains_point(widget.region.offset)
            ):
                return widget
        panels = [*self.query(Summary), *self.query(PanelView)]
        mostly = (panel for panel in panels if self._in_sight(panel) >= _MOSTLY)
        return next(mostly, None) or max(panels, key=self._in_sight, default=None)

    def panel_alone(self, focused: Widget | None) -> PanelView | None:
        """Return what can be seen alone: that panel, or the first chart beside the summary."""
        panel = self.panel(focused)
        if isinstance(panel, Summary):
            return next(filter(_seen, self.query(ChartPanel)), None)
        return panel

    def chart(self, focused: Widget | None) -> ChartPanel | None:
        """Return that panel where it is a chart, or has one."""
        panel = self.panel(focused)
        if isinstance(panel, ListPanel):
            panel = panel.over_time
        return panel if isinstance(panel, ChartPanel) else None

    def _in_sight(self, panel: Widget) -> float:
        area = panel.region.area
        return self.region.intersection(panel.region).area / area if area else 0.0

    def fit_panels(self) -> None:
        """Draw the panels anew where their size has changed and no resize has told them."""
        for panel in self.query(PanelView):
            panel.fit()

    def watch_show_vertical_scrollbar(self) -> None:
        if self.show_vertical_scrollbar:
            # A bar that is not shown does not follow the view.
            self.vertical_scrollbar.position = self.scroll_y
        self.call_after_refresh(self.fit_panels)

    def tell_sizes(self) -> None:
        """Tell all parts their sizes where a resize has told none.

        Textual tells nobody where a region is asked for between a view's opening and its layout.
        """
        if self._app_size != self.app.size:
            for part in (self, *self.walk_children(Widget)):
                part.post_message(Resize(part.size, part.virtual_size, part.container_size))

    def on_resize(self) -> None:
        self._app_size = self.app.size
        for lines in (*self.query(SessionStatusLines), *self.query(RulesStrip)):
            lines.fit()
        self.post_message(QuestionChanged())


def panel_views(panels: Iterable[Panel]) -> Iterable[PanelView]:
    return (_VIEWS[panel.kind](panel) for panel in panels)


def _seen(view: PanelView) -> bool:
    return view.display and view.parent is not None and view.parent.display

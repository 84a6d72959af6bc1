"""One session over its own life: what it is, its cost, its prompts, what failed in it."""

from collections.abc import Sequence
from dataclasses import replace

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.content import Content
from textual.widget import Widget

from ccotel_tui.panels.output.sanitize import sanitize
from ccotel_tui.panels.output.units import duration, shown
from ccotel_tui.query.period import Period
from ccotel_tui.query.query import EventRow, Scope
from ccotel_tui.query.window import SECOND, Window
from ccotel_tui.screen import strings
from ccotel_tui.screen.charts.chart import Chart
from ccotel_tui.screen.charts.life import COMPACTED, life_chart, life_window, period_of, reading_of
from ccotel_tui.screen.data.history.session_events import SessionLife
from ccotel_tui.screen.data.snapshot import Snapshot
from ccotel_tui.screen.format.cells import apart, join_cells
from ccotel_tui.screen.format.names import short_names
from ccotel_tui.screen.format.sessions.lines import Session, age
from ccotel_tui.screen.messages import MoreWanted
from ccotel_tui.screen.views.sections.filtered import FilteredView
from ccotel_tui.screen.widgets.chart_canvas import ChartCanvas
from ccotel_tui.screen.widgets.line_input import LineInput
from ccotel_tui.screen.widgets.lists.events import EventList
from ccotel_tui.screen.widgets.lists.paged import PagedList
from ccotel_tui.screen.widgets.lists.prompts import PromptList
from ccotel_tui.screen.widgets.lists.table import ABOVE_ROWS
from ccotel_tui.screen.widgets.overview.rules_strip import RulesStrip
from ccotel_tui.screen.widgets.overview.session_status import SessionStatusLines
from ccotel_tui.screen.widgets.text_lines import Lines

_CHART_FROM = 16
"""Rows of a pane from which the cost has a chart, and what failed is listed."""


class SessionView(FilteredView):
    """Head, cost over its life with a mark a prompt, and its prompts."""

    wants_sessions = True
    wants_session_life = True

    def __init__(self, name: str) -> None:
        super().__init__(id=name)
        self._chart: Chart | None = None
        self._has_cursor = False

    def compose(self) -> ComposeResult:
        yield Lines(classes="head")
        yield SessionStatusLines()
        yield RulesStrip()
        yield ChartCanvas()
        yield PromptList()
        yield Lines(classes="failures")
        yield EventList(cost=False)
        yield LineInput("prompt-filter", strings.TEXT_HINT)

    def show(self, snapshot: Snapshot) -> None:
        if self.snapshot is not None and self.snapshot.scope != snapshot.scope:
            # What was typed was about the prompts of another session.
            self.clear_filter()
        super().show(snapshot)
        if snapshot.life.reads_on:
            self.post_message(MoreWanted())
        self.query_one(SessionStatusLines).show_snapshot(snapshot)
        self._update()

    def show_matching(self, text: str) -> None:
        self.query_one(PromptList).show_matching(text)

    def on_resize(self) -> None:
        self._update()
        super().on_resize()

    def on_board(self, period: Period, scope: Scope) -> tuple[Period, Scope]:
        prompts = self.snapshot.life.prompts if self.snapshot else ()
        return period_of(prompts) or period, scope

    def _update(self) -> None:
        snapshot = self.snapshot
        if snapshot is None:
            return
        if not snapshot.sessions:
            self._show_nothing(snapshot.scope.session_id)
            return
        row = snapshot.sessions[0]
        session = Session(row, snapshot.running.get(row.session_id))
        life, prompts = snapshot.life, snapshot.life.prompts
        window = life_window(prompts, snapshot.now_ns, snapshot.window.zone, runs=session.runs)
        chart = life_chart(
            prompts, window, self.roles, runs=session.runs, compactions=life.compactions
        )
        canvas = self.query_one(ChartCanvas)
        canvas.display = chart is not None and self.size.height >= _CHART_FROM
        lacks = strings.PROMPTS_COMING if life.reads_on else strings.PROMPTS_CUT if life.cut else ""
        self.query_one(".head", Lines).show(_head(session, life, snapshot.now_ns, self.size.width))
        listed = self.query_one(PromptList)
        listed.show(prompts, window, row.session_id, lacks)
        self._chart = chart if canvas.display else None
        self._show_chart()
        # What it does not need, the chart above it gets.
        listed.styles.max_height = ABOVE_ROWS + max(1, len(prompts))
        self._show_failures(life.failures, window)

    def _show_nothing(self, session_id: str) -> None:
        """Name the session alone: nothing came of it, or its first answer failed."""
        self._chart = None
        self.query_one(ChartCanvas).display = False
        self.query_one(".head", Lines).show([Content.styled(sanitize(session_id), "bold")])
        self.query_one(PromptList).clear()
        self._show_chart()
        for part in (self.query_one(".failures", Lines), self.query_one(EventList)):
            part.display = False

    def switch_cursor(self, focused: Widget | None) -> None:
        """Put a cursor on the marked prompt in the chart, or take it away."""
        self._has_cursor = self._chart is not None and not self._has_cursor
        self._show_chart()

    def move_cursor(self, focused: Widget | None, steps: int) -> None:
        if self._has_cursor:
            self.query_one(PromptList).mark_in_time(steps)

    def clear_choices(self) -> bool:
        had_cursor, self._has_cursor = self._has_cursor, False
        if had_cursor:
            self._show_chart()
        return had_cursor

    def on_chart_canvas_time_clicked(self, message: ChartCanvas.TimeClicked) -> None:
        message.stop()
        listed = self.query_one(PromptList)
        listed.mark_nearest(message.time_ns)
        listed.query_one(PagedList).focus()
        self._has_cursor = True
        self._show_chart()

    def on_option_list_option_highlighted(self) -> None:
        self._show_chart()

    def _show_chart(self) -> None:
        """The chart, with the cursor on the marked prompt, and what was spent before it."""
        listed, chart = self.query_one(PromptList), self._chart
        marked = listed.marked_prompt if self._has_cursor else None
        if chart is not None and marked is not None:
            chart = replace(chart, cursor_ns=marked.began_ns)
        listed.show_note(reading_of(chart) if chart and marked else ())
        self.query_one(ChartCanvas).show(chart)

    def _show_failures(self, failures: Sequence[EventRow], window: Window) -> None:
        heading, events = self.query_one(".failures", Lines), self.query_one(EventList)
        heading.display = events.display = bool(failures) and self.size.height >= _CHART_FROM
        if events.display:
            text = strings.FAILED_EVENTS.format(count=f"{len(failures):,}")
            rule = "─" * max(0, self.size.width - cell_len(text) - 2)
            line = Content.assemble((text, "$text-error"), " ", (rule, "$foreground-disabled"))
            heading.show([line])
            events.show(failures, window)


def _head(session: Session, life: SessionLife, now_ns: int, width: int) -> list[Content]:
    """Who it is and what it does; what it cost in its whole life, and how long it was active."""
    row = session.row
    folder = sanitize(session.running.folder) if session.running else ""
    places = dict.fromkeys((session.project, _branch(life.events), folder))
    names = [
        Content.styled(session.name, "bold"),
        *(Content.styled(place, "$foreground-muted") for place in places if place != session.name),
    ]
    # Of a session that the registry does not know, only its last activity is known.
    last = strings.THIS_SESSION_ENDED if session.status == "ended" else strings.LAST_ACTIVITY
    ago = last.format(age=age(row.last_seen_ns, now_ns))
    now = ago if session.status in ("ended", None) else session.now_since(now_ns)
    facts = [
        Content.styled(shown(row.cost, "usd"), "bold $text-accent"),
        Content(" ".join(short_names("model", row.models[:2]).values())),
        Content(strings.TOKENS.format(count=shown(row.tokens, "tokens"))),
    ]
    if row.cache_hit_ratio is not None:
        facts.append(Content(strings.CACHED.format(ratio=f"{row.cache_hit_ratio:.0%}")))
    if life.failures:
        failed = strings.FAILED_EVENTS.format(count=f"{len(life.failures):,}")
        facts.append(Content.styled(failed, "$text-error"))
    if compacted := len(life.compactions):
        words = strings.counted(strings.COMPACTIONS, compacted).format(count=f"{compacted:,}")
        facts.append(Content(f"{COMPACTED} {words}"))
    took = strings.LASTED.format(time=duration((row.last_seen_ns - row.started_ns) / SECOND))
    return [
        apart(
            join_cells(names, "  ", width - cell_len(now) - 2),
            Content.styled(now, "$foreground-muted"),
            width,
        ),
        apart(
            join_cells(facts, "  ", width - cell_len(took) - 2),
            Content.styled(took, "$foreground-muted"),
            width,
        ),
    ]


def _branch(events: Sequence[EventRow]) -> str:
    """Return the branch of the newest event that names one."""
    names = (row.get("vcs_ref_head_name") for row in reversed(events))
    return sanitize(str(next((name for name in names if name), "")))

"""One session over its own life: what it is, its cost, its prompts."""

from textual.app import ComposeResult
from textual.content import Content

from ccotel_tui.panels.output.units import duration, shown
from ccotel_tui.query.prompts.rows import prompt_rows
from ccotel_tui.query.window import SECOND, Window
from ccotel_tui.screen import strings
from ccotel_tui.screen.charts.life import life_chart, life_window
from ccotel_tui.screen.data.snapshot import SESSION_ROWS, Snapshot
from ccotel_tui.screen.format.cells import apart, join_cells
from ccotel_tui.screen.format.names import short_model
from ccotel_tui.screen.format.sessions.lines import Session, age
from ccotel_tui.screen.views.section import View
from ccotel_tui.screen.widgets.chart_canvas import ChartCanvas
from ccotel_tui.screen.widgets.lists.prompts import PromptList
from ccotel_tui.screen.widgets.text_lines import Lines

_CHART_FROM = 16
"""Rows of a pane from which the cost has a chart."""


class SessionView(View):
    """Head, cost over its life with a mark a prompt, and its prompts."""

    wants_sessions = True
    wants_session_events = True

    def __init__(self, name: str) -> None:
        super().__init__(id=name)

    def compose(self) -> ComposeResult:
        yield Lines(classes="head")
        yield ChartCanvas()
        yield PromptList()

    def show(self, snapshot: Snapshot) -> None:
        super().show(snapshot)
        self._update()

    def on_resize(self) -> None:
        self._update()
        super().on_resize()

    def _update(self) -> None:
        snapshot = self.snapshot
        if snapshot is None or not snapshot.sessions:
            return
        row = snapshot.sessions[0]
        session = Session(row, snapshot.running.get(row.session_id))
        prompts = prompt_rows(snapshot.session_events)
        window = life_window(prompts, snapshot.now_ns, snapshot.window.zone, runs=session.runs)
        chart = life_chart(prompts, window, self.roles, runs=session.runs)
        canvas = self.query_one(ChartCanvas)
        canvas.display = chart is not None and self.size.height >= _CHART_FROM
        canvas.show(chart if canvas.display else None)
        self.query_one(".head", Lines).show(
            _head(session, window, snapshot.now_ns, self.size.width)
        )
        cut = len(snapshot.session_events) >= SESSION_ROWS
        self.query_one(PromptList).show(prompts, window, cut=cut)


def _head(session: Session, window: Window, now_ns: int, width: int) -> list[Content]:
    """Who it is and what it does; what it cost in its whole life, and how long that is."""
    row = session.row
    names = [
        Content.styled(session.name, "bold"),
        Content.styled(session.project, "$foreground-muted") if session.project else Content(""),
    ]
    # Of a session that the registry does not know, only its last activity is known.
    last = strings.THIS_SESSION_ENDED if session.status == "ended" else strings.LAST_ACTIVITY
    ago = last.format(age=age(row.last_seen_ns, now_ns))
    now = ago if session.status in ("ended", None) else session.now
    facts = [
        Content.styled(shown(row.cost, "usd"), "bold $text-accent"),
        Content(" ".join(short_model(model) for model in row.models[:2])),
        Content(strings.TOKENS.format(count=shown(row.tokens, "tokens"))),
    ]
    if row.cache_hit_ratio is not None:
        facts.append(Content(strings.CACHED.format(ratio=f"{row.cache_hit_ratio:.0%}")))
    took = duration((window.to_ns - window.from_ns) / SECOND)
    return [
        apart(join_cells(names, "  ", width), Content.styled(now, "$foreground-muted"), width),
        apart(
            join_cells(facts, "  ", width - len(took) - 2),
            Content.styled(took, "$foreground-muted"),
            width,
        ),
    ]

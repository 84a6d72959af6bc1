"""One prompt as a waterfall: what a person typed, and each request and tool that followed."""

from textual.app import ComposeResult
from textual.content import Content

from ccotel_tui.query.period import Period
from ccotel_tui.query.prompts.rows import PromptRow
from ccotel_tui.query.query import Scope
from ccotel_tui.screen import strings
from ccotel_tui.screen.charts.life import period_of
from ccotel_tui.screen.data.snapshot import Snapshot
from ccotel_tui.screen.format.events.groups import PromptKey
from ccotel_tui.screen.format.prompts.waterfall import Waterfall, waterfall_of
from ccotel_tui.screen.messages import MoreWanted
from ccotel_tui.screen.views.sections.filtered import FilteredView
from ccotel_tui.screen.widgets.line_input import LineInput
from ccotel_tui.screen.widgets.lists.steps import StepList
from ccotel_tui.screen.widgets.text_lines import Lines


class PromptView(FilteredView):
    """The prompt, its cost and counts, and its steps on one time axis."""

    wants_session_life = True

    def __init__(self, name: str) -> None:
        super().__init__(id=name)
        self.prompt_key: PromptKey = ("", "")

    def compose(self) -> ComposeResult:
        yield Lines(classes="head")
        yield StepList()
        yield LineInput("step-filter", strings.TEXT_HINT)

    def show_matching(self, text: str) -> None:
        self.query_one(StepList).show_matching(text)

    def choose(self, key: PromptKey) -> None:
        """Be about this prompt, named by any of its ids, from the next answer on."""
        if key != self.prompt_key:
            self.clear_filter()
        self.prompt_key, self.snapshot = key, None

    def show(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        if self._prompt is None and snapshot.life.reads_on:
            self.post_message(MoreWanted())
        self._update()

    def on_board(self, period: Period, scope: Scope) -> tuple[Period, Scope]:
        session_id, prompt_id = self.prompt_key
        of_prompt = Scope(session_id, attributes=(("prompt.id", prompt_id),))
        return period_of([self._prompt] if self._prompt else []) or period, of_prompt

    def marked_prompt(self) -> PromptKey:
        return self.prompt_key

    def on_resize(self) -> None:
        self._update()
        super().on_resize()

    @property
    def _prompt(self) -> PromptRow | None:
        _, prompt_id = self.prompt_key
        prompts = self.snapshot.life.prompts if self.snapshot else ()
        ids = ((row, {row.prompt_id, *(e.get("prompt_id") for e in row.events)}) for row in prompts)
        return next((row for row, each in ids if prompt_id in each), None)

    def _update(self) -> None:
        snapshot, width = self.snapshot, self.size.width - 1
        if snapshot is None or width < 1:
            return
        if (prompt := self._prompt) is not None:
            waterfall = waterfall_of(prompt, snapshot.window, width, self.roles.model_style)
        else:
            words = strings.LOADING if snapshot.life.reads_on else strings.PROMPT_NOT_RECEIVED
            # What was received is not known where the source fails: the bar says why.
            words = "" if snapshot.failure else words
            waterfall = Waterfall([Content.styled(words, "$foreground-muted")], (), ())
        self.query_one(".head", Lines).show(waterfall.head)
        self.query_one(StepList).show(waterfall, snapshot.window)

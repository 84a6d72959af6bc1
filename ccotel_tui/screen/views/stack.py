"""The stack on the screen: its services, what is being done to them, and their logs."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from threading import Event, Thread

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.content import Content
from textual.reactive import reactive
from textual.widgets import Log, OptionList, Static

from ccotel_tui.errors import LeftOut, StackError, sentence
from ccotel_tui.panels.output.sanitize import sanitize
from ccotel_tui.screen import messages, strings
from ccotel_tui.screen.format import service_lines
from ccotel_tui.screen.format.cells import NARROW, wrapped
from ccotel_tui.screen.format.page import Page
from ccotel_tui.screen.format.table import holds_words
from ccotel_tui.screen.stack_actions import Controls
from ccotel_tui.screen.views.pages.dialogs import Confirm
from ccotel_tui.screen.views.sections.filtered import FilteredView
from ccotel_tui.screen.widgets.line_input import LineInput
from ccotel_tui.screen.widgets.lists.paged import PagedList
from ccotel_tui.stack_control.models import (
    LogLine,
    Progress,
    ServiceState,
    StackProcedures,
    StackSnapshot,
    Verb,
)

_KEPT_LINES = 1_000
_TAIL = 100

_LAST_WORDS, _HIGH = 2, 24
"""So many last log lines of a service that died in a lower terminal; in a higher one all."""


class StackView(FilteredView):
    """What happens, a line a service with what it said at last where it died, and the logs.

    Docker is spoken to in threads that end with the program: none is waited for at the end.
    """

    SCOPED_CSS = False  # else the screen's own classes are looked for inside of the view
    DEFAULT_CSS = """
    StackView > OptionList, StackView > OptionList:focus { height: auto; }
    StackView > OptionList > .option-list--option-highlighted { text-style: reverse; }
    StackView { overflow-y: hidden; }
    StackView > Static { height: auto; }
    StackView > .said { max-height: 4; }
    StackView > Log, StackView > Log:focus {
        height: 1fr; min-height: 1; border: none; background: transparent; margin-top: 1;
        scrollbar-size-vertical: 1; overflow-x: hidden;
    }
    .-short StackView > Log { margin-top: 0; display: none; }
    .-short StackView.reading > Log { display: block; }
    .-short StackView.reading > Static { display: none; }
    """

    backfill_status = reactive("")

    def __init__(self, name: str, controls: Controls) -> None:
        super().__init__(id=name)
        self._controls = controls
        self._stack: StackProcedures | None = None
        self._seen = StackSnapshot(())
        self._doing: Verb | None = None
        self._steps: dict[str, Progress] = {}
        self._outcome = ""
        self._switching = False
        self._cancelled = Event()
        self._hidden = Event()
        self._read_no_more = Event()
        self._filter = ""
        self._listed: Sequence[ServiceState] = ()
        self._log_lines: deque[str] = deque(maxlen=_KEPT_LINES)

    def compose(self) -> ComposeResult:
        yield Static(classes="said")
        yield Static(classes="columns")
        yield PagedList(markup=False)
        yield Static(classes="hint")
        yield Log(max_lines=_KEPT_LINES)
        yield LineInput("stack-filter", strings.TEXT_HINT)

    def watch_backfill_status(self) -> None:
        if self.is_mounted:
            self._say()

    def on_show(self) -> None:
        self._hidden = Event()
        self._in_thread(self._watch, self._hidden)
        self._update()

    def on_hide(self) -> None:
        self._hidden.set()

    def on_unmount(self) -> None:
        for event in (self._hidden, self._cancelled, self._read_no_more):
            event.set()

    def on_resize(self) -> None:
        self._update()

    def on_option_list_option_highlighted(self) -> None:
        self._say()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.do("logs")

    def on_stack_seen(self, message: messages.StackSeen) -> None:
        seen = message.seen
        self._seen = replace(seen, trouble=strings.translated(seen.trouble))
        if self._switching and self._seen.services:
            self._switching = False
            self._switch()
        self._update()

    def on_stack_progress(self, message: messages.StackProgress) -> None:
        step = message.progress
        self._steps[step.service] = step
        self._update()

    def on_stack_ended(self, message: messages.StackEnded) -> None:
        self._doing = None
        self._steps.clear()
        self._outcome = message.error or strings.OUTCOMES[message.verb]
        self._update()
        if message.changed:
            started = message.verb in ("start", "restart")
            self.app.post_message(messages.StackChanged(started))

    def on_log_lines(self, message: messages.LogLines) -> None:
        if message.reading is self._read_no_more:
            alone = len({line.service for line in message.lines if line.service}) == 1
            lines = [service_lines.log_line(line, alone) for line in message.lines]
            # What is said of the engine is said of each service that is read.
            distinct = list(dict.fromkeys(lines))
            self._log_lines += distinct
            self.query_one(Log).write_lines(self._matching(distinct))

    def show_matching(self, text: str) -> None:
        """Filter the log that is read, else the services."""
        self._filter = text
        if self.has_class("reading"):
            self.query_one(Log).clear().write_lines(self._matching(self._log_lines))
        else:
            self._update()

    def _matching(self, lines: Iterable[str]) -> list[str]:
        return [line for line in lines if holds_words(line, self._filter)]

    def switch(self) -> None:
        """Ask whether to start the stack, or to stop it, as soon as it is known what runs."""
        if self._seen.services:
            self._switch()
        else:
            self._switching = True

    def do(self, verb: Verb) -> None:
        """Do it to the marked service, or to all where the first line is marked.

        Nothing to nobody: where a filter leaves no service, none is meant.
        """
        if self._nothing_matches and not self._doing:
            return
        if verb == "logs":
            self._follow_logs()
        elif self._doing:
            if verb == "stop":
                self._cancelled.set()
                self._outcome = strings.CANCELLING
                self._update()
        elif verb == "clean":
            self.run_worker(self._clean(), exclusive=True)
        else:
            self._begin(verb, self._marked)

    def clear(self) -> bool:
        """Take the filter away, else read no log any more; whether there was one of them."""
        return self.clear_filter() or self._stop_reading()

    def _stop_reading(self) -> bool:
        was = self.has_class("reading")
        self._read_no_more.set()
        self._log_lines.clear()
        self.query_one(Log).clear()
        self.remove_class("reading")
        return was

    @property
    def _marked(self) -> tuple[str, ...]:
        """The marked service; none means all of them."""
        marked = self.query_one(PagedList).marked
        return (str(marked),) if marked else ()

    @property
    def _nothing_matches(self) -> bool:
        """Whether a filter leaves no service."""
        return bool(self._filter) and not self._listed and not self.has_class("reading")

    def _switch(self) -> None:
        """Say what would happen to the whole stack, and do it after a yes."""
        if self._doing:
            return
        runs = any(service.state == "running" for service in self._seen.services)
        verb: Verb = "stop" if runs else "start"
        question = strings.STOP_STACK if runs else strings.START_STACK
        page = Page(question, Content(strings.WHAT_IT_DOES[False][verb]))

        def begin_if(yes: bool | None) -> None:
            if yes:
                self._begin(verb, ())

        self.app.push_screen(Confirm(page), begin_if)

    async def _clean(self) -> None:
        if self._stack is None:
            return None
        try:
            leftovers = await asyncio.to_thread(self._stack.clean_list)
        except StackError as error:
            self._outcome = _cause(error)
            return self._update()
        if not leftovers:
            self._outcome = strings.NOTHING_LEFT
            return self._update()
        lines = [f"{leftover.kind:9} {sanitize(leftover.name)}" for leftover in leftovers]
        text = Content("\n".join([strings.CLEAN_GOES, "", *lines]))
        if await self.app.push_screen_wait(Confirm(Page(strings.CLEAN_STACK, text))):
            self._begin("clean", ())
        return None

    def _begin(self, verb: Verb, services: tuple[str, ...]) -> None:
        if self._stack is None or self._doing:
            return
        self._doing, self._outcome, self.backfill_status = verb, "", ""
        self._cancelled = Event()
        self._in_thread(self._carry_out, self._stack, verb, services, self._cancelled)
        self._update()

    def _follow_logs(self) -> None:
        if self._stack is None:
            return
        marked = self._marked
        self._stop_reading()
        self.clear_filter()
        self.add_class("reading")
        self._read_no_more = Event()
        self._in_thread(self._read_logs, self._stack, marked, self._read_no_more)

    def _in_thread(self, target: Callable[..., None], *arguments: object) -> None:
        Thread(target=target, args=arguments, daemon=True).start()

    def _watch(self, hidden: Event) -> None:
        try:
            if self._stack is None:
                self._stack = self._controls.open()
            for seen in self._stack.watch(hidden):
                self.post_message(messages.StackSeen(seen))
        except StackError as error:
            self.post_message(messages.StackSeen(StackSnapshot((), _cause(error))))

    def _carry_out(
        self, stack: StackProcedures, verb: Verb, services: tuple[str, ...], cancelled: Event
    ) -> None:
        def say(progress: Progress) -> None:
            self.post_message(messages.StackProgress(progress))

        try:
            if verb == "start":
                stack.up(say, self._controls.handover(), cancelled, services)
            elif verb == "restart":
                stack.restart(say, self._controls.handover(), cancelled, services)
            elif verb == "clean":
                stack.clean(say, cancelled)
            elif services:
                stack.stop(say, cancelled, services)
            else:
                stack.down(say, cancelled)
            error, changed = "", True
        except Exception as wrong:  # whatever it is, the reader is told and the keys work again
            error, changed = _cause(wrong), isinstance(wrong, LeftOut)
        self.post_message(messages.StackEnded(verb, error, changed))

    def _read_logs(self, stack: StackProcedures, services: tuple[str, ...], no_more: Event) -> None:
        try:
            for lines in stack.logs(no_more, services, _TAIL, follow=True):
                self.post_message(messages.LogLines(lines, no_more))
        except StackError as error:
            self.post_message(messages.LogLines([LogLine("", "", _cause(error))], no_more))

    def _update(self) -> None:
        width = self.size.width - 1
        if width < 1:
            return
        services = self._seen.services
        # What is typed while a log is read is about that.
        typed = "" if self.has_class("reading") else self._filter
        most = _LAST_WORDS if self.app.size.height < _HIGH else None
        rows = [
            (service, service_lines.service_line(service, self._steps.get(service.service), width))
            for service in services
        ]
        rows = [
            (service, line)
            for service, line in rows
            if holds_words(f"{service.service} {line.plain}", typed)
        ]
        self._listed = [service for service, _ in rows]
        lines = [
            service_lines.with_last_words(line, service, width, most) for service, line in rows
        ]
        keys = [service.service for service in self._listed]
        if services and not typed:
            lines.insert(0, service_lines.whole_lines(services, width))
            keys.insert(0, "")
        self.query_one(PagedList).refill(lines, keys)
        columns = self.query_one(".columns", Static)
        columns.display = bool(services)
        columns.update(service_lines.service_header(width))
        self._say()

    def _say(self) -> None:
        self.query_one(".hint", Static).update(Content("\n").join(self._hints()))
        lines = [
            Content.styled(sanitize(text), "$text-warning")
            for text in (self._seen.trouble, self._step(), self._outcome, self.backfill_status)
            if text and (text is self._seen.trouble or text not in self._seen.trouble)
        ]
        above = self.query_one(".said", Static)
        above.display = bool(lines)
        above.update(Content("\n").join(lines))

    def _step(self) -> str:
        """Return the step of the operation on the whole stack."""
        step = self._steps.get("")
        return f"{strings.STEPS[step.step]} {step.text}".strip() if step else ""

    def _hints(self) -> list[Content]:
        """Return what each key would do now."""
        if self._stack is None and not self._seen.trouble:
            return [Content.styled(strings.LOADING, "italic $foreground-muted")]
        if self._nothing_matches and not self._doing:
            return [Content.styled(strings.NOTHING_MATCHES, "$foreground-muted")]
        width = self.size.width
        narrow = width < NARROW
        if self._doing:
            hints = {"x": strings.CANCEL_SHORT if narrow else strings.CANCEL}
        else:
            marked = bool(self._marked)
            keys: dict[str, Verb] = {"a": "start", "x": "stop", "R": "restart", "l": "logs"}
            if not marked:
                keys["C"] = "clean"
            full = {key: strings.WHAT_IT_DOES[marked][verb] for key, verb in keys.items()}
            fit = all(cell_len(hint) + 2 <= width for hint in full.values())
            hints = full if fit else {key: strings.VERBS[verb] for key, verb in keys.items()}
        parts = [Content.assemble((key, "bold"), f" {hint}") for key, hint in hints.items()]
        return wrapped(parts, "  ", width, len(parts))


def _cause(error: Exception) -> str:
    """Return what went wrong, in the language where it has that."""
    return strings.translated(sentence(error))

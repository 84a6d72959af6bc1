"""The overview's numbers in as few lines as the pane has, the most important first."""

import json
from collections.abc import Iterator
from pathlib import PurePath

from rich.cells import cell_len
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from ccotel_tui.panels.output.document import panel_document
from ccotel_tui.panels.output.sanitize import sanitize
from ccotel_tui.panels.output.units import dollars, duration, short, shown
from ccotel_tui.panels.result import PanelAnswer
from ccotel_tui.query.prompts.folded import time_of
from ccotel_tui.query.window import MINUTE, SECOND
from ccotel_tui.screen import strings
from ccotel_tui.screen.data.snapshot import Snapshot
from ccotel_tui.screen.format.cells import NARROW, apart, fitted, join_cells, right, wrapped
from ccotel_tui.screen.format.names import short_model
from ccotel_tui.screen.format.periods import is_always_shown, is_today, label_of_snapshot
from ccotel_tui.screen.format.prompts.timeline import Flow, newest_flow
from ccotel_tui.screen.format.sessions.lines import Session, age, counts
from ccotel_tui.screen.format.sessions.order import ordered

_MONEY = 8

_NEWS_NS = 10 * MINUTE
"""How long an error is news."""


class Summary(Widget, can_focus=True):
    """Costs, tokens, lines, tools, what is going on, who waits, what went wrong."""

    DEFAULT_CSS = "Summary { height: auto; }"

    snapshot: reactive[Snapshot | None] = reactive(None)
    _last_content = Content("")

    @property
    def title(self) -> str:
        return strings.SECTIONS["overview"][0]

    @property
    def answers(self) -> list[PanelAnswer]:
        return list(self.snapshot.answers.values()) if self.snapshot else []

    def copied(self, *, as_json: bool) -> str:
        """The id of this session, or all that is told as one JSON document."""
        if self.snapshot is None:
            return ""
        if as_json:
            window = self.snapshot.window
            answers = self.snapshot.answers.items()
            return json.dumps({id: panel_document(answer, window) for id, answer in answers})
        session = self.snapshot.present.session
        return session.session_id if session else ""

    def watch_snapshot(self) -> None:
        # To lay the screen out costs more than to paint these lines.
        if (content := self.render()).plain.count("\n") != self._last_content.plain.count("\n"):
            self.refresh(layout=True)
        self._last_content = content

    def render(self) -> Content:
        if self.snapshot is None:
            return Content.styled(strings.LOADING, "italic $foreground-muted")
        lines = _Lines(self.snapshot, self.size.width)
        content_lines = lines.narrow() if self.size.width < NARROW else lines.wide()
        return Content("\n").join(content_lines)


class _Lines:
    """The lines of one snapshot at one width."""

    def __init__(self, snapshot: Snapshot, width: int) -> None:
        self._snapshot = snapshot
        self._period = label_of_snapshot(snapshot)
        self._width = width
        self._sessions = ordered(snapshot.sessions, snapshot.running)
        self._this = snapshot.present.session
        self._session = next(
            (
                session
                for session in self._sessions
                if self._this and session.row.session_id == self._this.session_id
            ),
            None,
        )
        self._waiting = next(
            (session for session in self._sessions if session.status == "waiting"), None
        )

    def narrow(self) -> Iterator[Content]:
        who = self._who()
        yield apart(who[0], join_cells(who[1:], " ", self._width // 2), self._width)
        yield apart(self._money("current_session", strings.SESSION), self._burn(), self._width)
        notices = self._notices()
        yield apart(self._money("today", strings.TODAY), self._beside(notices), self._width)
        month = self._small("30d", strings.DAYS_30)
        yield apart(self._money("7d", strings.DAYS_7), month, self._width)
        yield self._of_window(self._tokens())
        yield self._of_window([*self._lines(), self._tools()])
        if notices:
            yield self._of_window(notices)
        flow = self._flow()
        yield from self._prompt(flow)
        counted, waiting = self._counts(), self._who_waits()
        fit = counted.cell_length + waiting.cell_length < self._width
        yield apart(counted, waiting, self._width) if fit else waiting
        yield self._error()
        yield from self._commands(flow)

    def wide(self) -> Iterator[Content]:
        burn_rate = self._snapshot.present.burn_rate
        cells = [
            (strings.SESSION, shown(self._part("current_session"), "usd"), "bold $text-accent"),
            (strings.TODAY, shown(self._part("today"), "usd"), "bold"),
            (strings.DAYS_7, shown(self._part("7d"), "usd"), "bold"),
            (strings.DAYS_30, shown(self._part("30d"), "usd"), "bold"),
            (strings.BURN_RATE, f"{shown(burn_rate, 'usd')}/h", "bold"),
        ]
        if not is_always_shown(self._snapshot.period):
            cells.insert(1, (self._period, shown(self._value("total_cost"), "usd"), "bold"))
        first = 14
        size = min(24, (self._width - first) // (len(cells) - 1))
        sizes = [first, *[size] * (len(cells) - 1)]
        labels = (fitted(label, size) for (label, _, _), size in zip(cells, sizes, strict=True))
        yield Content.styled("".join(labels), "$foreground-muted")
        yield Content("").join(
            Content.styled(fitted(amount, size), style)
            for (_, amount, style), size in zip(cells, sizes, strict=True)
        )
        end = self._who_waits() or self._counts()
        about_session = join_cells(self._who(), "  ", self._width - end.cell_length - 1)
        yield apart(about_session, end, self._width)
        label = Content.styled(self._period, "$foreground-muted")
        parts = [label, *self._notices(), *self._tokens(), *self._lines(), self._tools()]
        yield from wrapped(parts, "  ", self._width, 3)
        flow = self._flow()
        yield from self._prompt(flow)
        yield from self._commands(flow)
        if error := self._error():
            yield error

    def _answer(self, panel: str) -> PanelAnswer | None:
        return self._snapshot.answers.get(panel)

    def _value(self, panel: str) -> float | None:
        answer = self._answer(panel)
        return answer.value if answer else None

    def _part(self, name: str, panel: str = "total_cost") -> float | None:
        answer = self._answer(panel)
        number = answer.parts.get(name) if answer else None
        if name == "current_session" and not number and self._session is not None:
            return number if self._session.row.requests else None
        return number

    def _who(self) -> list[Content]:
        if self._this is None:
            return [Content.styled(strings.NO_SESSION, "$foreground-muted")]
        session_id = self._this.session_id
        here = self._snapshot.running.get(session_id)
        folder = PurePath(here.folder).name if here else ""
        project = self._session.project if self._session else folder
        called = (here.name if here else "") or project
        who = [Content.styled(sanitize(f"{session_id[:4]} {called}".rstrip()), "bold")]
        if self._session is None:
            return who
        row = self._session.row
        model = short_model(row.models[0]) if row.models else ""
        lasted = duration((row.last_seen_ns - row.started_ns) / SECOND).split()[0]
        return [
            *who,
            Content.styled(model, "$foreground-muted"),
            Content.styled(strings.LASTED.format(time=lasted), "$foreground-muted"),
        ]

    def _money(self, name: str, label: str) -> Content:
        style = "bold $text-accent" if name == "current_session" else "bold"
        amount = right(shown(self._part(name), "usd"), _MONEY)
        return Content.assemble((amount, style), (f" {label}", "$foreground-muted"))

    def _small(self, name: str, label: str) -> Content:
        amount = shown(self._part(name), "usd")
        return Content.assemble((amount, "bold"), (f" {label}", "$foreground-muted"))

    def _burn(self) -> Content:
        rate, alone = self._snapshot.present.burn_rate, self._snapshot.present.alone
        form = strings.BURN if alone else strings.BURN_OF_ALL
        return Content("" if rate is None else form.format(dollars=dollars(rate)))

    def _beside(self, notices: list[Content]) -> Content:
        """Return what stands beside today's cost: the window's cost, or today's first notice."""
        if not is_always_shown(self._snapshot.period):
            amount = shown(self._value("total_cost"), "usd")
            return Content.assemble((amount, "bold"), (f" {self._period}", "$foreground-muted"))
        return notices.pop(0) if notices and is_today(self._snapshot.period) else Content("")

    def _notices(self) -> list[Content]:
        """Return what did not come in of the window."""
        notices = (self._unseen(), self._missed(), self._costless())
        return [notice for notice in notices if notice]

    def _of_window(self, parts: list[Content]) -> Content:
        """The window's numbers behind its name, or a short one where that leaves no room."""
        parts = [part for part in parts if part]
        forms = [
            Content.assemble((label, "$foreground-muted"), " ", Content(gap).join(parts))
            for label in (self._period, strings.WINDOW)
            for gap in ("  ", " ")
        ]
        fitting = (form for form in forms if form.cell_length <= self._width)
        return next(fitting, None) or join_cells(parts, " ", self._width)

    def _unseen(self) -> Content:
        unseen = self._part("unseen")
        if not unseen or unseen < 0.005:
            return Content("")
        return Content.styled(strings.UNSEEN.format(dollars=dollars(unseen)), "$text-warning")

    def _missed(self) -> Content:
        answer = self._answer("total_cost")
        if answer is None or not answer.missed:
            return Content("")
        text = strings.counted(strings.MISSED, answer.missed).format(count=f"{answer.missed:,}")
        return Content.styled(text, "$text-warning")

    def _costless(self) -> Content:
        answer = self._answer("total_cost")
        if answer is None or not answer.costless:
            return Content("")
        forms = strings.counted(strings.COSTLESS, answer.costless)
        return Content.styled(forms.format(count=f"{answer.costless:,}"), "$text-warning")

    def _tokens(self) -> list[Content]:
        ratio = self._part("cache_hit_ratio", "token_usage")
        output = self._part("output", "token_usage")
        total = shown(self._value("token_usage"), "tokens")
        parts = [strings.TOKENS.format(count=total)]
        if ratio is not None:
            parts.append(strings.CACHED.format(ratio=f"{ratio:.0%}"))
        if output is not None:
            parts.append(strings.OUTPUT.format(count=short(output)))
        return [Content(part) for part in parts]

    def _lines(self) -> list[Content]:
        answer = self._answer("lines_of_code")
        if answer is None or answer.value is None:
            return []
        added, removed = (shown(answer.parts[name], "lines") for name in ("added", "removed"))
        return [
            Content.assemble(
                (f"+{added}", "$text-success"),
                " ",
                (f"-{removed}", "$text-error"),
                f" {strings.LINES}",
            )
        ]

    def _tools(self) -> Content:
        answer = self._answer("tool_success")
        if answer is None or answer.value is None:
            return Content("")
        failed = sum(float(row["failure"] or 0) for row in answer.rows)
        calls = failed + sum(float(row["success"] or 0) for row in answer.rows)
        count = Content(strings.counted(strings.TOOLS, calls).format(count=shown(calls, "1")))
        if not failed:
            return count
        wrong = strings.FAILURES.format(count=shown(failed, "1"))
        return Content.assemble(count, "  ", (wrong, "$text-error"))

    def _counts(self) -> Content:
        if self._value("active_sessions") is None:
            return Content("")
        text = counts(self._sessions, self._snapshot)
        return Content.styled(text, "$foreground-muted")

    def _who_waits(self) -> Content:
        if self._waiting is None:
            return Content("")
        return Content.styled(waits(self._waiting), "bold $text-warning")

    def _error(self) -> Content:
        """Return the newest error, red while it is news; then only while its session runs."""
        error = self._snapshot.present.error
        if error is None:
            return Content("")
        process = self._snapshot.running.get(str(error.get("session_id")))
        is_news = self._snapshot.now_ns - time_of(error) <= _NEWS_NS
        if not is_news and process is not None and not process.lives:
            return Content("")
        what = " ".join(
            filter(None, (str(error.get("status_code") or ""), str(error.get("error") or "")))
        )
        model = short_model(error.get("model"))
        text = sanitize(f"! {what}" + (f", {model}" if model else ""))
        ago = strings.AGO.format(age=age(time_of(error), self._snapshot.now_ns))
        return apart(
            Content.styled(text, "$text-error" if is_news else "$foreground-muted"),
            Content.styled(ago, "$foreground-muted"),
            self._width,
        )

    def _flow(self) -> Flow | None:
        present = self._snapshot.present
        return newest_flow(present.session, present.events) if present.session else None

    def _prompt(self, flow: Flow | None) -> Iterator[Content]:
        if flow is None:
            return
        prompt = flow.prompt or (
            strings.NO_PROMPT
            if flow.characters is None
            else strings.counted(strings.PROMPT, flow.characters).format(count=flow.characters)
        )
        took = duration((flow.last_ns - flow.began_ns) / SECOND)
        cost = self._part("last_prompt")
        text = f"{shown(flow.cost if cost is None else cost, 'usd')} {took}"
        end = Content.styled(text, "$foreground-muted")
        yield apart(Content.assemble(("> ", "$text-accent"), prompt), end, self._width)
        if flow.steps:
            yield _steps(flow, self._width)

    def _commands(self, flow: Flow | None) -> Iterator[Content]:
        """The newest command of the client after the prompt, with what it cost itself."""
        for command in flow.commands[-1:] if flow else ():
            end = Content.styled(dollars(command.cost) if command.cost else "", "$foreground-muted")
            yield apart(Content.styled(command.name, "$foreground-muted"), end, self._width)


def waits(session: Session) -> str:
    """Return who waits, and for what."""
    return f"? {fitted(session.name, min(14, cell_len(session.name)))} {session.now}"


def _steps(flow: Flow, width: int) -> Content:
    """The newest calls that fit, oldest first."""
    pieces = [
        Content.assemble(
            ("" if not at else " || " if step.beside else " > ", "$foreground-muted"),
            step.tool if step.ok else Content.styled(f"{step.tool} x", "$text-error"),
        )
        for at, step in enumerate(flow.steps)
    ]
    shown_pieces: list[Content] = []
    room = width - 2
    for piece in reversed(pieces):
        if piece.cell_length + 1 > room:
            shown_pieces.append(Content.styled("…", "$foreground-muted"))
            break
        room -= piece.cell_length
        shown_pieces.append(piece)
    return Content.assemble("  ", *reversed(shown_pieces)).truncate(width, ellipsis=True)

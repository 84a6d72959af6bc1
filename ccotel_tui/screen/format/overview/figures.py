"""What the overview says of one snapshot, a piece of text each. Pure."""

from pathlib import PurePath

from rich.cells import cell_len
from textual.content import Content

from ccotel_tui.panels.output.sanitize import sanitize
from ccotel_tui.panels.output.units import dollars, duration, short, shown
from ccotel_tui.panels.result import PanelAnswer
from ccotel_tui.query.events import time_of
from ccotel_tui.query.window import MINUTE, SECOND
from ccotel_tui.screen import strings
from ccotel_tui.screen.data.snapshot import Snapshot
from ccotel_tui.screen.format.cells import apart, fitted
from ccotel_tui.screen.format.names import short_model
from ccotel_tui.screen.format.overview import links
from ccotel_tui.screen.format.periods import label_of_snapshot
from ccotel_tui.screen.format.prompts.timeline import Flow, newest_flow
from ccotel_tui.screen.format.sessions.lines import Session, age, counts
from ccotel_tui.screen.format.sessions.order import ordered

_MANY_LINES = 10_000
"""From so many on they are rounded, where space is short."""

_NEWS_NS = 10 * MINUTE
"""How long an error is news."""


class Figures:
    """The numbers of one snapshot, in words and colours."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self.period = label_of_snapshot(snapshot)
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

    def flow(self) -> Flow | None:
        """Return the newest prompt of this session, with its steps."""
        present = self._snapshot.present
        return newest_flow(present.session, present.events) if present.session else None

    def answer(self, panel: str) -> PanelAnswer | None:
        return self._snapshot.answers.get(panel)

    def value(self, panel: str) -> float | None:
        answer = self.answer(panel)
        return answer.value if answer else None

    def part(self, name: str, panel: str = "total_cost") -> float | None:
        answer = self.answer(panel)
        number = answer.parts.get(name) if answer else None
        if name == "current_session" and not number and self._session is not None:
            return number if self._session.row.requests else None
        return number

    @property
    def to_session(self) -> str:
        """The action that leads to this session, nowhere where there is none."""
        return links.to_session_page(self._this.session_id) if self._this else ""

    @property
    def to_prompt(self) -> str:
        """The same of its newest prompt."""
        if self._this is None or not self._this.prompt_ids:
            return ""
        return links.to_prompt_page(self._this.session_id, self._this.prompt_ids[0])

    def who(self) -> list[Content]:
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

    def burn(self) -> Content:
        rate, alone = self._snapshot.present.burn_rate, self._snapshot.present.alone
        form = strings.BURN if alone else strings.BURN_OF_ALL
        return Content("" if rate is None else form.format(dollars=dollars(rate)))

    def notices(self) -> list[Content]:
        """Return what did not come in of the window."""
        notices = (self._unseen(), self._missed(), self._costless())
        return [notice for notice in notices if notice]

    def _unseen(self) -> Content:
        unseen = self.part("unseen")
        if not unseen or unseen < 0.005:
            return Content("")
        return Content.styled(strings.UNSEEN.format(dollars=dollars(unseen)), "$text-warning")

    def _missed(self) -> Content:
        answer = self.answer("total_cost")
        if answer is None or not answer.missed:
            return Content("")
        text = strings.counted(strings.MISSED, answer.missed).format(count=f"{answer.missed:,}")
        return Content.styled(text, "$text-warning")

    def _costless(self) -> Content:
        answer = self.answer("total_cost")
        if answer is None or not answer.costless:
            return Content("")
        forms = strings.counted(strings.COSTLESS, answer.costless)
        return Content.styled(forms.format(count=f"{answer.costless:,}"), "$text-warning")

    def token_parts(self) -> list[Content]:
        """Return how many of the tokens were cached, and how many came out."""
        ratio = self.part("cache_hit_ratio", "token_usage")
        output = self.part("output", "token_usage")
        parts = []
        if ratio is not None:
            parts.append(Content(strings.CACHED.format(ratio=f"{ratio:.0%}")))
        if output is not None:
            parts.append(Content(strings.OUTPUT.format(count=short(output))))
        return parts

    def line_changes(self, *, brief: bool = False) -> Content:
        """Return the lines added and removed, nothing where that is not known."""
        answer = self.answer("lines_of_code")
        if answer is None or answer.value is None:
            return Content("")
        counts = (answer.parts[name] for name in ("added", "removed"))
        added, removed = (
            short(count) if brief and count and count >= _MANY_LINES else shown(count, "lines")
            for count in counts
        )
        changes = (f"+{added}", "$text-success"), " ", (f"-{removed}", "$text-error")
        return links.leading(Content.assemble(*changes), links.to_numbers("lines_of_code"))

    def tool_calls(self) -> tuple[float | None, float]:
        """Return the number of calls, None where it is not known, and of those that failed."""
        answer = self.answer("tool_success")
        if answer is None or answer.value is None:
            return None, 0.0
        failed = sum(float(row["failure"] or 0) for row in answer.rows)
        return failed + sum(float(row["success"] or 0) for row in answer.rows), failed

    def tools(self) -> Content:
        calls, failed = self.tool_calls()
        if calls is None:
            return Content("")
        count = Content(strings.counted(strings.TOOLS, calls).format(count=shown(calls, "1")))
        count = links.leading(count, links.TO_CALLS)
        return Content.assemble(count, "  ", self.failed_calls()) if failed else count

    def failed_calls(self) -> Content:
        """Return how many tool calls failed, nothing where none did."""
        _, failed = self.tool_calls()
        if not failed:
            return Content("")
        wrong = strings.FAILURES.format(count=shown(failed, "1"))
        return links.leading(Content.styled(wrong, "$text-error"), links.TO_FAILED_CALLS)

    def counts(self, *, named: bool = False) -> Content:
        """How many sessions run, wait and were active; `named` says that it is sessions."""
        if self.value("active_sessions") is None:
            return Content("")
        text = counts(self._sessions, self._snapshot)
        if named:
            text = strings.SESSIONS.format(counts=text)
        return links.leading(Content.styled(text, "$foreground-muted"), links.TO_SESSIONS)

    def who_waits(self) -> Content:
        """Return who waits for what; of this session, which is named before, only for what."""
        if self._waiting is None:
            return Content("")
        is_this = self._waiting is self._session
        words = f"? {self._waiting.now}" if is_this else waits(self._waiting)
        text = Content.styled(words, "bold $text-warning")
        return links.leading(text, links.to_session_page(self._waiting.row.session_id))

    def error(self, width: int) -> Content:
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
        line = apart(
            Content.styled(text, "$text-error" if is_news else "$foreground-muted"),
            Content.styled(ago, "$foreground-muted"),
            width,
        )
        return links.leading(line, links.TO_ERRORS)


def waits(session: Session) -> str:
    """Return who waits, and for what."""
    return f"? {fitted(session.name, min(14, cell_len(session.name)))} {session.now}"

"""What a panel's number is, and the numbers themselves, as text."""

from collections.abc import Iterable, Iterator

from textual.content import Content

from ccotel_tui.panels.answer import PanelAnswer
from ccotel_tui.panels.document import text
from ccotel_tui.panels.plain import plain
from ccotel_tui.panels.units import shown
from ccotel_tui.query.window import Window
from ccotel_tui.screen import words
from ccotel_tui.screen.widgets.panel_view import local


def numbers(answers: Iterable[PanelAnswer]) -> Content:
    """Values, parts, series and rows, as `ccotel-tui panels` prints them."""
    return Content("\n").join(Content(plain(line)) for line in text(answers))


def meaning(answers: Iterable[PanelAnswer], window: Window) -> Content:
    """Where each number comes from, of when it is, and what it means."""
    return Content("\n").join(line for answer in answers for line in _meaning(answer, window))


def _meaning(answer: PanelAnswer, window: Window) -> Iterator[Content]:
    panel = answer.panel
    yield Content.styled(panel.title, "bold")
    heard = answer.last_heard_ns
    said = {
        "value": shown(answer.value, panel.unit) if panel.value else "",
        "state": "" if answer.state == "value" else words.STATES[answer.state],
        "signal": answer.signal,
        "exact": words.EXACT,
        "window": f"{_moment(window.from_ns, window)} - {_moment(window.to_ns, window)}",
        "as_of": _moment(answer.as_of_ns, window),
        "last_heard": _moment(heard, window) if heard is not None else "",
        "notes": " ".join(answer.notes),
        "footnote": panel.footnote,
    }
    for name, value in said.items():
        if value:
            yield Content.assemble((f"  {words.INFO[name]:<11}", "$foreground-muted"), plain(value))
    yield Content("")


def _moment(time_ns: int, window: Window) -> str:
    return f"{local(time_ns, window):%m-%d %H:%M:%S}"

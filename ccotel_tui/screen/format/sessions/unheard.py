"""Sessions that run and are not heard, a line each: why, and the key that mends it. Pure."""

from collections.abc import Sequence

from textual.content import Content

from ccotel_tui.claude.destination import Unheard
from ccotel_tui.panels.output.sanitize import sanitize
from ccotel_tui.screen import strings
from ccotel_tui.screen.format.cells import ended
from ccotel_tui.screen.format.page import Page
from ccotel_tui.screen.format.table import holds_words
from ccotel_tui.screen.keys import KEYS

_LONGEST_NAME = 16


def unheard_line(unheard: Unheard, width: int) -> Content:
    """Return the session, the reason and the key; the reason goes where space is short."""
    name = f"x {sanitize(unheard.name, _LONGEST_NAME)}  "
    mending = mending_words(unheard)
    cause = sanitize(strings.translated(unheard.cause))
    forms = (strings.NOT_HEARD, "{cause}, {mending}", strings.NOT_HEARD_BRIEF, "{mending}")
    for form in forms:
        line = Content.assemble(
            (name, "bold $text-warning"), form.format(cause=cause, mending=mending)
        )
        if line.cell_length <= width:
            break
    return ended(line, width)


def mending_words(unheard: Unheard) -> str:
    """Return what lets it be heard, with the key for it."""
    pane = next(key.shown for key in KEYS if key.id == "pane")
    return strings.MENDINGS[unheard.mending].format(pane=pane)


def unheard_page(unheard: Unheard) -> Page:
    """Return the reason and the remedy in full."""
    lines = (unheard.cause, unheard.remedy)
    text = "\n".join(sanitize(strings.translated(line)) for line in lines)
    return Page(sanitize(unheard.name), Content(text))


def matching_unheard(unheard: Sequence[Unheard], text: str) -> list[Unheard]:
    """Return those in whose name or id each word of the text occurs."""
    return [each for each in unheard if holds_words(f"{each.name} {each.session_id}", text)]

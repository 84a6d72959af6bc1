"""The page of doctor's checks: the first broken link, then each with its next step."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

from textual.content import Content

from ccotel_tui.local.locations import typed
from ccotel_tui.panels.output.sanitize import sanitize
from ccotel_tui.screen import strings
from ccotel_tui.screen.format.page import Page
from ccotel_tui.screen.views.pages.dialogs import PageText, TextScreen, page_text
from ccotel_tui.sentences import sentence_of

_STYLES = {"fail": "bold $text-error", "warn": "bold $text-warning"}


class DoctorScreen(TextScreen):
    """The checks, once they are made; Esc goes back."""

    def __init__(self, run: Callable[[], Awaitable[str]]) -> None:
        super().__init__(Page(strings.DOCTOR, Content(strings.DOCTOR_WAITS)))
        self._run = run

    def on_mount(self) -> None:
        self.run_worker(self._check(), exclusive=True)

    async def _check(self) -> None:
        self._text = page_text(doctor_page(await self._run()))
        self.query_one(PageText).text = self._text


def doctor_page(printed: str) -> Page:
    """Return the page of what `doctor --json` prints."""
    try:
        return Page(strings.DOCTOR, _text(json.loads(printed)))
    except (ValueError, LookupError, TypeError, RecursionError):
        return Page(strings.DOCTOR, Content(strings.ERROR))


def _text(document: dict[str, Any]) -> Content:
    first = document["first_failure"]
    head = (
        strings.DOCTOR_FIRST.format(link=strings.DOCTOR_LINKS[first])
        if first
        else strings.DOCTOR_WELL
    )
    lines = [Content.styled(head, "bold"), Content("")]
    for check in document["checks"]:
        lines += _lines(check)
    return Content("\n").join(lines)


def _lines(check: dict[str, Any]) -> list[Content]:
    state = Content.styled(
        strings.DOCTOR_STATES[check["state"]], _STYLES.get(check["state"], "dim")
    )
    link = Content.styled(strings.DOCTOR_LINKS[check["id"]], "bold")
    lines = [Content.assemble(state, "  ", link, "  ", _text_of(check, "found"))]
    if check["cause"]:
        lines.append(Content(f"  {_text_of(check, 'cause')}"))
        step = typed(_text_of(check, "next"))
        lines.append(Content.assemble(f"  {strings.DOCTOR_NEXT}: ", (step, "bold")))
    return lines


def _text_of(check: dict[str, Any], name: str) -> str:
    """One of the check's texts, in the screen's language where that has it."""
    sentences = check.get("sentences")
    sentence = sentence_of(sentences.get(name)) if isinstance(sentences, dict) else None
    return sanitize(strings.translated(sentence or str(check[name])))

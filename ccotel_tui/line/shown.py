"""What the one line shows: its fields, its forms, and the state of the data in words. Pure."""

from collections.abc import Mapping
from typing import NamedTuple

from ccotel_tui.panels.output.units import NOT_KNOWN, dollars, duration
from ccotel_tui.query.window import MINUTE, SECOND

LIVE_FOR_NS = 2 * MINUTE
"""After so long without a record the state is quiet."""

BURN_NS = 10 * MINUTE
BURNS_AN_HOUR = 6

NUMBERS = ("session", "burn", "today")

ABOUT = "~"
"""Before what may not be exact: narrow lines have no room for more."""

FORMAT = "{session} session  {burn}/h  {today} today  {state}"
_SHORTER = (
    FORMAT,
    "{session}  {burn}/h  {today} today  {state}",
    "{session}  {today} today  {state}",
    "{session}  {today}  {state}",
    "{session}  {today}",
    "{session}",
)
"""From the whole line to its most important field."""


class Glance(NamedTuple):
    """Dollars of the session, of an hour at the present rate and of today, and the state.

    A number is None where it is not available. `ahead` reports records dated after now, `notice`
    problems of the recorder, and what servers left out of their answers; `handed_on` whether this
    line's input went on to a receiver; `approximate` which numbers may not be exact.
    """

    session_id: str | None
    session: float | None
    burn: float | None
    today: float | None
    state: str
    ahead: str | None = None
    notice: str | None = None
    handed_on: bool = False
    approximate: tuple[str, ...] = ()

    def line(
        self, width: int, form: str | None = None, optional: Mapping[str, str | None] | None = None
    ) -> str:
        """Return the line in at most `width` columns, 0 for any number.

        The first of the forms that fits is taken; `form`, a template, is the only one, and may
        name the `optional` fields too. Raises KeyError and ValueError as the template does.
        """
        fields = {
            **(optional or {}),
            **{name: self._shown(name) for name in NUMBERS},
            "state": self.state,
            "session_id": self.session_id or NOT_KNOWN,
        }
        if form:
            from ccotel_tui.line.template import filled

            lines = [filled(form, fields.__getitem__)]
        else:
            lines = [template.format(**fields) for template in _SHORTER]
        return next((line for line in lines if not width or len(line) <= width), lines[-1][:width])

    def _shown(self, name: str) -> str:
        number: float | None = getattr(self, name)
        if number is None:
            return NOT_KNOWN
        return f"{ABOUT}{dollars(number)}" if name in self.approximate else dollars(number)


class Recording(NamedTuple):
    """The recorder's problem in two or three words, and a notice with its short form `brief`.

    All are empty where all is well.
    """

    wrong: str = ""
    brief: str = ""
    notice: str = ""


def data_state(heard_ns: int | None, now_ns: int, wrong: str) -> str:
    """Return the state of the data in words: the problem, else how long nothing came in."""
    if wrong:
        return wrong
    if heard_ns is None:
        return "waiting"
    if now_ns - heard_ns <= LIVE_FOR_NS:
        return "live"
    return f"quiet {duration((now_ns - heard_ns) / SECOND).split()[0]}"

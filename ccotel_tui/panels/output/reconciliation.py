"""Events against counters of each whole session, as lines to read and as JSON. Pure."""

from collections.abc import Iterator
from datetime import datetime, tzinfo
from typing import Any

from ccotel_tui.panels.output.document import SCHEMA, bare, rfc3339
from ccotel_tui.panels.output.sanitize import sanitize
from ccotel_tui.panels.output.units import NOT_KNOWN, short
from ccotel_tui.query.finite import finite
from ccotel_tui.query.reconcile import Balance, Name, Reconciliation, Sums
from ccotel_tui.query.window import SECOND, Window
from ccotel_tui.sentences import Sentence, counted, joined

_MISSING = Sentence("reconcile_missing", "none")


def note(reconciliation: Reconciliation) -> str | None:
    """Return the sentence to put beside a cost, where whole sessions differ."""
    if not (differ := reconciliation.of("differs")):
        return None
    return (
        f"Events and counters differ in {len(differ)} of {len(reconciliation.balances)} whole "
        f"sessions, by ${reconciliation.difference_usd:.6f}: `ccotel-tui reconcile` says which and "
        "why."
    )


def reconciliation_lines(reconciliation: Reconciliation, zone: tzinfo) -> Iterator[str]:
    """A sentence, then the sessions that do not agree, the last active first, each with why."""
    yield _summary(reconciliation)
    for balance in reversed(reconciliation.balances):
        if balance.state != "agrees":
            yield ""
            when = datetime.fromtimestamp(balance.last_seen_ns / SECOND, zone)
            state = Sentence(f"balance_{balance.state}", balance.state)
            head = (sanitize(balance.session_id[:8]), f"{when:%m-%d %H:%M}", state)
            yield joined(head, "  ")
            for name, sums in balance.sums.items():
                yield _compared(name, sums)
                if sums.events and sums.counters:
                    for source, gap in sums.by_source().items():
                        yield f"    {sanitize(source):10} {_amount(name, gap, signed=True):>14}"
            yield joined(("", balance.cause), "  ")


def reconciliation_document(
    reconciliation: Reconciliation, source: str, window: Window
) -> dict[str, Any]:
    """All whole sessions as JSON."""
    return {
        "schema": SCHEMA,
        "source": source,
        "window": {"from": rfc3339(window.from_ns, window), "to": rfc3339(window.to_ns, window)},
        "going_on": reconciliation.going_on,
        "sessions": [_session(balance, window) for balance in reconciliation.balances],
    }


def _summary(reconciliation: Reconciliation) -> str:
    whole = len(reconciliation.balances)
    if not whole:
        form = "No whole session to compare; {going_on} going on."
        return Sentence("reconcile_nothing", form, going_on=reconciliation.going_on)
    agree = len(reconciliation.of("agrees"))
    form = (
        "Events and counters agree in {agree} of {whole} whole "
        f"{counted(('session', 'sessions'), whole)}, by total and by source; {{going_on}} going on."
    )
    numbers = {"agree": agree, "whole": whole, "going_on": reconciliation.going_on}
    return Sentence("reconcile_agree", form, **numbers)


def _compared(name: Name, sums: Sums) -> str:
    events, counters = (
        _amount(name, sum(side.values())) if side else _MISSING
        for side in (sums.events, sums.counters)
    )
    measure = Sentence(f"reconcile_{name}", name)
    form = "  {measure:6}  events {events}  counters {counters}"
    values = {"measure": measure, "events": events, "counters": counters}
    if not (sums.events and sums.counters):
        return Sentence("reconcile_sums", form, **values)
    difference = _amount(name, sums.difference, signed=True)
    form += "  difference {difference}"
    return Sentence("reconcile_difference", form, **values, difference=difference)


def _amount(name: Name, number: float, signed: bool = False) -> str:
    if finite(number) is None:
        return NOT_KNOWN
    sign = "-" if number < 0 else "+" if signed else ""
    return sign + (f"${abs(number):.6f}" if name == "cost" else short(abs(number)))


def _session(balance: Balance, window: Window) -> dict[str, Any]:
    return {
        "session_id": balance.session_id,
        "last_seen": rfc3339(balance.last_seen_ns, window),
        "state": balance.state,
        "cause": balance.cause or None,
        **{
            name: {
                "events": bare(sum(sums.events.values())) if sums.events else None,
                "counters": bare(sum(sums.counters.values())) if sums.counters else None,
                "difference": bare(sums.difference) if sums.events and sums.counters else None,
                "by_source": {
                    source: {
                        "events": bare(sums.events.get(source)),
                        "counters": bare(sums.counters.get(source)),
                    }
                    for source in sorted({*sums.events, *sums.counters})
                },
            }
            for name, sums in balance.sums.items()
        },
    }

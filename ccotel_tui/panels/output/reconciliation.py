"""What events and counters say of each whole session, as lines to read and as JSON. Pure."""

from collections.abc import Iterator
from datetime import datetime, tzinfo
from typing import Any

from ccotel_tui.panels.output.document import SCHEMA, bare, rfc3339
from ccotel_tui.panels.output.sanitize import sanitize
from ccotel_tui.panels.output.units import NOT_KNOWN, short
from ccotel_tui.query.finite import finite
from ccotel_tui.query.reconcile import Balance, Name, Reconciliation, Sums
from ccotel_tui.query.window import SECOND, Window

_MISSING = "none"


def note(found: Reconciliation) -> str | None:
    """What a reader of a cost should know, where whole sessions differ."""
    if not (differ := found.of("differs")):
        return None
    return (
        f"Events and counters differ in {len(differ)} of {len(found.balances)} whole sessions, by "
        f"${found.difference_usd:.6f}: `ccotel-tui reconcile` says which and why."
    )


def reconciliation_lines(found: Reconciliation, zone: tzinfo) -> Iterator[str]:
    """A sentence, then the sessions that do not agree, the last active first, each with why."""
    yield _summary(found)
    for one in reversed(found.balances):
        if one.state != "agrees":
            yield ""
            when = datetime.fromtimestamp(one.last_seen_ns / SECOND, zone)
            yield sanitize(f"{one.session_id[:8]}  {when:%m-%d %H:%M}  {one.state}")
            for name, sums in one.sums.items():
                yield f"  {name:6}  {_compared(name, sums)}"
                if sums.events and sums.counters:
                    for source, gap in sums.by_source().items():
                        yield f"    {sanitize(source):10} {_amount(name, gap, signed=True):>14}"
            yield f"  {one.cause}"


def reconciliation_document(found: Reconciliation, source: str, window: Window) -> dict[str, Any]:
    """All whole sessions as JSON."""
    return {
        "schema": SCHEMA,
        "source": source,
        "window": {"from": rfc3339(window.from_ns, window), "to": rfc3339(window.to_ns, window)},
        "going_on": found.going_on,
        "sessions": [_session(one, window) for one in found.balances],
    }


def _summary(found: Reconciliation) -> str:
    whole = len(found.balances)
    if not whole:
        return f"No whole session to compare; {found.going_on} going on."
    agree = len(found.of("agrees"))
    return (
        f"Events and counters agree in {agree} of {whole} whole sessions, by total and by source; "
        f"{found.going_on} going on."
    )


def _compared(name: Name, sums: Sums) -> str:
    events, counters = (
        _amount(name, sum(side.values())) if side else _MISSING
        for side in (sums.events, sums.counters)
    )
    told = f"events {events}  counters {counters}"
    if sums.events and sums.counters:
        told += f"  difference {_amount(name, sums.difference, signed=True)}"
    return told


def _amount(name: Name, number: float, signed: bool = False) -> str:
    if finite(number) is None:
        return NOT_KNOWN
    sign = "-" if number < 0 else "+" if signed else ""
    return sign + (f"${abs(number):.6f}" if name == "cost" else short(abs(number)))


def _session(one: Balance, window: Window) -> dict[str, Any]:
    return {
        "session_id": one.session_id,
        "last_seen": rfc3339(one.last_seen_ns, window),
        "state": one.state,
        "cause": one.cause or None,
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
            for name, sums in one.sums.items()
        },
    }

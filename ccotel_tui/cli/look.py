"""The commands that print events, sessions and the reconciliation."""

import json
import time
from collections import Counter
from collections.abc import Callable, Collection
from itertools import count
from typing import Any

import click

from ccotel_tui.cli.options import (
    Command,
    OpenQuery,
    TextType,
    now,
    opened_query,
    query_options,
    warn_once,
    zone,
)
from ccotel_tui.cli.output import say, say_json, say_json_text, say_lines
from ccotel_tui.panels.output.document import (
    event_text,
    row_document,
    session_document,
    session_text,
)
from ccotel_tui.query.query import EventKind, EventRow, Scope

_POLL_INTERVAL = 0.5
"""Seconds between two looks for new events."""


def _limit(rows: str) -> Callable[[Command], Command]:
    return click.option(
        "--limit",
        default=200,
        show_default=True,
        type=click.IntRange(min=1),
        metavar="N",
        help=f"Only the newest N {rows}.",
    )


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print a line of JSON for each.")
@_limit("events")
@click.option(
    "--name",
    "names",
    type=TextType(),
    metavar="TEXT",
    multiple=True,
    help="Only events of this name, such as tool_result. May be repeated.",
)
@click.option("--follow", is_flag=True, help="Keep printing new events.")
@query_options
def events(as_json: bool, limit: int, names: tuple[str, ...], follow: bool, **options: Any) -> None:
    """Print the events of the window, newest last."""
    kinds = [EventKind(name) for name in names]
    printed: Counter[str] | None = None
    with opened_query(options) as query:
        while True:
            rows = _newest(query, kinds, limit, printed)
            before = printed or Counter()
            if not (rows or follow or as_json):
                such = "such " if kinds or query.scope != Scope() else ""
                warn_once(f"There is no {such}event in this window.")
            seen: Counter[str] = Counter()
            for row, written in rows:
                # Equal events are distinct.
                seen[written] += 1
                if seen[written] > before[written]:
                    if as_json:
                        say_json_text(written)
                    else:
                        say(event_text(row, query.window))
            printed = before | seen
            if not follow:
                return
            time.sleep(_POLL_INTERVAL)
            query.move_on()


def _newest(
    query: OpenQuery, kinds: list[EventKind], limit: int, printed: Collection[str] | None
) -> list[tuple[EventRow, str]]:
    """The newest events and their JSON; after the first look all that came since, however many."""
    for most in (limit << doublings for doublings in count()):
        rows = [
            (row, json.dumps(row_document(row, query.window), ensure_ascii=False))
            for row in query.backend.source.rows(kinds, query.window, query.scope, most)
        ]
        printed_before = [at for at, (_, written) in enumerate(rows) if written in (printed or ())]
        if printed is None or printed_before or len(rows) < most:
            break
    return rows if most == limit else rows[min(printed_before, default=0) :]


@click.command("sessions")
@click.option("--json", "as_json", is_flag=True, help="Print a line of JSON for each.")
@_limit("sessions")
@query_options
def sessions_command(as_json: bool, limit: int, **options: Any) -> None:
    """Print the sessions active in the window, the most recently active last."""
    from ccotel_tui.claude.session_memory import SessionMemory
    from ccotel_tui.claude.session_registry import SessionRegistry
    from ccotel_tui.local.locations import session_memory
    from ccotel_tui.query.sessions import sessions_of, with_users
    from ccotel_tui.query.status_line.reading import StatusLineReader, with_told_names

    running = SessionRegistry(memory=SessionMemory(session_memory())).read()
    with opened_query(options) as query:
        source = query.backend.source
        reading = StatusLineReader().read(source, "", now(), zone())
        rows = sessions_of(source, query.window, query.scope)[-limit:]
        if not (rows or as_json):
            such = "such " if query.scope != Scope() else ""
            warn_once(f"No {such}session was active in this window.")
        rows = with_users(rows, query.backend.usage, query.window)
        # Who works alone knows whose sessions these are.
        users = {row.user for row in rows}
        columns = max(map(len, users)) if len(users) > 1 else 0
        for row in with_told_names(rows, reading.lines):
            registered = running.get(row.session_id)
            status = registered.status if registered else None
            if as_json:
                written = session_document(
                    row,
                    query.window,
                    status=status,
                    waiting_for=(registered.waiting_for or None) if registered else None,
                    name=(registered.name if registered else "") or row.told_name or None,
                    folder=(registered.folder if registered else "") or row.told_folder or None,
                )
                say_json(written)
            else:
                say(session_text(row, query.window, status or "", columns))


@click.command("reconcile")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@query_options
def reconcile_command(as_json: bool, **options: Any) -> None:
    """Compare events with counters over the whole life of the window's sessions."""
    from ccotel_tui.panels.output.reconciliation import (
        reconciliation_document,
        reconciliation_lines,
    )
    from ccotel_tui.query.reconcile import reconcile as compare

    with opened_query(options) as query:
        scope = query.scope.of_sessions
        if scope != query.scope:
            warn_once("Whole sessions are compared: --model and --filter are left out.")
        reconciliation = compare(query.backend, query.window, scope, query.now_ns)
    if as_json:
        written = reconciliation_document(reconciliation, query.backend.name, query.window)
        say_json(written)
    else:
        say_lines(reconciliation_lines(reconciliation, query.window.zone))

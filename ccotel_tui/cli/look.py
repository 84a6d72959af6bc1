"""The commands that look without a screen: every panel once, events and sessions."""

import json
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import click

from ccotel_tui.cli.options import (
    QueryOptions,
    now,
    parse_query_options,
    query_options,
    resolved,
    zone,
)
from ccotel_tui.cli.output import say, say_json, say_json_text, say_table
from ccotel_tui.errors import UsageError
from ccotel_tui.panels.catalogue import BY_ID, PANELS, SECTIONS
from ccotel_tui.panels.output.document import (
    csv_rows,
    event_text,
    panel_lines,
    panels_document,
    row_document,
    session_document,
    session_text,
)
from ccotel_tui.panels.output.reconciliation import (
    note,
    reconciliation_document,
    reconciliation_lines,
)
from ccotel_tui.panels.result import answer_panels
from ccotel_tui.query.query import EventKind, Scope
from ccotel_tui.query.reconcile import Reconciliation
from ccotel_tui.query.reconcile import reconcile as compare
from ccotel_tui.query.sessions import sessions_of
from ccotel_tui.query.source import Backend
from ccotel_tui.query.window import Window

_Command = TypeVar("_Command", bound=Callable[..., Any])

_FOLLOW_EVERY = 0.5
"""Seconds between two looks for new events."""


def _limit(rows: str) -> Callable[[_Command], _Command]:
    return click.option(
        "--limit",
        default=200,
        show_default=True,
        type=click.IntRange(min=1),
        metavar="N",
        help=f"Only the newest N {rows}.",
    )


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV, one line for each number.")
@click.option("--panel", "panel_id", metavar="ID", help="Only this panel.")
@click.option("--section", type=click.Choice(SECTIONS), help="Only this section's panels.")
@query_options
def panels(
    as_json: bool, as_csv: bool, panel_id: str | None, section: str | None, **options: Any
) -> None:
    """Print every panel once."""
    if panel_id and panel_id not in BY_ID:
        raise UsageError(f"--panel {panel_id}: choose from {', '.join(BY_ID)}.")
    chosen = [
        panel
        for panel in PANELS
        if panel_id in (None, panel.id) and section in (None, panel.section)
    ]
    with _asked(options) as asked:
        with asked.reconciling(any(panel.id == "total_cost" for panel in chosen)) as reconciled:
            answers = answer_panels(chosen, asked.backend, asked.window, asked.scope, asked.now_ns)
        cost = answers.get("total_cost")
        if cost and cost.state == "value" and (said := note(reconciled())):
            answers["total_cost"] = replace(cost, notes=(*cost.notes, said))
    if as_json:
        written = panels_document(answers, asked.backend.name, asked.window, asked.scope)
        say_json(written)
    elif as_csv:
        say_table(csv_rows(answers.values()))
    else:
        for line in panel_lines(answers.values()):
            say(line)
    failures = [answer for answer in answers.values() if answer.state == "error"]
    if failures:
        say(f"ccotel-tui: {failures[0].notes[0]}", err=True)
        sys.exit(1)


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print a line of JSON for each.")
@_limit("events")
@click.option(
    "--name",
    "names",
    multiple=True,
    help="Only events of this name, such as tool_result. May be repeated.",
)
@click.option("--follow", is_flag=True, help="Keep printing new events.")
@query_options
def events(as_json: bool, limit: int, names: tuple[str, ...], follow: bool, **options: Any) -> None:
    """Print the events of the window, newest last."""
    kinds = [EventKind(name) for name in names]
    known: set[str] = set()
    with _asked(options) as asked:
        while True:
            for row in asked.backend.source.rows(kinds, asked.window, asked.scope, limit):
                written = json.dumps(row_document(row, asked.window), ensure_ascii=False)
                if written not in known:
                    known.add(written)
                    if as_json:
                        say_json_text(written)
                    else:
                        say(event_text(row, asked.window))
            if not follow:
                return
            time.sleep(_FOLLOW_EVERY)
            asked.move_on()


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print a line of JSON for each.")
@_limit("sessions")
@query_options
def sessions(as_json: bool, limit: int, **options: Any) -> None:
    """Print the sessions active in the window, the most recently active last."""
    from ccotel_tui.claude.session_memory import SessionMemory
    from ccotel_tui.claude.session_registry import SessionRegistry
    from ccotel_tui.locations import session_memory

    running = SessionRegistry(memory=SessionMemory(session_memory())).read()
    with _asked(options) as asked:
        for row in sessions_of(asked.backend.source, asked.window, asked.scope)[-limit:]:
            known = running.get(row.session_id)
            status = known.status if known else None
            if as_json:
                written = session_document(
                    row,
                    asked.window,
                    status=status,
                    waiting_for=(known.waiting_for or None) if known else None,
                    name=(known.name or None) if known else None,
                    folder=(known.folder or None) if known else None,
                )
                say_json(written)
            else:
                say(session_text(row, asked.window, status or ""))


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@query_options
def reconcile(as_json: bool, **options: Any) -> None:
    """Compare events with counters over the whole life of the window's sessions."""
    with _asked(options) as asked:
        found = asked.reconciled()
    if as_json:
        written = reconciliation_document(found, asked.backend.name, asked.window)
        say_json(written)
    else:
        for line in reconciliation_lines(found, asked.window.zone):
            say(line)


@dataclass
class _Asked:
    """A source, and what is asked of it now."""

    backend: Backend
    window: Window
    scope: Scope
    now_ns: int
    where: QueryOptions

    def move_on(self) -> None:
        """Make it now again."""
        self.now_ns = now()
        self.window = self.where.period.window(self.now_ns, zone())

    def reconciled(self) -> Reconciliation:
        """Whole sessions, so only the session of the scope counts."""
        return self._reconciled(self.backend)

    @contextmanager
    def reconciling(self, wanted: bool) -> Iterator[Callable[[], Reconciliation]]:
        """Compare while the block asks, where the store can be read twice at once."""
        if not wanted or self.backend.name != "embedded":
            yield self.reconciled
            return
        with ThreadPoolExecutor(1) as beside:
            yield beside.submit(self._from_its_own_source).result

    def _from_its_own_source(self) -> Reconciliation:
        # Imported late: SQLite is nothing that a stack is asked with.
        from ccotel_tui.query.embedded.backend import open_embedded

        with closing(open_embedded(self.where.database, polling=False)) as backend:
            return self._reconciled(backend)

    def _reconciled(self, backend: Backend) -> Reconciliation:
        session = Scope(self.scope.session_id)
        return compare(backend, self.window, session, self.now_ns)


@contextmanager
def _asked(options: dict[str, Any]) -> Iterator[_Asked]:
    asked = parse_query_options(**options)
    backend = asked.open()
    try:
        moment = now()
        scope = resolved(backend.source, asked.scope, moment)
        yield _Asked(backend, asked.period.window(moment, zone()), scope, moment, asked)
    finally:
        backend.close()

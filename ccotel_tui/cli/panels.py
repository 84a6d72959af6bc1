"""The command that prints panels."""

import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import replace
from functools import partial
from typing import Any

import click

from ccotel_tui.cli.options import OpenQuery, opened_query, query_options, refuse_together
from ccotel_tui.cli.output import say, say_json, say_table
from ccotel_tui.errors import UsageError
from ccotel_tui.panels.catalogue import BY_ID, PANELS, SECTIONS
from ccotel_tui.panels.output.document import csv_rows, panel_lines, panels_document
from ccotel_tui.panels.output.reconciliation import note
from ccotel_tui.panels.result import answer_panels
from ccotel_tui.query.reconcile import Reconciliation, compare_sums
from ccotel_tui.query.source import Backend


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
    refuse_together(json=as_json, csv=as_csv)
    if panel_id and panel_id not in BY_ID:
        raise UsageError(f"--panel {panel_id}: choose from {', '.join(BY_ID)}.")
    chosen = [
        panel
        for panel in PANELS
        if panel_id in (None, panel.id) and section in (None, panel.section)
    ]
    if not chosen:
        raise UsageError(f"--panel {panel_id} is not of --section {section}.")
    with opened_query(options) as query:
        with _reconciling(query, any(panel.id == "total_cost" for panel in chosen)) as reconciled:
            answers = answer_panels(chosen, query.backend, query.window, query.scope, query.now_ns)
        cost = answers.get("total_cost")
        if cost and cost.state == "value" and (difference := note(reconciled())):
            answers["total_cost"] = replace(cost, notes=(*cost.notes, difference))
    if as_json:
        written = panels_document(answers, query.backend.name, query.window, query.scope)
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


@contextmanager
def _reconciling(query: OpenQuery, wanted: bool) -> Iterator[Callable[[], Reconciliation]]:
    """Compare sums while the block asks, where the store can be read twice at once."""
    if not wanted or query.backend.name != "embedded":
        yield partial(_compared, query, query.backend)
        return
    with ThreadPoolExecutor(1) as beside:
        yield beside.submit(_compared_beside, query).result


def _compared_beside(query: OpenQuery) -> Reconciliation:
    # Imported late: a stack is read without SQLite.
    from ccotel_tui.query.embedded.backend import open_embedded

    with closing(open_embedded(query.options.database, polling=False)) as backend:
        return _compared(query, backend)


def _compared(query: OpenQuery, backend: Backend) -> Reconciliation:
    return compare_sums(backend, query.window, query.scope.of_sessions, query.now_ns)

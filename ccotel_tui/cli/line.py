"""The one line, for tmux, a prompt or Claude Code's status line."""

from collections.abc import Iterable
from contextlib import AbstractContextManager, closing, nullcontext
from dataclasses import replace
from functools import partial
from typing import Any

import click

from ccotel_tui.cli.options import (
    QueryOptions,
    now,
    parse_query_options,
    query_options,
    warn_once,
    zone,
)
from ccotel_tui.cli.output import say, say_json
from ccotel_tui.errors import BadDatabase, SourceUnavailable, UsageError
from ccotel_tui.line.glance import glance
from ccotel_tui.line.recording import recording_in
from ccotel_tui.line.shown import ABOUT, FORMAT, Glance, Recording
from ccotel_tui.line.status_line import StatusLine, read_status_line
from ccotel_tui.line.template import OPTIONAL_FIELDS, SUMMED_FIELDS, field_names
from ccotel_tui.query.source import Backend, BackendName
from ccotel_tui.recorder import NOT_RECORDING
from ccotel_tui.recorder.lock_file import read_document


@click.command()
@click.option(
    "--format",
    "form",
    metavar="TEXT",
    help=f"Template of the line.  [default: '{FORMAT}', shortened to fit]",
)
@click.option(
    "--width",
    default=0,
    type=click.IntRange(min=0),
    metavar="N",
    help="Longest line, in columns; 0: no limit.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@query_options
def line(form: str | None, width: int, as_json: bool, **options: Any) -> None:
    """Print the session's cost, burn rate, today's cost and state of the data in one line.

    With Claude Code's status line JSON on stdin, the session and its cost come from that, unless
    --session names another. Session, burn rate and today's cost are of the scope, whatever the
    window.
    """
    query = parse_query_options(**options)
    if query.scope.session_id == "current":
        # It is of that one anyway, as soon as there is one.
        query = replace(query, scope=query.scope._replace(session_id=""))
    status = read_status_line()
    names = _optional_names(form or "")
    try:
        summary, optional = _answered(query, status, names)
    except (BadDatabase, SourceUnavailable) as error:
        recording = recording_in(read_document(query.database))
        if query.source_name == "stack" or recording.wrong in ("", NOT_RECORDING):
            raise
        # The recorder says why its file cannot be read: the line's reader sees no stderr.
        say(f"ccotel-tui: {error}", err=True)
        optional = dict.fromkeys(names)
        summary = Glance(
            status.session_id,
            status.session_cost,
            None,
            None,
            recording.wrong,
            notice=recording.notice,
        )
    if as_json:
        say_json(summary._asdict())
        return
    if summary.ahead and summary.today is None:
        # A line that knows nothing although something came says why, beside itself.
        say(f"ccotel-tui: {summary.ahead}", err=True)
    try:
        say(summary.line(width, form, optional))
    except (KeyError, ValueError) as error:
        raise _malformed(form or "") from error


def _optional_names(form: str) -> set[str]:
    """Return the optional fields that the template names. Raises UsageError."""
    try:
        return field_names(form) & set(OPTIONAL_FIELDS)
    except ValueError as error:
        raise _malformed(form) from error


def _malformed(form: str) -> UsageError:
    fields = ("session", "burn", "today", "state", *OPTIONAL_FIELDS)
    names = ", ".join(f"{{{name}}}" for name in fields)
    return UsageError(f"--format {form}: there is {names} and {{session_id}}.")


def _answered(
    query: QueryOptions, status: StatusLine, names: Iterable[str]
) -> tuple[Glance, dict[str, str | None]]:
    """Return the numbers, and the texts of these optional fields."""
    # Printed again and again, and often where no person sees stderr.
    with (
        closing(query.open(say=lambda _: None)) as backend,
        # Before the questions: the receiver has their time to take it.
        _handing_on(query, status, backend.name) as handed_on,
    ):
        moment = now()
        scope = query.scope_of(backend.source, moment)
        session: tuple[str | None, float | None]
        session = (None, None) if scope.session_id else (status.session_id, status.session_cost)
        recording = partial(_recording, query, backend.name)
        summary = glance(backend, moment, zone(), recording, *session, scope)
        given = backend, summary, status, names, query
        optional = _optional(*given) if names else {}
        lacking = backend.diagnostics.partial_answers()
    for sentence in lacking.values():
        warn_once(sentence)
    if "today" in summary.approximate:
        optional |= {
            name: f"{ABOUT}{text}"
            for name, text in optional.items()
            if text and name in SUMMED_FIELDS
        }
    return summary._replace(handed_on=handed_on), optional


def _optional(
    backend: Backend,
    summary: Glance,
    status: StatusLine,
    names: Iterable[str],
    query: QueryOptions,
) -> dict[str, str | None]:
    from ccotel_tui.line.asked_facts import AskedFacts
    from ccotel_tui.line.fields import OptionalFields
    from ccotel_tui.line.memory import LineMemory

    now_ns, local = now(), zone()
    memory = LineMemory(query.database if backend.name == "embedded" else None)
    facts = AskedFacts(backend, now_ns, local, query.settings_path, memory)
    numbers = summary.session, summary.today
    fields = OptionalFields(facts, now_ns, local, summary.session_id, status.fields, *numbers)
    return {name: fields.text(name) for name in names}


def _recording(query: QueryOptions, source: BackendName) -> Recording:
    return recording_in(read_document(query.database)) if source == "embedded" else Recording()


def _handing_on(
    query: QueryOptions, status: StatusLine, source: BackendName
) -> AbstractContextManager[bool]:
    if not status.fields:
        return nullcontext(False)
    from ccotel_tui.status_line.delivery import handing_on, receiver_of
    from ccotel_tui.status_line.memory import handed_on_folder

    own_stack = source == "stack" and not query.named
    receiver = receiver_of(read_document(query.database), own_stack)
    return handing_on(status.fields, receiver, handed_on_folder(query.database))

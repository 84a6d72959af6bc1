"""The dashboard."""

import asyncio
import os
import sys
from asyncio import to_thread
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ccotel_tui.claude.session_memory import SessionMemory
from ccotel_tui.claude.session_registry import SessionRegistry
from ccotel_tui.cli.options import (
    QueryOptions,
    listen_options,
    now,
    parse_query_options,
    query_options,
    resolved,
    zone,
)
from ccotel_tui.errors import NoTerminal
from ccotel_tui.local import locations
from ccotel_tui.local.local_zone import misread_zone
from ccotel_tui.panels.output.sanitize import hash_emails
from ccotel_tui.query.period import Period
from ccotel_tui.query.window import DAY
from ccotel_tui.recorder.child.child_process import Subprocess
from ccotel_tui.recorder.ports.address import parse_address
from ccotel_tui.screen import strings
from ccotel_tui.screen.app import Dashboard
from ccotel_tui.screen.data.files.choices import Choices
from ccotel_tui.screen.data.files.fired import FiredHistory
from ccotel_tui.screen.data.files.user_files import UserFiles
from ccotel_tui.screen.data.recorder_child import RecorderChild
from ccotel_tui.screen.data.selection import Selection
from ccotel_tui.screen.data.source_switch import SourceSwitch
from ccotel_tui.screen.process.terminal_background import ask_background
from ccotel_tui.screen.settings_file import known_settings
from ccotel_tui.screen.stack_actions import Controls
from ccotel_tui.screen.themes import THEMES, theme_for
from ccotel_tui.sentences import joined
from ccotel_tui.settings import Settings

if TYPE_CHECKING:
    from ccotel_tui.stack_control.models import Handover
    from ccotel_tui.stack_control.stack import Stack


@click.command()
@click.option("--demo", is_flag=True, help="Show recorded sessions; receive and store nothing.")
@listen_options
@query_options
def dashboard(demo: bool, otlp_grpc: str, otlp_http: str, **options: Any) -> None:
    """Open the dashboard, and start a recorder if none is running."""
    if not _has_terminal():
        raise NoTerminal("The dashboard needs a terminal; `ccotel-tui panels` prints without one.")
    parse_address("grpc", otlp_grpc, allow_remote=False)
    parse_address("http", otlp_http, allow_remote=False)
    query = parse_query_options(**options)
    files = _user_files(query.settings_path, demo)
    settings = files.settings
    strings.use(settings.language)
    hash_emails(settings.hash_emails)
    if not any(options[name] for name in ("since", "from_", "to", "window")):
        period = _first_period(settings, demo)
        query = replace(query, period=period._replace(step_ns=query.period.step_ns))
    query.period.window(now(), zone())
    # The stack is the user's own, also from the demo: no recorded session may come into it.
    controls = _controls(query)
    with ExitStack() as stack:
        if demo:
            from ccotel_tui.demo import demo_registry, demo_store

            path = stack.enter_context(demo_store(now()))
            registry = demo_registry(path)
            query = replace(query, source_name="embedded", database=path)
        else:
            registry = SessionRegistry(
                memory=SessionMemory(locations.session_memory()), writes=True
            )
            _make_store(query)
        sources = _sources(query, "demo" if demo else "")
        scope = resolved(sources.backend.source, query.scope, now())
        records = query.source_name != "stack" and not demo
        folder = ""
        if query.here:
            from ccotel_tui.places import this_folder

            folder = this_folder()
        app = Dashboard(
            sources,
            Selection.at_start(query.period, scope),
            files,
            registry,
            controls,
            now,
            zone(),
            RecorderChild(query.database, otlp_grpc, otlp_http) if records else None,
            locations.typed_command(),
            folder,
        )
        app.theme, app.typed = _theme(settings, files.choices)
        app.makes_ahead = True
        app.run()
    sys.exit(app.return_code)


def _user_files(settings_path: Path, demo: bool) -> UserFiles:
    """Return the user's files. Raises UsageError where the settings are not understood."""
    return UserFiles(
        known_settings(settings_path),
        settings_path,
        Choices(locations.choices()),
        # What recorded sessions tell is no news of this machine.
        FiredHistory(None if demo else locations.fired_alerts()),
    )


def _first_period(settings: Settings, demo: bool) -> Period:
    """Return the time that is shown first, where no option names one."""
    if demo and settings.period == Period():
        # After midnight next to nothing of the recorded sessions is of today.
        return Period(since_ns=DAY)
    return settings.period


def _make_store(query: QueryOptions) -> None:
    """Make the store where it may be read and is not there: the screen only reads."""
    if query.source_name != "stack" and not query.database.exists():
        from ccotel_tui.store.database import Database

        Database(query.database).close()


def _sources(query: QueryOptions, label: str) -> SourceSwitch:
    """Return the source that answers, which may be another one later where none is named."""
    foreign: list[str] = []
    backend = query.open(polling=True, say=foreign.append)
    reopen = partial(query.open, True, lambda _: None)
    note = joined(filter(None, (*foreign, misread_zone())), " ")
    return SourceSwitch(backend, reopen if query.source_name == "auto" else None, label, note)


def _theme(settings: Settings, choices: Choices) -> tuple[str, str]:
    """Return the theme that is set, chosen last, or fits; and what was typed meanwhile."""
    if settings.theme != "auto":
        return settings.theme, ""
    if any(theme.name == choices.theme for theme in THEMES):
        return choices.theme, ""
    background = ask_background(os.environ)
    return theme_for(background.light, os.environ), background.typed


def _has_terminal() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty() and sys.stderr.isatty()


def _controls(query: QueryOptions) -> Controls:
    """Return the ways to the stack; Docker and the compose file are imported on first use."""
    database = query.database

    def opened() -> "Stack":
        from ccotel_tui.cli.stack import opened_stack

        return opened_stack()

    def handover() -> "Handover":
        from ccotel_tui.recorder.ports.lease import PortLease

        return PortLease(database)

    def receivers() -> tuple[str, str] | None:
        from ccotel_tui.stack_control import endpoints

        return endpoints.receivers(endpoints.shipped(os.environ))

    async def start_backfill(started: bool) -> Subprocess | None:
        places = await to_thread(receivers) if database.exists() else None
        if places is None or not (started or places[1] == query.loki_url):
            return None
        return await Subprocess.backfill(database, *places)

    def grafana() -> str:
        from ccotel_tui.stack_control import endpoints

        return endpoints.answering_grafana(os.environ)

    async def doctor() -> str:
        command = [*locations.PROGRAM, "doctor", "--json", "--db", str(database)]
        quiet = asyncio.subprocess.DEVNULL
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=quiet,
            stdout=asyncio.subprocess.PIPE,
            stderr=quiet,
            env={**os.environ, **query.environment},
        )
        return (await process.communicate())[0].decode(errors="replace")

    return Controls(opened, handover, start_backfill, grafana, doctor)

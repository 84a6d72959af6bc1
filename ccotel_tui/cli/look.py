"""The commands that look: the dashboard, and every panel once."""

import json
import sys
from typing import Any

import click

from ccotel_tui.cli.options import Where, listen_options, now, where, where_options, zone
from ccotel_tui.errors import BadWords, NoTerminal
from ccotel_tui.panels.answer import answer_panels
from ccotel_tui.panels.catalogue import BY_ID, PANELS, SECTIONS
from ccotel_tui.panels.document import document, text
from ccotel_tui.query.source import Source
from ccotel_tui.store.database import Database


@click.command()
@listen_options
@where_options
def dashboard(otlp_grpc: str, otlp_http: str, **options: Any) -> None:
    """The dashboard, with a recorder where nobody records yet."""
    from ccotel_tui.screen.app import Dashboard
    from ccotel_tui.screen.recording import Recording

    if not (sys.stdin.isatty() and sys.stdout.isatty() and sys.stderr.isatty()):
        raise NoTerminal("The dashboard needs a terminal; `ccotel-tui panels` prints without one.")
    asked = where(**options)
    source = _opened(asked)
    recording = None
    if source.name == "embedded":
        recording = Recording(asked.database, otlp_grpc, otlp_http)
    app = Dashboard(source, recording, asked.period, asked.scope, now, zone())
    app.run()
    sys.exit(app.return_code)


def _opened(asked: Where) -> Source:
    """The source, the embedded store made where there is none: the screen then only reads."""
    if asked.source_name != "stack" and not asked.database.exists():
        Database(asked.database).close()
    return asked.open()


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@click.option("--panel", "panel_id", metavar="ID", help="Only this panel.")
@click.option("--section", type=click.Choice(SECTIONS), help="Only this section's panels.")
@where_options
def panels(as_json: bool, panel_id: str | None, section: str | None, **options: Any) -> None:
    """Every panel's answer, once."""
    if panel_id and panel_id not in BY_ID:
        raise BadWords(f"--panel {panel_id}: there is {', '.join(BY_ID)}.")
    chosen = [
        panel
        for panel in PANELS
        if panel_id in (None, panel.id) and section in (None, panel.section)
    ]
    asked = where(**options)
    source = asked.open()
    moment = now()
    window = asked.period.window(moment, zone())
    answers = answer_panels(chosen, source, window, asked.scope, moment)
    source.close()
    if as_json:
        click.echo(json.dumps(document(answers, source.name, window, asked.scope), allow_nan=False))
    else:
        for line in text(answers.values()):
            click.echo(line)
    failures = [answer for answer in answers.values() if answer.state == "error"]
    if failures:
        click.echo(f"ccotel-tui: {failures[0].notes[0]}", err=True)
        sys.exit(1)

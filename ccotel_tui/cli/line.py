"""The one line, for tmux, a prompt or Claude Code's status line."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from ccotel_tui.cli.options import now, parse_query_options, query_options, zone
from ccotel_tui.cli.output import say, say_json
from ccotel_tui.cli.status_line import read_status_line
from ccotel_tui.errors import UsageError
from ccotel_tui.glance import FORMAT, Recording, glance
from ccotel_tui.recorder.health import CLOCK_MOVED, health
from ccotel_tui.recorder.lock import read_state


@click.command()
@click.option("--format", "form", metavar="TEXT", help=f"Default: '{FORMAT}', shorter to fit.")
@click.option("--width", default=0, metavar="N", help="Columns at most.")
@click.option("--json", "as_json", is_flag=True, help="The numbers as JSON.")
@query_options
def line(form: str | None, width: int, as_json: bool, **options: Any) -> None:
    """This session's cost, the burn rate, today's cost and the state of the data, in one line.

    With Claude Code's status line JSON on stdin the session and its cost are taken from that.
    """
    asked = parse_query_options(**options)
    status = read_status_line()
    # Printed again and again, and often where no person sees stderr.
    source = asked.open(say=lambda _: None)
    try:
        seen = glance(
            source,
            now(),
            zone(),
            lambda: _recording(asked.database) if source.name == "embedded" else Recording(),
            status.session_id,
            status.session_cost,
        )
    finally:
        source.close()
    if as_json:
        say_json(asdict(seen))
        return
    if seen.ahead and seen.today is None:
        # A line that knows nothing although something came says why, beside itself.
        say(f"ccotel-tui: {seen.ahead}", err=True)
    try:
        say(seen.line(width, form))
    except (KeyError, IndexError, ValueError) as error:
        raise UsageError(
            f"--format {form}: there is {{session}}, {{burn}}, {{today}}, {{state}} and "
            "{session_id}."
        ) from error


def _recording(database: Path) -> Recording:
    doing = health(read_state(database))
    notice = " ".join(filter(None, (doing.cause, *doing.notices)))
    return Recording(doing.wrong, CLOCK_MOVED if doing.clock_moved else "", notice)

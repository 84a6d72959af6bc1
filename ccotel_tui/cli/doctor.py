"""The command that says why no data comes."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ccotel_tui.cli.headers import headers as given_headers
from ccotel_tui.cli.options import DATABASE, HEADERS, PROMETHEUS_URL, checked_url, is_given
from ccotel_tui.cli.output import say, say_json
from ccotel_tui.local import locations
from ccotel_tui.network.address import address

if TYPE_CHECKING:
    from ccotel_tui.doctor.rules import Check

_SIGNS = {"ok": "ok  ", "warn": "warn", "fail": "FAIL", "skip": "-   "}
_WIDTH = 9


@click.command(
    epilog="\b\nExamples:\n  ccotel-tui doctor\n  ccotel-tui doctor --json | jq .first_failure\n"
    "  claude --debug-file x.log -p hello; ccotel-tui doctor --debug-file x.log\n"
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.option(
    "--canary", is_flag=True, help="Also send a record to a server that is not ours, to try it."
)
@click.option(
    "--debug-file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Also read what `claude --debug-file FILE` wrote of telemetry.",
)
@DATABASE
@PROMETHEUS_URL
@HEADERS
def doctor(
    as_json: bool,
    canary: bool,
    debug_file: Path | None,
    db: Path | None,
    prometheus_url: str,
    headers: tuple[str, ...],
) -> None:
    """Check each link from Claude Code to what is kept, and name the first broken one.

    Exit status: 0 all well, 1 a link is broken. A record is sent to the endpoint and not kept.
    """
    from ccotel_tui.doctor.gather import gather
    from ccotel_tui.doctor.machine.client_log import read_client_log
    from ccotel_tui.doctor.machine.stack_facts import stack_facts
    from ccotel_tui.doctor.rules import document, first_failure, run_checks

    database = (db or locations.database()).absolute()
    log = read_client_log(debug_file) if debug_file else None
    sent = given_headers(headers)
    named = None
    if is_given("prometheus_url"):
        named = address(checked_url("--prometheus-url", prometheus_url), sent)
    facts = gather(database, canary, stack_facts(), log, named)
    checks = run_checks(facts)
    first = first_failure(checks)
    if as_json:
        say_json(document(checks, locations.typed))
    else:
        if first:
            say(f"First broken link: {first.id}. {first.cause}")
            say(f"Next: {locations.typed(first.next)}")
        else:
            say("Every link holds.")
        for check in checks:
            _say_check(check)
    sys.exit(1 if first else 0)


def _say_check(check: "Check") -> None:
    say(f"{_SIGNS[check.state]}  {check.id:{_WIDTH}}  {check.found}")
    if check.state in ("warn", "fail"):
        say(f"      {'':{_WIDTH}}  {check.cause}")
        say(f"      {'':{_WIDTH}}  next: {locations.typed(check.next)}")

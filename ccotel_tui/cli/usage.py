"""The commands that print what was dear, and one prompt of it."""

from typing import Any

import click

from ccotel_tui.cli.options import opened_query, query_options, refuse_together, zone
from ccotel_tui.cli.output import say, say_json, say_table
from ccotel_tui.errors import UsageError
from ccotel_tui.panels.output.prompt import prompt_document, waterfall_text
from ccotel_tui.panels.output.usage import saved_line, usage_documents, usage_lines, usage_table
from ccotel_tui.places import known_projects
from ccotel_tui.query.never_carried import never_carried
from ccotel_tui.query.usage.keys import KEYS, usage_key
from ccotel_tui.query.usage.prompt import find_prompt
from ccotel_tui.query.usage.ranked import USAGE_COLUMNS, ranked_usage
from ccotel_tui.query.usage.saved import CacheSaving, CacheSavings
from ccotel_tui.query.usage.usage import usage_of
from ccotel_tui.telemetry.conventions import API_REQUEST


@click.command()
@click.option(
    "--by",
    "keys",
    multiple=True,
    required=True,
    metavar="KEY",
    help=f"What to group by: {', '.join(KEYS)} or attribute:NAME. May be repeated: the next "
    "within the one before.",
)
@click.option(
    "--sort",
    type=click.Choice(("key", *USAGE_COLUMNS)),
    default="cost_usd",
    show_default=True,
    help="Column to sort by, the largest first.",
)
@click.option(
    "--limit",
    type=click.IntRange(min=1),
    metavar="N",
    help="Only the first N rows.  [default: all]",
)
@click.option("--json", "as_json", is_flag=True, help="Print a line of JSON for each.")
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV.")
@query_options
def usage(
    keys: tuple[str, ...],
    sort: str,
    limit: int | None,
    as_json: bool,
    as_csv: bool,
    **options: Any,
) -> None:
    """Print what was dear, the dearest first, and the total."""
    refuse_together(json=as_json, csv=as_csv)
    by = [usage_key(key) for key in keys]
    with opened_query(options) as query:
        if why := never_carried(API_REQUEST, query.scope):
            raise UsageError(f"{API_REQUEST} carries no {why}: nothing can be summed by it.")
        wants_projects = any(key.name == "project" for key in by)
        projects = (
            known_projects(query.backend.source, query.now_ns, zone()) if wants_projects else {}
        )
        used = usage_of(query.backend, by, query.window, query.scope, projects)
        rows = ranked_usage(used.rows, sort)[:limit]
        saving = CacheSavings().read(query.backend, query.window, query.scope)
        if as_json:
            for document in usage_documents(used, rows, query.window, saving.dollars):
                say_json(document)
        elif as_csv:
            say_table(usage_table(used, rows, query.window))
        else:
            for line in usage_lines(used, rows, query.window):
                say(line)
            if saving != CacheSaving():
                say(saved_line(saving))


@click.command()
@click.argument("id")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@query_options
def prompt(id: str, as_json: bool, **options: Any) -> None:  # noqa: A002
    """Print the prompt whose id begins with ID as a waterfall; ID may be last or dearest.

    The dearest is that of the window, the last is the newest whatever the window.
    """
    with opened_query(options) as query:
        matching = find_prompt(query.backend, id, query.window, query.scope, query.now_ns)
        if as_json:
            say_json(prompt_document(matching, query.window))
        else:
            for line in waterfall_text(matching, query.window):
                say(line)

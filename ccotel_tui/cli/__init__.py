"""The command line. Imports a command when it is called; only this folder prints and exits."""

import gc
import sys
from importlib import import_module

import click

from ccotel_tui import __version__
from ccotel_tui.cli.output import say
from ccotel_tui.errors import UsageError, sentence
from ccotel_tui.panels.output.sanitize import sanitize

COMMANDS = {
    "dashboard": ("ccotel_tui.cli.dashboard", "dashboard"),
    "line": ("ccotel_tui.cli.line", "line"),
    "panels": ("ccotel_tui.cli.panels", "panels"),
    "events": ("ccotel_tui.cli.look", "events"),
    "sessions": ("ccotel_tui.cli.look", "sessions_command"),
    "usage": ("ccotel_tui.cli.usage", "usage"),
    "prompt": ("ccotel_tui.cli.usage", "prompt"),
    "reconcile": ("ccotel_tui.cli.look", "reconcile_command"),
    "record": ("ccotel_tui.cli.keep", "record"),
    "replay": ("ccotel_tui.cli.keep", "replay"),
    "export": ("ccotel_tui.cli.keep", "export"),
    "backfill": ("ccotel_tui.cli.keep", "backfill_command"),
    "forget": ("ccotel_tui.cli.keep", "forget"),
    "stack": ("ccotel_tui.cli.stack", "stack_group"),
    "setup": ("ccotel_tui.cli.setup", "setup"),
    "doctor": ("ccotel_tui.cli.doctor", "doctor"),
    "env": ("ccotel_tui.cli.setup", "env"),
}


_MAX_ERROR_LENGTH = 4_096


class LazyGroup(click.Group):
    """The commands, imported when they are called; without one named, the dashboard."""

    def list_commands(self, context: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        module, function = COMMANDS[name]
        # What is imported stays: looking through it for garbage is a tenth of a short command.
        gc.disable()
        command: click.Command = getattr(import_module(module), function)
        gc.freeze()
        gc.enable()
        return command

    def resolve_command(
        self, context: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that is meant; of a wrong name the error tells a near one."""
        if args[0] not in COMMANDS:
            from difflib import get_close_matches

            if near := get_close_matches(args[0], COMMANDS, n=1):
                context.fail(f"No such command {args[0]!r}. Did you mean {near[0]!r}?")
        return super().resolve_command(context, args)

    def parse_args(self, context: click.Context, args: list[str]) -> list[str]:
        completing = not args and context.resilient_parsing
        is_option = bool(args) and args[0].startswith("-")
        if not completing and (not args or (is_option and args[0] not in ("--help", "--version"))):
            args = ["dashboard", *args]
        return super().parse_args(context, args)


def print_version(context: click.Context, _: click.Parameter, wanted: bool) -> None:
    """Print the version and end, where that is wanted."""
    if wanted:
        from ccotel_tui.commit import commit

        at = commit()
        say(f"ccotel-tui, version {__version__}{f' ({at})' if at else ''}")
        context.exit()


_EXAMPLES = """
\b
Examples:
  ccotel-tui setup                       let Claude Code send here
  ccotel-tui                             the dashboard
  ccotel-tui --demo                      the same on recorded sessions
  ccotel-tui panels --since 24h --json   every number once
  ccotel-tui doctor                      why no data comes
"""


@click.group(cls=LazyGroup, epilog=_EXAMPLES)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=print_version,
    help="Show the version, with its commit where that is known, and exit.",
)
def cli() -> None:
    """A terminal dashboard for Claude Code's telemetry.

    Without a command it opens the dashboard (`ccotel-tui dashboard --help`).
    """


def main() -> None:
    """Run the command line: exit status 0 success, 1 failure, 2 usage error."""
    try:
        cli(prog_name="ccotel-tui")
    except Exception as error:
        # What a container said last may be part of it.
        say(f"ccotel-tui: {sanitize(sentence(error), _MAX_ERROR_LENGTH)}", err=True)
        sys.exit(2 if isinstance(error, UsageError) else 1)

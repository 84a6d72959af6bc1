"""The command that connects Claude Code."""

import os
from pathlib import Path

import click

from ccotel_tui import locations
from ccotel_tui.claude.environment import Shell, exports
from ccotel_tui.cli.options import DATABASE
from ccotel_tui.cli.output import say
from ccotel_tui.recorder.lock import read_state
from ccotel_tui.recorder.state import endpoints


@click.command()
@click.option(
    "--shell",
    type=click.Choice(["zsh", "bash", "fish"]),
    help="Syntax of the output.  [default: that of your shell]",
)
@DATABASE
def env(shell: Shell | None, db: Path | None) -> None:
    """Print the variables Claude Code needs, for `eval "$(ccotel-tui env)"`.

    They name the ports that the running recorder bound, or the default ones if none runs.
    """
    fish = Path(os.environ.get("SHELL", "")).name == "fish"
    recorder = read_state(db or locations.database())
    listening = endpoints(recorder.ports) if recorder else {}
    for line in exports(shell or ("fish" if fish else "bash"), listening):
        say(line)
    say("# Restart sessions of Claude Code that are already running.")

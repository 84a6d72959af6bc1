"""The commands that connect Claude Code."""

import os
from pathlib import Path

import click

from ccotel_tui.claude.environment import Shell, exports


@click.command()
@click.option("--shell", type=click.Choice(["zsh", "bash", "fish"]), help="Default: yours.")
def env(shell: Shell | None) -> None:
    """The variables Claude Code needs, for `eval "$(ccotel-tui env)"`."""
    fish = Path(os.environ.get("SHELL", "")).name == "fish"
    for line in exports(shell or ("fish" if fish else "bash")):
        click.echo(line)
    click.echo("# Sessions of Claude Code that run already must be restarted.")

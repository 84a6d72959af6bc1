"""Every option and argument of every command says what it does."""

import re
from collections.abc import Iterator

import click
import pytest

from ccotel_tui.cli import cli
from tests.cli.test_words import run

_SENTENCE = re.compile(r"[A-Z@].*[.\]]")


def commands(command: click.Command, context: click.Context) -> Iterator[click.Context]:
    """The contexts of the command and of all below it."""
    yield context
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            assert below is not None
            yield from commands(below, click.Context(below, context, name))


CONTEXTS = list(commands(cli, click.Context(cli, info_name="ccotel-tui")))
OPTIONS = [
    pytest.param(option, id=f"{context.command_path} {option.opts[0]}")
    for context in CONTEXTS
    for option in context.command.get_params(context)
    if isinstance(option, click.Option) and not option.hidden
]
ARGUMENTS = [
    pytest.param(context.command, argument, id=f"{context.command_path} {argument.name}")
    for context in CONTEXTS
    for argument in context.command.params
    if isinstance(argument, click.Argument)
]


def test_all_commands_are_walked() -> None:
    paths = {context.command_path for context in CONTEXTS}
    assert {"ccotel-tui", "ccotel-tui line", "ccotel-tui stack", "ccotel-tui stack up"} < paths


@pytest.mark.parametrize("context", CONTEXTS, ids=lambda context: context.command_path)
def test_a_command_says_what_it_does(context: click.Context) -> None:
    assert _SENTENCE.fullmatch((context.command.help or "").split("\n\n")[0].replace("\n", " "))


@pytest.mark.parametrize("option", OPTIONS)
def test_an_option_says_what_it_does(option: click.Option) -> None:
    assert _SENTENCE.fullmatch(option.help or ""), f"{option.opts[0]}: {option.help!r}"


@pytest.mark.parametrize(("command", "argument"), ARGUMENTS)
def test_a_command_says_what_its_arguments_are(
    command: click.Command, argument: click.Argument
) -> None:
    """Click has no help for an argument: the command's own names it."""
    assert re.search(rf"\b{str(argument.name).upper()}\b", command.help or "")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_shell_completes_commands(shell: str) -> None:
    source = run(_CCOTEL_TUI_COMPLETE=f"{shell}_source")
    assert (source.returncode, "_CCOTEL_TUI_COMPLETE" in source.stdout) == (0, True)
    words = {"COMP_WORDS": "ccotel-tui se", "COMP_CWORD": "se" if shell == "fish" else "1"}
    completed = run(_CCOTEL_TUI_COMPLETE=f"{shell}_complete", **words)
    assert "setup" in completed.stdout
    assert "sessions" in completed.stdout

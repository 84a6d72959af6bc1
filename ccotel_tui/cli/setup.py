"""The commands that connect Claude Code: the variables, and the settings that hold them."""

import os
import shlex
import shutil
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from ccotel_tui.claude.environment import OVERRIDING, Shell, assignments, exports, variables
from ccotel_tui.cli.options import DATABASE
from ccotel_tui.cli.output import say
from ccotel_tui.errors import BadSettings, UsageError
from ccotel_tui.local import locations
from ccotel_tui.recorder.lock import read_state
from ccotel_tui.recorder.state import endpoints

if TYPE_CHECKING:
    from ccotel_tui.claude.settings.origins import Origin
    from ccotel_tui.claude.settings.set_up import Plan

SHELLS = click.Choice(["zsh", "bash", "fish"])

_TEXTS = {"OTEL_LOG_USER_PROMPTS": "1", "OTEL_LOG_TOOL_DETAILS": "1"}

_EXAMPLES = """
\b
Examples:
  ccotel-tui setup                 show the change, ask, make it
  ccotel-tui setup --dry-run       only show it
  ccotel-tui setup --shell zsh     in ~/.zshrc instead of Claude Code's settings
  ccotel-tui setup --undo          give the files back as they were
"""


@click.command(
    epilog='\b\nExamples:\n  eval "$(ccotel-tui env)"\n  ccotel-tui env --shell fish | source\n'
    "  ccotel-tui env --try\n"
)
@click.option("--shell", type=SHELLS, help="Syntax of the output.  [default: that of your shell]")
@click.option("--try", "start", is_flag=True, help="Start one claude with them; edits no file.")
@DATABASE
def env(shell: Shell | None, start: bool, db: Path | None) -> None:
    """Print the variables Claude Code needs, for `eval "$(ccotel-tui env)"`.

    They name the ports that the running recorder bound, or the default ones if none runs.
    """
    listening = _listening(db)
    if start:
        _start_client(variables(listening))
    fish = Path(os.environ.get("SHELL", "")).name == "fish"
    syntax: Shell = shell or ("fish" if fish else "bash")
    typed = locations.typed_command()
    taken = f"{typed} env --shell fish | source" if syntax == "fish" else f'eval "$({typed} env)"'
    say(f"# Being shown sets nothing: {taken} does, in this shell;")
    say(f"# for every shell and IDE: {typed} setup.")
    for line in exports(syntax, listening):
        say(line)
    say("# Restart sessions of Claude Code that are already running.")
    for line in _overriding(variables(listening)):
        say(f"# {line}")


@click.command(epilog=_EXAMPLES)
@click.option("--shell", type=SHELLS, help="Write the file of this shell, not the settings.")
@click.option("--no-status-line", is_flag=True, help="Leave the status line as it is.")
@click.option(
    "--texts", is_flag=True, help="Also record the texts of prompts and commands, on this machine."
)
@click.option("--service", is_flag=True, help="Also record from login on, without a dashboard.")
@click.option("--dry-run", is_flag=True, help="Only show what would change.")
@click.option("--yes", is_flag=True, help="Change it without asking.")
@click.option("--force", is_flag=True, help="Replace values that you have set otherwise.")
@click.option("--undo", is_flag=True, help="Give the files back as they were before.")
@DATABASE
def setup(
    shell: Shell | None,
    no_status_line: bool,
    texts: bool,
    service: bool,
    dry_run: bool,
    yes: bool,
    force: bool,
    undo: bool,
    db: Path | None,
) -> None:
    """Let Claude Code send its telemetry here: show the change, ask, and make it.

    It goes into the user's settings.json, which holds for every shell and IDE.
    """
    if undo:
        _undo(dry_run, yes)
        return
    plan, wanted = _plan(shell, no_status_line, texts, db)
    _describe(plan, wanted)
    _refuse_conflicts(plan, wanted, force)
    if plan.changes:
        for line in plan.lines:
            say(line)
    else:
        say(f"Nothing to change: {plan.named} has all of it.")
    if not texts:
        say("Texts of prompts and commands are not sent; --texts adds them, for this machine only.")
    if dry_run:
        return
    if plan.changes:
        if not _agreed("Make this change?", yes):
            return
        _carry_out(plan)
    if service or (not yes and _on_terminal() and click.confirm("Record from login on?", err=True)):
        _install_service(db)


def _plan(
    shell: Shell | None, no_status_line: bool, texts: bool, db: Path | None
) -> "tuple[Plan, dict[str, str]]":
    from ccotel_tui.claude.settings.origins import read_origins, setting, user_settings
    from ccotel_tui.claude.settings.set_up import plan_settings, plan_shell

    origins = read_origins()
    # Lists of hosts without a proxy go on with the user's own, wherever these are.
    names = {name for origin in origins for name in origin.variables}
    here = {name: held.value for name in names if (held := setting(name, origins))}
    # What the settings themselves have for one signal goes; what the shell has is held over.
    here = {name: here[name] for name in here if name not in OVERRIDING or name in os.environ}
    listening = _listening(db)
    wanted = variables(listening, here) | (_TEXTS if texts else {})
    if shell:
        return plan_shell(shell, assignments(shell, wanted)), wanted
    command = None if no_status_line else _status_command(db)
    return plan_settings(user_settings(), wanted, command), wanted


def _describe(plan: "Plan", wanted: Mapping[str, str]) -> None:
    from ccotel_tui.claude.client import installed_client
    from ccotel_tui.claude.settings.origins import managed_settings, project_origins

    client = installed_client()
    if client is None:
        say("Claude Code: not found on the PATH; the settings are written for when it is.")
    else:
        say(f"Claude Code {client.version or 'of unknown version'}: {client.path}")
    say("Where it takes its variables from; the first place that sets one wins:")
    managed = managed_settings()
    say(f"  managed settings: {', '.join(map(str, managed)) or 'none'}")
    say("  --settings of a command line: not known here")
    there = "will be made" if plan.former.content is None else "will be changed"
    if not plan.changes:
        there = "stays as it is"
    if plan.kind == "settings":
        say(f"  {plan.named}: {there}")
        say("  the shell's variables")
    else:
        say("  the user's settings.json")
        say(f"  the shell's variables: {plan.named} {there}")
    for origin in project_origins(Path.cwd()):
        names = sorted(wanted.keys() & origin.variables.keys())
        if names:
            say(f"  (not asked for these: {', '.join(names)} in {origin.place})")


def _refuse_conflicts(plan: "Plan", wanted: Mapping[str, str], force: bool) -> None:
    from ccotel_tui.claude.settings.origins import masked

    problems = [
        f"{step.path[-1]} is {masked(step.path[-1], step.before)} in {plan.named}"
        for step in plan.conflicts
    ]
    problems += _above(plan, wanted)
    if problems and not force:
        raise BadSettings(
            f"{'; '.join(problems)}. Nothing was changed: --force replaces your own values, and "
            "those of a managed file only its administrator changes."
        )


def _above(plan: "Plan", wanted: Mapping[str, str]) -> list[str]:
    """What holds over the file that is changed, and is set otherwise there."""
    from ccotel_tui.claude.settings.origins import masked, read_origins

    above = ("managed",) if plan.kind == "settings" else ("managed", "user")
    return [
        f"{name} is {masked(name, value)} in {origin.place}, which holds over {plan.named}"
        for origin in read_origins()
        if origin.kind in above
        for name, value in _otherwise(origin, wanted)
    ]


def _otherwise(origin: "Origin", wanted: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    from ccotel_tui.claude.settings.change import is_as_good

    for name, value in origin.variables.items():
        differs = name in wanted and value != wanted[name] and not is_as_good(name, value)
        if differs or (name in OVERRIDING and name not in wanted):
            yield name, value


def _overriding(wanted: Mapping[str, str]) -> Iterator[str]:
    """Sentences on what holds over the shell's variables on this machine."""
    from ccotel_tui.claude.settings.origins import masked, read_origins

    for origin in read_origins():
        if origin.kind in ("managed", "user"):
            for name, value in _otherwise(origin, wanted):
                yield f"{origin.place} sets {name} to {masked(name, value)}, which holds over it."


def _carry_out(plan: "Plan") -> None:
    from ccotel_tui.claude.session_registry import SessionRegistry
    from ccotel_tui.claude.settings.set_up import carry_out

    carry_out(plan, locations.setup_record())
    typed = locations.typed_command()
    say(f"Wrote {plan.named}; `{typed} setup --undo` gives it back as it was.")
    running = sum(session.lives for session in SessionRegistry().read().values())
    if running:
        say(f"{running} running: restart each (`claude --continue`), it does not know of it yet.")


def _undo(dry_run: bool, yes: bool) -> None:
    from ccotel_tui.claude.settings.set_up import give_back, plan_undo
    from ccotel_tui.claude.settings.setup_record import SetupRecord, read_record, write_record

    path = locations.setup_record()
    undos, service = plan_undo(path), read_record(path).service
    for undo in undos:
        say(undo.sentence)
    if service:
        say("The login service: stopped and removed.")
    if not undos and not service:
        say("Nothing to give back: `ccotel-tui setup` changed nothing here.")
        return
    if dry_run or not _agreed("Give it back?", yes):
        return
    for undo in undos:
        give_back(undo, path)
    if service:
        from ccotel_tui.recorder.service import run_command
        from ccotel_tui.recorder.service import service as login_service

        say(login_service([]).uninstall(run_command))
    write_record(path, SetupRecord())


def _install_service(db: Path | None) -> None:
    from dataclasses import replace

    from ccotel_tui.claude.settings.setup_record import read_record, write_record
    from ccotel_tui.recorder.service import run_command, service

    database = (db or locations.database()).absolute()
    words = ["record", "--wait", "--db", str(database)]
    say(service([*locations.PROGRAM, *words]).install(run_command))
    path = locations.setup_record()
    write_record(path, replace(read_record(path), service=True))


def _agreed(question: str, yes: bool) -> bool:
    if yes:
        return True
    if not _on_terminal():
        raise UsageError("Nothing was changed: without a terminal, say --yes.")
    return click.confirm(question, err=True)


def _on_terminal() -> bool:
    return sys.stdin.isatty() and sys.stderr.isatty()


def _listening(db: Path | None) -> dict[str, str]:
    recorder = read_state(db or locations.database())
    return endpoints(recorder.ports) if recorder else {}


def _status_command(db: Path | None) -> str:
    """The command of the status line by its whole path: Claude Code's PATH may be another."""
    at = ["--db", str(db.absolute())] if db and db.absolute() != locations.database() else []
    return shlex.join([*locations.own_command(), "line", "--width", "60", *at])


def _start_client(needed: Mapping[str, str]) -> NoReturn:
    from ccotel_tui.claude.client import installed_client

    client = installed_client()
    if client is None:
        raise BadSettings("There is no claude on the PATH: install Claude Code, then try again.")
    if overriding := list(_overriding(needed)):
        raise BadSettings(f"{' '.join(overriding)} `ccotel-tui setup` shows and mends it.")
    path = shutil.which(str(client.path)) or str(client.path)
    os.execve(path, [path], {**os.environ, **needed})

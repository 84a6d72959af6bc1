"""Each command that a document shows is run as typed; what another machine must answer is parsed.

Only parsed: what needs Docker, a package registry or a Claude Code, and the targets of `make`.
"""

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from ccotel_tui.cli import COMMANDS, cli
from ccotel_tui.cli.stack import stack_group
from tests.documents.commands import ALL, PAGES, READMES, ROOT, text
from tests.recorder.running import recorder

RECORDING = ROOT / "tests" / "data" / "sessions-2.1.332.jsonl"
OPENS = re.compile(r"(?:\.venv/bin/)?ccotel-tui(?: --demo)?")
RECORDS = re.compile(r"ccotel-tui record(?: --allow-remote)?")
ASKS = re.compile(r"ccotel-tui (?:setup|forget)\b")
ELSEWHERE = re.compile(
    r"\.ci/|(?:make|docker|pipx|uvx|claude|kill|chmod) "
    r"|ccotel-tui (?:stack|backfill|--source|--prometheus-url)\b"
)
FILLED = {"KEY": "model", "ID": "last", "FILE...": str(RECORDING)}
MORE = {
    "ccotel-tui forget": "--before 2001-01-01",
    "ccotel-tui usage --by": "model",
    "ccotel-tui export | ccotel-tui replay -": "--endpoint $GRPC",
    f"ccotel-tui replay {RECORDING}": "--endpoint $GRPC",
}
"""What a sentence around the command says in words, or is another's port by default."""

FREE = "--otlp-grpc 127.0.0.1:0 --otlp-http 127.0.0.1:0"
STATUSES = {"ccotel-tui doctor": (0, 1), "ccotel-tui doctor --canary": (0, 1)}
CLAUDE = "#!/bin/sh\n[ \"$1\" = --version ] && exec echo '2.1.332 (Claude Code)'\nenv\n"

BOARD = ROOT / "stack" / "grafana" / "boards" / "ccotel-home.json"
"""Stands for somebody's board."""

RUN = [command for command in ALL if not ELSEWHERE.match(command)]
PARSED = [command for command in ALL if ELSEWHERE.match(command)]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home with a checkout's `.venv`, a Claude Code, a login service, and a recorder."""
    home = tmp_path_factory.mktemp("home")
    programs = home / "bin"
    programs.mkdir()
    for name, script in (("claude", CLAUDE), ("systemctl", "#!/bin/sh\n"), ("launchctl", "")):
        (programs / name).write_text(script or "#!/bin/sh\n")
        (programs / name).chmod(0o755)
    (home / ".venv").symlink_to(sys.prefix)
    database = home / "data" / "ccotel-tui" / "telemetry.db"
    with recorder(database) as running:
        (home / "grpc").write_text(running.grpc)
        send = f"replay {RECORDING} --now --endpoint {running.grpc}"
        assert typed(home, f"ccotel-tui {send}").returncode == 0
        yield home


def typed(home: Path, command: str, shell: str = "bash") -> subprocess.CompletedProcess[str]:
    grpc = home / "grpc"
    environment = {
        "HOME": str(home),
        "XDG_DATA_HOME": str(home / "data"),
        "XDG_CONFIG_HOME": str(home / "config"),
        "PATH": f"{home / 'bin'}:{Path(sys.executable).parent}:{os.environ['PATH']}",
        "SHELL": "/bin/bash",
        "LANG": "C.UTF-8",
        "GRPC": grpc.read_text() if grpc.exists() else "",
    }
    return subprocess.run(
        [shell, "-c", command],
        cwd=home,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )


def as_typed(command: str) -> str:
    """The command with its placeholders filled, and an answer where it asks."""
    words = " ".join(FILLED.get(word, word) for word in command.split(" "))
    if ASKS.search(words):
        words += " --yes"
    if OPENS.fullmatch(words):
        ports = "" if "--demo" in words else f" {FREE} --db {{home}}/other/a.db"
        words = f"{sys.executable} {ROOT / '.ci' / 'first_panel.py'} {words}{ports}"
    if RECORDS.fullmatch(words):
        words = f"{words} {FREE} --db {{home}}/other/b.db & recorder=$!; {_UNTIL_RECORDING}"
    return f"{words} {MORE.get(words.removesuffix(' --yes'), '')}"


_UNTIL_RECORDING = (
    "until ccotel-tui record --status --db {home}/other/b.db | grep -q ^recording; "
    "do kill -0 $recorder || exit; done; kill $recorder; wait $recorder"
)


@pytest.mark.parametrize("command", RUN)
def test_a_command_runs_as_it_is_shown(home: Path, command: str) -> None:
    shell = next((name for name in ("zsh", "fish") if f"{name}_source" in command), "bash")
    if not shutil.which(shell):
        pytest.skip(f"no {shell} on this machine")
    if shell == "zsh":
        command = f"autoload -U compinit; compinit -u; {command}"
    done = typed(home, as_typed(command).replace("{home}", str(home)), shell)
    assert done.returncode in STATUSES.get(command, (0,)), done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_the_variables_are_set_as_the_readme_sets_them(home: Path) -> None:
    done = typed(home, 'eval "$(.venv/bin/ccotel-tui env)"; claude')
    assert f"OTEL_EXPORTER_OTLP_ENDPOINT=http://{(home / 'grpc').read_text()}\n" in done.stdout


@pytest.mark.parametrize("command", PARSED)
def test_a_command_for_another_machine_is_one(command: str) -> None:
    program, *words = shlex.split(command.replace("claude-code-dashboard.json", str(BOARD)))
    match program:
        case "make":
            environment = {"PATH": os.environ["PATH"]}
            done = subprocess.run(
                ["make", "-n", *words], cwd=ROOT, env=environment, capture_output=True, text=True
            )
            assert (done.returncode, done.stderr) == (0, "")
        case "docker":
            files = [words[place + 1] for place, word in enumerate(words) if word == "-f"]
            assert [file for file in files if not (ROOT / file).is_file()] == []
        case "uvx" | "ccotel-tui":
            parse(words[1:] if program == "uvx" else words)
        case str() if program.startswith(".ci/"):
            assert os.access(ROOT / program, os.X_OK) or program.endswith(".py")
        case "pipx":
            assert words == ["install", "."]


@pytest.mark.parametrize("page", READMES, ids=lambda page: page.name)
def test_each_option_in_the_table_of_commands_is_that_commands(page: Path) -> None:
    rows = re.findall(r"^\| `ccotel-tui ?(\w*)[^`]*` \|(.*)\|$", text(page), re.MULTILINE)
    assert len(rows) > 15
    for name, says in rows:
        command = cli.get_command(click.Context(cli), name or "dashboard")
        assert command is not None
        told = set(re.findall(r"`(-[\w-]+)", says)) - {"-p", "-"}
        assert told <= options(command), name


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_each_option_that_a_page_names_exists(page: Path) -> None:
    told = set(re.findall(r"`(--[a-z][\w-]+)", text(page)))
    ours = {"--help", "--version", "--settings", "--debug-file", "--quick"}
    names = [command for command in cli.list_commands(click.Context(cli)) if command != "stack"]
    for name in names:
        command = cli.get_command(click.Context(cli), name)
        assert command is not None
        ours |= options(command)
    assert told - ours - options(stack_group) == set()


def options(command: click.Command) -> set[str]:
    """The command's options, and those of all below it."""
    below = command.commands.values() if isinstance(command, click.Group) else ()
    ours = {name for option in command.params for name in option.opts if name.startswith("-")}
    return ours.union(*map(options, below))


def parse(words: list[str]) -> None:
    """Have the words read as typed, and nothing run. Raises click.UsageError."""
    command: click.Command = cli
    rest = words if words[0] in COMMANDS else ["dashboard", *words]
    while isinstance(command, click.Group) and rest:
        _, below, rest = command.resolve_command(click.Context(command), rest)
        assert below is not None
        command = below
    if not isinstance(command, click.Group):
        command.make_context(command.name, rest).close()


def test_a_wrong_command_is_caught() -> None:
    with pytest.raises(click.UsageError):
        parse(["stack", "up", "--new-passwords"])
    with pytest.raises(click.UsageError):
        parse(["stack", "upp"])

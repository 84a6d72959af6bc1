"""Signals and pipes that close: each command ends, and says nothing of it."""

import os
import signal
import subprocess
import sys
from contextlib import closing, suppress
from pathlib import Path

import pytest

from ccotel_tui.recorder.child.child_process import Subprocess
from ccotel_tui.store.database import Database
from tests.cli.test_words import run
from tests.tools.otlp import T0, request

MODULE = [sys.executable, "-m", "ccotel_tui"]
SCRIPT = [str(Path(sys.executable).with_name("ccotel-tui"))]
WORDS = ["events", "--source", "embedded", "--from", "2000-01-01"]

SIGNALLED = """\
import os, signal, time
os.kill(os.getpid(), int(os.environ["SENT"]))
time.sleep(60)
"""


@pytest.fixture
def store(tmp_path: Path) -> Path:
    path = tmp_path / "telemetry.db"
    with closing(Database(path)) as database:
        database.append(request(0.01, at=T0 + n, session=f"s{n}") for n in range(200))
    return path


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("command", [MODULE, SCRIPT], ids=["module", "script"])
@pytest.mark.parametrize(("word", "imported"), [("panels", "click"), ("line", "sqlite3")])
def test_a_signal_while_python_imports_ends_it(
    command: list[str], word: str, imported: str, sent: signal.Signals, tmp_path: Path
) -> None:
    (tmp_path / f"{imported}.py").write_text(SIGNALLED)
    done = subprocess.run(
        [*command, word],
        capture_output=True,
        env={**os.environ, "PYTHONPATH": str(tmp_path), "SENT": str(int(sent))},
    )
    assert (done.returncode, done.stdout, done.stderr) == (128 + sent, b"", b"")


def test_what_was_started_to_go_on_after_a_hangup_goes_on(tmp_path: Path) -> None:
    (tmp_path / "click.py").write_text(SIGNALLED.replace("time.sleep(60)", "raise SystemExit(7)"))
    done = subprocess.run(
        ["nohup", *MODULE, "panels"],
        capture_output=True,
        env={**os.environ, "PYTHONPATH": str(tmp_path), "SENT": str(int(signal.SIGHUP))},
    )
    assert done.returncode == 7


async def test_a_recorder_that_still_imports_ends_with_its_dashboard(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It does not know yet that it is to look whether the pipe is closed."""
    (tmp_path / "click.py").write_text("import time\nprint('here', flush=True)\ntime.sleep(600)\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    child = await Subprocess.start(tmp_path / "telemetry.db", "127.0.0.1:0", "127.0.0.1:0")
    try:
        assert await anext(child.lines()) == "here"
        await child.stop()
        assert child._process.returncode == 128 + signal.SIGTERM
    finally:
        # Whatever went wrong: it would stay for ten minutes.
        with suppress(ProcessLookupError):
            child._process.kill()


def test_ctrl_c_ends_what_follows(store: Path) -> None:
    command = [*MODULE, *WORDS, "--db", str(store), "--follow"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.send_signal(signal.SIGINT)
        _, error = process.communicate()
    assert (process.returncode, error) == (128 + signal.SIGINT, b"")


@pytest.mark.parametrize(
    "words",
    [["panels"], ["panels", "--csv", "--panel", "total_cost"], ["panels", "--json"], ["events"]],
    ids=" ".join,
)
def test_a_reader_who_goes_is_no_traceback(
    words: list[str], store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where little is printed, and nobody notices before the end."""
    monkeypatch.delenv("PYTHONUNBUFFERED", raising=False)
    command = [*MODULE, *words, *WORDS[1:], "--db", str(store)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert (process.stderr.read(), process.wait()) == (b"", 1)


def test_where_nothing_can_be_printed_that_is_no_failure() -> None:
    """Both descriptors are closed."""
    done = subprocess.run(["sh", "-c", 'exec "$@" >&- 2>&-', "sh", *MODULE, "--version"])
    assert done.returncode == 0


def test_the_exit_status_is_that_of_the_words(store: Path) -> None:
    assert run("panels", "--db", str(store), "--source", "embedded").returncode == 0
    assert run("export", "--session", "nobody", "--db", str(store)).returncode == 2


def test_a_demo_that_is_ended_leaves_no_store(tmp_path: Path) -> None:
    code = (
        "import os, signal, time\n"
        "from ccotel_tui.ending import end_at_signals\n"
        "end_at_signals()\n"
        "from ccotel_tui.demo import demo_store\n"
        "with demo_store(time.time_ns()) as store:\n"
        "    assert store.exists()\n"
        "    os.kill(os.getpid(), signal.SIGTERM)\n"
        "    time.sleep(60)\n"
    )
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, env=environment)
    assert (done.returncode, done.stderr) == (128 + signal.SIGTERM, b"")
    assert list(tmp_path.iterdir()) == []

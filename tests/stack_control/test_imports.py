"""Docker's library takes longer to import than the first frame to draw: it waits for its use."""

import subprocess
import sys

import pytest

BIG = {"docker", "requests", "yaml"}


@pytest.mark.parametrize(
    "module", ["ccotel_tui.screen.app", "ccotel_tui.cli.panels", "ccotel_tui.stack_control.models"]
)
def test_what_is_drawn_first_does_not_import_docker(module: str) -> None:
    code = f"import sys, {module}; print(sorted({BIG} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout == "[]\n", done.stderr


def test_the_dashboard_starts_without_what_runs_the_stack() -> None:
    code = "import sys, ccotel_tui.cli.dashboard; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "ccotel_tui.screen.stack_actions" in done.stdout.split()
    assert "ccotel_tui.stack_control" not in done.stdout.split()

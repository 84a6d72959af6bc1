"""What the suite did, said at the end of a run: of all workers, where there are several."""

from dataclasses import asdict, dataclass
from typing import Any

import pytest


@dataclass
class Tally:
    """What the suite did, for its summary."""

    windows: int = 0
    deviation_usd: float = 0.0
    loki: str = ""

    def add(self, windows: int, deviation_usd: float, loki: str) -> None:
        """Count what another process did too."""
        self.windows += windows
        self.deviation_usd = max(self.deviation_usd, deviation_usd)
        self.loki = self.loki or loki


TALLY = Tally()


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A worker hands over its own."""
    output: dict[str, Any] | None = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["accuracy"] = asdict(TALLY)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """A worker has ended; one that crashed hands over nothing."""
    if told := getattr(node, "workeroutput", {}).get("accuracy"):
        TALLY.add(**told)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if TALLY.windows:
        said = f"largest deviation {TALLY.deviation_usd:.1e} USD"
        terminalreporter.write_line(f"accuracy: {TALLY.windows} windows checked, {said}")
    if TALLY.loki:
        terminalreporter.write_line(f"Loki: {TALLY.loki}")

"""What the project answers about a store, as a user's script gets it."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True)
class Answers:
    """The words typed, with this store and this registry of running sessions."""

    database: Path
    config: Path

    def panels(self, *options: str) -> Json:
        """The panels by id."""
        answer: Json = json.loads(self._output("panels", "--json", *options))["panels"]
        return answer

    def parts(self, *options: str) -> Json:
        """The parts of the total cost; `value` is the total."""
        cost = self.panels("--panel", "total_cost", *options)["total_cost"]
        assert cost["state"] == "value", cost
        return {**cost["parts"], "value": cost["value"]}

    def sessions(self) -> dict[str, Json]:
        """The rows of today's sessions by session id."""
        rows = map(json.loads, self._output("sessions", "--json").splitlines())
        return {row["session_id"]: row for row in rows}

    def events(self, name: str) -> list[Json]:
        """The rows of this event, oldest first."""
        output = self._output("events", "--json", "--name", name)
        return [json.loads(line) for line in output.splitlines()]

    def prompt(self, id: str) -> Json:  # noqa: A002
        """One prompt with its steps."""
        answer: Json = json.loads(self._output("prompt", id, "--json"))
        return answer

    @property
    def dashboard(self) -> tuple[list[str], dict[str, str]]:
        """The command of the dashboard and its variables."""
        command = [sys.executable, "-m", "ccotel_tui", *self._source]
        return command, {
            "PATH": os.environ["PATH"],
            "HOME": str(self.config.parent),
            "LANG": "C.UTF-8",
            "CLAUDE_CONFIG_DIR": str(self.config),
        }

    @property
    def _source(self) -> list[str]:
        return ["--source", "embedded", "--db", str(self.database), "--since", "1h"]

    def _output(self, *words: str) -> str:
        command = [sys.executable, "-m", "ccotel_tui", *words, *self._source]
        environment = {**os.environ, "CLAUDE_CONFIG_DIR": str(self.config)}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr
        return done.stdout

"""Claude Code itself in a scratch home: one-shot runs, and sessions in tmux."""

import json
import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.client.install import newest_installed
from tests.client.world.tmux import Pane, Tmux, wait_for

Json = dict[str, Any]

SIZE = (100, 40)
KEY = "dummy"
RUN_TIMEOUT = 120.0
TRACES = {
    "CLAUDE_CODE_ENHANCED_TELEMETRY_BETA": "1",
    "OTEL_TRACES_EXPORTER": "otlp",
    "OTEL_TRACES_EXPORT_INTERVAL": "500",
}


@dataclass(frozen=True)
class Home:
    """A user's home, in which every dialog of the first start has been answered."""

    path: Path
    api_url: str
    otlp_grpc: str
    texts: bool = False
    in_shell: bool = True
    """Whether the variables of telemetry are set in the shell that starts it."""
    traces: bool = False
    """Whether its trace beta is on."""

    @property
    def config(self) -> Path:
        """What CLAUDE_CONFIG_DIR would name."""
        return self.path / ".claude"

    def project(self, name: str) -> Path:
        """A folder that the user trusts."""
        folder = self.path / name
        folder.mkdir(parents=True, exist_ok=True)
        state = self._state()
        state.setdefault("projects", {})[str(folder)] = {"hasTrustDialogAccepted": True}
        (self.path / ".claude.json").write_text(json.dumps(state))
        return folder

    def last_cost(self, folder: Path) -> tuple[str, float]:
        """The newest session that ended there, and its dollars, in the client's own words."""
        last = self._state()["projects"][str(folder)]
        return str(last["lastSessionId"]), float(last["lastCost"])

    def run(self, folder: Path, *arguments: str) -> Json:
        """The result of one `claude -p`."""
        done = subprocess.run(
            [newest_installed(), "-p", "--output-format", "json", *arguments],
            cwd=folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=RUN_TIMEOUT,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        result: Json = json.loads(done.stdout)
        return result

    def open(self, tmux: Tmux, folder: Path, *arguments: str) -> "Session":
        """A session that waits for its first prompt; it is called as its folder."""
        name = folder.name
        command = [str(newest_installed()), "--name", name, *arguments]
        pane = tmux.run(name, SIZE, command, self.environment, folder)
        session = Session(self, folder, pane)
        pane.until("❯", "accept edits on")
        return session

    def _state(self) -> Json:
        path = self.path / ".claude.json"
        if path.exists():
            state: Json = json.loads(path.read_text())
            return state
        self.config.mkdir(parents=True)
        settings = {"permissions": {"defaultMode": "acceptEdits"}}
        (self.config / "settings.json").write_text(json.dumps(settings))
        return {
            "hasCompletedOnboarding": True,
            "customApiKeyResponses": {"approved": [KEY], "rejected": []},
            "hasSeenAutoDefaultNotice": True,
            "hasSeenAutoDefaultNudge": True,
        }

    @property
    def environment(self) -> dict[str, str]:
        """All that the client gets: nothing of the user's, and no way to other hosts."""
        temporary = self.path / "tmp"
        temporary.mkdir(exist_ok=True)
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.path),
            "TMPDIR": str(temporary),
            "LANG": "C.UTF-8",
            "ANTHROPIC_BASE_URL": self.api_url,
            "ANTHROPIC_API_KEY": KEY,
            "HTTP_PROXY": self.api_url,
            "HTTPS_PROXY": self.api_url,
            "NO_PROXY": "127.0.0.1",
            "DISABLE_AUTOUPDATER": "1",
            "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
            **(self._telemetry() if self.in_shell else {}),
        }

    def _telemetry(self) -> dict[str, str]:
        return {
            "CLAUDE_CODE_ENABLE_TELEMETRY": "1",
            "OTEL_METRICS_EXPORTER": "otlp",
            "OTEL_LOGS_EXPORTER": "otlp",
            "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc",
            "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://{self.otlp_grpc}",
            "OTEL_METRIC_EXPORT_INTERVAL": "1000",
            "OTEL_LOGS_EXPORT_INTERVAL": "500",
            **({"OTEL_LOG_USER_PROMPTS": "1"} if self.texts else {}),
            **(TRACES if self.traces else {}),
        }


@dataclass(frozen=True)
class Session:
    """An interactive session, which somebody types into."""

    home: Home
    folder: Path
    pane: Pane

    @property
    def registered(self) -> Json | None:
        """What the client's own registry says of the session in this folder."""
        for path in (self.home.config / "sessions").glob("[0-9]*.json"):
            try:
                entry: Json = json.loads(path.read_text())
            except (OSError, ValueError):
                continue
            if entry["cwd"] == str(self.folder):
                return entry
        return None

    @property
    def id(self) -> str:
        """The id of the session that runs in it now."""
        entry = wait_for(lambda: self.registered, lambda: f"a session in {self.folder}")
        return str(entry["sessionId"])

    def enter(self, text: str) -> None:
        """Type the text, and Enter once the input line shows it."""
        self.pane.type(text)
        # The line under a rule, not one further up that was entered before.
        line = re.compile(rf"─\n❯ {re.escape(text)}")
        self.pane.until_screen(lambda screen: bool(line.search(screen)), line.pattern)
        self.pane.press("Enter")

    def clear(self) -> str:
        """Begin anew by /clear; the new session's id."""
        former = self.id
        self.enter("/clear")
        wait_for(lambda: self.id != former, lambda: f"another id:\n{self.pane.screen}")
        return self.id

    def cost(self) -> float:
        """The dollars that /cost shows, in ten-thousandths."""
        self.enter("/cost")
        screen = self.pane.until("Estimated cost:", "to close")
        self.pane.press("Escape")
        self.pane.until_screen(lambda screen: "to close" not in screen, "no dialog")
        shown = re.search(r"Estimated cost: +\$([\d.]+)", screen)
        assert shown, screen
        return float(shown[1])

    def exit(self) -> float:
        """Leave by /exit; the dollars that the client then kept of the session."""
        session_id = self.id
        self.enter("/exit")
        wait_for(lambda: self.pane.ended, lambda: f"the end:\n{self.pane.screen}")
        last_id, dollars = self.home.last_cost(self.folder)
        assert last_id == session_id
        return dollars

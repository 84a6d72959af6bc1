"""`make uninstall` in a home with everything that setup and `record --install` leave."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.documents.commands import ROOT

SETTINGS = '{\n\t"model": "opus",\n\t"env": {"LANG": "ko_KR.UTF-8"}\n}\n'
RC = "alias ll='ls -l'\n"


def files(home: Path) -> dict[str, bytes]:
    """What is in the home, but for what was recorded."""
    return {
        str(path.relative_to(home)): path.read_bytes()
        for path in sorted(home.rglob("*"))
        if path.is_file()
    }


def test_nothing_is_left_but_what_was_recorded(tmp_path: Path) -> None:
    home, checkout = tmp_path / "home", tmp_path / "checkout"
    systemctl = tmp_path / "bin" / "systemctl"
    for folder in (home / ".claude", checkout / ".venv", systemctl.parent):
        folder.mkdir(parents=True)
    for name in ("Makefile", "pyproject.toml", "requirements.lock"):
        shutil.copy(ROOT / name, checkout)
    (checkout / ".venv" / "bin").symlink_to(Path(sys.prefix) / "bin")
    (checkout / ".venv" / "runs").touch()
    for name in ("systemctl", "launchctl"):
        program = systemctl.with_name(name)
        program.write_text(f'#!/bin/sh\necho "$@" >> {tmp_path}/calls\n')
        program.chmod(0o755)
    (home / ".claude" / "settings.json").write_text(SETTINGS)
    (home / ".zshrc").write_text(RC)
    before = files(home)
    environment = {"HOME": str(home), "PATH": f"{systemctl.parent}:{os.environ['PATH']}"}

    def typed(*words: str) -> str:
        done = subprocess.run(
            words,
            cwd=checkout,
            env=environment,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    ours = ".venv/bin/ccotel-tui"
    typed(ours, "setup", "--yes", "--service")
    typed(ours, "setup", "--yes", "--shell", "zsh")
    typed(ours, "record", "--install")
    during = files(home)
    assert json.loads(during[".claude/settings.json"])["env"]["LANG"] == "ko_KR.UTF-8"
    assert len(during) > len(before)
    stays = typed("make", "uninstall")
    assert files(home) == before
    assert "What was recorded stays" in stays
    assert "disable" in (tmp_path / "calls").read_text() or sys.platform == "darwin"
    assert "Nothing to give back" in typed("make", "uninstall")

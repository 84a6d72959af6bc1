"""The user's folders, which `platformdirs` would take long to tell."""

from pathlib import Path

import platformdirs
import pytest

from ccotel_tui.local import locations
from ccotel_tui.local.user_folders import APP

VARIABLES = ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME")


@pytest.mark.parametrize("named", ["", "relative", " ", "/some/where", "/some/where/"])
@pytest.mark.parametrize("home", ["/home/dev", "/", "relative", ""])
def test_they_are_those_of_platformdirs(
    monkeypatch: pytest.MonkeyPatch, home: str, named: str
) -> None:
    monkeypatch.setenv("HOME", home)
    for variable in VARIABLES:
        monkeypatch.setenv(variable, named)
    assert locations.database().parent == platformdirs.user_data_path(APP)
    assert locations.settings().parent == platformdirs.user_config_path(APP)
    assert locations.choices().parent == platformdirs.user_state_path(APP)


def test_without_variables_they_are_in_the_users_own(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    for variable in VARIABLES:
        monkeypatch.delenv(variable, raising=False)
    assert locations.database() == platformdirs.user_data_path(APP) / "telemetry.db"
    assert locations.settings() == platformdirs.user_config_path(APP) / "settings.toml"

"""The local day is the C library's, whatever TZ says and whether or not it is a name."""

import os
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccotel_tui.local import local_zone as module
from ccotel_tui.local.library_zone import LocalZone
from ccotel_tui.local.local_zone import local_zone, misread_zone, zone_name
from ccotel_tui.query.window import DAY, HOUR, SECOND, Window, local_day, midnight

UseZone = Callable[[str | None], None]

WINTER = datetime(2026, 1, 15, tzinfo=UTC)

NAMES = [
    *("Asia/Seoul", "Europe/Berlin", "America/New_York", "America/Havana", "Africa/Cairo"),
    *("Australia/Lord_Howe", "Pacific/Apia", "Asia/Kathmandu", "America/St_Johns"),
]
"""Hours, half hours and 45 minutes off; clocks changed at midnight, by 30 minutes, by a day."""

RULES = {
    "JST-9": "Asia/Tokyo",
    "<+0530>-5:30": "Asia/Kolkata",
    "CET-1CEST,M3.5.0,M10.5.0/3": "Europe/Berlin",
    "NZST-12NZDT,M9.5.0,M4.1.0/3": "Pacific/Auckland",
}


@pytest.fixture
def use_zone() -> Iterator[UseZone]:
    """Sets TZ for this process, or nothing where it is None."""
    former = os.environ.get("TZ")

    def use(setting: str | None) -> None:
        if setting is None:
            os.environ.pop("TZ", None)
        else:
            os.environ["TZ"] = setting
        time.tzset()

    yield use
    use(former)


def file_of(name: str) -> Path:
    return Path("/usr/share/zoneinfo") / name


@pytest.mark.parametrize("name", NAMES)
def test_it_is_the_zone_of_that_name(use_zone: UseZone, name: str) -> None:
    use_zone(name)
    zone, named = LocalZone(name), ZoneInfo(name)

    @given(st.dates(date(1990, 1, 1), date(2036, 12, 31)), st.integers(0, 86_399), st.booleans())
    def equals(day: date, second: int, fold: bool) -> None:
        assert midnight(day, zone) == midnight(day, named)
        wall = datetime(day.year, day.month, day.day, fold=fold) + timedelta(seconds=second)
        wall = wall.replace(fold=fold)
        assert wall.replace(tzinfo=zone).utcoffset() == wall.replace(tzinfo=named).utcoffset()
        at_ns = midnight(day, named) + second * SECOND
        assert local_day(at_ns, zone) == local_day(at_ns, named)
        moment = datetime.fromtimestamp(at_ns // SECOND, UTC).replace(microsecond=7)
        local, expected = moment.astimezone(zone), moment.astimezone(named)
        assert local.replace(tzinfo=None) == expected.replace(tzinfo=None)
        assert local.fold == expected.fold
        assert local.astimezone(UTC) == moment

    equals()


@pytest.mark.parametrize(("rule", "name"), RULES.items())
def test_the_days_of_a_rule(use_zone: UseZone, rule: str, name: str) -> None:
    use_zone(rule)
    zone, named = local_zone(), ZoneInfo(name)
    assert zone == LocalZone(rule)
    start = midnight(date(2026, 1, 1), named)
    windows = [Window.between(start, start + 400 * DAY, one) for one in (zone, named)]
    assert windows[0].buckets() == windows[1].buckets()
    assert windows[0] == Window.between(start, start + 400 * DAY, local_zone())
    assert hash(zone) == hash(local_zone())
    assert zone_name(zone, WINTER) == rule
    assert misread_zone() == ""


@pytest.mark.parametrize(
    ("setting", "name"),
    [
        ("Asia/Seoul", "Asia/Seoul"),
        (":Asia/Seoul", "Asia/Seoul"),
        (str(file_of("Asia/Seoul")), "Asia/Seoul"),
        (f":{file_of('Asia/Seoul')}", "Asia/Seoul"),
        ("Africa/Abidjan", "Africa/Abidjan"),
        ("UTC", "UTC"),
        ("UTC0", "UTC"),
        ("", "UTC"),
    ],
)
def test_a_zone_that_has_a_name_goes_by_it(use_zone: UseZone, setting: str, name: str) -> None:
    use_zone(setting)
    assert local_zone() == ZoneInfo(name)
    assert zone_name(local_zone(), WINTER) == name
    assert misread_zone() == ""


def test_a_file_elsewhere_has_no_name(use_zone: UseZone, tmp_path: Path) -> None:
    path = tmp_path / "here"
    path.write_bytes(file_of("Asia/Seoul").read_bytes())
    use_zone(f":{path}")
    assert local_zone() == LocalZone(f":{path}")
    assert midnight(date(2026, 11, 24), local_zone()) % DAY == 15 * HOUR


def test_a_system_zone_without_a_name_is_told_by_its_offset(
    use_zone: UseZone, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "localtime"
    path.write_bytes(file_of("Europe/Berlin").read_bytes())
    # The C library reads that file by its own path, and by TZ: here it stands for the system's.
    use_zone(f":{path}")
    monkeypatch.delenv("TZ")
    monkeypatch.setattr(module, "_SYSTEM_FILE", str(path))
    assert local_zone() == LocalZone("")
    assert zone_name(local_zone(), WINTER) == "+01:00"
    assert zone_name(local_zone(), datetime(2026, 7, 15, tzinfo=UTC)) == "+02:00"


def test_a_system_zone_that_is_a_link_has_the_name_of_its_file(
    use_zone: UseZone, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "localtime"
    path.symlink_to(file_of("Asia/Seoul"))
    use_zone("Asia/Seoul")
    monkeypatch.delenv("TZ")
    monkeypatch.setattr(module, "_SYSTEM_FILE", str(path))
    assert local_zone() == ZoneInfo("Asia/Seoul")


@pytest.mark.parametrize("setting", ["Seoul", "Seoul/Nowhere", "garbage", "Asia", "/no/such/file"])
def test_what_is_no_zone_is_said(use_zone: UseZone, setting: str) -> None:
    use_zone(setting)
    assert local_zone() == ZoneInfo("UTC")
    assert misread_zone().startswith(f"TZ={setting} is no time zone: days are counted in UTC.")


def test_a_zone_that_this_system_lacks_is_said(
    use_zone: UseZone, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZDIR", str(tmp_path))
    use_zone("Asia/Seoul")
    if any(time.localtime(days * 86_400).tm_gmtoff for days in range(365)):
        pytest.skip("this C library does not look where TZDIR says")
    assert local_zone() == ZoneInfo("UTC")
    assert "Install its package tzdata." in misread_zone()


@pytest.mark.parametrize("setting", ["GMT+25", "JST-900"])
def test_a_zone_a_day_or_more_away_is_told(monkeypatch: pytest.MonkeyPatch, setting: str) -> None:
    monkeypatch.setenv("TZ", setting)
    time.tzset()
    try:
        if any(time.localtime(moment).tm_gmtoff for moment in (0, 1_795_493_400)):
            assert "a day or more from UTC" in misread_zone()
        assert local_zone() == ZoneInfo("UTC")
    finally:
        monkeypatch.undo()
        time.tzset()

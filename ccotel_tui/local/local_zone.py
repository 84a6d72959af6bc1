"""The local time zone: the one that the C library goes by."""

import os
import re
import time
from datetime import datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ccotel_tui.local.library_zone import LocalZone

_SAMPLES = range(-400, 400, 14)
"""Days from now at which two zones are compared: no summer time is as short as two weeks."""

_DAY = 86_400

_SYSTEM_FILE = "/etc/localtime"

_IN_DATABASE = re.compile(r"/zoneinfo[^/]*/(?:posix/)?(.+)")
"""The path of a zone's file, as Linux (`zoneinfo`) and macOS (`zoneinfo.default`) have it."""

_RULE = re.compile(r":?(?:[A-Za-z]{3,}|<[A-Za-z0-9+-]{3,}>)[+-]?\d")
"""The beginning of a POSIX rule, such as `JST-9` or `<+09>-9`."""


def local_zone() -> tzinfo:
    """Return the local time zone: a ZoneInfo where it has an IANA name, or is UTC."""
    setting = os.environ.get("TZ")
    name = _database_name(_SYSTEM_FILE) if setting is None else _name(setting)
    local, named = _local_offsets(), _named(name)
    if named is not None and _offsets(named) == local:
        return named
    if max(map(abs, local)) >= _DAY:
        return ZoneInfo("UTC")
    return LocalZone(setting or "") if any(local) else ZoneInfo("UTC")


def zone_name(zone: tzinfo, moment: datetime) -> str:
    """Return the zone's IANA name, else TZ's text, else its offset then, such as `+09:00`."""
    if isinstance(zone, ZoneInfo):
        return zone.key
    offset = moment.astimezone(zone).utcoffset() or timedelta(0)
    setting = zone.setting if isinstance(zone, LocalZone) else ""
    return setting or str(timezone(offset)).removeprefix("UTC") or "UTC"


def misread_zone() -> str:
    """Return why days are counted in UTC although TZ says otherwise; else an empty text."""
    setting = os.environ.get("TZ", "")
    if max(map(abs, _local_offsets())) >= _DAY:
        return f"TZ={setting} is a day or more from UTC: days are counted in UTC."
    if not setting or _RULE.match(setting) or _is_zone_file(setting) or any(_local_offsets()):
        return ""
    named = _named(_name(setting))
    if named is None:
        return (
            f"TZ={setting} is no time zone: days are counted in UTC. "
            "Set TZ to a name such as Asia/Seoul."
        )
    if any(_offsets(named)):
        return (
            f"TZ={setting} is not among this system's time zones: days are counted in UTC. "
            "Install its package tzdata."
        )
    return ""


def _name(setting: str) -> str:
    path = setting.removeprefix(":")
    return _database_name(path) if path.startswith("/") else path


def _database_name(path: str) -> str:
    """Return the name that the file has in a database of zones; empty if it is in none."""
    match = _IN_DATABASE.search(os.path.realpath(path))
    return match[1] if match else ""


def _named(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        # OSError: the name of a folder of zones, such as Asia.
        return None


def _is_zone_file(setting: str) -> bool:
    try:
        with open(setting.removeprefix(":"), "rb") as file:
            return file.read(4) == b"TZif"
    except OSError:
        return False


def _local_offsets() -> list[int]:
    """Return the seconds east of UTC at the sampled times, by the C library."""
    return [time.localtime(moment).tm_gmtoff for moment in _sampled()]


def _offsets(zone: tzinfo) -> list[int]:
    offsets = (datetime.fromtimestamp(moment, zone).utcoffset() for moment in _sampled())
    return [int(offset.total_seconds()) for offset in offsets if offset is not None]


def _sampled() -> list[int]:
    now = int(time.time()) // 86_400 * 86_400
    return [now + days * 86_400 for days in _SAMPLES]

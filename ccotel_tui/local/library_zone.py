"""The C library's local time as a time zone, without the database of them."""

from datetime import datetime, timedelta, tzinfo

_EPOCH = datetime(1970, 1, 1)
_SECOND = timedelta(seconds=1)


class LocalZone(tzinfo):
    """The C library's local time, where that has no IANA name; `setting` is TZ's text."""

    def __init__(self, setting: str) -> None:
        self.setting = setting

    def __eq__(self, other: object) -> bool:
        return isinstance(other, LocalZone) and other.setting == self.setting

    def __hash__(self) -> int:
        return hash(self.setting)

    def __reduce__(self) -> tuple[type["LocalZone"], tuple[str]]:
        return LocalZone, (self.setting,)

    def utcoffset(self, moment: datetime | None) -> timedelta | None:
        if moment is None:
            return None
        # Python takes a time without a zone for local, and asks the C library about it.
        local = moment.replace(microsecond=0, tzinfo=None)
        return local - _EPOCH - timedelta(seconds=local.timestamp())

    def dst(self, moment: datetime | None) -> timedelta | None:
        return None

    def tzname(self, moment: datetime | None) -> str:
        return self.setting

    def fromutc(self, moment: datetime) -> datetime:
        seconds = (moment.replace(tzinfo=None) - _EPOCH) // _SECOND
        local = datetime.fromtimestamp(seconds)
        return local.replace(microsecond=moment.microsecond, tzinfo=self)

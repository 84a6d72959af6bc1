"""Numbers as people read them: always with a unit, short, and of steady width."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ccotel_tui.query.measures import Unit

_STEPS = ((1e9, "B"), (1e6, "M"), (1e3, "k"))

NOT_KNOWN = "–"


def shown(number: float | None, unit: "Unit") -> str:
    """The number with its unit, in at most eight characters below a million dollars."""
    if number is None:
        return NOT_KNOWN
    match unit:
        case "usd":
            return dollars(number)
        case "ratio":
            return "<0.1%" if 0 < number < 0.0005 else f"{number * 100:.1f}%"
        case "ms":
            return f"{number:,.0f} ms" if number < 1000 else f"{number / 1000:.1f} s"
        case "s":
            return duration(round(number))
        case "1/min" | "1/h" | "1/d":
            return _rate(number, unit[1:])
        case "tokens":
            return short(number)
        case "lines" | "1":
            return f"{number:,.0f}"


RATES: "Mapping[Unit, float]" = {"1/min": 1, "1/h": 60, "1/d": 24 * 60}
"""Units of rates, and how many times as large their numbers are as those of a minute."""

LEAST_RATE = 0.01
"""Below which a rate has no figure."""


def _rate(number: float, per: str) -> str:
    """One place, two where one would say nothing."""
    if 0 < number < LEAST_RATE:
        return f"<.01{per}"
    return f"{number:.2f}{per}" if 0 < number < 0.1 else f"{number:.1f}{per}"


def dollars(number: float) -> str:
    """Dollars and cents; more places where cents would say nothing."""
    if 0 < abs(number) < 0.01:
        return f"${number:.4f}"
    return f"${number:,.2f}"


def in_column(number: float | None, largest: float, unit: "Unit") -> str:
    """The number below others, the largest of them this: all of them in cents, or none."""
    if unit == "usd" and number is not None and 0 < abs(number) < 0.01 <= largest:
        return "<$0.01"
    return shown(number, unit)


def short(number: float) -> str:
    """Three figures and k, M or B: 999, 12.4M."""
    for size, letter in _STEPS:
        if abs(number) >= size * 0.9995:
            scaled = number / size
            return f"{scaled:.0f}{letter}" if abs(scaled) >= 99.95 else f"{scaled:.1f}{letter}"
    return f"{number:.0f}"


def duration(seconds: float) -> str:
    """The two largest units: 41s, 3m 20s, 2h 5m, 4d 1h."""
    whole = int(seconds)
    if whole < 60:
        return f"{whole}s"
    if whole < 3600:
        return f"{whole // 60}m {whole % 60}s"
    if whole < 86_400:
        return f"{whole // 3600}h {whole % 3600 // 60}m"
    return f"{whole // 86_400}d {whole % 86_400 // 3600}h"


def countdown(seconds: int) -> str:
    """A time that is left, to the second: 3:12, 1:03:12."""
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def size(number: float) -> str:
    """Bytes as 37.6 MiB."""
    units = ["B", "KiB", "MiB", "GiB"]
    while number >= 1024 and len(units) > 1:
        number /= 1024
        units.pop(0)
    whole = units[0] == "B" or number >= 99.95
    return f"{number:.0f} {units[0]}" if whole else f"{number:.1f} {units[0]}"


def quantity(number: int | None, noun: str, width: int = 0) -> str:
    """Return how many of it; with a width its columns are the same for one and for several."""
    plural = f"{noun}s"
    digits = NOT_KNOWN if number is None else f"{number:,}"
    return f"{digits:>{width}} {noun if number == 1 else plural:{len(plural) if width else 0}}"

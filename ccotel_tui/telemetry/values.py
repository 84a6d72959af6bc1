"""An attribute's value as text and as a number: clients send both in several types. Pure."""

import json
import math

from ccotel_tui.telemetry.records import Value


def words(value: Value) -> str | None:
    """The value as the text it has in a label: true and false in lower case."""
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)


def number(value: Value) -> float | None:
    """The value of an int, a double or a numeric string; None for all else."""
    if value is None or isinstance(value, bool | list | dict):
        return None
    try:
        parsed = float(value)
    except ValueError:
        return None
    return parsed if math.isfinite(parsed) else None

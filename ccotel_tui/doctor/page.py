"""The page of every cause and its next step, made of the rules.

`python -m ccotel_tui.doctor.page docs/troubleshooting.md` writes it; a test compares.
"""

import sys
from pathlib import Path

from ccotel_tui.doctor.causes import KNOWN_CAUSES, NEXT_OF_FAULTS
from ccotel_tui.doctor.rules import RULES

_HEAD = """\
# Troubleshooting

`ccotel-tui doctor` checks the links below in this order and names the first broken one; `!` on the
screen shows the same. What stands in braces is filled in. A `warn` does not keep data away.

| link | state | cause | next step |
|---|---|---|---|
"""

_FAULTS = """

Where the file cannot be written or read, the next step is by the reason:

| reason | next step |
|---|---|
"""


def page() -> str:
    """Return the page."""
    places = list(RULES)
    causes = sorted(KNOWN_CAUSES.values(), key=lambda cause: places.index(cause.check))
    rows = [
        f"| {cause.check} | {cause.state} | {cause.cause} | `{cause.next}` |" for cause in causes
    ]
    faults = [f"| {reason} | `{step}` |" for reason, step in NEXT_OF_FAULTS.items()]
    return _HEAD + "\n".join(rows) + _FAULTS + "\n".join(faults) + "\n"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(page(), encoding="utf-8")

"""Every panel over 30 days of a store, whole and with an attribute filter."""

import statistics
import time
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

from ccotel_tui.panels.answer import answer_panels
from ccotel_tui.panels.catalogue import PANELS
from ccotel_tui.query.ask import Scope
from ccotel_tui.query.embedded_source import EmbeddedSource
from ccotel_tui.query.window import DAY, Window

ROUNDS = 9


def timings(path: Path, to_ns: int, scope: Scope) -> Iterator[tuple[str, float]]:
    """Each panel and the 95th percentile of its answers in milliseconds."""
    source = EmbeddedSource(path)
    window = Window.between(to_ns - 30 * DAY, to_ns, ZoneInfo("Asia/Seoul"))
    for panel in PANELS:
        taken = []
        for _ in range(ROUNDS):
            began = time.process_time()
            answer_panels([panel], source, window, scope, to_ns)
            taken.append((time.process_time() - began) * 1000)
        yield panel.id, statistics.quantiles(taken, n=20)[-1]
    source.close()


if __name__ == "__main__":
    import sys

    for scope in (Scope(), Scope(attributes=(("project", "shop"),))):
        for name, taken in timings(Path(sys.argv[1]), int(sys.argv[2]), scope):
            print(f"{name:20} {taken:8.1f} ms")

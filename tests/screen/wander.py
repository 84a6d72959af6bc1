"""Random keys, clicks, pastes and sizes while data comes in: nothing breaks, and nothing stays.

`python -m tests.screen.wander STEPS SEED` runs more than the tests do.
"""

import asyncio
import random
import sys
import tempfile
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from textual.events import MouseScrollDown, MouseScrollUp, Paste

from ccotel_tui.query.window import MINUTE, SECOND
from ccotel_tui.screen.widgets.lists.table import TableList
from ccotel_tui.screen.widgets.panel_view import PanelView
from ccotel_tui.store.database import Database
from tests.screen.tools.running import Running, dashboard
from tests.screen.tools.scenes import BUSY, busy_day
from tests.tools.otlp import request

CHANGE_FORM = ("v", "o", "b", "T", "space")
"""Keys whose effect stays by intent."""

KEYS = (
    *"1234567<>sedAzcinr=?tyYxwS",
    *("tab", "shift+tab", "enter", "escape", "slash", "up", "down", "left", "right"),
    *("pageup", "pagedown", "home", "end", "left_square_bracket", "right_square_bracket"),
    *("left_curly_bracket", "right_curly_bracket", "plus", "minus", "ctrl+p", "u"),
)
"""Neither `q`, `U`, `g` nor `,`, which reach outside of the dashboard."""

WEIGHTS = {"key": 12, "click": 3, "wheel": 2, "size": 2, "paste": 1, "data": 2}
"""How often each kind of step is taken, beside the others."""

SIZES = ((80, 24), (40, 12), (120, 40), (1, 1), (300, 100), (23, 5), (61, 7), (160, 20))
VIEWS = ("1", "2", "3", "4", "5")
"""Those without a row that was marked, which stays marked."""


async def wander(
    running: Running, database: Database, steps: int, chance: random.Random, keys: Sequence[str]
) -> list[str]:
    """Take so many random steps, and return them."""
    taken = []
    for step in range(steps):
        match chance.choices([*WEIGHTS], [*WEIGHTS.values()])[0]:
            case "key":
                taken.append(chance.choice(keys))
                await running.pilot.press(taken[-1])
            case "click":
                width, height = running.app.size
                # The last line has the key that leaves.
                place = chance.randrange(width), chance.randrange(max(1, height - 1))
                taken.append(f"click {place}")
                await running.pilot.click(offset=place, times=chance.choice((1, 2)))
            case "wheel":
                way = chance.choice((MouseScrollDown, MouseScrollUp))
                width, height = running.app.size
                place = chance.randrange(width), chance.randrange(height)
                taken.append(f"{way.__name__} {place}")
                await running.pilot._post_mouse_events([way], button=0, offset=place)
            case "size":
                anyhow = chance.randint(1, 300), chance.randint(1, 100)
                size = chance.choice((*SIZES, anyhow))
                taken.append(f"size {size}")
                await running.pilot.resize_terminal(*size)
            case "paste":
                taken.append("paste")
                running.app.screen.post_message(Paste("tool:Bash 세션 \x1b[2J"))
                await running.pilot.pause()
            case "data":
                taken.append("data")
                running.clock.now_ns += SECOND
                database.append([request(0.01, running.clock.now_ns, BUSY, 9000 + step)])
                await running.pilot.pause()
    return taken


async def come_home(running: Running) -> None:
    """Close pages, filters and cursors, leave a session, and go on to now in 80 x 24.

    What the last key said goes by itself, a little later; what numbers are compared with is kept
    for a minute.
    """
    running.clock.now_ns += MINUTE
    await running.pilot.resize_terminal(80, 24)
    for _ in range(6):
        await running.pilot.press("escape")
    running.app.screen.set_focus(None)
    await running.pilot.press("n", "r")
    # A list that a click has sorted stays so by intent.
    for table in running.app.screen.query(TableList):
        if table._order != table.ORDERS[0]:
            table.sort(table._order)
    # So does a panel that the palette has grouped.
    for view in running.app.screen.query(PanelView):
        while view.panel != view._own_panel:
            view.group()
    running.app._main.tell("")


async def views(running: Running) -> list[str]:
    """Return what each section shows."""
    shown = []
    for key in VIEWS:
        await running.press(key, "home")
        shown.append(await running.at_rest())
    return shown


_LOOK_EVERY = 500
"""Steps after which the dashboard is compared with a new one."""


async def main(steps: int, seed: int) -> None:
    folder = Path(tempfile.mkdtemp())
    with closing(Database(folder / "telemetry.db")) as database:
        busy_day(database)
        async with dashboard(folder) as running:
            chance = random.Random(seed)
            for part in range(0, steps, _LOOK_EVERY):
                await wander(running, database, min(_LOOK_EVERY, steps - part), chance, KEYS)
                await come_home(running)
                seen, period, now_ns = (
                    await views(running),
                    running.app.period,
                    running.clock.now_ns,
                )
                async with dashboard(folder, now_ns=now_ns, period=period) as new:
                    for shown, expected in zip(seen, await views(new), strict=True):
                        assert shown == expected, f"step {part}:\n{shown}\n{expected}"
            await wander(running, database, _LOOK_EVERY, chance, (*KEYS, *CHANGE_FORM))
            print(f"{steps} steps of seed {seed}: alive, and as a new dashboard", flush=True)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2])))

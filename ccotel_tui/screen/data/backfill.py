"""Sends the stack what the store kept while it was down, beside the screen."""

from collections.abc import Callable

from ccotel_tui.errors import StackError
from ccotel_tui.screen import strings
from ccotel_tui.screen.data.messages import BackfillProgress
from ccotel_tui.screen.stack_actions import Controls


async def run_backfill(
    controls: Controls, started: bool, post: Callable[[BackfillProgress], object]
) -> None:
    """Send it and post the progress, or why it failed; nothing where there is nothing to send."""
    try:
        child = await controls.start_backfill(started)
    except StackError as error:
        post(BackfillProgress(str(error)))
        return
    if child is None:
        return
    try:
        async for line in child.lines():
            post(BackfillProgress(line))
    finally:
        await child.stop()
    if child.succeeded:
        post(BackfillProgress(strings.BACKFILL_COMPLETE))

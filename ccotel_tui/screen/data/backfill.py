"""Sends the stack what the store kept while it was down, beside the screen."""

from collections.abc import Callable

from ccotel_tui.errors import StackError
from ccotel_tui.screen import strings
from ccotel_tui.screen.data.messages import BackfillSaid
from ccotel_tui.screen.stack_actions import Controls


async def run_backfill(
    controls: Controls, started: bool, post: Callable[[BackfillSaid], object]
) -> None:
    """Send it and post the progress, or why it failed; nothing where there is nothing to send."""
    try:
        child = await controls.send_kept(started)
    except StackError as error:
        post(BackfillSaid(str(error)))
        return
    if child is None:
        return
    try:
        async for line in child.lines():
            post(BackfillSaid(line))
    finally:
        await child.stop()
    if child.succeeded:
        post(BackfillSaid(strings.BACKFILL_COMPLETE))

"""The newest prompt of this session: its words and cost, its newest steps, a command after it."""

from collections.abc import Iterator

from textual.content import Content

from ccotel_tui.panels.output.units import dollars, duration, shown
from ccotel_tui.query.window import SECOND
from ccotel_tui.screen import strings
from ccotel_tui.screen.format.cells import apart
from ccotel_tui.screen.format.prompts.timeline import Flow


def prompt_lines(flow: Flow | None, cost: float | None, width: int) -> Iterator[Content]:
    """The prompt with what it cost, of its flow where `cost` is not known, and its steps."""
    if flow is None:
        return
    prompt = flow.prompt or (
        strings.NO_PROMPT
        if flow.characters is None
        else strings.counted(strings.PROMPT, flow.characters).format(count=flow.characters)
    )
    took = duration((flow.last_ns - flow.began_ns) / SECOND)
    text = f"{shown(flow.cost if cost is None else cost, 'usd')} {took}"
    end = Content.styled(text, "$foreground-muted")
    yield apart(Content.assemble(("> ", "$text-accent"), prompt), end, width)
    if flow.steps:
        yield _steps(flow, width)


def command_lines(flow: Flow | None, width: int) -> Iterator[Content]:
    """The newest command of the client after the prompt, with what it cost itself."""
    for command in flow.commands[-1:] if flow else ():
        end = Content.styled(dollars(command.cost) if command.cost else "", "$foreground-muted")
        yield apart(Content.styled(command.name, "$foreground-muted"), end, width)


def _steps(flow: Flow, width: int) -> Content:
    """The newest calls that fit, oldest first."""
    pieces = [
        Content.assemble(
            ("" if not at else " || " if step.beside else " > ", "$foreground-muted"),
            step.tool if step.ok else Content.styled(f"{step.tool} x", "$text-error"),
        )
        for at, step in enumerate(flow.steps)
    ]
    shown_pieces: list[Content] = []
    room = width - 2
    for piece in reversed(pieces):
        if piece.cell_length + 1 > room:
            shown_pieces.append(Content.styled("…", "$foreground-muted"))
            break
        room -= piece.cell_length
        shown_pieces.append(piece)
    return Content.assemble("  ", *reversed(shown_pieces)).truncate(width, ellipsis=True)

"""Every key: one registry from which bindings, footer and help are made."""

from dataclasses import dataclass

from textual.binding import Binding


@dataclass(frozen=True, slots=True)
class Key:
    """`id` stays the same for ever, so that a user can remap it; `label` is for the footer."""

    id: str
    keys: str
    action: str
    label: str
    help: str
    footer: bool = False

    @property
    def shown(self) -> str:
        """The first of its keys as a person writes it."""
        return _SHOWN.get(self.keys.split(",")[0], self.keys.split(",")[0])

    def binding(self) -> Binding:
        return Binding(self.keys, self.action, self.label, id=self.id, show=self.footer)


_SHOWN = {
    "question_mark": "?",
    "less_than_sign": "<",
    "greater_than_sign": ">",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "space": "Space",
    "escape": "Esc",
}

KEYS = (
    Key("section.1", "1", "section(0)", "Overview", "the first section"),
    Key("section.2", "2", "section(1)", "Cost", "the second section"),
    Key("section.3", "3", "section(2)", "Tools", "the third section"),
    Key("section.previous", "less_than_sign", "step_section(-1)", "before", "the section before"),
    Key("section.next", "greater_than_sign", "step_section(1)", "next", "the next section"),
    Key("window.shorter", "left_square_bracket", "step_window(-1)", "shorter", "a shorter window"),
    Key("window.longer", "right_square_bracket", "step_window(1)", "longer", "a longer window"),
    Key("pause", "space", "pause", "pause", "stop and start the updates"),
    Key("refresh", "r", "refresh_now", "refresh", "ask again now"),
    Key("help", "question_mark", "help", "help", "this list", footer=True),
    Key("quit", "q,ctrl+c", "quit", "quit", "leave", footer=True),
)

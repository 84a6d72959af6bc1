"""Every key: one registry from which bindings, footer, help and palette are made."""

from collections.abc import Mapping
from typing import NamedTuple

from textual.binding import Binding

from ccotel_tui.screen import strings


class Key(NamedTuple):
    """A key and its action, which is the screen's unless it begins with `app.`.

    `id` stays the same for ever, so that a user can remap it. One that is `listed` stands in the
    help and in the palette; one that is `hinted` in the footer where that has room.
    """

    id: str
    keys: str
    action: str
    english_label: str
    english_help: str
    footer: bool = False
    hinted: bool = False
    listed: bool = True
    priority: bool = False

    @property
    def shown(self) -> str:
        """The first of its keys, or of those that the user gave it, as a person writes it."""
        first = _REMAPPED.get(self.id, self.keys).split(",")[0]
        return _SHOWN.get(first, first)

    @property
    def label(self) -> str:
        """What it does in a word, for the footer."""
        return self._words[0]

    @property
    def help(self) -> str:
        """What it does."""
        return self._words[1]

    @property
    def _words(self) -> tuple[str, str]:
        return strings.KEYS.get(self.id, (self.english_label, self.english_help))

    @property
    def full_action(self) -> str:
        """The action with its target, as Textual takes it."""
        return self.action if self.action.startswith("app.") else f"screen.{self.action}"

    def binding(self) -> Binding:
        return Binding(
            self.keys,
            self.full_action,
            id=self.id,
            show=self.footer or self.hinted,
            priority=self.priority,
        )


_REMAPPED: dict[str, str] = {}


def show_remapped(keys: Mapping[str, str]) -> None:
    """Let the footer, the help and the palette show these keys, by the ids of their actions."""
    _REMAPPED.clear()
    _REMAPPED.update(keys)


_SHOWN = {
    "question_mark": "?",
    "exclamation_mark": "!",
    "less_than_sign": "<",
    "greater_than_sign": ">",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "left_curly_bracket": "{",
    "right_curly_bracket": "}",
    "slash": "/",
    "comma": ",",
    "equals_sign": "=",
    "plus": "+",
    "minus": "-",
    "space": "Space",
    "escape": "Esc",
    "end": "End",
    "enter": "Enter",
    "tab": "Tab",
    "ctrl+p": "^P",
    "ctrl+z": "^Z",
}

KEYS = (
    Key("section.1", "1", "section('overview')", "Overview", "overview"),
    Key("section.2", "2", "section('cost')", "Cost", "cost and tokens"),
    Key("section.3", "3", "section('tools')", "Tools", "tools"),
    Key("section.4", "4", "section('performance')", "Performance", "API durations and errors"),
    Key("section.5", "5", "section('productivity')", "Productivity", "code and active time"),
    Key("section.6", "6", "section('events')", "Events", "tool calls and API errors"),
    Key("section.7", "7", "section('team')", "Team", "users, their sessions and prompts"),
    Key("section.previous", "less_than_sign", "step_section(-1)", "before", "the section before"),
    Key("section.next", "greater_than_sign", "step_section(1)", "next", "the next section"),
    Key(
        "sessions",
        "s",
        "section('sessions')",
        "sessions",
        "all sessions; Enter: only this one",
        hinted=True,
    ),
    Key("events", "e", "section('log')", "events", "every event, as it comes", hinted=True),
    Key(
        "usage",
        "d",
        "section('usage')",
        "dear",
        "what was dear; Enter goes into a row",
        hinted=True,
    ),
    Key(
        "group",
        "b",
        "group",
        "group by",
        "the panel or the list by the next key: model, session, project",
    ),
    Key("events.newest", "end", "follow", "newest", "the log's newest event: it follows again"),
    Key("events.time", "t", "ask_time", "time", "the log at a time, such as 14:05"),
    Key(
        "row.prompt",
        "w",
        "marked_prompt",
        "prompt",
        "the prompt of the marked event, or the prompts at the cursor",
    ),
    Key("row.session", "S", "marked_session", "its session", "the session of the marked event"),
    Key("filter", "slash", "filter", "filter", "filter the list; in Events the log", footer=True),
    Key("sort", "o", "sort('')", "sort", "sort the list by its next column"),
    Key("panel.next", "tab", "app.focus_next", "panel", "the next panel"),
    Key("panel.previous", "shift+tab", "app.focus_previous", "panel", "the panel before"),
    *(
        Key(f"scroll.{way}", key, f"scroll('{way}')", "scroll", "scroll", listed=False)
        for key, way in (
            ("up", "scroll_up"),
            ("down", "scroll_down"),
            ("pageup", "page_up"),
            ("pagedown", "page_down"),
            ("home", "scroll_home"),
        )
    ),
    Key("zoom", "z", "zoom", "zoom", "the panel alone, and back", footer=True),
    Key("chart.form", "v", "turn_chart", "form", "the other form of the chart"),
    Key("chart.cursor", "c", "switch_cursor", "cursor", "read a chart's values: the arrows move"),
    *(
        Key(f"chart.{way}", way, f"move_cursor({steps})", "cursor", "cursor", listed=False)
        for way, steps in (("left", -1), ("right", 1))
    ),
    Key("chart.closer", "plus", "zoom_time(1)", "closer", "half the time in the charts"),
    Key("chart.farther", "minus", "zoom_time(-1)", "farther", "twice the time in the charts"),
    Key("copy", "y", "copy(False)", "copy", "copy what is marked"),
    Key("copy.json", "Y", "copy(True)", "copy JSON", "copy what is marked as JSON"),
    Key("pane", "p", "go_to_pane", "pane", "go to the pane of the session, or of who waits"),
    Key(
        "detail",
        "enter",
        "detail",
        "detail",
        "the panel's numbers; once more: the rows behind them",
    ),
    Key("alerts", "A", "section('alerts')", "alerts", "rules that hold, what fired, who waits"),
    Key("info", "i", "app.info", "info", "what this number is"),
    Key("back", "escape", "app.step_back", "back", "back; out of one session", hinted=True),
    Key(
        "window.shorter",
        "left_square_bracket",
        "app.step_window(-1)",
        "shorter",
        "a shorter window",
    ),
    Key(
        "window.longer",
        "right_square_bracket",
        "app.step_window(1)",
        "longer",
        "a longer window",
    ),
    Key("window.back", "left_curly_bracket", "app.move_window(-1)", "back", "the window before"),
    Key(
        "window.forward", "right_curly_bracket", "app.move_window(1)", "forward", "the window after"
    ),
    Key("window.now", "n", "app.window_now", "now", "the window up to now"),
    Key("pause", "space", "app.pause", "pause", "stop and start the updates, hold the log"),
    Key("refresh", "r", "app.refresh_now", "refresh", "ask again now"),
    Key("balances", "equals_sign", "section('reconcile')", "compare", "events against counters"),
    Key(
        "stack", "u", "section('stack')", "stack", "the stack: collector, Prometheus, Loki, Grafana"
    ),
    Key(
        "stack.switch",
        "U",
        "switch_stack",
        "on/off",
        "ask to start the stack, or to stop it",
    ),
    *(
        Key(f"stack.{verb}", key, f"stack('{verb}')", verb, f"in the stack: {does}")
        for verb, key, does in (
            ("start", "a", "start what is marked"),
            ("stop", "x", "stop what is marked; in a list: take the filter away"),
            ("restart", "R", "restart what is marked"),
            ("logs", "l", "its logs"),
            ("clean", "C", "remove it and what it kept, after a question"),
        )
    ),
    Key("doctor", "exclamation_mark", "doctor", "doctor", "why no data comes"),
    Key("grafana", "g", "app.grafana", "Grafana", "the same section and window in Grafana"),
    Key("theme", "T", "app.next_theme", "theme", "other colours; the choice is kept"),
    Key("settings", "comma", "app.edit_settings", "settings", "the settings file in your editor"),
    Key("palette", "ctrl+p", "app.command_palette", "palette", "find a command", listed=False),
    Key("help", "question_mark", "help", "help", "this list", footer=True),
    Key(
        "suspend",
        "ctrl+z",
        "app.suspend_process",
        "shell",
        "to the shell; fg comes back",
        priority=True,
    ),
    Key("quit", "q", "app.quit", "quit", "leave", footer=True),
    Key("quit.now", "ctrl+c", "app.quit", "quit", "leave", listed=False, priority=True),
)

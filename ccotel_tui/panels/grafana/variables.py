"""The variables above a board: lists of what the servers know, and one attribute to type."""

from typing import Any, NamedTuple

from ccotel_tui.query.usage.keys import KEYS, TIMES, usage_key

Json = dict[str, Any]

PROMETHEUS: Json = {"type": "prometheus", "uid": "ccotel-prometheus"}
LOKI: Json = {"type": "loki", "uid": "ccotel-loki"}

_OF_CLIENT = '__name__=~"claude_code_.+"'
_OF_TEAM = ", project=~`(?s)^(${project:regex})$`, user_email=~`(?s)^(${user:regex})$`"


_SESSIONS = "Those of the chosen projects and users. The beginning of an id can be typed."


class Listed(NamedTuple):
    """A variable with a list of a label's values; of each is shown what the pattern matches."""

    name: str
    label: str
    title: str
    meaning: str
    pattern: str
    selector: str = _OF_CLIENT


LISTED = (
    Listed("project", "project", "Project", "The attribute project.", "[^`$]+$"),
    Listed("user", "user_email", "User", "By e-mail, where the client tells it.", "[^`$]+$"),
    Listed("session", "session_id", "Session", _SESSIONS, "[\\w-]+$", _OF_CLIENT + _OF_TEAM),
    # What is in brackets behind a model is no part of its name.
    Listed("model", "model", "Model", "What its name has in it, in any case.", "[\\w.:@/-]+"),
)
"""Lists of the counters' labels: Loki cannot list attributes."""

TYPED = (
    ("filter_key", "Attribute", "session_id", "Its name, with underscores in place of dots."),
    ("filter_value", "is", ".*", "All of its value. Empty: records without it; .*: everything."),
)
"""Name, title, default and meaning: any attribute's name, and a regular expression."""

EVERYTHING = ".*"
"""What stands for a list of which nothing is chosen."""

GROUPED = "by"
"""The variable that says what the row of what was dear is grouped by."""

_NOT_ONE_LABEL = ("branch", *TIMES)
KEYS_BY_LABEL = {
    usage_key(key).labels[0].replace(".", "_"): key for key in KEYS if key not in _NOT_ONE_LABEL
}
"""The keys of `usage` that Loki can group by, under their labels; a user's is the e-mail alone, a
project's the attribute alone, and a prompt's the id without the prompts that it continues."""


def board_variables(grouped: bool) -> list[Json]:
    """The board's variables; with the one for what was dear where it has that row."""
    shown = [*map(_listed, LISTED), *(_typed(*typed) for typed in TYPED)]
    return [*shown, _grouped()] if grouped else shown


def _listed(variable: Listed) -> Json:
    query = f"label_values({{{variable.selector}}}, {variable.label})"
    return {
        "type": "query",
        "name": variable.name,
        "label": variable.title,
        "description": variable.meaning,
        "datasource": PROMETHEUS,
        "query": {"qryType": 1, "query": query, "refId": variable.name},
        "definition": query,
        # What could end a query is in no list.
        "regex": f"/^({variable.pattern})/",
        "refresh": 2,
        "sort": 1,
        "multi": True,
        "includeAll": True,
        "allValue": EVERYTHING,
        "current": {"text": ["All"], "value": ["$__all"]},
        "options": [],
    }


def _typed(name: str, title: str, default: str, meaning: str) -> Json:
    chosen = {"text": default, "value": default}
    return {
        "type": "textbox",
        "name": name,
        "label": title,
        "description": meaning,
        "query": default,
        "current": chosen,
        "options": [{**chosen, "selected": True}],
    }


def _grouped() -> Json:
    options = [
        {"text": key, "value": label, "selected": key == "session"}
        for label, key in KEYS_BY_LABEL.items()
    ]
    return {
        "type": "custom",
        "name": GROUPED,
        "label": "Dear by",
        "description": "What the rows of What Was Dear are.",
        "query": ", ".join(f"{key} : {label}" for label, key in KEYS_BY_LABEL.items()),
        "current": next(option for option in options if option["selected"]),
        "options": options,
        "multi": False,
        "includeAll": False,
    }

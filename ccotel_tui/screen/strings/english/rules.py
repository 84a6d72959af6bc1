"""Rules that hold, how they are told, and what fired, in English."""

RULES = {
    "loop": "loop: {subject} failed {count} times in a row, {session}",
    "errors": "errors: {count} API errors in 5 min",
    "surge": "surge: {dollars}/h in {session}",
    "context": "context: {ratio} full, {session}",
    "cold": "cold: the cache of {session} in {count}s",
    "budget": "budget: {ratio} spent, {subject}",
    "limit": "limit: {subject} {ratio} used, ahead of pace",
    "silent": "silent: {session} is not heard",
    "silent_cause": "silent: {session} is not heard: {cause}",
    "refused": "refused: {count} not taken by the {subject}",
}
RULE_SUBJECTS = {
    "five_hour": "5h",
    "seven_day": "7d",
    "day": "today",
    "week": "this week",
    "month": "this month",
    "recorder": "recorder",
    "collector": "collector",
}
RULE_FROM = "from {threshold}"
ENTER_SHOWS = "Enter shows them"
RULES_HOLD = ("{count} rule holds", "{count} rules hold")
RULES_FIRED = "{count} told so far"
NO_RULE_HOLDS = "no rule holds"
CLEARED_AT = "cleared {time}"
ROWS_BEHIND = ("{count} event behind it", "{count} events behind it")
NO_ROWS_BEHIND = "no events behind it"
RULE_MEANINGS = {
    "loop": "The same tool failed again and again in one prompt.",
    "errors": "Requests failed after their last retry, of whatever session.",
    "surge": "The session burns more than its usual rate of the last hour.",
    "context": "The context window is nearly full: the session will be compacted.",
    "cold": "The session waits for you, and its prompt cache is about to go cold.",
    "budget": "So much of the budget in the settings file is spent.",
    "limit": "More of the plan's limit is used than of its time has gone.",
    "silent": "It runs on this machine, and nothing of it comes: ! says why.",
    "refused": "Something was sent and not taken: i says more.",
    "waits": "The session waits for somebody: p goes there.",
}
"""What a rule means, and what to do."""

NOT_HEARD = "not heard: {cause}, {mending}"
NOT_HEARD_BRIEF = "not heard, {mending}"
MENDINGS = {
    "setup": "Enter sets it up",
    "restart": "restart it, {pane} goes there",
    "prompt": "type a prompt in it, {pane} goes there",
    "administrator": "ask the administrator",
}
"""What mends that a session is not heard, and the key for it."""

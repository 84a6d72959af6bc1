"""The client's names, spelled here only: services, metrics, events and their attributes.

The first of three dictionaries; `query.measures` says what can be summed, `panels.catalogue` what
is shown. Source: the Monitoring page of the Claude Code documentation, and recordings of the CLI
2.1.197, 2.1.330 and 2.1.332.
"""

import re

EVENT_PREFIX = "claude_code."
"""A log record's body is this and the event's name; a metric's name begins so too."""

METRIC_SCOPE = "com.anthropic.claude_code"
EVENT_SCOPE = "com.anthropic.claude_code.events"
"""The instrumentation scopes of the client's points and log records."""

TRACE_SCOPE = "com.anthropic.claude_code.tracing"
"""The instrumentation scope of its spans, which it sends where its trace beta is switched on."""

TOOL_SPAN = "tool"
WAIT_SPAN = "tool.blocked_on_user"
"""The spans of a tool call, and below it of the wait for its permission."""

CLIENT_SCOPES = frozenset({METRIC_SCOPE, EVENT_SCOPE})
"""They tell whose telemetry it is: service.name is the user's to set."""

CANARY_SCOPE = "ccotel-tui.canary"
"""The scope of doctor's own record: the recorder answers and drops it, and no panel reads it."""

OWN_SERVICE = OWN_SCOPE = "ccotel-tui"
"""The service and the scope of records that this program makes itself."""

STATUS_LINE = "status_line"
"""The event that has what Claude Code tells its status line, under OWN_SCOPE.

It tells of a session and is none of its doings: it makes nothing active, live or dearer.
"""

UNKNOWN = "unknown"
"""The session, and the source, of a record that carries none."""

_STAND_INS = {
    **dict.fromkeys(("session_id", "prompt_id", "model", "source", "type"), UNKNOWN),
    **dict.fromkeys(("tool_name", "decision", "success", "command_source"), UNKNOWN),
    "status_code": "none",
}
"""What stands for a label that a record lacks."""

USER_PROMPT = "user_prompt"
API_REQUEST = "api_request"
API_ERROR = "api_error"
TOOL_RESULT = "tool_result"
TOOL_DECISION = "tool_decision"
API_REFUSAL = "api_refusal"
API_RETRIES_EXHAUSTED = "api_retries_exhausted"
COMPACTION = "compaction"

FAILURES = (API_ERROR, API_RETRIES_EXHAUSTED, API_REFUSAL)
"""Events that tell of a request that failed."""

ACTIVITY = (USER_PROMPT, API_REQUEST, API_ERROR, TOOL_RESULT)
"""The events that make a session active; a start-up event does not."""

STARTUP = (
    "plugin_loaded",
    "managed_settings_resolved",
    "hook_registered",
    "mcp_server_connection",
    "retention_sweep",
)
"""The events that a session begins with, before anybody typed."""

SESSIONS = "claude_code.session.count"
COST = "claude_code.cost.usage"
TOKENS = "claude_code.token.usage"
LINES_OF_CODE = "claude_code.lines_of_code.count"
COMMITS = "claude_code.commit.count"
PULL_REQUESTS = "claude_code.pull_request.count"
EDIT_DECISIONS = "claude_code.code_edit_tool.decision"
ACTIVE_TIME = "claude_code.active_time.total"

BRANCH = "vcs.ref.head.name"

CACHE_WRITES = ("cache_creation_5m_tokens", "cache_creation_1h_tokens")
"""Of a request's cache_creation_tokens those that are kept for so long, where it tells."""

_MODEL_SUFFIX = re.compile(r"\[[^\]]*\]$")


def stand_in(label: str) -> str:
    """Return what stands for the label in a record that lacks it, nothing for most labels."""
    return _STAND_INS.get(label, "")


def model_name(text: str) -> str:
    """The model without the `[1m]` that counters and some events put behind it."""
    return _MODEL_SUFFIX.sub("", text)


def source_name(query_source: str | None) -> str:
    """An event's query_source in the counters' words: main, subagent or auxiliary."""
    if query_source is None:
        return UNKNOWN
    if query_source in ("sdk", "main") or query_source.startswith("repl_main_thread"):
        return "main"
    if query_source == "subagent" or query_source.startswith("agent:"):
        return "subagent"
    return "auxiliary"


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


COMMON = _words("""
    session.id user.id user.email user.account_uuid user.account_id organization.id terminal.type
    app.version app.entrypoint anthropic.provider anthropic.custom_base_url
""")
"""Attributes that every record may carry."""

_EVENT = _words("event.name event.timestamp event.sequence prompt.id")
_ORIGIN = _words("""
    query_source speed effort agent.name skill.name plugin.name marketplace.name mcp_server.name
    mcp_tool.name
""")
_REQUEST = _ORIGIN | _words("model request_id client_request_id agent_id")
_TOOL = _words("tool_name tool_use_id tool_parameters request_id agent_id")
_BODY = _words("body body_ref body_length body_truncated model query_source request_id")
_HOOK = _words("hook_event hook_source safe_mode")
_HOOKS = _HOOK | _words("hook_name num_hooks managed_only hook_definitions")
_PLUGIN = _words("plugin.name plugin.version marketplace.name")

_METRICS = {
    SESSIONS: _words("start_type"),
    COST: _ORIGIN | _words("model"),
    TOKENS: _ORIGIN | _words("model type"),
    LINES_OF_CODE: _words("model type"),
    COMMITS: _words(""),
    PULL_REQUESTS: _words(""),
    EDIT_DECISIONS: _words("tool_name decision source language"),
    ACTIVE_TIME: _words("type"),
}
EVENTS = {
    USER_PROMPT: _words(
        "prompt prompt_text prompt_length message.uuid command_name command_source"
    ),
    API_REQUEST: _REQUEST
    | _words("""
        cost_usd cost_usd_micros duration_ms ttft_ms input_tokens output_tokens cache_read_tokens
        cache_creation_tokens cache_creation_5m_tokens cache_creation_1h_tokens
    """),
    API_ERROR: _REQUEST | _words("error status_code duration_ms attempt"),
    API_REFUSAL: _REQUEST
    | _words("attempt server_fallback_hop has_category has_explanation category"),
    API_RETRIES_EXHAUSTED: _REQUEST
    | _words("error status_code total_attempts total_retry_duration_ms"),
    "api_request_body": _BODY,
    "api_response_body": _BODY,
    "assistant_response": _words("""
        response response_length message.uuid model query_source request_id agent_id
    """),
    TOOL_RESULT: _TOOL
    | _words("""
        success duration_ms error error_type decision_source decision_type tool_input
        tool_input_size_bytes tool_result_size_bytes mcp_server_scope vcs.ref.head.name
        vcs.ref.head.revision vcs.ref.head.type
    """),
    TOOL_DECISION: _TOOL | _words("decision source tool_source permission_mode"),
    "subagent_completed": _words("""
        agent_id agent_type agent.source is_built_in is_async total_tokens total_tool_uses
        duration_ms model final_model model_swapped
    """),
    COMPACTION: _words("""
        trigger success duration_ms pre_tokens post_tokens error precompute_reuse
    """),
    "permission_mode_changed": _words("from_mode to_mode trigger"),
    "auth": _words("action success auth_method error_category status_code"),
    "mcp_server_connection": _words("""
        status transport_type server_scope server_name duration_ms error error_code is_plugin
        plugin.name plugin_id_hash
    """),
    "internal_error": _words("error_name error_code"),
    "plugin_installed": _PLUGIN | _words("marketplace.is_official install.trigger"),
    "plugin_loaded": _PLUGIN
    | _words("""
        plugin.scope plugin_id_hash enabled_via has_hooks has_mcp host_owned_mcp skill_path_count
        command_path_count agent_path_count safe_mode
    """),
    "skill_activated": _words("""
        skill.name skill.source skill.kind invocation_trigger plugin.name marketplace.name
    """),
    "at_mention": _words("mention_type success"),
    "hook_registered": _HOOK | _words("hook_type hook_matcher plugin.name plugin_id_hash"),
    "hook_execution_start": _HOOKS,
    "hook_execution_complete": _HOOKS
    | _words("""
        num_success num_blocking num_non_blocking_error num_cancelled num_outputs_persisted
        total_duration_ms stdout_chars additional_context_chars system_message_chars
        initial_user_message_chars
    """),
    "hook_plugin_metrics": _words("plugin_id hook_event"),
    "feedback_survey": _words("""
        event_type appearance_id survey_type response enabled_via_override
    """),
    "managed_settings_resolved": _words("""
        managed_settings.trigger managed_settings.sources managed_settings.source_behavior
        managed_settings.helper.state managed_settings.helper.applied
    """),
    "retention_sweep": _words("""
        result period_days used_default transcripts_deleted transcripts_exempted_desktop
        session_files_deleted artifacts_deleted files_retained_fresh files_past_cutoff error_count
        history_entries_pruned
    """),
}
"""What each event may carry beside _EVENT and COMMON; clients send others too."""

RECORDS = {**_METRICS, **{name: _EVENT | more for name, more in EVENTS.items()}}
"""What each metric's points and each event may carry beside COMMON."""

_SELDOM = (_ORIGIN - {"query_source"}) | {BRANCH, "vcs.ref.head.type"}
VARYING = frozenset({"session.id"}).union(*RECORDS.values()) - _SELDOM
"""What one record of a session says and another does not; all else seldom changes, or has few
values that usage is summed by."""

ATTRIBUTES = COMMON.union(*RECORDS.values())
"""Every attribute that the client knows; others (project, team.id) are the user's own."""

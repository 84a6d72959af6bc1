"""What each panel's number is, in a sentence, in English."""

MEANINGS = {
    "active_sessions": "Sessions in which something was asked, answered or done.",
    "total_cost": "What the client says its requests cost, at list price, summed.",
    "token_usage": "Tokens that requests sent, received, and read from or wrote to the cache.",
    "lines_of_code": "Lines that Claude added and removed by its edits.",
    "cost_by_model": "What each model has cost since the window began, adding up.",
    "tokens_by_type": "Tokens in each stretch of time, by what they were.",
    "tokens_by_model": "Tokens in each stretch of time, by the model that answered.",
    "tool_rate": "How many tools were called a minute, over the window and in each stretch.",
    "tool_count": "How often each tool was called since the window began, adding up.",
    "tool_success": "The share of tool calls that ended well, of all that ended.",
    "tool_failures": "The newest tool calls that did not end well, and why.",
    "api_duration": "How long requests took: 95 of 100 were as fast or faster.",
    "api_errors": "The share of requests that failed for good, of all that were made.",
    "code_changes": "Lines added and removed since the window began, adding up.",
    "dev_activity": "Time in which you typed or Claude worked, and what came of it.",
    "tool_events": "The newest tool calls, and those that were not allowed.",
    "api_error_events": "The newest requests that failed for good, and those that were declined.",
}

"""Numbers beside the usual day and the budget, in Korean."""

USUAL_BY_NOW = "평소 이맘때 {value}"
USUAL_DAY = "평소"
USUAL_OF = "평소 이맘때 {value} ({change}), 사용한 {count}일 기준"
USUAL_LACKS = ("평소 값: 사용일 {count}일 더 필요", "평소 값: 사용일 {count}일 더 필요")
BEFORE_WAS = "이전 기간: {value} ({change})"
THAN_BEFORE = "이전 기간 대비 {change}"
CHANGE_IS = "변화: 이전 기간의 p95 대비."
FORECASTS = {"day": "자정까지 약 {dollars}", "month": "월말까지 약 {dollars}"}

BUDGET_SHARE = "{dollars} 중 {share}"
BUDGET_WARNINGS = {0.8: "거의 소진", 1.0: "예산 초과"}

BUDGET_OF = {
    "session": "세션 예산",
    "day": "예산",
    "week": "주간 예산",
    "month": "월간 예산",
}

TOKENS_OF = "토큰"
SESSIONS_OF = "세션"
TOOLS_OF = "도구"
ACTIVE_SESSIONS = "활성 세션"
IN_5_MINUTES = "5분 내 {count}"
TOOLS_OK = "성공 {ratio}"

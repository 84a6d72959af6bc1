"""What was dear, in Korean."""

DEAR = "비용이 큰 것"
DEAR_BY = "{key}별"
DEAR_THEN = "다음 "
USAGE_HINT = "이름으로 찾기"
USAGE_KEYS = {
    "model": "모델",
    "source": "출처",
    "session": "세션",
    "prompt": "프롬프트",
    "project": "프로젝트",
    "branch": "브랜치",
    "agent": "에이전트",
    "skill": "스킬",
    "plugin": "플러그인",
    "mcp_server": "서버",
    "user": "사용자",
    "effort": "노력",
    "speed": "속도",
    "hour": "시간",
    "day": "일",
    "week": "주",
    "month": "월",
}
USAGE_COLUMNS = {
    "cost": "비용",
    "share": "비율",
    "requests": "요청",
    "tokens": "토큰",
    "cache": "캐시",
    "sessions": "세션",
    "prompts": "프롬프트",
    "last": "마지막",
}
USAGE_TOTAL = "합계 {count}개"
USAGE_TOTAL_FILTERED = "합계 {count}개 중 {listed}개 표시"
CACHE_SAVED = "캐시로 아낀 금액 {dollars}"
CACHE_SAVED_UNKNOWN = "캐시로 아낀 금액: 알 수 없음, {models}의 단가가 알려지지 않음"
CACHE_SAVED_UNKNOWN_BRIEF = "캐시로 아낀 금액: 알 수 없음"
CACHE_SAVED_PARTLY = "캐시로 아낀 금액 {dollars}, 단가가 알려지지 않은 {models} 제외"
CACHE_SAVED_PARTLY_BRIEF = "캐시로 아낀 금액 {dollars} (단가를 아는 모델만)"
NOTHING_USED = "이 기간에 요청 없음."

NO_TEAM = "사용자가 둘 이상일 때만 팀이 있음"

GROUPED = "{key}별 {title}"

ENTER_BEHIND = "Enter: 이 숫자를 이루는 행"
NO_ROWS_SENT = "Claude Code가 합계만 보내므로 이 숫자를 이루는 행은 없음."
MARK_FOR_ROWS = "개요의 숫자를 Tab과 화살표로 고르고 Enter를 누르면 그 숫자를 이루는 행이 나옴."

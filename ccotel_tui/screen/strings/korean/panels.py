"""Names of panels, sections, parts and columns, in Korean."""

PARTS = {
    "last_5m": "최근 5분",
    "current_session": "현재 세션",
    "last_prompt": "최근 프롬프트",
    "today": "오늘",
    "7d": "7d",
    "30d": "30d",
    "unseen": "기록 안 됨",
    "input": "입력",
    "output": "출력",
    "cache_read": "캐시 읽기",
    "cache_creation": "캐시 쓰기",
    "cache_hit_ratio": "캐시 적중",
    "added": "추가",
    "removed": "삭제",
    "net": "순증",
    "errors": "오류",
    "requests": "요청",
    "commits": "커밋",
    "pull_requests": "PR",
    "active_time_user": "사용자",
    "active_time_cli": "Claude",
    "edits_accepted": "편집 수락",
    "edits_rejected": "거절",
    "prompts": "프롬프트",
}

SECTIONS = {
    "overview": ("개요", "개요"),
    "cost": ("비용", "비용"),
    "tools": ("도구", "도구"),
    "performance": ("성능", "성능"),
    "productivity": ("생산성", "코드"),
    "events": ("이벤트", "로그"),
}

TEAM_SECTION = {"team": ("팀", "팀")}

SHORTER_SECTIONS = {"performance": "성능", "productivity": "코드"}

ROWS = {
    "model": "모델",
    "status_code": "상태",
    "tool_name": "도구",
    "session_id": "세션",
    "source": "출처",
    "project": "프로젝트",
}

COLUMNS = {"count": "건수", "success": "성공", "failure": "실패", "ratio": "비율", "change": "변화"}

FIRST_TOKEN = "첫 토큰"

MEAN = "평균"

SERIES = {
    "dev_activity": {"user": PARTS["active_time_user"], "cli": PARTS["active_time_cli"]},
    "tokens_by_type": {
        "input": "입력",
        "output": "출력",
        "cacheRead": "캐시 읽기",
        "cacheCreation": "캐시 쓰기",
    },
    "code_changes": {"added": "추가", "removed": "삭제"},
    "api_errors": {"failed": "실패", "answered": "성공"},
    "tool_outcomes": {"failed": "실패", "succeeded": "성공"},
}

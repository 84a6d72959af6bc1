"""Lists: sessions, prompts, events, in Korean."""

SESSIONS = "세션  {counts}"
SESSIONS_FOUND = "세션  {count}개 중 {found}개"
SESSION_HINT = "이름, 프로젝트, 모델, ID로 찾기"
RUN = "실행 {count}"
WAIT = ("대기 {count}", "대기 {count}")
ACTIVE = "최근 5분 활동 {count}"
IN_PERIOD = "{period} {count}개"
IN_DAY = "{period} {count}개"
STATUSES = {"busy": "작업 중", "shell": "셸 실행 중", "idle": "유휴", "ended": "종료"}

REQUEST = "요청"
WITHOUT_PROMPT = "(프롬프트 없음)"
PROMPT_NOT_RECEIVED = "(프롬프트 수신 안 됨)"
PROMPT_COLUMNS = {
    "time": "시각",
    "prompt": "프롬프트",
    "cost": "비용",
    "requests": "요청",
    "tools": "도구",
    "failed": "실패",
    "took": "소요",
}
PROMPTS = ("프롬프트 {count}개", "프롬프트 {count}개")
COMPACTIONS = ("압축 {count}회", "압축 {count}회")
COST_OF_LIFE = "전체 기간 비용"
MARK_A_PROMPT = "표시 하나가 프롬프트 하나"
THIS_SESSION_ENDED = "{age} 전 종료"
LAST_ACTIVITY = "마지막 활동 {age} 전"
LIFE = "전체 기간"
NO_STEPS = "속한 요청이나 도구 호출이 없음"
PROMPTS_CUT = "최신만: 더 오래된 것은 너무 많아 생략"
PROMPTS_COMING = "이전 것을 읽는 중"
REQUESTS = ("요청 {count}건", "요청 {count}건")
WAITS_NOT_KNOWN = "대기 시간 알 수 없음"
NO_WAITS = "대기 없음"
WAITED = "대기 {length}"
NO_PROMPT_THERE = "선택한 곳에 프롬프트가 있는 이벤트 없음"
NO_SESSION_THERE = "선택한 이벤트 없음"
TOTAL = "합계"
FAILED_OF = "! {failed}/{calls} 실패"
FAILED_OF_BRIEF = "! {failed}/{calls}"
A_PART = "일부: {start} - {end}"
A_PART_BRIEF = "일부"
CHART_ALONE = "화살표로 계열 선택, Enter로 숨기기"
FILLS_LATER = "첫 이벤트가 오면 채워짐"
NOTHING_ALONE = "따로 볼 패널 없음"
NOTHING_TO_FILTER = "목록 없음: s 세션, e 이벤트"
NOTHING_TO_SORT = "정렬할 목록 없음"
OF = "{whole}건 중 {part}건"
PEAK = "최고 {value}"
A_BAR_IS = "막대 하나 = {time}"
A_DASH_IS = "선 하나 = {time}"
OVER_TIME = "시간별 {name}"

SESSION_COLUMNS = {
    "session": "세션",
    "project": "프로젝트",
    "user": "사용자",
    "model": "모델",
    "cost": "비용",
    "tokens": "토큰",
    "cache": "캐시",
    "errors": "오류",
    "last": "최근",
    "started": "시작",
    "took": "소요",
    "prompts": "프롬프트",
    "now": "상태",
    "first": "첫 프롬프트",
}

EVENT_COLUMNS = {
    "time": "시각",
    "session": "세션",
    "event": "이벤트",
    "what": "내용",
    "took": "소요",
    "cost": "비용",
}
DECISION = "권한 결정"
RESPONSE = "응답"
STARTUP = ("시작 이벤트 {count}개", "시작 이벤트 {count}개")
STARTUPS = {
    "plugin_loaded": ("플러그인 {count}개", "플러그인 {count}개"),
    "managed_settings_resolved": ("설정 {count}개", "설정 {count}개"),
    "hook_registered": ("훅 {count}개", "훅 {count}개"),
    "mcp_server_connection": ("MCP 서버 {count}개", "MCP 서버 {count}개"),
    "retention_sweep": ("정리 {count}회", "정리 {count}회"),
}
FOLLOWING = "따라가는 중"
HELD = "위로 스크롤됨: End로 따라가기"
PAUSED_LOG = "일시정지: Space로 재개"
PAST = "지난 기간 {period}"
NEW = "새 {count}개"
COUNT = ("이벤트 {count}개", "이벤트 {count}개")
FILTERED = "필터: {filter}   {count}개 중 {found}개"
NOTHING_MATCHES = "일치하는 항목 없음"
TEXT_HINT = "목록에서 텍스트 찾기"
FILTER_HINT = "tool:Bash ok:false 또는 텍스트"
TIME_HINT = "HH:MM 또는 MM-DD HH:MM"
BAD_TIME = "{text}: 시각이 아님, HH:MM 또는 MM-DD HH:MM 입력"
BEFORE_WINDOW = "{time} 이전은 목록에 없음: ] 키로 기간을 늘리기"
OK = "성공"
DECISIONS = {"accept": "허용됨", "reject": "거절됨"}
CHARACTERS = ("{count}자", "{count}자")
GAVE_UP = ("{count}회 시도 후 포기", "{count}회 시도 후 포기")
GAVE_UP_BRIEF = "포기"
FAILED_EVENTS = "! {count}개 실패"

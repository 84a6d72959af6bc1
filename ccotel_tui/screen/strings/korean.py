"""The screen's words in Korean; `english` has the same names."""

from ccotel_tui.screen.strings.korean_names import FOOTNOTES as FOOTNOTES
from ccotel_tui.screen.strings.korean_names import KEYS as KEYS
from ccotel_tui.screen.strings.korean_names import TITLES as TITLES

PARTS = {
    "last_5m": "최근 5분",
    "current_session": "현재 세션",
    "last_prompt": "최근 프롬프트",
    "today": "오늘",
    "7d": "7d",
    "30d": "30d",
    "unseen": "기록 전",
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

SHORTER_SECTIONS = {"performance": "성능", "productivity": "코드"}

ROWS = {"model": "모델", "status_code": "상태", "tool_name": "도구"}

COLUMNS = {"count": "건수", "success": "성공", "failure": "실패", "ratio": "비율"}

SHORT_TITLES = {
    "cost_by_model": "모델별 비용",
    "tokens_by_type": "유형별 토큰",
    "tokens_by_model": "모델별 토큰",
    "tool_count": "도구 호출",
    "api_duration": "API 응답 시간",
    "code_changes": "코드 변경",
    "dev_activity": "활동 시간",
    "tool_events": "도구 이벤트",
    "api_error_events": "API 오류",
}

VALUES = {"api_duration": "p95"}

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
}

SESSIONS = "세션  {counts}"
SESSIONS_FOUND = "세션  {count}개 중 {found}개"
SESSION_HINT = "이름, 프로젝트, 모델, id의 텍스트"
RUN = "실행 {count}"
WAIT = ("대기 {count}", "대기 {count}")
ACTIVE = "최근 5분 활동 {count}"
IN_PERIOD = "{period} {count}개"
IN_DAY = "{period} {count}개"
STATUSES = {"busy": "작업 중", "shell": "셸 실행 중", "idle": "유휴", "ended": "종료"}

NOW = "지금"
COPIED = {"tmux": "tmux 버퍼에 복사됨", "terminal": "클립보드에 복사됨"}
NOTHING_TO_COPY = "복사할 내용 없음"
THEME = "테마 {name}"
NO_EDITOR = "VISUAL 또는 EDITOR를 설정하거나, {path} 파일을 편집하고 다시 시작하세요."
SETTINGS = "설정"
SETTINGS_LATER = "설정 저장됨: 나머지는 다음 시작부터 적용"
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
COST_OF_LIFE = "전체 기간 비용"
MARK_A_PROMPT = "표시 하나가 프롬프트 하나"
THIS_SESSION_ENDED = "{age} 전 종료"
LAST_ACTIVITY = "마지막 활동 {age} 전"
LIFE = "전체 기간"
NO_STEPS = "속한 요청이나 도구 호출이 없음"
PROMPTS_CUT = "최신 이벤트만: 더 있음"
TOTAL = "합계"
FAILED_OF = "! {failed}/{calls} 실패"
A_BAR_IS = "막대 하나 = {time}"

LOADING = "로딩 중"
STATES = {
    "empty": "이 기간에 데이터 없음",
    "absent": "제공되지 않음",
    "error": "오류",
    "stale": "오래된 값",
}

LIVE = "수신 중"
QUIET = "{age}째 조용"
WAITING = "대기 중"
NOT_RECORDING = "기록 안 함"
PAUSED = "일시정지"
STALE = "{age} 지연"
ERROR = "오류"
SHORT_STATES = {
    "live": "수신",
    "quiet": "조용",
    "paused": "정지",
    "stale": "지연",
    "waiting": "대기",
    "loading": "로딩",
    "not_recording": "미기록",
    "not_stored": "저장✗",
}

TAKEN = "{port}: {who} 사용 중"
PORTS_TAKEN = "기록 안 함: 포트 사용 중"
COLLECTOR_RECEIVES = "기록 안 함: 컬렉터가 수신 중"
HANDED_OVER = "기록 안 함: 포트를 넘기는 중"
TAKEN_BY = {
    "recorder": "다른 레코더",
    "collector": "다른 수신기",
    "unknown": "다른 프로그램",
}
TAKEN_IN_FULL = {
    "recorder": "{address}: 다른 데이터베이스의 ccotel-tui 레코더가 사용 중{process}.",
    "collector": "{address}: OpenTelemetry 수신기가 사용 중{process}: "
    "이 주소로 보낸 데이터는 그쪽으로 갑니다.",
    "unknown": "{address}: 다른 프로그램이 사용 중{process}{foreign}.",
}
PROCESS = " ({name}, 프로세스 {pid})"
FOREIGN = ": {why}, 데이터를 보내지 않음"
RECORDING = "기록 중: {ports} → {database}"
RECORDER_ENDED = "레코더가 종료됨"

NOT_TAKEN = "거부됨: {what} ({reason}: {sentence})"
NOT_TAKEN_IN_FULL = """\
레코더 시작 후 거부됨: {what} ({reasons}).
최근: {sentence}"""
REFUSED_REQUESTS = ("요청 {count}건", "요청 {count}건")
REFUSED = {
    "record": ("레코드 {count}건", "레코드 {count}건"),
    "value": ("값 {count}개", "값 {count}개"),
}
REFUSAL_REASONS = {
    "malformed": "OTLP 아님",
    "record": "잘못된 레코드",
    "value": "읽을 수 없는 값",
    "path": "잘못된 경로",
    "method": "잘못된 메서드",
    "protocol": "알 수 없는 프로토콜",
    "tls": "TLS",
    "too_large": "너무 큼",
    "host": "잘못된 호스트",
    "web_page": "웹 페이지의 요청",
    "content_type": "잘못된 content type",
    "encoding": "잘못된 content encoding",
    "backfill": "백필",
    "timeout": "전송 없음",
    "broken_off": "전송 중단",
    "not_kept": "저장 안 됨",
    "connections": "연결이 너무 많음",
}

AGO = "{age} 전"
AS_OF = "오래된 값, {time} 기준"
ESTIMATE = "추정"
FAILED = "실패"
CALLS = ("호출 {count}회", "호출 {count}회")
MORE = "외 {count}개"
SCOPED = "세션 {session}"

SOURCES = {"embedded": "내장 저장소", "stack": "스택", "demo": "데모"}
SESSION = "현재 세션"
TODAY = "오늘"
DAYS_7 = "7d"
DAYS_30 = "30d"
PERIODS = {"today": TODAY, "yesterday": "어제", "week": "이번 주", "month": "이번 달"}
BURN = "{dollars}/h"
BURN_OF_ALL = "전체 {dollars}/h"
BURN_RATE = "최근 10분"
UNSEEN = "기록 전 +{dollars}"
MISSED = ("이벤트 {count}개 유실", "이벤트 {count}개 유실")
COSTLESS = ("비용 {count}건 누락", "비용 {count}건 누락")
WINDOW = "기간"
TOKENS = "토큰 {count}"
CACHED = "캐시 {ratio}"
INPUT = "입력 {count}"
OUTPUT = "출력 {count}"
LINES = "줄"
TOOLS = ("도구 {count}회", "도구 {count}회")
FAILURES = "실패 {count}"
LASTED = "{time} 동안"
PROMPT = ("{count}자 프롬프트", "{count}자 프롬프트")
NO_PROMPT = "프롬프트"
NOTIFIED = "백그라운드 작업 종료"
WAITS = "대기: {what}"
WAITS_FOR_YOU = "입력"
WAITING_FOR = {"permission prompt": "권한 승인"}
NO_SESSION = "아직 세션 없음"

SESSION_COLUMNS = {
    "session": "세션",
    "project": "프로젝트",
    "model": "모델",
    "cost": "비용",
    "tokens": "토큰",
    "cache": "캐시",
    "errors": "오류",
    "last": "최근",
    "now": "상태",
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
STARTUP = ("시작 이벤트 {count}개", "시작 이벤트 {count}개")
STARTUPS = {
    "plugin_loaded": ("플러그인", "플러그인"),
    "managed_settings_resolved": ("설정", "설정"),
    "hook_registered": ("훅", "훅"),
    "mcp_server_connection": ("MCP 서버", "MCP 서버"),
    "retention_sweep": ("정리", "정리"),
}
FOLLOWING = "따라가는 중"
HELD = "위로 스크롤됨: End로 따라가기"
PAUSED_LOG = "일시정지: Space로 재개"
PAST = "지난 기간 {period}"
NEW = "새 {count}개"
COUNT = ("이벤트 {count}개", "이벤트 {count}개")
FILTERED = "필터: {filter}   {count}개 중 {found}개"
FILTER_HINT = "tool:Bash ok:false 또는 텍스트"
TIME_HINT = "HH:MM 또는 MM-DD HH:MM"
BAD_TIME = "{text}: 시각이 아님, HH:MM 또는 MM-DD HH:MM 입력"
BEFORE_WINDOW = "{time} 이전은 목록에 없음: ] 로 기간을 늘리기"
OK = "성공"
REJECTED = "거절됨"
CHARACTERS = ("{count}자", "{count}자")

INFO = {
    "value": "값",
    "state": "상태",
    "window": "기간",
    "signal": "출처",
    "exact": "정확도",
    "as_of": "기준 시각",
    "last_heard": "최근 수신",
    "notes": "참고",
    "footnote": "의미",
}
SIGNALS = {"events": "이벤트", "counters": "카운터"}
HELP = "키"
EXACT = "정확: 수신한 모든 레코드를 집계, 샘플링 없음"
APPROXIMATE = "근사: 이 소스로 가능한 최선의 근삿값"

GRAFANA = "Grafana"
GRAFANA_OPENED = "브라우저가 있으면 열립니다. 없으면 이 주소를 여세요:"
GRAFANA_WITHOUT = "{filter} 제외: {why}"
GRAFANA_NEEDS = (
    "Grafana는 내장 저장소가 아니라 스택의 데이터를 보여 주므로, 스택이 실행 중(u)이어야 합니다."
)

SERVICE_COLUMNS = {
    "service": "서비스",
    "state": "상태",
    "uptime": "가동",
    "restarts": "재시작",
    "memory": "메모리",
    "cpu": "CPU",
    "ports": "포트",
}
WHOLE_STACK = "스택 전체"
READY = "{all}개 중 {ready}개 준비됨"
HEALTH = {
    "ready": "준비됨",
    "starting": "시작 중",
    "unreachable": "응답 없음",
    "": "실행 중",
}
STATE_OF_SERVICE = {
    "absent": "생성 안 됨",
    "created": "생성됨",
    "exited": "종료됨",
    "restarting": "재시작 중",
    "paused": "일시정지",
    "removing": "삭제 중",
    "dead": "비정상",
}
EXIT_CODE = "{state} ({code})"
OUT_OF_MEMORY = "종료됨: 메모리 부족"
STEPS = {
    "waiting": "스택 작업 중인 다음 프로세스를 기다리는 중:",
    "warning": "참고:",
    "asking": "로그인 요청 중",
    "pulling": "이미지 받는 중",
    "creating": "생성 중",
    "starting": "시작 중",
    "replacing": "교체 중",
    "ready": "준비됨",
    "releasing": "OTLP 포트 넘겨받는 중",
    "taken back": "컬렉터 준비 안 됨, 포트 반환됨",
    "stopping": "중지 중",
    "removing": "삭제 중",
    "removed": "삭제됨",
    "done": "",
}
VERBS = {"start": "시작", "stop": "중지", "restart": "재시작", "logs": "로그", "clean": "정리"}
WHAT_IT_DOES = {
    True: {
        "start": "서비스 시작",
        "stop": "서비스 중지",
        "restart": "서비스 재시작",
        "logs": "서비스 로그",
    },
    False: {
        "start": "시작: 없는 이미지를 받고, 모두 준비되면 OTLP 포트를 넘겨받음",
        "stop": "중지: 컨테이너 삭제, 데이터 유지",
        "restart": "재시작",
        "logs": "전체 로그",
        "clean": "정리: 확인 후 데이터까지 모두 삭제",
    },
}
OUTCOMES = {
    "start": "시작됨: 모든 서비스 응답",
    "stop": "중지됨",
    "restart": "재시작됨: 모든 서비스 응답",
    "clean": "삭제됨",
    "logs": "",
}
CANCEL = "취소: 이 단계 후 중단"
CANCEL_SHORT = "취소"
CANCELLING = "이 단계 후 취소"
STOP_STACK = "스택을 중지할까요?"
CLEAN_STACK = "스택과 모든 데이터를 삭제할까요?"
CLEAN_GOES = "다음이 영구 삭제됩니다:"
BACKFILL_COMPLETE = "백필 완료"
NOTHING_LEFT = "삭제할 것 없음."
YES_NO = "y 예     n 아니요"

FIRST_DAY = """\
{problem}아직 수신한 데이터가 없습니다.

1. Claude Code를 시작하는 셸에서 실행:

     eval "$({command} env)"

2. 그 셸에서 Claude Code를 시작하고, 이미 실행 중인 세션은 다시 시작.
3. 프롬프트를 보내면 대시보드가 나타납니다.

{recorder}첫 줄이 설정하는 변수:
{variables}
"""

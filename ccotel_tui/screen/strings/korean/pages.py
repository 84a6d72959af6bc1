"""Pages: one panel's facts, settings, the first day, in Korean."""

COPIED = {"tmux": "tmux 버퍼에 복사됨", "terminal": "클립보드에 복사됨"}
NOTHING_TO_COPY = "복사할 내용 없음"
THEME = "테마 {name}"
MODEL_NAMED = "모델 {name}"
MODEL_ROWS = "세션별 비용"
TOOL_NAMED = "도구 {name}"
TOOL_ROWS = "로그에 있는 호출"
DAY_NAMED = "날짜 {date}"
DAY_ROWS = "그날 비용이 큰 것"
EDITOR_FAILED = "종료됨(종료 상태 {status})"
NO_EDITOR = "VISUAL 또는 EDITOR를 설정하거나, {path} 파일을 편집하고 다시 시작하세요."
SETTINGS = "설정"
SETTINGS_LATER = "설정 저장됨: 나머지는 다음 시작부터 적용"
INFO = {
    "value": "값",
    "state": "상태",
    "window": "기간",
    "signal": "출처",
    "compared": "비교",
    "exact": "정확도",
    "as_of": "기준 시각",
    "last_heard": "최근 수신",
    "notes": "참고",
    "footnote": "의미",
}
SIGNALS = {"events": "이벤트", "counters": "카운터"}
HELP = "키"
PALETTE_HINT = "명령, 세션, 테마 찾기…"
EXACT = "정확: 수신한 모든 기록을 집계, 샘플링 없음"
APPROXIMATE = "근사: 이 소스로 가능한 최선의 근삿값"

FIRST_DAY = "{problem}아직 수신한 데이터가 없습니다."
IS_SET_UP = "Claude Code를 설정했습니다. claude를 시작해 프롬프트를 입력하세요."
UNHEARD = (
    "실행 중이지만 수신되지 않는 세션 1개:",
    "실행 중이지만 수신되지 않는 세션 {count}개:",
)
FIRST_STEPS = {
    "setup": ("Claude Code 설정", "바뀌는 내용을 보여 주고 확인"),
    "try": ("세션 하나로 시험", "파일은 바꾸지 않음"),
    "demo": ("데모 보기", "녹화된 세션, 저장하지 않음"),
    "copy": ("변수 복사", "claude를 시작하는 셸에 붙여 넣기"),
}
ENTER_GOES_BACK = "Enter를 누르면 대시보드로 돌아갑니다. "
BY_HAND = """\
또는 claude를 시작하는 셸에서 직접:
  eval "$({command} env)"

{recorder}설정되는 변수:
{variables}
"""
DOCTOR = "데이터가 오지 않는 이유"
DOCTOR_WAITS = "연결을 차례로 점검하는 중…"
DOCTOR_STATES = {"ok": "정상", "warn": "주의", "fail": "끊김", "skip": "건너뜀"}
DOCTOR_WELL = "모든 연결이 정상입니다."
DOCTOR_FIRST = "처음 끊긴 곳: {link}"
DOCTOR_NEXT = "다음"
DOCTOR_LINKS = {
    "client": "Claude Code 설치",
    "settings": "설정 파일",
    "enabled": "텔레메트리",
    "exporters": "내보내기",
    "protocol": "프로토콜",
    "endpoint": "보내는 주소",
    "proxy": "프록시",
    "log": "클라이언트 로그",
    "disk": "디스크",
    "database": "데이터베이스",
    "recorder": "기록기",
    "ports": "포트",
    "answer": "응답",
    "clock": "시계",
    "docker": "Docker 엔진",
    "stack": "스택",
    "moved": "옮긴 포트",
    "metrics": "메트릭 서버",
    "lag": "지연",
    "sessions": "세션",
    "data": "데이터",
    "refused": "거부된 것",
    "dropped": "버려진 데이터",
    "gaps": "유실된 이벤트",
}

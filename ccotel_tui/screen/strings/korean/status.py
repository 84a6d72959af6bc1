"""The state of the data and of the recorder, in Korean."""

LOADING = "로딩 중"
STATES = {
    "empty": "이 기간에 데이터 없음",
    "absent": "제공되지 않음",
    "error": "오류",
    "stale": "오래된 값",
}

LIVE = "수신 중"
QUIET = "{age}째 조용"
STARTING = "시작 중"
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
    "starting": "시작",
    "waiting": "대기",
    "loading": "로딩",
    "not_recording": "미기록",
    "not_stored": "저장✗",
}

TAKEN = "{port}: {who} 사용 중"
PORTS_TAKEN = "기록 안 함: 포트 사용 중"
COLLECTOR_RECEIVES = "기록 안 함: 수집기가 수신 중"
HANDED_OVER = "기록 안 함: 포트를 넘기는 중"
TAKEN_BY = {
    "recorder": "다른 기록기",
    "collector": "다른 수신기",
    "unknown": "다른 프로그램",
}
TAKEN_IN_FULL = {
    "recorder": "{address}: 다른 데이터베이스의 ccotel-tui 기록기가 사용 중{process}.",
    "collector": "{address}: OpenTelemetry 수신기가 사용 중{process}: "
    "이 주소로 보낸 데이터는 그쪽으로 감.",
    "unknown": "{address}: 다른 프로그램이 사용 중{process}{foreign}.",
}
PROCESS = " ({name}, 프로세스 {pid})"
FOREIGN = ": {why}, 데이터를 보내지 않음"
RECORDING = "기록 중: {ports} → {database}"
RECORDER_ENDED = "기록기가 종료됨"
RECORDER_NOT_STARTED = "기록기를 시작할 수 없음: {error}"

NOT_TAKEN = "거부됨: {what} ({reason}: {sentence})"
NOT_TAKEN_IN_FULL = """\
기록기 시작 후 거부됨: {what} ({reasons}).
최근: {sentence}"""
REFUSED_REQUESTS = ("요청 {count}건", "요청 {count}건")
REFUSED = {
    "record": ("기록 {count}개", "기록 {count}개"),
    "value": ("값 {count}개", "값 {count}개"),
}
REFUSAL_REASONS = {
    "malformed": "OTLP 아님",
    "record": "잘못된 기록",
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

"""The stack's page, in Korean."""

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
    "stopping": "중지 중",
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
    "taken back": "수집기 준비 안 됨, 포트 반환됨",
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
START_STACK = "스택을 시작할까요?"
STOP_STACK = "스택을 중지할까요?"
CLEAN_STACK = "스택과 모든 데이터를 삭제할까요?"
CLEAN_GOES = "다음이 영구 삭제됩니다:"
BACKFILL_COMPLETE = "백필 완료"
NOTHING_LEFT = "삭제할 것 없음."
YES_NO = "y 예     n 아니요"

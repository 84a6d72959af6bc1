"""Sentences that answers and the recorder say themselves, in Korean."""

SENTENCES = {
    "beyond_sums": "실수가 아니거나 너무 커서 더할 수 없는 기록이 있어 값을 알 수 없음: "
    "`ccotel-tui events`로 기록 확인",
    "no_such_attribute": "속성 {name}을(를) 가진 기록 없음.",
    "no_resource_attributes": "이 스택은 리소스 속성을 보관하지 않음.",
    "clock_wrong": "{ahead}: 보낸 쪽이나 이 컴퓨터의 시계가 틀림.",
    "dropped_by_collector": "이 기간에 수집기가 {records} {count:,}개를 버림: 순서가 어긋났거나 "
    "서버가 거부함. `ccotel-tui stack logs otel-collector`에서 확인.",
    "counter_points": "카운터 점",
    "events": "이벤트",
    "restarts_guessed": "근사값: 카운터가 시작 시각(라벨 stream_start)을 알리지 않아 "
    "재시작은 추정.",
    "counted_by_counters": "요청 이벤트가 없는 세션은 카운터로 계산.",
    "missed_events": "이벤트 {missed}개가 전송되었으나 수신되지 않음: 번호가 비어 있음.",
    "carries_none": "{record}에는 {attribute} 속성이 없음.",
    "without_cost": "요청 {requests:,}개 중 {missing:,}개가 비용을 알리지 않음.",
    "negative_cost": "요청 {negative:,}개의 비용이 0보다 작음; 합계에 포함됨.",
    "counted_twice": "${dollars:.6f}: 한 세션은 카운터로, 다른 세션은 이벤트로 알림: "
    "같은 세션이면 두 번 더해진 것.",
    "ahead_one": "기록 1개의 시각이 {length} 앞섬",
    "ahead": "기록 {records:,}개의 시각이 {length} 앞섬",
    "ahead_at_least": "기록 {records:,}개 이상의 시각이 {length} 앞섬",
    "not_recording": "기록 안 함",
    "not_stored": "저장 안 됨 ({reason})",
    "disk_full": "디스크 가득 참",
    "read_only": "읽기 전용",
    "locked": "잠김",
    "damaged": "손상됨",
    "not_ours": "다른 파일",
    "replaced": "파일 바뀜",
    "gone": "폴더 없음",
    "too_many_files": "파일이 너무 많음",
    "disk_error": "디스크 오류",
    "recorder_stands_still": "기록기 {pid}이(가) 멈춘 프로세스처럼 "
    "{seconds:.0f}초째 멈춰 있음: "
    "`kill -CONT {pid}`로 계속, `kill -KILL {pid}`로 종료.",
    "clock_moved": "시계가 {by} 움직임: 기록기가 {wait} 더 실행될 때까지 "
    "오래된 기록을 지우지 않음.",
    "deleted_ahead": "하루 넘게 앞선 시각의 기록 {number:,}개를 공간이 없어 지움.",
    "unheard_unreadable": "환경 변수를 읽을 수 없음",
    "unheard_off": "텔레메트리 꺼짐",
    "unheard_off_in": "{place}에서 텔레메트리 꺼짐",
    "unheard_export": "{signal}을(를) 내보내지 않음",
    "unheard_elsewhere": "{host}:{port}(으)로 보냄",
    "unheard_early": "변수 설정 전에 시작됨",
    "unheard_nothing": "아직 보낸 것 없음",
    "mend_setup": "ccotel-tui setup 후 다시 시작",
    "mend_restart": "다시 시작: claude --continue",
    "mend_prompt": "프롬프트 입력",
    "mend_administrator": "관리 파일의 설정: 관리자만 변경 가능",
    "deleted_oldest": "가장 오래된 기록 {number:,}개를 공간이 없어 지움.",
}

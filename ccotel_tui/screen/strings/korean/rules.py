"""지켜보는 규칙과 알림."""

RULES = {
    "loop": "반복: {subject} 연속 {count}회 실패, {session}",
    "errors": "오류: 5분간 API 오류 {count}건",
    "surge": "급증: {session} 시간당 {dollars}",
    "context": "컨텍스트: {ratio} 사용, {session}",
    "cold": "만료 임박: {session} 캐시 {count}초 남음",
    "budget": "예산: {subject} {ratio} 사용",
    "limit": "한도: {subject} {ratio} 사용, 예상보다 빠름",
    "silent": "미수신: {session} 수신 안 됨",
    "silent_cause": "미수신: {session} 수신 안 됨: {cause}",
    "refused": "거부: {subject}에서 {count}건 받지 않음",
}
RULE_SUBJECTS = {
    "five_hour": "5시간",
    "seven_day": "7일",
    "day": "오늘",
    "week": "이번 주",
    "month": "이번 달",
    "recorder": "기록기",
    "collector": "수집기",
}
RULE_FROM = "기준 {threshold}"
ENTER_SHOWS = "Enter: 보기"
RULES_HOLD = ("발동 중인 규칙 {count}개", "발동 중인 규칙 {count}개")
RULES_FIRED = "지금까지 알림 {count}건"
NO_RULE_HOLDS = "발동 중인 규칙 없음"
CLEARED_AT = "{time} 해제"
ROWS_BEHIND = ("관련 이벤트 {count}개", "관련 이벤트 {count}개")
NO_ROWS_BEHIND = "관련 이벤트 없음"
RULE_MEANINGS = {
    "loop": "한 프롬프트에서 같은 도구가 계속 실패함.",
    "errors": "마지막 재시도까지 실패한 요청, 모든 세션.",
    "surge": "지난 한 시간의 평소 속도보다 빠르게 비용이 늘고 있음.",
    "context": "컨텍스트가 거의 가득 참: 곧 압축됨.",
    "cold": "세션이 입력을 기다리는 중이고 프롬프트 캐시가 곧 만료됨.",
    "budget": "설정 파일의 예산을 이만큼 사용함.",
    "limit": "한도 사용률이 한도 기간의 경과율보다 높음.",
    "silent": "이 컴퓨터에서 실행 중이지만 아무것도 오지 않음: !로 이유 확인.",
    "refused": "보낸 것을 받지 않음: i로 자세히.",
    "waits": "세션이 응답을 기다림: p로 이동.",
}

NOT_HEARD = "수신 안 됨: {cause}, {mending}"
NOT_HEARD_BRIEF = "수신 안 됨, {mending}"
MENDINGS = {
    "setup": "Enter로 설정",
    "restart": "다시 시작 필요, {pane}: 이동",
    "prompt": "프롬프트 입력 필요, {pane}: 이동",
    "administrator": "관리자에게 문의",
}

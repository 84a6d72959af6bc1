"""What Claude Code told its status line."""

CONTEXT = "컨텍스트 {bar} {full}"
CONTEXT_SHORT = "컨텍스트 {full}"
CACHE_WARM = "캐시 유효 {left}"
CACHE_COSTS = "캐시 유효 {left}, 만료 시 {dollars}"
CACHE_SHORT = "캐시 {left}"
CACHE_COLD = "캐시 만료"
LIMITS = {"five_hour": "5시간 {used}", "seven_day": "7일 {used}"}
LIMIT_AGE = "{limit} {age} 전"
LIMIT_RESETS = "{limit} 초기화 {time}"

NO_PANE = "실행 중인 세션 없음"
PANE_SHOWN = "이동함: {address}"
PANE_IS = "tmux {address}에서 실행 중"
RUNS_IN = "프로세스 {pid}"

"""What each panel's number is, in a sentence, in Korean."""

MEANINGS = {
    "active_sessions": "질문, 응답, 작업이 있었던 세션의 수.",
    "total_cost": "클라이언트가 보고한 요청 비용(정가)의 합.",
    "token_usage": "요청이 보내고 받은 토큰과 캐시에서 읽거나 쓴 토큰.",
    "lines_of_code": "Claude가 편집으로 추가하고 삭제한 줄 수.",
    "cost_by_model": "기간 시작부터 쌓인 모델별 비용.",
    "tokens_by_type": "구간마다 쓴 토큰, 유형별.",
    "tokens_by_model": "구간마다 쓴 토큰, 응답한 모델별.",
    "tool_rate": "분당 도구 호출 수, 기간 전체와 구간별.",
    "tool_count": "기간 시작부터 쌓인 도구별 호출 수.",
    "tool_success": "끝난 도구 호출 중 성공한 비율.",
    "tool_failures": "실패한 최신 도구 호출과 그 이유.",
    "api_duration": "요청이 걸린 시간: 100건 중 95건은 이보다 빠르거나 같음.",
    "api_errors": "전체 요청 중 끝내 실패한 비율.",
    "code_changes": "기간 시작부터 쌓인 추가 및 삭제 줄 수.",
    "dev_activity": "입력하거나 Claude가 작업한 시간과 그 결과.",
    "tool_events": "최신 도구 호출과 허용되지 않은 호출.",
    "api_error_events": "끝내 실패한 최신 요청과 거절된 요청.",
}

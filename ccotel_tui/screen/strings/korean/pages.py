"""Pages: one panel's facts, settings, the first day, in Korean."""

COPIED = {"tmux": "tmux 버퍼에 복사됨", "terminal": "클립보드에 복사됨"}
NOTHING_TO_COPY = "복사할 내용 없음"
THEME = "테마 {name}"
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
EXACT = "정확: 수신한 모든 레코드를 집계, 샘플링 없음"
APPROXIMATE = "근사: 이 소스로 가능한 최선의 근삿값"

FIRST_DAY = """\
{problem}아직 수신한 데이터가 없습니다.

1. Claude Code를 시작하는 셸에서 실행:

     eval "$({command} env)"

2. 그 셸에서 Claude Code를 시작하고, 이미 실행 중인 세션은 다시 시작.
3. 프롬프트를 보내면 대시보드가 나타납니다.

{recorder}첫 줄이 설정하는 변수:
{variables}
"""

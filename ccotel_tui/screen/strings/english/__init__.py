"""The screen's words in English; `korean` has the same names."""

from ccotel_tui.screen.strings.english.compared import *
from ccotel_tui.screen.strings.english.figures import *
from ccotel_tui.screen.strings.english.lists import *
from ccotel_tui.screen.strings.english.notes import *
from ccotel_tui.screen.strings.english.pages import *
from ccotel_tui.screen.strings.english.panels import *
from ccotel_tui.screen.strings.english.rules import *
from ccotel_tui.screen.strings.english.stack import *
from ccotel_tui.screen.strings.english.status import *
from ccotel_tui.screen.strings.english.status_line import *
from ccotel_tui.screen.strings.english.usage import *

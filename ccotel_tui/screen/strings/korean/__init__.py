"""The screen's words in Korean; `english` has the same names."""

from ccotel_tui.screen.strings.korean.compared import *
from ccotel_tui.screen.strings.korean.figures import *
from ccotel_tui.screen.strings.korean.lists import *
from ccotel_tui.screen.strings.korean.names import *
from ccotel_tui.screen.strings.korean.notes import *
from ccotel_tui.screen.strings.korean.pages import *
from ccotel_tui.screen.strings.korean.panels import *
from ccotel_tui.screen.strings.korean.rules import *
from ccotel_tui.screen.strings.korean.stack import *
from ccotel_tui.screen.strings.korean.status import *
from ccotel_tui.screen.strings.korean.status_line import *
from ccotel_tui.screen.strings.korean.usage import *

"""Runs a command in a pty of 80x24, waits for the first panel, presses q, exits as it did.

Prints after how many seconds the first output and the first panel came.
"""

import fcntl
import os
import pty
import select
import signal
import struct
import sys
import termios
import time

WITHIN = 300
WORDS = (
    *("this session", "Nothing has been received yet"),
    *("현재 세션", "아직 수신한 데이터가 없습니다"),
)
"""Of the first panel and of the first day, in each language of the screen."""

SEEN = tuple(word.encode() for word in WORDS)

pid, terminal = pty.fork()
if pid == 0:
    os.environ["TERM"] = "xterm-256color"
    os.execvp(sys.argv[1], sys.argv[1:])
fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
output, quitting = b"", False
began = time.monotonic()
deadline = began + WITHIN
first_output = first_panel = 0.0
while time.monotonic() < deadline:
    if not select.select([terminal], [], [], 1)[0]:
        continue
    try:
        output += os.read(terminal, 65536)
    except OSError:
        break
    first_output = first_output or time.monotonic() - began
    if not quitting and any(text in output for text in SEEN):
        first_panel = time.monotonic() - began
        os.write(terminal, b"q")
        quitting = True
if not quitting:
    os.kill(pid, signal.SIGKILL)
status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
if not quitting:
    sys.stdout.buffer.write(output[-2000:])
    sys.exit("the dashboard did not show a panel")
print(
    f"first output after {first_output:.1f} s, first panel after {first_panel:.1f} s; "
    f"exit status {status} after q"
)
sys.exit(status)

"""Runs a command in a pty of 80x24, waits for the first panel, presses q, exits as it did."""

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
SEEN = (b"this session", b"Nothing has been received yet")

pid, terminal = pty.fork()
if pid == 0:
    os.environ["TERM"] = "xterm-256color"
    os.execvp(sys.argv[1], sys.argv[1:])
fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
output, asked = b"", False
deadline = time.monotonic() + WITHIN
while time.monotonic() < deadline:
    if not select.select([terminal], [], [], 1)[0]:
        continue
    try:
        output += os.read(terminal, 65536)
    except OSError:
        break
    if not asked and any(text in output for text in SEEN):
        os.write(terminal, b"q")
        asked = True
if not asked:
    os.kill(pid, signal.SIGKILL)
status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
if not asked:
    sys.stdout.buffer.write(output[-2000:])
    sys.exit("the dashboard did not show a panel")
print(f"the first panel was shown; exit status {status} after q")
sys.exit(status)

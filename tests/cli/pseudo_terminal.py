"""Runs a command in a pseudo-terminal and writes what it shows, as the lines of an asciicast.

The only argument is JSON: {"command": [...], "columns": 80, "rows": 24, "input": [{"after": "text", "send": "text"}]}.
An input is sent `delay` seconds after the output since the last one contains its text. The last line is {"code": ...}.
SIGUSR1 closes the terminal, as its window does.
"""
import codecs
import fcntl
import json
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time

TIMEOUT_SECONDS = 600

work = json.loads(sys.argv[1])
size = struct.pack("HHHH", work.get("rows", 24), work.get("columns", 80), 0, 0)
pid, terminal = pty.fork()
if pid == 0:
    fcntl.ioctl(0, termios.TIOCSWINSZ, size)
    os.execvp(work["command"][0], work["command"])
fcntl.ioctl(terminal, termios.TIOCSWINSZ, size)

is_closed = False


def close(*_):
    global is_closed
    is_closed = True


signal.signal(signal.SIGUSR1, close)
start = time.monotonic()
pending = work.get("input", [])
send_at = None
seen = ""
decoder = codecs.getincrementaldecoder("utf-8")("replace")
while time.monotonic() - start < TIMEOUT_SECONDS:
    if is_closed:
        os.close(terminal)
        break
    # Reading goes on until then: Ctrl-C discards what is not read.
    if send_at is not None and time.monotonic() >= send_at:
        os.write(terminal, pending.pop(0)["send"].encode())
        seen, send_at = "", None
    if not select.select([terminal], [], [], 0.05)[0]:
        continue
    try:
        data = os.read(terminal, 65536)
    except OSError:
        data = b""
    if not data:
        break
    text = decoder.decode(data)
    print(json.dumps([round(time.monotonic() - start, 3), "o", text]), flush=True)
    seen += re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text)
    if pending and send_at is None and pending[0]["after"] in seen:
        send_at = time.monotonic() + pending[0].get("delay", 0.05)
else:
    os.kill(pid, 9)
_, status = os.waitpid(pid, 0)
print(json.dumps({"code": os.waitstatus_to_exitcode(status)}))

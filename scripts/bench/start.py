"""Starts a command when it is told to, by a line, and says what it cost: {} when it waits, {"pid"}, then {"wall", "cpu", "rss", "code"} when it has ended.

A process of its own, and a small one: what the kernel calls the peak of a program begins with that of the process that started it, which for
a Bun program is 40 MB and more. Times are ms, CPU that of the whole tree, as far as it was waited for, the peak is bytes of its largest process.
"""

import json
import os
import sys
import time

fds = [os.open(os.devnull, os.O_RDONLY), os.open(os.devnull, os.O_WRONLY)]
actions = [(os.POSIX_SPAWN_DUP2, fds[0], 0), (os.POSIX_SPAWN_DUP2, fds[1], 1), (os.POSIX_SPAWN_DUP2, fds[1], 2)]
print("{}", flush=True)
sys.stdin.readline()
start = time.monotonic()
pid = os.posix_spawnp(sys.argv[1], sys.argv[1:], os.environ, file_actions=actions)
print(json.dumps({"pid": pid}), flush=True)
_, status, usage = os.wait4(pid, 0)
wall = (time.monotonic() - start) * 1000
cpu = (usage.ru_utime + usage.ru_stime) * 1000
code = os.waitstatus_to_exitcode(status)
print(json.dumps({"wall": wall, "cpu": cpu, "rss": usage.ru_maxrss * 1024, "code": code}))

"""Start one command and report what it took: `launch.py REPORT COMMAND ...`; run with `python -I -S`.

The kernel counts the memory of whoever starts a process into the peak of that process. So the one who starts it is
this script, which imports nothing: what is reported is never below the few megabytes of a bare interpreter.
"""

import os
import sys
import time


def main(report: str, *command: str) -> None:
    """Write wall, user and system seconds, peak kilobytes and the exit code to the report, one line."""
    start = time.perf_counter()
    child = os.posix_spawnp(command[0], command, os.environ)
    _, status, usage = os.wait4(child, 0)
    wall = time.perf_counter() - start
    figures = (wall, usage.ru_utime, usage.ru_stime, usage.ru_maxrss, os.waitstatus_to_exitcode(status))
    handle = os.open(report, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
    os.write(handle, " ".join(map(str, figures)).encode())
    os.close(handle)


main(*sys.argv[1:])

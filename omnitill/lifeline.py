"""Started between the supervisor and each process: `lifeline.py PARENT_PID COMMAND...` becomes COMMAND.

The kernel is asked to kill this process when its parent dies, however that happens (`kill -9` included), so a
demonstration never leaves a hub behind that holds a port and a database. The wish survives the exec. A program of
its own rather than `preexec_fn`, which is not safe once the supervisor has threads. Linux only; imports nothing
but the standard library so that it costs about ten milliseconds.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def main() -> None:
    """Ties this process to its parent and turns into the command; exits 1 where the parent is gone already."""
    parent, command = int(sys.argv[1]), sys.argv[2:]
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    # The parent may have died before the wish was made; then the kernel will never send the signal.
    if os.getppid() != parent:
        sys.exit(1)
    os.execvp(command[0], command)


if __name__ == "__main__":
    main()

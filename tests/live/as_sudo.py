# SPDX-License-Identifier: Apache-2.0
"""as_sudo.py UID GROUP,GROUP... COMMAND...: what a process tree under sudo looks like. Below a
process of that user, with these groups, there is one like sudo, whose real uid is the user's but
which is root in effect, with root's groups; and below that the command runs as root."""
import os
import sys

uid, groups = int(sys.argv[1]), [int(word) for word in sys.argv[2].split(",")]


def fork_and_become(groups, real, effective):
    """Returns in the child, when its parent has become another."""
    told_read, told_write = os.pipe()
    child = os.fork()
    if child == 0:
        os.read(told_read, 1)
        return
    os.setgroups(groups)
    os.setresgid(real, effective, effective)
    os.setresuid(real, effective, effective)
    os.write(told_write, b"x")
    sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))


fork_and_become(groups, uid, uid)
fork_and_become([0], uid, 0)
os.execvp(sys.argv[3], sys.argv[3:])

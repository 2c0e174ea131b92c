# SPDX-License-Identifier: Apache-2.0
"""as_sudo.py UID GROUP,GROUP... COMMAND...: what a process tree under sudo looks like: below a
process of that user, with these groups, the command runs as root."""
import os
import sys

uid, groups = int(sys.argv[1]), [int(word) for word in sys.argv[2].split(",")]
told_read, told_write = os.pipe()
child = os.fork()
if child == 0:
    os.read(told_read, 1)  # root still, while its parent becomes the user
    os.execvp(sys.argv[3], sys.argv[3:])
os.setgroups(groups)
os.setresgid(uid, uid, uid)
os.setresuid(uid, uid, uid)
os.write(told_write, b"x")
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))

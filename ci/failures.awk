# SPDX-License-Identifier: Apache-2.0
#
# The part of a log that tells which tests failed and why: node's TAP, Python's unittest, cmocka.
# Prints nothing where it finds no such part. At most LINES lines a failure.

BEGIN { if (!LINES) LINES = 25 }

function begin_failure(kind) {
	inside = kind
	left = LINES
}

# node: from "not ok" to the end of its details; a subtest is indented
/^ *not ok / { begin_failure("node") }
inside == "node" && /^ *\.\.\.$/ { inside = "" }

# unittest: from a head to the next rule
/^(FAIL|ERROR): / { begin_failure("unittest") }
inside == "unittest" && /^={20}/ { inside = "" }
inside == "unittest" && /^Ran [0-9]+ test/ { inside = "" }

# cmocka: what it says of an error, and the names at the end
/^\[  (ERROR  |FAILED ) \]/ { inside = ""; print; next }

inside != "" && left-- > 0 { print }

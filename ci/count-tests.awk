# SPDX-License-Identifier: Apache-2.0
#
# Reads what test runners print and adds up: cmocka, Python's unittest, node's test runner, and
# lines like "3 passed, 0 failed, 1 skipped". Prints "PASSED FAILED SKIPPED" as numbers.

function before(text, mark) { # the number before a mark
	sub(mark ".*", "", text)
	sub(/.*[^0-9]/, "", text)
	return text + 0
}

function after(text, mark) { # the number after a mark, 0 without it
	if (!match(text, mark "[0-9]+"))
		return 0
	text = substr(text, RSTART, RLENGTH)
	sub(/.*[^0-9]/, "", text)
	return text + 0
}

/^\[  PASSED  \].* test\(s\)/ { passed += before($0, " test\\(s\\)"); next }
/^\[  FAILED  \].* test\(s\)/ { failed += before($0, " test\\(s\\)"); next }
/^\[  SKIPPED \].* test\(s\)/ { skipped += before($0, " test\\(s\\)"); next }

/^Ran [0-9]+ tests? in / { ran = $2; next }
ran != "" && /^(OK|FAILED|NO TESTS RAN)/ {
	bad = after($0, "failures=") + after($0, "errors=") + after($0, "unexpected successes=")
	left_out = after($0, "skipped=")
	# "failures=" is found within "expected failures=" too: those count as passed
	if ($0 ~ /expected failures=/ && $0 !~ /\(failures=/)
		bad -= after($0, "expected failures=")
	passed += ran - bad - left_out
	failed += bad
	skipped += left_out
	ran = ""
	next
}

/^(#|ℹ) pass [0-9]+$/ { passed += $3; next }
/^(#|ℹ) (fail|cancelled) [0-9]+$/ { failed += $3; next }
/^(#|ℹ) (skipped|todo) [0-9]+$/ { skipped += $3; next }

/^[0-9]+ passed, [0-9]+ failed/ {
	passed += $1
	failed += $3
	if ($0 ~ /failed, [0-9]+ skipped/)
		skipped += $5
}

END { print passed + 0, failed + 0, skipped + 0 }

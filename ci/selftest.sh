#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Do the checks themselves notice what they are there for? Made-up logs and a made-up repository.
# usage: sh ci/selftest.sh
set -u
ci=$(cd "$(dirname "$0")" && pwd) || exit 1
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
passed=0 failed=0

expect() { # what, wanted, got
	if [ "$2" = "$3" ]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAILED: $1: wanted '$2', got '$3'"
	fi
}

counted() { awk -f "$ci/count-tests.awk"; }

# ---- counting ----

expect 'cmocka 1.1' '4 1 2' "$(counted <<'LOG'
[==========] 7 test(s) run.
[  PASSED  ] 4 test(s).
[  SKIPPED ] 2 test(s), listed below:
[  SKIPPED ] one
[  FAILED  ] 1 test(s), listed below:
[  FAILED  ] another
LOG
)"
expect 'cmocka 2, which names the group' '1 2 0' "$(counted <<'LOG'
[  PASSED  ] 1 test(s).
[  FAILED  ] group_17: 2 test(s), listed below:
LOG
)"
expect 'unittest, all good' '3 0 0' "$(printf 'Ran 3 tests in 0.1s\n\nOK\n' | counted)"
expect 'unittest, some not' '4 3 2' "$(counted <<'LOG'
Ran 9 tests in 0.100s

FAILED (failures=1, errors=2, skipped=2)
LOG
)"
expect 'unittest, a failure that was expected' '2 0 0' "$(counted <<'LOG'
Ran 2 tests in 0.100s

OK (expected failures=1)
LOG
)"
expect 'node, as TAP' '5 2 1' "$(counted <<'LOG'
# tests 8
# pass 5
# fail 1
# cancelled 1
# skipped 1
LOG
)"
expect 'node, for people' '5 1 0' "$(printf 'ℹ pass 5\nℹ fail 1\nℹ skipped 0\n' | counted)"
expect 'our own runners' '7 3 5' "$(counted <<'LOG'
3 passed, 1 failed
4 passed, 2 failed, 5 skipped
LOG
)"

# ---- what failed ----

failures() { awk -f "$ci/failures.awk"; }

expect 'node: the tests that failed, with their details' 'not ok 2 - two
  error: why
not ok 3 - three' "$(failures <<'LOG'
ok 1 - one
  ---
  ...
not ok 2 - two
  error: why
  ...
# Subtest: three
not ok 3 - three
  ...
1..3
LOG
)"
expect 'unittest: from the head to the next rule' 'FAIL: test_one (a.One)
AssertionError: 1' "$(failures <<'LOG'
test_one (a.One) ... FAIL
======================================================================
FAIL: test_one (a.One)
AssertionError: 1

Ran 3 tests in 0.1s
FAILED (failures=1)
LOG
)"
expect 'cmocka' '[  ERROR   ] --- 1 != 2
[  FAILED  ] one' "$(failures <<'LOG'
[ RUN      ] one
[  ERROR   ] --- 1 != 2
[  FAILED  ] one
[       OK ] two
LOG
)"
expect 'where all is well' '' "$(printf 'ok 1 - one\n[       OK ] two\nOK\n' | failures)"

# ---- hygiene ----

repository=$scratch/tree
mkdir -p "$repository/ci" "$repository/bpf"
cp "$ci/check-hygiene.sh" "$repository/ci/"
cd "$repository" || exit 1

commit() {
	git -c user.name=x -c user.email=x@localhost commit -q -m x
}

git init -q . && git add -A && commit
expect 'a clean tree' '' "$(sh ci/check-hygiene.sh)"

complaint() { # file: its text on stdin; gives what is said of it, the last word of each line
	mkdir -p "$(dirname "$1")"
	cat >"$1"
	git add -A -f && commit
	sh ci/check-hygiene.sh | cut -d ' ' -f 2-3 | tr '\n' ';'
	git rm -q -f "$1" && commit
}

licence='/* SPDX-License-Identifier: Apache-2.0 */'
expect 'no licence' 'has no;' "$(echo 'int x;' | complaint a.c)"
expect 'the wrong licence in bpf/' 'has no;' "$(echo "$licence" | complaint bpf/a.h)"
expect 'a binary' 'binary;' "$(printf 'a\000b' | complaint picture)"
expect 'a generated file' 'generated: it;' "$(echo x | complaint old/thing.o)"
expect 'a path of one machine' 'holds a;' "$(echo 'see /wor''k/here' | complaint notes.txt)"
expect 'a registry host' 'names a;' \
	"$(echo '{"resolved": "https://example.org/x.tgz"}' | complaint package-lock.json)"
expect 'a long file' 'over 600;' \
	"$( (echo "$licence" && yes '' | head -n 600) | complaint long.c)"

echo "$passed passed, $failed failed"
[ $failed -eq 0 ]

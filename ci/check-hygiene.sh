#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# What must not be in the repository, and what each file must have. Prints `file: what is wrong`.
# usage: sh ci/check-hygiene.sh
set -u
cd "$(dirname "$0")/.." || exit 1

MOST_LINES=600
# Long for a reason: a table that is read beside the kernel's own headers; a lock file.
LONG_ALLOWED='^(vmlinux/|html/package-lock\.json$)'
# Written by machines: none of them belongs in git.
GENERATED='(^|/)(build|node_modules|__pycache__)/|\.(o|a|so|pyc|skel\.h|cdict|part)$'
PRIVATE_PATH='(^|[^A-Za-z0-9_.])/(work|farm|root)/'
SOURCES='\.(c|h|py|sh|awk|js|mjs|ts|css)$|(^|/)(Makefile|rules\.mk)$'

tracked=$(mktemp) || exit 1
found=$(mktemp) || exit 1
trap 'rm -f "$tracked" "$found"' EXIT
git ls-files >"$tracked" || exit 1

complain() { # reads names, one a line
	while read -r name; do
		echo "$name: $1" >>"$found"
	done
}

licence_of() {
	case $1 in
	# a program that calls helpers for GPL programs only, and includes bpf/
	bpf/* | vmlinux/* | tests/bench/kvm_pairs.bpf.c) echo 'GPL-2.0-only OR BSD-2-Clause' ;;
	*) echo 'Apache-2.0' ;;
	esac
}

grep -E "$GENERATED" "$tracked" | complain 'generated: it does not belong in git'

# git's own word: in a diff against nothing a binary file has "-" for its lines
git diff --numstat "$(git hash-object -t tree /dev/null)" HEAD -- | grep -P '^-\t-\t' | cut -f 3 |
	grep -vE '^html/gallery/.*\.png$' | complain 'binary'

git grep -lE "$PRIVATE_PATH" -- . ':!ci/check-hygiene.sh' | complain 'holds a path of one machine'

grep -E '(^|/)package-lock\.json$' "$tracked" | while read -r lock; do
	grep -q '"resolved"' "$lock" && echo "$lock"
done | complain 'names a registry host: npm install --omit-lockfile-registry-resolved'

grep -E "$SOURCES" "$tracked" | while read -r name; do
	head -n 3 "$name" | grep -qF "SPDX-License-Identifier: $(licence_of "$name")" || echo "$name"
done | complain 'has no SPDX line with the licence of its folder in its first three lines'

grep -E '\.(c|h|py|sh|js|mjs|ts)$' "$tracked" | grep -vE "$LONG_ALLOWED" | while read -r name; do
	[ "$(wc -l <"$name")" -le $MOST_LINES ] || echo "$name"
done | complain "over $MOST_LINES lines: does it hold two subjects?"

cat "$found"
[ ! -s "$found" ]

#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Runs all checks, layer by layer, and adds up. One line a layer; whatever was skipped is listed,
# and then what failed, with the tests' own words. The last line is "N passed, N failed, N skipped".
# usage: sh ci/check-layers.sh [BUILD] [LAYER...]      (`make check` calls it)
set -u
cd "$(dirname "$0")/.." || exit 1
exec </dev/null
# under `make check`: no flags and no job server of the outer make
unset MAKEFLAGS MAKELEVEL MFLAGS MAKEOVERRIDES

BUILD=${1:-build}
[ $# -eq 0 ] || shift
LAYERS='build gcc clang unit sanitised scripts includes hygiene formatting manuals sim cli openstack install html page fuzz live vm'
NEED_NO_BUILD='scripts includes hygiene formatting manuals'
CLANG_FORMAT_MAJOR=14 # releases differ in details: others only advise
export BUILD PFTRACE="$BUILD/pftrace" PYTHONDONTWRITEBYTECODE=1

logs=$BUILD/check
jobs=$(nproc)
# Debian's msgpack for Python belongs to Debian's Python
PYTHON=$([ -x /usr/bin/python3 ] && echo /usr/bin/python3 || echo python3)
export PYTHON
passed=0 failed=0 skipped=0 broken='' unbuilt=no
mkdir -p "$logs" || exit 1
: >"$logs/skips"
: >"$logs/failures"

make_quiet() { make --no-print-directory -j "$jobs" "$@"; }

# ---- layers: succeed, fail, or say why they are skipped and return 77 ----

skip() {
	echo "SKIP: $*"
	return 77
}

no_warnings() { # in a build's log
	! grep -n 'warning:' "$1"
}

run_build() {
	make_quiet all tests
}

build_strictly() { # compiler: everything anew, warnings are errors
	command -v "$1" >/dev/null || skip "no $1" || return
	rm -rf "$BUILD/strict-$1"
	make_quiet CC="$1" BUILD="$BUILD/strict-$1" CFLAGS='-O2 -g -Werror' all tests \
		>"$logs/strict-$1.log" 2>&1
	status=$?
	cat "$logs/strict-$1.log"
	[ $status -eq 0 ] && no_warnings "$logs/strict-$1.log"
}

run_gcc() { build_strictly gcc; }

run_clang() { build_strictly clang; }

run_unit() { make_quiet unit; }

run_sanitised() { make_quiet SAN=1 unit; }

run_scripts() {
	command -v git >/dev/null || skip 'no git' || return
	sh ci/selftest.sh
}

run_includes() {
	$PYTHON ci/check-includes.py --selftest && $PYTHON ci/check-includes.py
}

in_git() {
	git ls-files --error-unmatch Makefile >/dev/null 2>&1
}

run_hygiene() {
	in_git || skip 'this is no git work tree' || return
	sh ci/check-hygiene.sh
}

format_of_scripts() {
	prettier=html/node_modules/.bin/prettier
	[ -x $prettier ] || skip 'no prettier: make has not installed the packages of html' || return
	git ls-files '*.js' '*.mjs' | xargs $prettier --config html/.prettierrc.json --check
}

run_formatting() {
	in_git || skip 'this is no git work tree' || return
	format_of_scripts || return
	command -v clang-format >/dev/null || skip 'no clang-format' || return
	major=$(clang-format --version | sed 's/.*version \([0-9]*\).*/\1/')
	git ls-files '*.c' '*.h' | grep -v '^vmlinux/' |
		xargs clang-format --dry-run -Werror >"$logs/clang-format.log" 2>&1 && return
	cat "$logs/clang-format.log"
	[ "$major" != $CLANG_FORMAT_MAJOR ] || return 1
	skip "clang-format $major, not $CLANG_FORMAT_MAJOR, would write some lines otherwise"
}

manual_sources() {
	find . -path ./html/node_modules -prune -o -path ./build -prune -o -name '*.[1-8].rst' -print
	find ./man ./docs -name '*.rst' 2>/dev/null
}

run_manuals() {
	for tool in rst2man rst2man.py; do
		command -v $tool >/dev/null && break
	done || skip 'no rst2man (python3-docutils)' || return
	sources=$(manual_sources | sort -u)
	[ -n "$sources" ] || skip 'there are no manual pages yet' || return
	good=0 bad=0
	for source in $sources; do
		if $tool --strict "$source" /dev/null; then
			good=$((good + 1))
		else
			bad=$((bad + 1))
			echo "$source: rst2man --strict complains"
		fi
	done
	# README has pictures, which manual pages cannot have: rst2man.py has a rst2html.py beside it
	if "rst2html${tool#rst2man}" --strict README.rst /dev/null; then
		good=$((good + 1))
	else
		bad=$((bad + 1))
		echo "README.rst: rst2html --strict complains"
	fi
	echo "$good passed, $bad failed"
	[ $bad -eq 0 ]
}

has_target() {
	! make -n "$1" 2>&1 | grep -q "No rule to make target '$1'"
}

node_tests() { # folder: its test files, not those of packages
	find "$1" -name node_modules -prune -o \
		\( -name '*.test.*js' -o -name 'test_*.*js' -o -path '*/test/*.*js' \) -print 2>/dev/null
}

run_node_tests() { # folder, seconds at most
	if [ -f "$1/package-lock.json" ] && [ ! -d "$1/node_modules" ]; then
		(cd "$1" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error) ||
			skip "the packages of $1 could not be had from the npm registry" || return
	fi
	# shellcheck disable=SC2046 # a list of names
	timeout -k 10 "$2" node --test $(node_tests "$1")
}

# A layer of tests/NAME: by its make target, or else its Python or node tests.
run_tests_of() { # name, seconds at most
	if has_target "$1"; then
		timeout -k 10 "$2" make --no-print-directory "$1"
	elif ls "tests/$1"/test_*.py >/dev/null 2>&1; then
		timeout -k 10 "$2" "$PYTHON" -m unittest discover -v -s "tests/$1"
	elif [ -n "$(node_tests "tests/$1")" ]; then
		run_node_tests "tests/$1" "$2"
	else
		skip "there is neither a make target '$1' nor a test in tests/$1 yet"
	fi
	status=$?
	[ $status -ne 124 ] || echo "took more than $2 seconds"
	return $status
}

# The seconds end what hangs, and nothing else: beside others a machine takes five times as long.

run_sim() { run_tests_of sim 1800; }

run_cli() { run_tests_of cli 1200; }

run_openstack() {
	pkg-config --exists libcurl jansson yaml-0.1 || skip 'no libcurl, jansson or libyaml' || return
	run_tests_of openstack-test 900
}

run_install() { run_tests_of install-test 900; }

run_html() {
	[ -n "$(node_tests html)" ] || skip 'there are no tests in html/test yet' || return
	run_node_tests html 900
}

run_page() { run_tests_of page 1800; }

run_fuzz() { run_tests_of fuzz 900; }

run_vm() {
	[ "$(uname -m)" = x86_64 ] || skip 'its kernels are those of x86_64' || return
	run_tests_of vm 1800
}

run_live() {
	[ "$(id -u)" = 0 ] || skip 'live tests need root: sudo sh ci/check.sh' || return
	[ -r /sys/kernel/btf/vmlinux ] || skip 'this kernel has no BTF' || return
	run_tests_of live 1800
}

# ---- running them ----

skip_lines() { # of a log: our own word, unittest's and node's
	sed -n -e 's/^SKIP: */SKIP: /p' \
		-e "s/^\(test[^ ]*\) (.*) \.\.\. skipped ['\"]\(.*\)['\"]$/SKIP: \1: \2/p" \
		-e 's/^ok [0-9]* - \(.*\) # SKIP *\(.*\)/SKIP: \1: \2/p' \
		-e 's/^ *﹣ \(.*\) ([0-9.]*ms) # \(.*\)/SKIP: \1: \2/p' "$1"
}

count() { # layer, exit status: adds to the sums, prints the layer's own
	# shellcheck disable=SC2046 # three numbers
	set -- "$1" "$2" $(awk -f ci/count-tests.awk "$logs/$1.log")
	good=$3 bad=$4 left_out=$5
	case $2 in
	0) [ $((good + bad + left_out)) -gt 0 ] || good=1 ;; # a layer is a test, too
	77) [ $((good + bad + left_out)) -gt 0 ] || left_out=1 ;;
	*) [ "$bad" -gt 0 ] || bad=1 ;;
	esac
	passed=$((passed + good)) failed=$((failed + bad)) skipped=$((skipped + left_out))
	echo "$good passed, $bad failed, $left_out skipped"
}

built_or_needless() { # layer
	case " $NEED_NO_BUILD " in
	*" $1 "*) return 0 ;;
	esac
	[ $unbuilt = no ] || skip 'the build failed'
}

tell_failures() { # layer: the tests that failed, or else the end of its log
	echo "---- $1: what failed; all of it: $logs/$1.log"
	awk -f ci/failures.awk "$logs/$1.log" >"$logs/$1.failures"
	[ -s "$logs/$1.failures" ] || tail -n 40 "$logs/$1.log" >"$logs/$1.failures"
	head -n 100 "$logs/$1.failures"
}

run_layer() {
	begin=$(date +%s%N)
	(built_or_needless "$1" && "run_$1") >"$logs/$1.log" 2>&1
	status=$?
	took=$((($(date +%s%N) - begin) / 100000000))
	# not in a subshell: it adds to the sums
	count "$1" $status >"$logs/counts"
	word=ok
	[ $status -ne 77 ] || word=SKIP
	[ $status -eq 0 ] || [ $status -eq 77 ] || word=FAIL
	[ "$bad" -eq 0 ] || word=FAIL
	printf '%-4s  %-10s %5d.%d s  %s\n' $word "$1" $((took / 10)) $((took % 10)) \
		"$(cat "$logs/counts")"
	skip_lines "$logs/$1.log" | sed "s/^SKIP:/SKIP: $1:/" >>"$logs/skips"
	[ "$word $1" != 'FAIL build' ] || unbuilt=yes
	[ $word != FAIL ] || {
		broken="$broken $1"
		tell_failures "$1" >>"$logs/failures"
	}
}

# shellcheck disable=SC2048 # one word a layer
for layer in ${*:-$LAYERS}; do
	run_layer "$layer"
done
sort -u "$logs/skips"
cat "$logs/failures"
[ -z "$broken" ] || echo "failed:$broken"
echo "$passed passed, $failed failed, $skipped skipped"
[ -z "$broken" ]

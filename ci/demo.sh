#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# From a fresh clone to a page about this machine: sets up, builds, records for some seconds with a
# little load of its own so that there is something to see, and renders.
# usage: sudo sh ci/demo.sh [SECONDS]
set -u
cd "$(dirname "$0")/.." || exit 1

seconds=${1:-15}
capture=build/demo.cdict
page=build/demo.html
loads=build/tests/load
load_pids=

fail() {
	echo "demo: $*" >&2
	exit 1
}

stop_loads() {
	for pid in $load_pids; do
		kill "$pid" 2>/dev/null
	done
}

start() { # a load in the background, ended with us
	"$@" </dev/null >/dev/null 2>&1 &
	load_pids="$load_pids $!"
}

case $seconds in
'' | *[!0-9]* | 0) fail "'$seconds' is no whole number of seconds; usage: sudo sh ci/demo.sh [SECONDS]" ;;
esac
[ "$(id -u)" = 0 ] || fail 'recording needs root: sudo sh ci/demo.sh'
sh ci/setup.sh || fail 'the set-up failed'
make --no-print-directory -j "$(nproc)" all loads || fail 'the build failed'

trap stop_loads EXIT
trap 'exit 1' INT TERM
last=$(($(nproc) - 1))
half=$((seconds / 2))
start $loads/stamp --name demo-stamp --cpu $last --seconds "$seconds" --out /dev/null
start $loads/spin --name demo-spin --cpu 0 --seconds "$half"
start $loads/forkstorm --children $((seconds * 100)) --parallel 2 --work-us 500 --prefix child
(
	sleep $half # the second half belongs to a pair that switches as fast as can be
	exec $loads/pipepair --name demo-pipe --cpu 0 --seconds $((seconds - half))
) </dev/null >/dev/null 2>&1 &
load_pids="$load_pids $!"

rm -f "$capture.part" # of a demo that was cut short
# as root itself: build/ is still root's
env -u SUDO_UID build/pftrace --duration "$seconds" --out $capture
status=$?
[ $status -eq 0 ] || [ $status -eq 3 ] || fail 'recording failed'
build/pftrace render $capture --out $page --label "demo on $(uname -n)" || fail 'rendering failed'
[ -z "${SUDO_UID:-}" ] || chown -R "$SUDO_UID:${SUDO_GID:-$SUDO_UID}" build html/node_modules 2>/dev/null
echo "demo: the page is $(pwd)/$page: open it in a browser"

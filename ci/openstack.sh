#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# pftrace-openstack against a real Keystone and Nova API: installs Debian's packages, sets both up below
# FOLDER (SQLite, free ports of loopback; what is there is made anew), fills them, passes the tests of
# tests/openstack/real and stops what it started. Takes some minutes, and as root since a test records.
# usage: sudo sh ci/openstack.sh [FOLDER [TEST...]]        (single tests: build/openstack test_cells)
set -u
cd "$(dirname "$0")/.." || exit 1

folder=${1:-build/openstack}
[ $# -eq 0 ] || shift
tests_pid=

fail() {
	echo "openstack: $*" >&2
	exit 1
}

stop_tests() { # they stop the services
	[ -n "$tests_pid" ] || return
	kill "$tests_pid" 2>/dev/null
	wait "$tests_pid"
}

has_python_modules() {
	/usr/bin/python3 -c 'import keystone, nova' 2>/dev/null
}

install_packages() {
	has_python_modules && return
	echo 'openstack: installing python3-keystone and python3-nova'
	apt-get update -q >"$folder/install.log" 2>&1
	DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends python3-keystone \
		python3-nova </dev/null >>"$folder/install.log" 2>&1
	has_python_modules || fail "python3-keystone and python3-nova cannot be had: $folder/install.log tells why"
}

# Only unpacked: it has Nova's programs and api-paste.ini, and would ask questions and make users.
unpack_nova_common() {
	[ -x "$folder/nova-common/usr/bin/nova-api-wsgi" ] && return
	(cd "$folder" && apt-get download -q nova-common && dpkg-deb -x nova-common_*.deb nova-common &&
		rm -f nova-common_*.deb) >>"$folder/install.log" 2>&1 ||
		fail "nova-common cannot be had: $folder/install.log tells why"
}

case $folder in
-*) fail 'usage: sudo sh ci/openstack.sh [FOLDER [TEST...]]' ;;
esac
[ "$(id -u)" = 0 ] || fail 'installing and recording need root: sudo sh ci/openstack.sh'
mkdir -p "$folder" || exit 1
folder=$(cd "$folder" && pwd) || exit 1
install_packages
unpack_nova_common
make --no-print-directory -j "$(nproc)" all openstack || fail 'the build failed'

trap stop_tests EXIT
trap 'exit 1' INT TERM
[ $# -gt 0 ] || set -- discover -s tests/openstack/real -v
OPENSTACK_FOLDER=$folder PYTHONPATH=tests/openstack/real PYTHONDONTWRITEBYTECODE=1 \
	/usr/bin/python3 -m unittest "$@" </dev/null &
tests_pid=$!
wait "$tests_pid"
status=$?
tests_pid=
[ -z "${SUDO_UID:-}" ] || chown -R "$SUDO_UID:${SUDO_GID:-$SUDO_UID}" build html/node_modules 2>/dev/null
exit $status

#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Sets a machine up and runs all checks. usage: sudo sh ci/check.sh
# The last line is "N passed, N failed, N skipped"; exit code 0 when nothing failed.
set -u
cd "$(dirname "$0")/.." || exit 1

sh ci/setup.sh || exit 1
sh ci/check-layers.sh build
status=$?
# run through sudo: what was built belongs to the user
[ -z "${SUDO_UID:-}" ] || chown -R "$SUDO_UID:${SUDO_GID:-$SUDO_UID}" build html/node_modules 2>/dev/null
exit $status

#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Installs from Debian's own packages what building and testing pftrace needs (Debian 12 or newer).
# Run as root; a second run takes a second. usage: sudo sh ci/setup.sh [--bench]
#
# Package names differ between releases: "a|b" means the first of these that the release has. What
# is there already is never touched.
# shellcheck disable=SC2086,SC2116 # lists of words are split on purpose
set -u

# compiling: the C side, the BPF side, the libraries (their -dev packages hold the static archives)
BUILD='gcc make pkg-config libc6-dev clang llvm bpftool libbpf-dev libelf-dev zlib1g-dev libzstd-dev
libmsgpack-c-dev|libmsgpack-dev libcurl4-openssl-dev libjansson-dev libyaml-dev git ca-certificates'
# bundling the page (only where no node 18 or newer and npm are there)
PAGE='nodejs npm'
# tests: unit, sanitizers and fuzzing, formatting, man pages, the reader in Python
TEST='libcmocka-dev libclang-rt-dev|libclang-rt-14-dev clang-format python3 python3-msgpack
python3-docutils python3-pygments procps util-linux dpkg-dev libcap2-bin'
# tests that are skipped, with a word, where these are not to be had
OPTIONAL='linux-perf chromium firefox-esr fonts-dejavu-core bpftrace tmux qemu-system-x86 busybox-static
lintian'
# peers that the benchmark compares with
BENCH='libbpf-tools|bpfcc-tools'

say() { echo "setup: $*"; }

fail() {
	echo "setup: $*" >&2
	exit 1
}

installed() {
	dpkg-query -W -f '${Status}\n' "$1" 2>/dev/null | grep -q '^install ok installed'
}

any_installed() {
	for package in $(echo "$1" | tr '|' ' '); do
		installed "$package" && return 0
	done
	return 1
}

# The groups "a|b" of a list of which no package is installed.
missing_of() {
	for group in $1; do
		any_installed "$group" || echo "$group"
	done
}

has_node() {
	command -v npm >/dev/null && command -v node >/dev/null &&
		[ "$(node -p 'process.versions.node.split(".")[0] >= 18' 2>/dev/null)" = true ]
}

# The first package of "a|b" that this release can install.
pick() {
	for package in $(echo "$1" | tr '|' ' '); do
		candidate=$(apt-cache policy "$package" 2>/dev/null | sed -n 's/^ *Candidate: //p')
		[ -n "$candidate" ] && [ "$candidate" != '(none)' ] && echo "$package" && return 0
	done
	return 1
}

apt_install() {
	DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@" \
		</dev/null >"$log" 2>&1 && return
	tail -n 15 "$log" >&2
	say "apt-get could not install: $*"
	return 1
}

bench=no
for word in "$@"; do
	case $word in
	--bench) bench=yes ;;
	*) fail "unknown option '$word'; usage: sudo sh ci/setup.sh [--bench]" ;;
	esac
done

command -v apt-get >/dev/null ||
	fail "this is not Debian: install the counterparts of: $(echo $BUILD $PAGE $TEST $OPTIONAL)"

required=$(missing_of "$BUILD $TEST")
has_node || required="$required $(missing_of "$PAGE")"
wanted=$(missing_of "$OPTIONAL")
[ $bench = no ] || wanted="$wanted $(missing_of "$BENCH")"
required=$(echo $required) wanted=$(echo $wanted)

if [ -z "$required$wanted" ]; then
	say "everything is there"
	exit 0
fi
# what is only wanted may have no package on this release: do not ask for it again at every run
stamp=/var/cache/pftrace-setup-unavailable
if [ -z "$required" ] && [ "$(cat $stamp 2>/dev/null)" = "$wanted" ]; then
	say "everything is there but $wanted (no package on this release)"
	exit 0
fi

[ "$(id -u)" = 0 ] || fail "missing: $required $wanted; run: sudo sh ci/setup.sh"
log=$(mktemp) || exit 1
trap 'rm -f "$log"' EXIT

say "updating apt's lists"
apt-get update -q </dev/null >"$log" 2>&1 || {
	tail -n 5 "$log" >&2
	say "the lists could not be updated; trying with those that are there"
}

packages=
for group in $required; do
	package=$(pick "$group") || fail "no package for '$group' on this release"
	packages="$packages $package"
done
if [ -n "$packages" ]; then
	say "installing$packages"
	apt_install $packages || exit 1
fi

absent=
packages=
for group in $wanted; do
	if package=$(pick "$group"); then
		packages="$packages $package"
	else
		absent="$absent $group"
	fi
done
if [ -n "$packages" ]; then
	say "installing$packages"
	apt_install $packages || say "going on without: tests that need these are skipped"
fi
absent=$(echo $absent)
rm -f $stamp
if [ -n "$absent" ]; then
	say "no package on this release for $absent: tests that need it are skipped"
	echo "$absent" >$stamp
fi

has_node || fail "node is $(node --version 2>/dev/null || echo absent) after all, 18 or newer with npm is needed"
say "done"

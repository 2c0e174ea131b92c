#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Builds build/pftrace_VERSION_ARCH.deb from what `make install` installs. `make deb` calls it, with
# VERSION, MAINTAINER, MAKE and BUILD set. Needs dpkg-dev (dpkg-shlibdeps) and no root.
set -eu
cd "$(dirname "$0")/.."

for tool in dpkg-deb dpkg-shlibdeps; do
	command -v $tool >/dev/null || {
		echo "make-deb: $tool is missing: install dpkg-dev" >&2
		exit 1
	}
done
umask 022
arch=$(dpkg --print-architecture)
stage=$BUILD/deb
root=$stage/root
doc=$root/usr/share/doc/pftrace
# the same input gives the same package
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || date +%s)}
export SOURCE_DATE_EPOCH

install_files() {
	rm -rf "$stage"
	mkdir -p "$doc" "$root/DEBIAN" "$stage/debian"
	$MAKE --no-print-directory install DESTDIR="$(pwd)/$root" PREFIX=/usr BUILD="$BUILD" >/dev/null
	for program in pftrace pftrace-openstack; do
		[ ! -e "$root/usr/bin/$program" ] ||
			strip --strip-unneeded --remove-section=.comment --remove-section=.note \
				"$root/usr/bin/$program"
	done
	find "$root/usr/share/man" -type f -exec gzip -9n {} +
	sed "s/@YEAR@/$(date -u -d "@$SOURCE_DATE_EPOCH" +%Y)/" tools/debian-copyright >"$doc/copyright"
	changelog | gzip -9n >"$doc/changelog.gz"
}

changelog() {
	printf 'pftrace (%s) unstable; urgency=medium\n\n  * Built from its own source tree.\n\n' "$VERSION"
	printf ' -- %s  %s\n' "$MAINTAINER" "$(LC_ALL=C date -u -R -d "@$SOURCE_DATE_EPOCH")"
}

# What a program is linked with, in packages; dpkg-shlibdeps wants a source package around it.
libraries_of() {
	printf 'Source: pftrace\nPackage: pftrace\nArchitecture: any\n' >"$stage/debian/control"
	(cd "$stage" && dpkg-shlibdeps -O "root/usr/bin/$1" 2>/dev/null) |
		sed -n 's/^shlibs:Depends=//p'
}

# A host that is in no cloud does without what only the helper needs.
recommends() {
	[ ! -e "$root/usr/bin/pftrace-openstack" ] ||
		echo "Recommends: $(libraries_of pftrace-openstack)"
}

control() {
	cat <<CONTROL
Package: pftrace
Version: $VERSION
Architecture: $arch
Maintainer: $MAINTAINER
Installed-Size: $(du -k -s --apparent-size "$root/usr" | cut -f 1)
Depends: $(libraries_of pftrace)
$(recommends)
Section: utils
Priority: optional
Description: scheduler tracer that costs almost nothing
 Records inside the kernel, on eBPF, what ran on which core, for how long, and
 who waited, and shows it as tables and as one HTML page. Whatever is not
 recorded is counted; samples are proven against totals that the kernel keeps.
 .
 Needs Linux 5.15 or newer with BTF, and the rights to load BPF programs.
CONTROL
}

install_files
control | grep . >"$root/DEBIAN/control"
(cd "$root" && find usr -type f -print0 | LC_ALL=C sort -z | xargs -0 md5sum) >"$root/DEBIAN/md5sums"
find "$root" -newermt "@$SOURCE_DATE_EPOCH" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
dpkg-deb --root-owner-group -Zxz --build "$root" "$BUILD/pftrace_${VERSION}_$arch.deb" >/dev/null
echo "$BUILD/pftrace_${VERSION}_$arch.deb"

# SPDX-License-Identifier: Apache-2.0
# make man: the manual pages. make install [DESTDIR=] [PREFIX=/usr/local]: binary, pages, completion
# for bash, a systemd unit (not enabled). make deb: a Debian package of what is installed, in build/.

PREFIX ?= /usr/local
BINDIR ?= $(PREFIX)/bin
MANDIR ?= $(PREFIX)/share/man
COMPLETIONDIR ?= $(PREFIX)/share/bash-completion/completions
UNITDIR ?= $(PREFIX)/lib/systemd/system
TMPFILESDIR ?= $(PREFIX)/lib/tmpfiles.d
INSTALL ?= install
RST2MAN ?= $(firstword $(foreach tool,rst2man rst2man.py,$(shell command -v $(tool))))
MAINTAINER ?= pftrace maintainers <maintainers@pftrace.invalid>

MAN_SOURCES := $(sort $(wildcard user/man/*.rst))
MAN_PAGES := $(MAN_SOURCES:user/man/%.rst=build/man/%)

# Programs beside the binary, each with a manual page.
HELPERS := tools/pftrace-vm-map

.PHONY: man install deb
man: $(MAN_PAGES)

build/man/%: user/man/%.rst
	$(say) MAN $@
	@mkdir -p $(@D)
	$(Q)[ -n "$(RST2MAN)" ] || { echo 'make: rst2man is missing: install python3-docutils' >&2; exit 1; }
	$(Q)$(RST2MAN) --strict $< $@.tmp && mv $@.tmp $@

install: all man
	$(Q)$(INSTALL) -d $(DESTDIR)$(BINDIR) $(DESTDIR)$(COMPLETIONDIR) \
		$(DESTDIR)$(MANDIR)/man1 $(DESTDIR)$(MANDIR)/man5 $(DESTDIR)$(UNITDIR) \
		$(DESTDIR)$(TMPFILESDIR)
	$(Q)$(INSTALL) -m 755 $(BUILD)/pftrace $(HELPERS) $(DESTDIR)$(BINDIR)/
	$(Q)$(INSTALL) -m 644 tools/pftrace.bash $(DESTDIR)$(COMPLETIONDIR)/pftrace
	$(Q)sed 's|@BINDIR@|$(BINDIR)|' tools/pftrace.service >$(BUILD)/pftrace.service
	$(Q)$(INSTALL) -m 644 $(BUILD)/pftrace.service $(DESTDIR)$(UNITDIR)/
	$(Q)$(INSTALL) -m 644 tools/pftrace.tmpfiles $(DESTDIR)$(TMPFILESDIR)/pftrace.conf
	$(Q)for page in $(MAN_PAGES); do \
		$(INSTALL) -m 644 $$page $(DESTDIR)$(MANDIR)/man$${page##*.}/ || exit 1; done

deb: all man
	$(say) DEB build
	$(Q)VERSION='$(VERSION)' MAINTAINER='$(MAINTAINER)' MAKE='$(MAKE)' BUILD='$(BUILD)' sh tools/make-deb.sh

# SPDX-License-Identifier: Apache-2.0
# Tests of the page in a real browser: make page-test (skipped, with a word, where there is none).

CHROMIUM ?= $(firstword $(wildcard /usr/bin/chromium /usr/bin/chromium-browser))
MAKE_CAPTURE := $(BUILD)/tests/page/make_capture
PAGE_NPM_STAMP := build/page-npm.stamp

.PHONY: page page-test html-test
tests: $(MAKE_CAPTURE)

$(MAKE_CAPTURE): $(BUILD)/tests/page/make_capture.o $(LIBRARY)
	$(say) LINK $@
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LIBRARIES)

$(PAGE_NPM_STAMP): tests/page/package-lock.json
	$(say) NPM tests/page
	@mkdir -p $(@D)
	$(Q)cd tests/page && $(NPM) ci --ignore-scripts --no-audit --no-fund --loglevel=error
	$(Q)touch $@

# The page's pure functions, without a browser.
html-test: $(NPM_STAMP)
	$(Q)node --test html/test/*.test.mjs

page: page-test
ifeq ($(CHROMIUM),)
page-test:
	@echo 'SKIP: page: there is no chromium (package chromium)'
else
page-test: $(BUILD)/pftrace $(MAKE_CAPTURE) $(PAGE_NPM_STAMP)
	$(Q)PFTRACE=$(abspath $(BUILD)/pftrace) MAKE_CAPTURE=$(abspath $(MAKE_CAPTURE)) \
		CHROMIUM=$(CHROMIUM) node --test --test-concurrency=1 tests/page/*.test.mjs
endif

# The pictures in README, of real captures: sudo sh ci/demo.sh; make picture [CAPTURE=FILE]
# [KVM_CAPTURE=FILE]; without a capture with guests in it, their picture stays as it is.
CAPTURE ?= build/demo.cdict
KVM_CAPTURE ?=
picture_of = CHROMIUM=$(CHROMIUM) node tests/page/picture.mjs build/picture.html html/gallery/$(1).png $(1)
.PHONY: picture
picture: $(BUILD)/pftrace $(PAGE_NPM_STAMP)
	$(Q)test -e $(CAPTURE) || { echo "make: there is no $(CAPTURE): sudo sh ci/demo.sh records one; or make picture CAPTURE=FILE" >&2; exit 1; }
	$(Q)$(BUILD)/pftrace render $(CAPTURE) --out build/picture.html --label 'A demo of pftrace'
	$(Q)$(call picture_of,page)
	$(Q)$(call picture_of,lanes)
ifneq ($(KVM_CAPTURE),)
	$(Q)$(BUILD)/pftrace render $(KVM_CAPTURE) --out build/picture.html --label 'Guests'
	$(Q)$(call picture_of,guests)
endif

# An hour, and a day, of 256 cores and 5,000 tasks: size, time and memory of render; first chart; frames.
.PHONY: page-measure
page-measure: $(BUILD)/pftrace $(MAKE_CAPTURE) $(PAGE_NPM_STAMP)
	$(Q)mkdir -p build/scale
	$(Q)for kind in hour day; do \
		test -e build/scale/$$kind.cdict || $(MAKE_CAPTURE) $$kind build/scale/$$kind.cdict || exit 1; \
		for cells in 5 12; do \
			/usr/bin/time -f "render $$kind --cells $$cells: %e s, %U s of CPU, %M KiB" $(BUILD)/pftrace render --cells $$cells build/scale/$$kind.cdict --out build/scale/$$kind.html && \
			ls -s --block-size=MB build/scale/$$kind.html && CHROMIUM=$(CHROMIUM) node tests/page/measure.mjs build/scale/$$kind.html || exit 1; done; done

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

# The picture in README, of a real capture: sudo sh ci/demo.sh; make picture [CAPTURE=FILE]
CAPTURE ?= build/demo.cdict
.PHONY: picture
picture: $(BUILD)/pftrace $(PAGE_NPM_STAMP)
	$(Q)test -e $(CAPTURE) || { echo "make: there is no $(CAPTURE): sudo sh ci/demo.sh records one; or make picture CAPTURE=FILE" >&2; exit 1; }
	$(Q)$(BUILD)/pftrace render $(CAPTURE) --out build/picture.html --label 'A demo of pftrace'
	$(Q)CHROMIUM=$(CHROMIUM) node tests/page/picture.mjs build/picture.html html/gallery/page.png

# An hour of 256 cores and 5,000 tasks: size, time and memory of render; first chart; frames.
.PHONY: page-measure
page-measure: $(BUILD)/pftrace $(MAKE_CAPTURE) $(PAGE_NPM_STAMP)
	$(Q)mkdir -p build/scale
	$(Q)test -e build/scale/hour.cdict || $(MAKE_CAPTURE) hour build/scale/hour.cdict
	$(Q)for cells in 5 12; do \
		/usr/bin/time -f "render --cells $$cells: %e s, %M KiB" $(BUILD)/pftrace render --cells $$cells build/scale/hour.cdict --out build/scale/hour.html && \
		ls -s --block-size=MB build/scale/hour.html && CHROMIUM=$(CHROMIUM) node tests/page/measure.mjs build/scale/hour.html || exit 1; done

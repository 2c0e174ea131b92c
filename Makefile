# SPDX-License-Identifier: Apache-2.0
# pftrace: make, make check, make bench, make static, make install, make deb, make clean; V=1 is loud,
# DEBUG=1, SAN=1.

MAKEFLAGS += --no-builtin-rules
CLANG ?= clang
LLVM_STRIP ?= llvm-strip
BPFTOOL ?= bpftool
PKG_CONFIG ?= pkg-config
NPM ?= npm
ARCH ?= $(shell uname -m)
VERSION := 0.1.0

BUILD := build
OPTIMISE := -O2
ifdef DEBUG
BUILD := build/debug
OPTIMISE := -Og
endif
ifdef SAN
BUILD := build/san
OPTIMISE := -O1 -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all
endif

ifeq ($(V),1)
Q :=
say = @:
else
Q := @
say = @printf '  %-8s %s\n'
endif

BPF_ARCH_x86_64 := x86
BPF_ARCH_aarch64 := arm64
BPF_ARCH := $(or $(BPF_ARCH_$(ARCH)),$(ARCH))

CFLAGS ?= $(OPTIMISE) -g
WARNINGS := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes
override CPPFLAGS += -Iuser -Ibpf -I$(BUILD) -D_GNU_SOURCE -DPFTRACE_VERSION='"$(VERSION)"'
override CFLAGS += -std=gnu17 $(WARNINGS)
# msgpack-c's library is called msgpackc (Debian 12) or msgpack-c (13); libelf wants zstd from 13 on.
libs = $(shell $(PKG_CONFIG) --libs $(1) 2>/dev/null)
MSGPACK := $(or $(call libs,msgpack-c),$(call libs,msgpack),-lmsgpackc)
LIBRARIES := -lbpf -lelf -lz $(MSGPACK) -lm -lpthread
STATIC_LIBRARIES = $(or $(call libs,--static libbpf libelf),-lbpf -lelf -lz) $(MSGPACK) -lm -lpthread

MAIN := user/pftrace.c
SOURCES := $(filter-out $(MAIN),$(sort $(wildcard user/*.c user/*/*.c)))
OBJECTS := $(SOURCES:%.c=$(BUILD)/%.o)
LIBRARY := $(BUILD)/libpftrace.a
UNIT_TESTS := $(patsubst tests/unit/%.c,$(BUILD)/tests/unit/%,$(sort $(wildcard tests/unit/test_*.c)))
UNIT_SHARED := $(patsubst %.c,$(BUILD)/%.o,$(filter-out $(wildcard tests/unit/test_*.c),$(wildcard tests/unit/*.c)))
PAGE_SOURCES := $(shell find html -path html/node_modules -prune -o -type f -print)
# The page does not depend on flags: one for all builds, and one installation of its tools.
PAGE := build/page.html
NPM_STAMP := build/npm.stamp

.PHONY: all check tests unit static clean format FORCE
all: $(BUILD)/pftrace

# ---- kernel side ----
# Two objects: KVM's can be loaded only where KVM is.
$(BUILD)/%.bpf.o: bpf/%.bpf.c $(wildcard bpf/*.h vmlinux/*.h)
	$(say) BPF $@
	@mkdir -p $(@D)
	$(Q)$(CLANG) -g -O2 -target bpf -mcpu=v3 -D__TARGET_ARCH_$(BPF_ARCH) -Wall -Wextra \
		-Wno-unused-parameter -Wno-missing-declarations -Ivmlinux -Ibpf -c $< -o $@
	$(Q)$(LLVM_STRIP) -g $@

$(BUILD)/%.skel.h: $(BUILD)/%.bpf.o
	$(say) SKEL $@
	$(Q)$(BPFTOOL) gen skeleton $< name $(*F)_bpf > $@.tmp && mv $@.tmp $@

# ---- the page: bundled into one file, embedded ----
$(NPM_STAMP): html/package-lock.json
	$(say) NPM html
	@mkdir -p $(@D)
	$(Q)command -v $(NPM) >/dev/null || { echo "make: npm is missing: install nodejs and npm (sudo sh ci/setup.sh does)" >&2; exit 1; }
	$(Q)cd html && $(NPM) ci --ignore-scripts --no-audit --no-fund --loglevel=error || \
		{ echo "make: the page needs esbuild and d3 from the npm registry, which could not be reached" >&2; exit 1; }
	$(Q)touch $@

$(PAGE): $(NPM_STAMP) $(PAGE_SOURCES)
	$(say) PAGE $@
	$(Q)node html/build.mjs --out $@

$(BUILD)/user/page/template.o: $(PAGE)
$(BUILD)/user/page/template.o: CPPFLAGS += -DPAGE_FILE='"$(PAGE)"'

# ---- user side ----
# Only user/live includes the skeleton; it must be there before dependencies are known.
$(patsubst %.c,$(BUILD)/%.o,$(wildcard user/live/*.c)): $(BUILD)/pftrace.skel.h $(BUILD)/kvm.skel.h

$(BUILD)/%.o: %.c $(BUILD)/flags
	$(say) CC $@
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c $< -o $@

$(LIBRARY): $(OBJECTS)
	$(say) AR $@
	$(Q)rm -f $@ && $(AR) rcs $@ $^

$(BUILD)/pftrace: $(BUILD)/user/pftrace.o $(LIBRARY)
	$(say) LINK $@
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LIBRARIES)

# One binary without shared libraries, for copying to any host.
static: $(BUILD)/pftrace-static
$(BUILD)/pftrace-static: $(BUILD)/user/pftrace.o $(BUILD)/user/live/libelf_static.o $(LIBRARY)
	$(say) LINK $@
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -static -o $@ $^ $(STATIC_LIBRARIES)

# Objects are made anew when the flags change.
$(BUILD)/flags: FORCE
	@mkdir -p $(@D)
	@echo '$(CC) $(CPPFLAGS) $(CFLAGS)' | cmp -s - $@ || echo '$(CC) $(CPPFLAGS) $(CFLAGS)' > $@

# ---- tests ----
$(BUILD)/tests/unit/%: $(BUILD)/tests/unit/%.o $(UNIT_SHARED) $(LIBRARY)
	$(say) LINK $@
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $< $(UNIT_SHARED) $(LIBRARY) $(LIBRARIES) -lcmocka
$(BUILD)/tests/unit/%.o: override CPPFLAGS += -Itests/unit
.SECONDARY:

# Everything that tests need, built but not run; tests/*/rules.mk add to it.
tests: $(UNIT_TESTS)

unit: $(UNIT_TESTS)
	$(Q)for test in $(UNIT_TESTS); do echo "== $$test"; $$test || exit 1; done

# Tests of every depth; prints a summary with what was skipped.
check: all
	$(Q)sh ci/check-layers.sh $(BUILD)

include tools/install.mk
-include $(wildcard tools/*/rules.mk tests/*/rules.mk)
-include $(shell find $(BUILD)/user $(BUILD)/tools $(BUILD)/tests -name '*.d' 2>/dev/null)

format: $(NPM_STAMP)
	$(Q)clang-format -i $(shell git ls-files '*.c' '*.h' | grep -v '^vmlinux/')
	$(Q)html/node_modules/.bin/prettier --config html/.prettierrc.json --log-level warn --write $(shell git ls-files '*.js' '*.mjs')

clean:
	$(Q)rm -rf build html/node_modules

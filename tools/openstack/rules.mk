# SPDX-License-Identifier: Apache-2.0
# make openstack: pftrace-openstack, which names an OpenStack cloud's instances. Part of `all` where its
# libraries are: curl (HTTP and TLS), jansson (JSON), libyaml (clouds.yaml).

OPENSTACK := $(BUILD)/pftrace-openstack
OPENSTACK_PACKAGES := libcurl jansson yaml-0.1
# By name and not from the library: its json_string() is not jansson's.
OPENSTACK_BASE := $(patsubst %,$(BUILD)/user/base/%.o,array clean csv_writer number open_name out_file utf8)
OPENSTACK_OBJECTS := $(patsubst %.c,$(BUILD)/%.o,$(sort $(wildcard tools/openstack/*.c)))
HAS_OPENSTACK := $(shell $(PKG_CONFIG) --exists $(OPENSTACK_PACKAGES) 2>/dev/null && echo yes)

.PHONY: openstack
ifeq ($(HAS_OPENSTACK),yes)
all openstack: $(OPENSTACK)
install: $(OPENSTACK)
HELPERS += $(OPENSTACK)
else
openstack:
	@echo 'make: pftrace-openstack needs libcurl4-openssl-dev, libjansson-dev and libyaml-dev' >&2; exit 1
endif

$(OPENSTACK): $(OPENSTACK_OBJECTS) $(OPENSTACK_BASE)
	$(say) LINK $@
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(call libs,$(OPENSTACK_PACKAGES))

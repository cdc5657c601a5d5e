# Xenith. `make help` lists the targets; variables: O (build folder), SAN=1 (sanitizers), PREFIX, DESTDIR, V=1 (show commands).
.SUFFIXES:
.DEFAULT_GOAL := all
MAKEFLAGS += --no-builtin-rules
SAN ?=
O ?= $(if $(SAN),build-san,build)
PREFIX ?= /usr/local
CC = gcc
CXX = $(CC:gcc=g++)
PKG_CONFIG ?= pkg-config
Q = $(if $(V),,@)
say = $(if $(V),,@printf '  %-6s %s\n' $1 $2)

# The rooms, those below first; each room.mk says what the room uses and links.
ROOMS := base template facts kickstart answers multipath netbridge packages installer iso-build fleet guest cli
include $(ROOMS:%=%/room.mk)

PKGS := $(sort $(foreach r,$(ROOMS),$($(r)_PKGS)))
SRCS := $(foreach r,$(filter-out cli,$(ROOMS)),$(sort $(wildcard $r/*.c $r/*/*.c)))
CLI_SRCS := $(sort $(wildcard cli/*.c))
UNIT_SRCS := $(sort $(wildcard tests/unit/*.c))
FUZZ_SRCS := $(sort $(wildcard tests/fuzz/*.c))
HDRS := $(sort $(foreach r,$(ROOMS),$(wildcard $r/*.h $r/*/*.h)))
# toml++ is C++; all else is C.
CXX_SRCS := $(sort $(foreach r,$(ROOMS),$(wildcard $r/*.cc)))
OBJS := $(SRCS:%.c=$O/%.o) $(CXX_SRCS:%.cc=$O/%.o)
CLI_OBJS := $(CLI_SRCS:%.c=$O/%.o)
UNITS := $(UNIT_SRCS:tests/unit/%.c=$O/tests/%)
FUZZERS := $(FUZZ_SRCS:tests/fuzz/%.c=$O/fuzz/%)

WARN := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith -Wwrite-strings \
	-Wvla -Wformat=2 -Wno-format-nonliteral -Werror
, := ,
OPT := $(if $(SAN),-O1 -fsanitize=address$(,)undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer,-O2)
ALL_CFLAGS := -std=gnu11 -g $(OPT) $(WARN) -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -I. $(CFLAGS)
CXXFLAGS_ALL := -std=gnu++17 -g $(OPT) -Wall -Wextra -Werror -I. $(CXXFLAGS)
ALL_LDFLAGS := -Wl$(,)--as-needed -Wl$(,)--gc-sections $(if $(SAN),-fsanitize=address$(,)undefined) $(LDFLAGS)
PKG_CFLAGS = $(shell $(PKG_CONFIG) --cflags $(PKGS) 2>/dev/null)
PKG_LIBS = $(foreach r,$(ROOMS),$($(r)_LIBS)) $(shell $(PKG_CONFIG) --libs $(PKGS) 2>/dev/null)

# An installed host has them in /usr/lib/xenith (installer/target/toolkit.c). RPATH, not RUNPATH: for the libraries' own ones too.
OWN_LIBS := -Wl$(,)--disable-new-dtags$(,)-rpath$(,)'$$ORIGIN/../lib/xenith'

# The loader looks for each of thousands of symbols in one library after the other: those that have most of them come first.
FIRST_LIBS := $(if $(SAN),,-lc -lcrypto)

.PHONY: all deps check check-root check-uml check-e2e check-media check-reference demo bench bench-root lint format install clean help FORCE
all: $O/xenith

help:
	@echo 'all deps check check-root check-uml check-e2e check-media check-reference demo bench bench-root lint format install clean; SAN=1, O=DIR, V=1'

$O/xenith: $(CLI_OBJS) $O/libxenith.a
	$(call say,LINK,$@)
	$(Q)$(CC) $(ALL_LDFLAGS) $(OWN_LIBS) -o $@ $^ $(FIRST_LIBS) $(PKG_LIBS)

$O/libxenith.a: $(OBJS)
	$(call say,AR,$@)
	$(Q)rm -f $@ && ar crs $@ $^

$O/%.o: %.c $O/flags
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) $(PKG_CFLAGS) -MMD -MP -c -o $@ $<

$O/%.o: %.cc $O/flags
	$(call say,CXX,$<)
	@mkdir -p $(@D)
	$(Q)$(CXX) $(CXXFLAGS_ALL) $(PKG_CFLAGS) -MMD -MP -c -o $@ $<

$O/installer/target/firstboot.o: installer/target/firstboot.sh
$O/netbridge/files_xen.o: netbridge/vif-post.hook
$O/packages/groups.o: packages/groups.conf
$O/packages/stand_ins.o: packages/deb-systemd-helper.sh

# A changed flag rebuilds.
$O/flags: FORCE
	@mkdir -p $O
	@echo '$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) $(PKGS)' | cmp -s - $@ || echo '$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) $(PKGS)' >$@

$O/tests/%: tests/unit/%.c $O/libxenith.a
	$(call say,TEST,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) $(PKG_CFLAGS) $(ALL_LDFLAGS) -MMD -MP -o $@ $< $O/libxenith.a $(PKG_LIBS) -lcmocka

$O/fuzz/%: tests/fuzz/%.c $O/libxenith.a
	$(call say,FUZZ,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) $(PKG_CFLAGS) $(ALL_LDFLAGS) -MMD -MP -o $@ $< $O/libxenith.a $(PKG_LIBS)

-include $(OBJS:.o=.d) $(CLI_OBJS:.o=.d) $(UNITS:=.d) $(FUZZERS:=.d)

deps:
	tools/install-deps

check: deps
	$(Q)$(MAKE) --no-print-directory check-only

# What check runs once everything that it needs is installed.
.PHONY: check-only units
check-only: $O/xenith units lint
	$(Q)O=$O tests/run

units: $(UNITS) $(FUZZERS)

# The packages route: roots equal to mmdebstrap's, and faults that take their time.
check-root: deps
	$(Q)$(MAKE) --no-print-directory all
	$(Q)O=$O tests/root/faults.py slow
	$(Q)O=$O tests/root/crowd.py
	$(Q)O=$O tests/root/run

# Bonds and VLANs, also of guests, on a kernel that has them; the power fails in changes of the network.
check-uml: deps
	$(Q)$(MAKE) --no-print-directory $O/tests/test_net_bond $O/tests/test_net_cut
	$(Q)O=$O tests/uml.sh

check-e2e: deps
	$(Q)$(MAKE) --no-print-directory all
	$(Q)O=$O tests/e2e/run

# The kickstart parser beside pykickstart on random files; PYKICKSTART=DIR is a checkout of it.
.PHONY: check-reference
check-reference: $O/tests/test_ks_conform
	O=$O tests/ks-random --inputs 4000

# The boot medium in every kind of machine, one at a time.
check-media: deps
	$(Q)$(MAKE) --no-print-directory all
	$(Q)O=$O tests/e2e/media

demo: deps
	$(Q)$(MAKE) --no-print-directory all
	$(Q)O=$O tools/demo

# A part of it: root file systems beside mmdebstrap and debootstrap; BENCH_RUNS=3 for medians of three pairs.
bench-root: deps
	$(Q)$(MAKE) --no-print-directory all
	$(Q)O=$O tests/root/bench.py $(PARTS)

bench: deps
	$(Q)$(MAKE) --no-print-directory all
	$(Q)O=$O tests/bench
	$(Q)O=$O tests/bench-guest

lint: compile_commands.json
	$(Q)O=$O tools/lint $(HDRS)

format:
	clang-format -i $(SRCS) $(CLI_SRCS) $(UNIT_SRCS) $(FUZZ_SRCS) $(HDRS)

compile_commands.json: Makefile $(SRCS) $(CLI_SRCS) $(UNIT_SRCS)
	@{ echo '['; sep=; for f in $(SRCS) $(CLI_SRCS) $(UNIT_SRCS); do \
	  printf '%s{"directory":"%s","file":"%s","command":"$(CC) $(ALL_CFLAGS) $(PKG_CFLAGS) -c %s"}' "$$sep" "$(CURDIR)" "$$f" "$$f"; \
	  sep=,; done; echo ']'; } >$@

install: all
	install -D -m 755 $O/xenith $(DESTDIR)$(PREFIX)/sbin/xenith
	for t in templates/*; do install -D -m 644 $$t $(DESTDIR)$(PREFIX)/share/xenith/$$t; done
	for m in man/*.[1578]; do install -D -m 644 $$m $(DESTDIR)$(PREFIX)/share/man/man$${m##*.}/$${m##*/}; done

clean:
	rm -rf build build-san compile_commands.json

# make demo    builds dmascope and shows it at work
# make test    builds and runs all the tests
# make help    names the rest

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

SWIFT ?= swift
PACKAGES := libzstd-dev zlib1g-dev libsqlite3-dev
SOURCES := Sources Tests Package.swift
# Tests run the program some hundred times: optimised, they take a third of the time. Everything but the release is
# built with the same flags, so that nothing is built twice.
FLAGS := -Xswiftc -O
DEMO := fixtures/noncoherent.dat
DEMO_FOLDER := .build/demo
BENCH_TRACE ?= ../shared/captures/bench/large.dat

# Sample reports: one fixture for each question that a report answers, and a comparison of two. They are written by the build that `make test`
# leaves behind; the figures do not depend on it.
REPORTS := noncoherent mask32-6g lost-events mixed-b

# The runtime goes into the program where the toolchain has it to link, so that the program runs without Swift.
STATIC = $(shell folder="$$($(SWIFT) -print-target-info 2>/dev/null \
  | sed -n 's/.*"runtimeResourcePath": *"\(.*\)".*/\1_static/p')"; \
  if [ -n "$$folder" ] && [ -d "$$folder" ]; then echo --static-swift-stdlib; fi)

.PHONY: help
help: ## Names the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | while IFS=$$'\t' read -r name text; do \
	  printf '  make %-20s %s\n' "$$name" "$$text"; done

.PHONY: demo
demo: release ## Builds in release and reports on a recording of an arm64 board
	@mkdir -p $(DEMO_FOLDER)
	@program="$$($(SWIFT) build -c release $(STATIC) --show-bin-path)/dmascope"; \
	echo "\$$ dmascope report $(DEMO) --html $(DEMO_FOLDER)/noncoherent.html"; \
	"$$program" report $(DEMO) --html $(DEMO_FOLDER)/noncoherent.html; \
	echo; \
	echo "The program: $$program"; \
	echo "The page:    $(CURDIR)/$(DEMO_FOLDER)/noncoherent.html"

.PHONY: test
test: packages ## Builds and runs all the tests
	$(SWIFT) build $(FLAGS) --build-tests
	$(SWIFT) test $(FLAGS) --skip-build

.PHONY: build
build: packages ## Builds what the tests build, without the tests
	$(SWIFT) build $(FLAGS)

.PHONY: release
release: packages
	$(SWIFT) build -c release $(STATIC)

.PHONY: bench
bench: release ## Measures speed, memory and their growth, against trace-cmd, zstd and others (BENCH_TRACE=file)
	@Tests/Benchmark/bench.py --program "$$($(SWIFT) build -c release $(STATIC) --show-bin-path)/dmascope" "$(BENCH_TRACE)"

# FUZZ_READER: one of trace.dat, perf, text, jsonl, archive, wrapper, profile; all without it.
FUZZ_READER ?=
FUZZ_BUILD = $(SWIFT) build --package-path Tests/Fuzzing --scratch-path .build-fuzz -c release --product fuzz \
  -Xswiftc -sanitize=fuzzer,address

.PHONY: fuzz
fuzz: fuzzer ## Fuzzes every reader (FUZZ_SECONDS=60 each, FUZZ_READER=text)
	@Tests/Fuzzing/run fuzz "$$($(FUZZ_BUILD) --show-bin-path)/fuzz" $(FUZZ_READER)

.PHONY: fuzz-damage
fuzz-damage: fuzzer ## Cuts and changes inputs of every reader (FUZZ_CHANGES=10000)
	@Tests/Fuzzing/run damage "$$($(FUZZ_BUILD) --show-bin-path)/fuzz" $(FUZZ_READER)

.PHONY: fuzzer
fuzzer: packages
	@.ci/install-packages zstd python3
	@folder="$$($(SWIFT) -print-target-info | sed -n 's/.*"runtimeResourcePath": *"\(.*\)".*/\1/p')"; \
	find "$$folder/.." -name 'libclang_rt.fuzzer*.a' 2> /dev/null | grep -q . \
	  || { echo "this Swift has no libFuzzer (libclang_rt.fuzzer): the toolchains of swift.org have it" >&2; exit 1; }
	@mkdir -p .build-fuzz; echo "building with the sanitizers: some minutes the first time"
	@# A new file of a package that is depended on is found only when the plan is made anew.
	@touch Tests/Fuzzing/Package.swift
	@$(FUZZ_BUILD) > .build-fuzz/build.log 2>&1 || { grep error .build-fuzz/build.log >&2; exit 1; }

.PHONY: check-instructions
check-instructions: release ## Fails if an event takes more instructions than Tests/Benchmark/instructions.json says
	@Tests/Benchmark/instructions.py --program "$$($(SWIFT) build -c release $(STATIC) --show-bin-path)/dmascope"

.PHONY: update-instructions
update-instructions: release ## Writes Tests/Benchmark/instructions.json anew
	@Tests/Benchmark/instructions.py --update \
	  --program "$$($(SWIFT) build -c release $(STATIC) --show-bin-path)/dmascope"

.PHONY: reports
reports: build ## Writes the sample reports anew
	@$(call write-reports,reports)

.PHONY: check-reports
check-reports: build ## Fails if the sample reports are not what the program writes
	@folder="$$(mktemp -d)"; trap 'rm -rf "$$folder"' EXIT; \
	$(call write-reports,$$folder); \
	diff -ru --exclude=README.md reports "$$folder" | cut -c1-300 | head -100 \
	  || { echo "reports/ is out of date: run 'make reports' and look at what changed" >&2; exit 1; }; \
	echo "reports/ is up to date"

define write-reports
program="$$($(SWIFT) build $(FLAGS) --show-bin-path)/dmascope"; \
for name in $(REPORTS); do \
  "$$program" report "fixtures/$$name.dat" --live \
    --json "$(1)/$$name.json" --html "$(1)/$$name.html" > "$(1)/$$name.txt"; \
done; \
"$$program" compare fixtures/noncoherent.dat fixtures/coherent.dat --new-coherent '*' --no-github-summary \
  --html "$(1)/noncoherent-coherent.html" > "$(1)/noncoherent-coherent.txt"
endef

.PHONY: docs
docs: build ## Writes the pages that are made from the program's tables
	@mkdir -p docs
	@$(call write-docs,docs)

.PHONY: check-docs
check-docs: build ## Fails if these pages are not what the program writes
	@folder="$$(mktemp -d)"; trap 'rm -rf "$$folder"' EXIT; \
	$(call write-docs,$$folder); \
	diff -u docs/rules.md "$$folder/rules.md" | cut -c1-300 | head -100 \
	  || { echo "docs/ is out of date: run 'make docs' and look at what changed" >&2; exit 1; }; \
	echo "docs/ is up to date"

define write-docs
"$$($(SWIFT) build $(FLAGS) --show-bin-path)/dmascope" explain --rules-markdown > "$(1)/rules.md"
endef

.PHONY: fleet-test
fleet-test: build ## Runs the job for Spark on the fixtures, and compares it with dmascope merge
	@Tests/Fleet/check.sh "$$($(SWIFT) build $(FLAGS) --show-bin-path)/dmascope" .build-fleet

.PHONY: format
format: ## Lays out the sources
	$(SWIFT) format --in-place --recursive $(SOURCES)

.PHONY: check-format
check-format: ## Fails if the sources are not laid out so
	$(SWIFT) format lint --strict --recursive $(SOURCES)

.PHONY: clean
clean: ## Removes what was built
	rm -rf .build .build-fuzz

.PHONY: packages
packages:
	@command -v $(SWIFT) > /dev/null || { echo "Swift 6.2 or later is needed: https://www.swift.org/install" >&2; exit 1; }
	@.ci/install-packages $(PACKAGES)

# The short names of everyday commands; CMakePresets.json has the builds themselves.
#   make demo     builds the program and runs it on examples/fib
#   make test     builds everything and runs all tests

PREFIX ?= /usr/local
CLANG_FORMAT ?= clang-format-22
CLANG_TIDY ?= clang-tidy-22
SOURCES = git ls-files -z --cached --others --exclude-standard -- '*.cpp' '*.h' '*.c'
export PATH := $(PATH):$(or $(CARGO_HOME),$(HOME)/.cargo)/bin

.PHONY: build demo test bench fmt lint asan tsan coverage install clean setup
.NOTPARALLEL:

build:
	cmake --preset release && cmake --build --preset release --target pgo-orch

setup:
	scripts/setup

demo: setup build
	build/release/pgo-orch run examples/fib/pgo.toml

test: setup
	cmake --preset release && cmake --build --preset release && ctest --preset release -j "$$(nproc)"

bench: build
	tests/bench/run

fmt:
	scripts/setup lint && $(SOURCES) | xargs -0r $(CLANG_FORMAT) -i

lint:
	scripts/setup lint && cmake --preset dev && git ls-files -z -- '*.cpp' | xargs -0rn1 -P "$$(nproc)" $(CLANG_TIDY) -p build/dev --quiet

asan tsan:
	cmake --preset $@ && cmake --build --preset $@ && ctest --preset $@

coverage:
	cmake --preset $@ && cmake --build --preset $@ && ctest --preset $@ && scripts/coverage build/$@

install: build
	cmake --install build/release --prefix "$(PREFIX)"

clean:
	rm -rf build examples/*/.pgo-orch

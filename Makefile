# Short names of everyday commands; the builds themselves are in CMakePresets.json.
#   make demo        installs what is missing, builds the program and runs examples/fib
#   make test        installs what is missing, builds everything and runs the tests
#   make test-full   also runs the tests that take minutes or need other compilers or a browser

PREFIX ?= /usr/local
CLANG_FORMAT ?= clang-format-22
CLANG_TIDY ?= clang-tidy-22
SOURCES = git ls-files -z --cached --others --exclude-standard -- '*.cpp' '*.h' '*.c'
export PATH := $(PATH):$(or $(CARGO_HOME),$(HOME)/.cargo)/bin

.PHONY: build demo test test-full test-packages bench trials fmt lint asan tsan coverage install package clean setup setup-test setup-browser setup-book book
.NOTPARALLEL:

build:
	cmake --preset release && cmake --build --preset release --target pgo-orch

setup:
	scripts/setup

setup-test:
	scripts/setup test

setup-browser setup-book:
	scripts/setup $(@:setup-%=%)

# The documents as a site, with all links checked: build/book/html
book: setup-book
	PATH="$(CURDIR)/build/tools/bin:$$PATH" mdbook build docs

demo: setup build
	build/release/pgo-orch run examples/fib/pgo.toml

test-full: setup-browser setup-book package
test test-full: setup-test
	cmake --preset release && cmake --build --preset release
	@$(if $(filter test,$@),echo "Left out: $$(ctest --preset release -N -L full | sed -n 's/^Total Tests: //p') tests that need minutes or a browser or other compilers (make test-full).")
	ctest --preset release -j "$$(nproc)" $(if $(filter test,$@),-LE full)

bench: build
	tests/bench/run

# How often gates are wrong, and how soon they are right: three hours, and again where they were stopped
trials: build
	tests/bench/run --only-gates

fmt:
	scripts/setup lint && $(SOURCES) | xargs -0r $(CLANG_FORMAT) -i

lint:
	scripts/setup lint && cmake --preset dev -B build/lint -D CMAKE_UNITY_BUILD=OFF
	git ls-files -z -- '*.cpp' | xargs -0rn1 -P "$$(nproc)" $(CLANG_TIDY) -p build/lint --quiet --extra-arg=-Wno-unknown-warning-option

asan tsan: setup-test
	cmake --preset $@ && cmake --build --preset $@ && ctest --preset $@ -j "$$(nproc)"

coverage:
	cmake --preset $@ && cmake --build --preset $@ && ctest --preset $@ && scripts/coverage build/$@

install: build
	cmake --install build/release --prefix "$(PREFIX)"

# build/pgo-orch_VERSION_ARCH.deb, for this system, and build/pgo-orch-VERSION-CPU-linux.tar.gz, for any
package:
	scripts/setup package
	cmake --preset release && cmake --build --preset release --target pgo-orch
	cmake --preset static && cmake --build --preset static --target pgo-orch
	cd build && cpack --config release/CPackConfig.cmake -G DEB && cpack --config static/CPackConfig.cmake -G TGZ

# Installs the packages into fresh Debian systems: build/systems. As root
test-packages: package
	tests/packages/run build/systems

clean:
	rm -rf build examples/*/.pgo-orch

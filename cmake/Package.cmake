# `make package`: a .deb of the build of this machine, and a tar.gz of an executable that needs no shared library, so that it
# runs on any Linux of its CPU.

set(CPACK_PACKAGE_VENDOR "pgo-orch")
set(CPACK_PACKAGE_CONTACT "pgo-orch maintainers <pgo-orch@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "find, prove and release the fastest build of a program")
set(CPACK_RESOURCE_FILE_LICENSE ${PROJECT_SOURCE_DIR}/LICENSE)
set(CPACK_STRIP_FILES ON)
set(CPACK_PACKAGE_FILE_NAME "pgo-orch-${PROJECT_VERSION}-${CMAKE_SYSTEM_PROCESSOR}-linux")
set(CPACK_GENERATOR TGZ)
set(CPACK_THREADS 0)

set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_SECTION devel)
# What is found wherever it is, in whatever version fits rustc's LLVM.
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "cargo | cargo-web | rustup, llvm, git")
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "clang, lld, mold, linux-perf, valgrind")
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION
    "Builds the variants of a Rust, C or C++ program that you list (opt-level, LTO, PGO, ...),
checks their output, times them, says which is faster with an interval that holds on a
noisy machine, and makes the release that way.")
set(CPACK_PACKAGING_INSTALL_PREFIX_DEB /usr)
set(CPACK_PROJECT_CONFIG_FILE ${PROJECT_SOURCE_DIR}/cmake/PackageKind.cmake)
include(CPack)

#pragma once
// The pipelines that `pgo-orch emit` prints. @FILE@, @VARIANT@ (with its options), @OUT@ and @MATRIX@ are
// replaced.

namespace pgo_orch::orchestrator::texts {

inline constexpr const char* github_actions =
    R"(# Made by `pgo-orch emit github-actions @FILE@`; change it as you like.
# A tag is built once for each target, each on a machine of its own kind, trained and proved there, and goes into a
# draft; the draft is published when all of it was checked again. Runs by hand build and keep the files, no more.
name: release

on:
  push:
    tags: ["v*"]
  workflow_dispatch:

permissions:
  contents: read

concurrency:
  group: release-${{ github.ref }}
  cancel-in-progress: false

env:
  CARGO_NET_RETRY: 10
  RUSTUP_MAX_RETRIES: 10
  # Where pgo-orch is built from: set it as a variable of the repository.
  PGO_ORCH_REPOSITORY: ${{ vars.PGO_ORCH_REPOSITORY }}

jobs:
  build:
    strategy:
      fail-fast: false
      matrix:
        include:
@MATRIX@
    runs-on: ${{ matrix.runner }}
    container: debian:12
    timeout-minutes: 120
    steps:
      - name: Get git and make
        run: |
          apt-get update
          apt-get install -y --no-install-recommends ca-certificates git make

      - uses: actions/checkout@v4
        with:
          persist-credentials: false

      # Crates only: what was compiled before must not get into a release.
      - uses: actions/cache@v4
        with:
          path: ~/.cargo/registry
          key: crates-${{ hashFiles('**/Cargo.lock') }}
          restore-keys: crates-

      - name: Get pgo-orch
        run: |
          git clone --depth 1 "$PGO_ORCH_REPOSITORY" /opt/pgo-orch
          make -C /opt/pgo-orch setup build
          echo /opt/pgo-orch/build/release >> "$GITHUB_PATH"

      - name: Release
        env:
          TARGET: ${{ matrix.target }}
        # Debian's Rust has the std of its own target only: for others, install rustup in a step before this one.
        run: |
          if command -v rustup; then rustup target add "$TARGET"; fi
          pgo-orch release @VARIANT@ @FILE@ --target "$TARGET" --out dist

      - name: Sign
        run: if [ -x ci/sign.sh ]; then ci/sign.sh dist; fi

      - name: Check
        run: |
          pgo-orch verify dist
          cat dist/SHA256SUMS

      - uses: actions/upload-artifact@v4
        with:
          name: dist-${{ matrix.target }}
          path: dist/
          if-no-files-found: error

  # Runs nothing of the project. Forks have no identity to attest with. `attestations: write`, `id-token: write` and
  # `contents: read` are enough, but linters of before 2024 know no `attestations`.
  attest:
    if: ${{ !github.event.repository.fork && startsWith(github.ref, 'refs/tags/') }}
    needs: build
    runs-on: ubuntu-latest
    timeout-minutes: 20
    permissions: write-all
    steps:
      - uses: actions/download-artifact@v4
        with:
          path: all
      - uses: actions/attest-build-provenance@v2
        with:
          subject-path: all/*/*

  publish:
    if: ${{ !cancelled() && needs.build.result == 'success' && needs.attest.result != 'failure' && startsWith(github.ref, 'refs/tags/') }}
    needs: [build, attest]
    runs-on: ubuntu-latest
    timeout-minutes: 20
    permissions:
      contents: write
    steps:
      - uses: actions/download-artifact@v4
        with:
          path: all

      - name: Check that every file came through
        run: |
          for folder in all/*/; do
            (cd "$folder" && sha256sum --check --quiet SHA256SUMS)
          done

      - name: Draft, then publish
        env:
          GH_TOKEN: ${{ github.token }}
          GH_REPO: ${{ github.repository }}
          TAG: ${{ github.ref_name }}
        run: |
          mkdir files
          for folder in all/*/; do
            target=${folder#all/dist-}
            target=${target%/}
            for file in "$folder"*.tar.* "$folder"*.zip*; do
              [ ! -e "$file" ] || cp "$file" files/
            done
            for file in "$folder"*.json "$folder"*.debug; do
              name=${file##*/}
              [ ! -e "$file" ] || cp "$file" "files/${name%%.*}-$target.${name#*.}"
            done
          done
          gh release create "$TAG" --draft --verify-tag --generate-notes
          gh release upload "$TAG" files/*
          gh release edit "$TAG" --draft=false
)";

inline constexpr const char* github_row = R"(          - target: @TARGET@
            runner: @RUNNER@
)";

inline constexpr const char* gitlab_ci = R"(# Made by `pgo-orch emit gitlab-ci @FILE@`; change it as you like.
# Set PGO_ORCH_REPOSITORY, where pgo-orch is built from, as a variable of the project.
stages: [build, publish]

variables:
  CARGO_NET_RETRY: "10"
  CARGO_HOME: $CI_PROJECT_DIR/.cargo-home

release:
  stage: build
  image: debian:12
  rules:
    - if: $CI_COMMIT_TAG
    - if: $CI_PIPELINE_SOURCE == "web"
  timeout: 2 hours
  resource_group: release
  parallel:
    matrix:
      - TARGET: [@TARGETS@]
  # Crates only: what was compiled before must not get into a release.
  cache:
    key:
      files: [Cargo.lock]
    paths: [.cargo-home/registry]
  script:
    - apt-get update && apt-get install -y --no-install-recommends ca-certificates git make
    - echo .cargo-home >> .git/info/exclude
    - git clone --depth 1 "$PGO_ORCH_REPOSITORY" /opt/pgo-orch
    - make -C /opt/pgo-orch setup build
    - export PATH="/opt/pgo-orch/build/release:$PATH"
    # Debian's Rust has the std of its own target only: for others, install rustup before this.
    - if command -v rustup; then rustup target add "$TARGET"; fi
    - pgo-orch release @VARIANT@ @FILE@ --target "$TARGET" --out "dist/$TARGET"
    - if [ -x ci/sign.sh ]; then ci/sign.sh "dist/$TARGET"; fi
    - pgo-orch verify "dist/$TARGET"
  artifacts:
    paths: [dist/]

publish:
  stage: publish
  image: registry.gitlab.com/gitlab-org/release-cli:latest
  rules:
    - if: $CI_COMMIT_TAG
  script:
    - apk add --no-cache curl
    - for folder in dist/*/; do (cd "$folder" && sha256sum -c SHA256SUMS) || exit 1; done
    - |
      packages="$CI_API_V4_URL/projects/$CI_PROJECT_ID/packages/generic/release/$CI_COMMIT_TAG"
      set --
      for file in dist/*/*.tar.* dist/*/*.zip* dist/*/*.json dist/*/*.debug; do
        [ -e "$file" ] || continue
        name=${file##*/}
        target=${file#dist/}
        case $name in *.json | *.debug) name=${name%%.*}-${target%/*}.${name#*.} ;; esac
        curl --fail --silent --show-error --retry 10 --header "JOB-TOKEN: $CI_JOB_TOKEN" --upload-file "$file" "$packages/$name"
        set -- "$@" --assets-link "{\"name\":\"$name\",\"url\":\"$packages/$name\"}"
      done
      release-cli create --name "$CI_COMMIT_TAG" --tag-name "$CI_COMMIT_TAG" --description "$CI_COMMIT_TAG" "$@"
)";

inline constexpr const char* makefile =
    R"make(# Made by `pgo-orch emit makefile @FILE@`; change it as you like.
PGO_ORCH ?= pgo-orch
DIST ?= dist

.PHONY: release verify

release:
	$(PGO_ORCH) release @VARIANT@ @FILE@ --out "$(DIST)"
	$(PGO_ORCH) verify "$(DIST)"

verify:
	$(PGO_ORCH) verify "$(DIST)"
	cd "$(DIST)" && sha256sum --check --quiet SHA256SUMS
)make";

inline constexpr const char* shell = R"(#!/bin/sh
# Made by `pgo-orch emit sh @FILE@`; change it as you like.
set -eu
pgo_orch=${PGO_ORCH:-pgo-orch}
dist=${1:-dist}
"$pgo_orch" release @VARIANT@ @FILE@ --out "$dist"
if [ -x ci/sign.sh ]; then ci/sign.sh "$dist"; fi
"$pgo_orch" verify "$dist"
(cd "$dist" && sha256sum --check --quiet SHA256SUMS)
)";

}  // namespace pgo_orch::orchestrator::texts

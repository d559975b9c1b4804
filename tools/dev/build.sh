#!/usr/bin/env bash
# build [preset] [targets]: compile into build/PRESET (release, debug, asan, ubsan, tsan, fuzz)
preset=${1:-release}
if [[ $# -gt 0 ]]; then
  shift
fi
sections=(product)
if [[ $preset == fuzz ]]; then
  sections+=(fuzz)
fi
need "${sections[@]}"
# A user needs the program only: the tests are part of a build where their packages are installed.
tests=OFF
if [[ $preset != fuzz ]] && have_packages test; then
  tests=ON
fi
configure "$preset" -DPESTLE_TESTS=$tests
build_targets "$preset" "$@"

#!/usr/bin/env bash
# build and run all tests; arguments go to ctest (-R NAME, -L unit); closes with the counts
need product test
if [[ -z ${PESTLE_PYTHON:-} ]]; then
  if make_venv .venv-peers tools/peers/requirements-test.txt; then
    PESTLE_PYTHON=$PWD/.venv-peers/bin/python
  else
    echo "the judges could not be installed: tests that need them are skipped"
    PESTLE_PYTHON=$(command -v python3)
  fi
fi
export PESTLE_PYTHON
if [[ -z ${PESTLE_SHARED:-} && -d ../shared ]]; then
  export PESTLE_SHARED=$PWD/../shared
fi

configure release -DPESTLE_TESTS=ON -DPESTLE_BENCH=OFF -DPESTLE_PYTHON="$PESTLE_PYTHON"
build_targets release
results=build/release/tests.xml
rm -f "$results"
run ctest --test-dir build/release --output-on-failure -j "$jobs" --no-tests=error \
  --output-junit tests.xml --test-output-size-passed 10000000 --test-output-size-failed 10000000 "$@" || ctest_failed=1

# Where the models are at hand, continuous integration must have run everything.
strict=()
if [[ ${CI:-} == true && -n ${PESTLE_SHARED:-} ]]; then
  strict=(--no-skips)
fi
run python3 tools/test_summary.py "$results" "${strict[@]}"
[[ -z ${ctest_failed:-} ]] || die "ctest reports failures"

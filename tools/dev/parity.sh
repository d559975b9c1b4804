#!/usr/bin/env bash
# parity [--cases N] [OPERATOR...]: every operator against LiteRT's reference kernels; --prove shows that it can fail
need product test
if [[ -z ${PESTLE_PYTHON:-} ]]; then
  make_venv .venv-peers tools/peers/requirements-test.txt || die "the judges could not be installed"
  PESTLE_PYTHON=$PWD/.venv-peers/bin/python
fi
arguments=("$@")
if [[ ${1:-} == --prove ]]; then
  # The same sources, but products are rounded once, in a folder of their own.
  folder=build/single-rounding
  run cmake -S . -B "$folder" -G Ninja -DCMAKE_BUILD_TYPE=Release -DPESTLE_TESTS=ON -DPESTLE_SINGLE_ROUNDING=ON
  run cmake --build "$folder" -j "$jobs" --target pestle_parity
else
  folder=build/release
  configure release -DPESTLE_TESTS=ON
  build_targets release pestle_parity
  # The page shows every operator at full length: a shorter run does not replace it.
  [[ $# -gt 0 ]] || arguments=(--markdown docs/parity.md)
fi
run "$PESTLE_PYTHON" -B tests/parity/judge.py "$folder/tests/parity/pestle_parity" --jobs "$jobs" \
  --findings "$folder/parity" ${arguments[@]+"${arguments[@]}"}

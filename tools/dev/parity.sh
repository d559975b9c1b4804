#!/usr/bin/env bash
# parity [--cases N] [OPERATOR...]: every operator against LiteRT's reference kernels; --prove shows that it can fail
need product test
if [[ -z ${PESTLE_PYTHON:-} ]]; then
  make_venv .venv-peers tools/peers/requirements-test.txt || die "the judges could not be installed"
  PESTLE_PYTHON=$PWD/.venv-peers/bin/python
fi
preset=release
arguments=()
whole=true
for word in "$@"; do
  arguments+=("$word")
  whole=
done
if [[ ${1:-} == --prove ]]; then
  # The same sources with one rounding instead of two, in a folder of their own.
  folder=build/single-rounding
  run cmake -S . -B "$folder" -G Ninja -DCMAKE_BUILD_TYPE=Release -DCMAKE_CXX_FLAGS=-DPESTLE_SINGLE_ROUNDING -DPESTLE_TESTS=ON
  run cmake --build "$folder" -j "$jobs" --target pestle_parity
else
  folder=build/$preset
  configure "$preset" -DPESTLE_TESTS=ON
  build_targets "$preset" pestle_parity
  # The page shows all operators: a run over a few of them does not replace it.
  [[ -z $whole ]] || arguments+=(--markdown docs/parity.md)
fi
run "$PESTLE_PYTHON" -B tests/parity/judge.py "$folder/tests/parity/pestle_parity" --jobs "$jobs" \
  --findings "$folder/parity" "${arguments[@]}"

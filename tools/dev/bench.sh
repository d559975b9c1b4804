#!/usr/bin/env bash
# benchmarks: of the kernels (google-benchmark flags such as --benchmark_filter=gemm), `bench anchors` beside the peers,
# or `bench large`, a 500 MB model
if [[ ${1:-} == large || ${1:-} == anchors ]]; then
  what=$1
  shift
  need product test
  make_venv .venv-peers tools/peers/requirements-test.txt || die "the peers could not be installed"
  configure release
  build_targets release pestle
  run .venv-peers/bin/python "bench/$what.py" "$@"
  [[ $what == anchors ]] || exit 0
  run env PESTLE_PROGRAM="$PWD/build/release/pestle" .venv-peers/bin/python tests/anchors/anchors.py --all
  exit
fi
need product bench
configure release -DPESTLE_BENCH=ON
for folder in bench/*/; do
  program=pestle_$(basename "$folder")_bench
  build_targets release "$program"
  run "$(find build/release -name "$program" -type f -executable)" "$@"
done

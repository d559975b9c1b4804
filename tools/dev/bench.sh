#!/usr/bin/env bash
# bench [google-benchmark flags]: build and run the benchmarks of the kernels (--benchmark_filter=gemm)
need product bench
configure release -DPESTLE_BENCH=ON
for folder in bench/*/; do
  program=pestle_$(basename "$folder")_bench
  build_targets release "$program"
  run "$(find build/release -name "$program" -type f -executable)" "$@"
done

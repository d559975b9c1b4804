#!/usr/bin/env bash
# lines per room, the biggest files and functions, the size of the program
need test
run python3 -B tools/report_sizes.py
if [[ -x build/release/pestle ]]; then
  run size build/release/pestle
fi

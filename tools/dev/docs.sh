#!/usr/bin/env bash
# build the program and write the pages that are made from it (docs/ops.md)
need product
configure release
build_targets release pestle
run python3 tools/ops_page.py build/release/pestle docs/ops.md

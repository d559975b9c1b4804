#!/usr/bin/env bash
# write the pages that are made from the program and its sources (docs/ops.md, docs/onnx.md)
need product test
make_venv .venv-peers tools/peers/requirements-test.txt || die "the list of ONNX operators could not be installed"
configure release
build_targets release pestle
run python3 tools/ops_page.py build/release/pestle docs/ops.md
run .venv-peers/bin/python tools/onnx_page.py docs/onnx.md

#!/usr/bin/env bash
# run the ONNX backend suite through convert, our runtime and LiteRT (--only NAME, --reasons FILE, --page docs/conformance.md)
need product test
make_venv .venv-peers tools/peers/requirements-test.txt || die "the suite and the judge could not be installed"
configure release
build_targets release pestle
run .venv-peers/bin/python tests/conformance/conformance.py "$@"

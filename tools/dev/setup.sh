#!/usr/bin/env bash
# install missing packages; sections of tools/packages.txt as arguments (default: product test)
if [[ $# -eq 0 ]]; then
  set -- product test
fi
need "$@"
echo "packages: $* are complete"

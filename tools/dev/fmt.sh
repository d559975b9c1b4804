#!/usr/bin/env bash
# lay out all C++ files with clang-format
need lint
mapfile -t files < <(git ls-files --cached --others --exclude-standard -- '*.h' '*.cpp')
run clang-format-16 -i "${files[@]}"

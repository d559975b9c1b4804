#!/usr/bin/env bash
# arrows, sizes, library rules, layout, and clang-tidy on files changed since main (--all: on every file)
need product test lint
failed=0
for check in rooms sizes library citations; do
  run python3 -B "tools/check_$check.py" || failed=1
done

mapfile -t files < <(git ls-files --cached --others --exclude-standard -- '*.h' '*.cpp')
run clang-format-16 --dry-run --Werror "${files[@]}" || failed=1

# What differs from the point where this branch left main, and what is not committed yet.
if [[ ${1:-} == --all ]]; then
  changed=("${files[@]}")
else
  base=$(git merge-base HEAD main 2>/dev/null || git merge-base HEAD origin/main 2>/dev/null || echo HEAD)
  mapfile -t changed < <({ git diff --name-only --diff-filter=d "$base" -- '*.cpp'; git ls-files --others --exclude-standard -- '*.cpp'; } | sort -u)
fi
configure release -DPESTLE_TESTS=ON >/dev/null
# clang-tidy can only judge what the build compiles: not another processor's files.
tidy=()
for file in "${changed[@]}"; do
  if grep -qF "\"file\": \"$PWD/$file\"" build/release/compile_commands.json; then
    tidy+=("$file")
  fi
done
if [[ ${#tidy[@]} -gt 0 ]]; then
  # Headers that the build writes (flatc, the lists) must exist before a file can be read.
  build_targets release >/dev/null
  # Its count of findings in system headers, which it does not show, says nothing.
  printf '%s\n' "${tidy[@]}" | run xargs -P "$jobs" -n 1 clang-tidy-16 --quiet -p build/release \
    2> >(grep -v 'warnings\? .*generated\.$' >&2) || failed=1
fi
echo "lint: ${#files[@]} files laid out, ${#tidy[@]} read by clang-tidy"
[[ $failed -eq 0 ]] || die "lint found something"

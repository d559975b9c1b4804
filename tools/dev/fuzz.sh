#!/usr/bin/env bash
# fuzz [target...] [--seconds N]: run the fuzz targets (tflite run onnx npy npz json image plan_json), N seconds each (600)
need product fuzz
seconds=600
targets=()
while [[ $# -gt 0 ]]; do
  case $1 in
    --seconds) seconds=${2:?--seconds needs a number}; shift 2 ;;
    *) targets+=("$1"); shift ;;
  esac
done
if [[ ${#targets[@]} -eq 0 ]]; then
  targets=(tflite run onnx npy npz json image plan_json)
fi
for target in "${targets[@]}"; do
  [[ -f tests/fuzz/fuzz_$target.cpp ]] || die "no fuzz target is called '$target'"
done
shared=${PESTLE_SHARED:-../shared}

# Files of the shared collection that a target reads, small enough that thousands run in a second.
shared_seeds() {
  local suffix=$1 largest=$2
  [[ -d $shared/models ]] || return 0
  find -L "$shared/models" -type f -name "*.$suffix" -size "-$largest" -print
}

configure fuzz
build_targets fuzz pestle_fuzz_seeds pestle_fuzz_case_seeds "${targets[@]/#/pestle_fuzz_}"
work=$PWD/build/fuzz/work
export LLVM_PROFILE_FILE=/dev/null
run build/fuzz/tests/fuzz/pestle_fuzz_seeds "$work/seeds"
run build/fuzz/tests/fuzz/pestle_fuzz_case_seeds "$work/seeds"

failed=()
objects=()
for target in "${targets[@]}"; do
  program=build/fuzz/tests/fuzz/pestle_fuzz_$target
  corpus=$work/corpus/$target findings=$work/findings/$target seeds=$work/seeds/$target log=$work/$target.log
  mkdir -p "$corpus" "$findings" "$seeds"
  case $target in
    tflite | onnx) shared_seeds "$target" 48k | xargs -r -d '\n' cp -t "$seeds" --backup=numbered ;;
    run) shared_seeds tflite 48k | xargs -r -d '\n' cp -t "$seeds" --backup=numbered ;;
    npy | npz) shared_seeds "$target" 64k | xargs -r -d '\n' cp -t "$seeds" --backup=numbered ;;
    image) cp tests/data/fixtures/*.{png,jpg,webp} "$seeds" ;;
  esac
  if [[ -d tests/reproducers/$target ]]; then
    cp -r tests/reproducers/"$target"/. "$seeds"
  fi
  # A single allocation, all memory and a single input are bounded: hostile files are small.
  limits=(-max_len=65536 -rss_limit_mb=2048 -malloc_limit_mb=1024 -timeout=20)
  run "$program" -max_total_time="$seconds" "${limits[@]}" -print_final_stats=1 -artifact_prefix="$findings/" \
    "$corpus" "$seeds" >"$log" 2>&1 || failed+=("$target")
  printf '%-10s %s executions, %s a second, %s inputs kept\n' "$target" \
    "$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")" \
    "$(sed -n 's/^stat::average_exec_per_sec: *//p' "$log")" "$(find "$corpus" -type f | wc -l)"
  # What the kept inputs reach; a finding must not stop the count.
  LLVM_PROFILE_FILE=$work/$target.profraw "$program" -runs=0 "${limits[@]}" "$corpus" "$seeds" >/dev/null 2>&1 || true
  # The first program stands for itself: llvm-cov takes the first plain argument as one.
  objects+=(${objects[0]:+-object} "$program")
done

profiles=("$work"/*.profraw)
if [[ -e ${profiles[0]} ]]; then
  run llvm-profdata-16 merge -sparse "${profiles[@]}" -o "$work/all.profdata"
  for room in codec formats; do
    printf 'line coverage of src/%s: %s\n' "$room" \
      "$(llvm-cov-16 report -instr-profile "$work/all.profdata" "${objects[@]}" "src/$room" 2>/dev/null | awk '/^TOTAL/ { print $10 " of " $8 " lines" }')"
  done
fi
[[ ${#failed[@]} -eq 0 ]] || die "findings in ${failed[*]}: see build/fuzz/work/findings and the logs beside it"

# What the subcommands share: printing commands, packages by section, configuring, the tests' interpreter.
jobs=${PESTLE_JOBS:-$(nproc)}

# Prints a command as it could be typed, then runs it.
run() {
  printf '+'
  printf ' %q' "$@"
  printf '\n'
  "$@"
}

die() {
  printf 'error: %s\n' "$1" >&2
  exit 1
}

# The packages of the given sections of tools/packages.txt, one a line.
packages_of() {
  awk -v wanted=" $* " '
    /^#/ || NF == 0 { next }
    /^\[/ { section = substr($1, 2, length($1) - 2); known[section] = 1; next }
    index(wanted, " " section " ") { print $1 }
    END {
      count = split(wanted, names, " ")
      for (i = 1; i <= count; ++i)
        if (!(names[i] in known)) { print "error: no section " names[i] " in tools/packages.txt" > "/dev/stderr"; exit 1 }
    }' tools/packages.txt
}

# Those that are not installed. Where there is no dpkg the build itself will say what it misses.
missing_packages() {
  local wanted installed
  wanted=$(packages_of "$@" | sort -u)
  command -v dpkg-query >/dev/null || return 0
  installed=$(dpkg-query -W -f='${db:Status-Status} ${Package}\n' 2>/dev/null | sed -n 's/^installed //p' | sort -u)
  comm -23 <(printf '%s\n' "$wanted") <(printf '%s\n' "$installed")
}

have_packages() { [[ -z $(missing_packages "$@") ]]; }

# Installs what is missing of the given sections; without root it prints the line to run and stops.
need() {
  local missing
  packages_of "$@" >/dev/null || exit 1
  missing=$(missing_packages "$@" | tr '\n' ' ')
  missing=${missing% }
  [[ -n $missing ]] || return 0
  if [[ $(id -u) -ne 0 ]]; then
    echo "error: packages are missing; install them with"
    echo "sudo apt-get install -y --no-install-recommends $missing"
    exit 1
  fi >&2
  export DEBIAN_FRONTEND=noninteractive
  run apt-get update -q </dev/null
  # shellcheck disable=SC2086  # a list of words
  run apt-get install -y -q --no-install-recommends $missing </dev/null
}

# configure PRESET [cmake arguments]
configure() {
  local preset=$1
  shift
  run cmake --preset "$preset" "$@"
}

# build_targets PRESET [targets]; everything that is configured where none is named.
build_targets() {
  local preset=$1
  shift
  run cmake --build "build/$preset" -j "$jobs" ${1:+--target "$@"}
}

# make_venv FOLDER REQUIREMENTS: a virtual environment with exactly these pins; does nothing when it is there.
make_venv() {
  local folder=$1 requirements=$2 stamp
  stamp=$folder/requirements.sha256
  if [[ -f $stamp ]] && sha256sum --status -c "$stamp" 2>/dev/null; then
    return 0
  fi
  run python3 -m venv "$folder" || return 1
  run "$folder/bin/python" -m pip install --quiet --disable-pip-version-check -r "$requirements" </dev/null || return 1
  sha256sum "$requirements" >"$stamp"
}

#!/usr/bin/env bash
# make .venv-peers, the judges that tests use, pinned; --full also makes .venv-peers-full for benchmarks
need test
make_venv .venv-peers tools/peers/requirements-test.txt || die "the peers of the tests could not be installed"
echo "judges of the tests: .venv-peers"
case ${1:-} in
  '') ;;
  --full)
    # The two lists pin different versions of one package, so they cannot share an environment.
    make_venv .venv-peers-full tools/peers/requirements.txt || die "the peers of the benchmarks could not be installed"
    echo "peers of the benchmarks: .venv-peers-full"
    ;;
  *) die "peers takes --full or nothing" ;;
esac

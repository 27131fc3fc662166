# Makes requirements.lock and build.lock again. Neither holds a host name.
set -eu
root=$1; cd "$root"
uv="$root/.venv/bin/uv"
common="--universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate"
# shellcheck disable=SC2086 # the options are meant to be split
"$uv" pip compile -q $common --excludes requirements/excludes.txt requirements/dev.in -o requirements.lock
# shellcheck disable=SC2086
"$uv" pip compile -q $common requirements/build.in -o build.lock

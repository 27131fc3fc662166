# Every check, then every test. `./run test --all` adds soaks and long fuzzing; other arguments go to pytest.
set -eu
root=$1; shift; cd "$root"
sh "$root/scripts/check.sh" "$root"
export QT_QPA_PLATFORM=offscreen
exec "$root/.venv/bin/python" -m pytest -n 2 --dist worksteal "$@"

# Functions that bring a bare Debian/Ubuntu machine to a working state. Sourced by run.sh; uses $root, $venv, $python.
stamp="$venv/.set-up"

fail() { printf '%s\n' "$1" >&2; exit 1; }

no_display_means_offscreen() {
  if [ -z "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then export QT_QPA_PLATFORM="${QT_QPA_PLATFORM:-offscreen}"; fi
}

lock_sum() { cat "$root/requirements.lock" "$root/build.lock" | sha256sum | cut -d' ' -f1; }

find_python() {
  for candidate in python3.13 python3.12 python3.11 python3; do
    if command -v "$candidate" >/dev/null 2>&1 && "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      printf '%s' "$candidate"; return
    fi
  done
}

set_up() {
  purpose=$1
  if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$(lock_sum)" ]; then return; fi
  base=$(find_python)
  [ -n "$base" ] || fail "Python 3.11 or newer is missing; nothing was changed. Install it: apt-get install python3 python3-venv"
  echo "Setting up (once): a virtual environment and the pinned packages…" >&2
  [ -x "$python" ] || "$base" -m venv "$venv" || fail "This Python has no venv; nothing was changed. Run: apt-get install python3-venv"
  [ -x "$venv/bin/uv" ] || "$python" -m pip install --quiet --disable-pip-version-check uv || fail "uv could not be installed."
  "$venv/bin/uv" pip install --quiet -p "$python" --require-hashes --no-deps --build-constraints "$root/build.lock" -r "$root/requirements.lock"
  lock_sum > "$stamp"
}

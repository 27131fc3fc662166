# Functions that bring a bare Debian/Ubuntu machine to a working state. Sourced by run.sh; uses $root, $venv, $python.
# Every need is "how to see that it is there" -> "the package that brings it": names differ between releases, files do not.

fail() { printf '%s\n' "$1" >&2; exit 1; }
tell() { printf '%s\n' "$1" >&2; }

has_library() { ldconfig -p 2>/dev/null | grep -q "$1" || /sbin/ldconfig -p 2>/dev/null | grep -q "$1"; }
has_command() { command -v "$1" >/dev/null 2>&1; }
has_file() { for found in $1; do [ -e "$found" ] && return 0; done; return 1; }

find_python() {
  for candidate in python3 python3.13 python3.12 python3.11; do
    if has_command "$candidate" && "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      printf '%s' "$candidate"; return
    fi
  done
}

# Prints the packages that `$1` (run | test) still lacks; an optional one is marked with a question mark.
missing_packages() {
  base=$(find_python)
  [ -n "$base" ] || echo python3
  if [ -z "$base" ] || ! "$base" -c 'import ensurepip, venv' 2>/dev/null; then echo python3-venv; fi
  for need in libglib-2.0.so.0:libglib2.0-0 libGL.so.1:libgl1 libEGL.so.1:libegl1 libxkbcommon.so.0:libxkbcommon0 \
              libdbus-1.so.3:libdbus-1-3 libfontconfig.so.1:libfontconfig1; do
    has_library "${need%%:*}" || echo "${need##*:}"
  done
  if [ -n "${DISPLAY:-}" ]; then
    for need in libxcb-cursor.so.0:libxcb-cursor0 libxcb-icccm.so.4:libxcb-icccm4 libxcb-image.so.0:libxcb-image0 \
                libxcb-keysyms.so.1:libxcb-keysyms1 libxcb-randr.so.0:libxcb-randr0 libxcb-render-util.so.0:libxcb-render-util0 \
                libxcb-shape.so.0:libxcb-shape0 libxcb-xkb.so.1:libxcb-xkb1 libxkbcommon-x11.so.0:libxkbcommon-x11-0 \
                libX11-xcb.so.1:libx11-xcb1; do
      has_library "${need%%:*}" || echo "${need##*:}"
    done
  fi
  has_file "/usr/share/fonts/truetype/noto/NotoSans-Regular.ttf" || echo fonts-noto-core
  has_library libasound.so.2 || echo '?libasound2'
  # pyscard is compiled; without these the station runs without PC/SC and says so.
  has_command gcc || echo '?gcc'
  has_file "/usr/include/PCSC/winscard.h" || echo '?libpcsclite-dev'
  if [ -n "$base" ] && ! "$base" -c 'import sysconfig, pathlib, sys; sys.exit(not (pathlib.Path(sysconfig.get_paths()["include"]) / "Python.h").exists())'; then
    echo '?python3-dev'
  fi
  [ "$1" = test ] || return 0
  has_file "/usr/sbin/pcscd" || echo '?pcscd'
  has_file "/usr/lib/pcsc/drivers/serial/libifdvpcd.so /usr/lib/*/pcsc/drivers/serial/libifdvpcd.so /etc/reader.conf.d/vpcd" || echo '?vsmartcard-vpcd'
  has_file "/usr/lib/postgresql/*/bin/initdb" || echo '?postgresql'
  has_file "/usr/lib/softhsm/libsofthsm2.so /usr/lib/*/softhsm/libsofthsm2.so" || echo '?softhsm2'
  has_command unshare || echo '?util-linux'
  has_command ip || echo '?iproute2'
  has_command node || echo '?nodejs'
  has_command npm || echo '?npm'
  has_command pdftoppm || echo '?poppler-utils'
  has_command chromium || echo '?chromium'
  has_command chromedriver || echo '?chromium-driver'
}

# Installs what is missing where it may; otherwise prints the one line to run. Optional packages never stop the set-up.
install_packages() {
  missing=$(missing_packages "$1")
  [ -n "$missing" ] || return 0
  # shellcheck disable=SC2086 # one word per package
  must=$(for p in $missing; do case "$p" in '?'*) ;; *) printf '%s ' "$p" ;; esac; done)
  all=$(for p in $missing; do printf '%s ' "${p#\?}"; done)
  as_root=""
  if [ "$(id -u)" -ne 0 ]; then
    if has_command sudo && sudo -n true 2>/dev/null; then as_root="sudo -n"; else as_root=no; fi
  fi
  if has_command apt-get && [ "$as_root" != no ]; then
    tell "Installing system packages (once): $all"
    $as_root apt-get update -qq >/dev/null 2>&1 || tell "The package list could not be refreshed; trying with the old one."
    # shellcheck disable=SC2086
    if ! $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $all >/dev/null 2>&1; then
      for one in $all; do
        $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$one" >/dev/null 2>&1 \
          || tell "The package $one could not be installed."
      done
    fi
    missing=$(missing_packages "$1")
    must=$(for p in $missing; do case "$p" in '?'*) ;; *) printf '%s ' "$p" ;; esac; done)
    [ -z "$must" ] || fail "These system packages are still missing: $must. Nothing else was changed. Run: apt-get install $must"
    return 0
  fi
  [ -z "$must" ] || fail "System packages are missing and may not be installed from here; nothing was changed. Run once: sudo apt-get install $all"
  tell "Going on without: $all(PC/SC or the tests that need them are left out; to add them: sudo apt-get install $all)"
}

lock_sum() { cat "$root/requirements.lock" "$root/build.lock" "$root/requirements/bootstrap.lock" "$root/scripts/setup.sh" | sha256sum | cut -d' ' -f1; }

# requirements.lock without pyscard, for machines that may not compile.
lock_without_pcsc() { awk '/^[a-z]/ { keep = ($0 !~ /^pyscard==/) } keep' "$root/requirements.lock"; }

install_lock() {
  "$venv/bin/uv" pip install --quiet -p "$python" --require-hashes --no-deps --build-constraints "$root/build.lock" -r "$1" 2>"$venv/set-up.log"
}

set_up() {
  purpose=$1
  stamp="$venv/.set-up-$purpose"
  if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$(lock_sum)" ]; then return 0; fi
  install_packages "$([ "$purpose" = test ] && echo test || echo run)"
  base=$(find_python)
  tell "Setting up (once): a virtual environment and the pinned packages…"
  # A `.venv` whose interpreter is gone (a system upgrade) is made anew.
  "$python" -c 'pass' 2>/dev/null || "$base" -m venv --clear "$venv" || fail "The virtual environment could not be made in .venv; nothing else was changed."
  if ! [ -x "$venv/bin/uv" ]; then
    "$python" -m pip install --quiet --disable-pip-version-check --require-hashes -r "$root/requirements/bootstrap.lock" 2>"$venv/set-up.log" \
      || fail "The installer uv could not be fetched (details: .venv/set-up.log). Nothing else was changed; check the network and start again."
  fi
  if ! install_lock "$root/requirements.lock"; then
    lock_without_pcsc > "$venv/no-pcsc.lock"
    install_lock "$venv/no-pcsc.lock" || fail "The pinned packages could not be installed (details: .venv/set-up.log). Check the network and start again."
    tell "Chip-card readers (PC/SC) are left out: pyscard could not be compiled here. Everything else works."
  fi
  lock_sum > "$stamp"
  # What tests need includes what running needs.
  [ "$purpose" = run ] || lock_sum > "$venv/.set-up-run"
}

no_display_means_offscreen() {
  if [ -z "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then export QT_QPA_PLATFORM="${QT_QPA_PLATFORM:-offscreen}"; fi
}

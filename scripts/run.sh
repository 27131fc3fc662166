# Called by ./run with the project's folder first. POSIX sh.
set -eu
root=$1; shift
venv="$root/.venv"
python="$venv/bin/python"
export PYTHONPATH="$root${PYTHONPATH:+:$PYTHONPATH}"
# Compiled modules are kept (in .venv, not in the tree): without them every start compiles Qt's and NumPy's modules anew, a second or more.
unset PYTHONDONTWRITEBYTECODE
export PYTHONPYCACHEPREFIX="$venv/bytecode"
. "$root/scripts/setup.sh"

command=${1:-}
case "$command" in
  test) shift; set_up test; exec sh "$root/scripts/test.sh" "$root" "$@" ;;
  check) shift; set_up run; exec sh "$root/scripts/check.sh" "$root" "$@" ;;
  bench) shift; set_up run; cd "$root"; exec "$python" -m tests.bench "$@" ;;
  screenshots) set_up run; export QT_QPA_PLATFORM=offscreen; exec "$python" -m station "$@" ;;
  lock) shift; set_up run; exec sh "$root/scripts/lock.sh" "$root" ;;
  *) set_up run; no_display_means_offscreen; exec "$python" -m station "$@" ;;
esac

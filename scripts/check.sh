# Formatting, lint, strict types, import layers. `./run check FILE…` checks only these files' format and lint.
set -eu
root=$1; shift; cd "$root"; bin="$root/.venv/bin"
"$bin/ruff" format --check --quiet . || { echo "format: run .venv/bin/ruff format ."; exit 1; }
"$bin/ruff" check --quiet .
"$bin/lint-imports" --no-cache
"$bin/mypy" --no-error-summary
echo "check: format, lint, import layers and types are clean"

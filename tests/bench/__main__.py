"""`./run bench NAME [--json] [options]`: runs `tests/bench/bench_NAME.py`; without a name, lists what there is."""

from __future__ import annotations

import importlib
import os
import sys
from pathlib import Path

# Figures are of one thread; NumPy's matrix library reads this when it is first imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def main() -> int:
    """Import the named benchmark and call its `main(arguments)`."""
    here = Path(__file__).parent
    names = sorted(p.stem.removeprefix("bench_") for p in here.glob("bench_*.py"))
    if len(sys.argv) < 2 or sys.argv[1] not in names:
        sys.stderr.write("usage: ./run bench NAME [--json] [options]; NAME is one of: " + ", ".join(names) + "\n")
        return 2
    module = importlib.import_module(f"tests.bench.bench_{sys.argv[1]}")
    return int(module.main(sys.argv[2:]) or 0)


if __name__ == "__main__":
    raise SystemExit(main())

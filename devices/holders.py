"""Which program holds a device's port, as far as the system tells without any right: files that processes of this very user have open."""

from __future__ import annotations

import contextlib
import os
from itertools import islice
from pathlib import Path
from typing import Final

PROC: Final = Path("/proc")
MOST_PROCESSES: Final = 4000
MOST_FILES: Final = 2000


def holder_of(port: str, proc: Path = PROC) -> str:
    """Return the short name of another process of this user that has `port` (a device's path) open, "" when none is found.

    Linux only: ``/proc/<pid>/fd`` of processes of other users cannot be read, and nobody is asked for more rights (proc(5)).
    """
    try:
        wanted, own = Path(port).resolve(), str(os.getpid())
        processes = sorted(p.name for p in proc.iterdir() if p.name.isdigit() and p.name != own)[:MOST_PROCESSES]
    except (OSError, ValueError, RuntimeError):
        return ""
    for process in processes:
        if _has_open(proc / process / "fd", wanted):
            with contextlib.suppress(OSError):
                return (proc / process / "comm").read_text("utf-8", "replace").strip()[:40]
    return ""


def _has_open(files: Path, wanted: Path) -> bool:
    try:
        found = list(islice(files.iterdir(), MOST_FILES))
    except OSError:  # another user's process, or one that ended meanwhile
        return False
    for file in found:
        with contextlib.suppress(OSError):
            if file.readlink() == wanted:
                return True
    return False

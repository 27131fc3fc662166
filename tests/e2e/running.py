"""Runs `station …` as a user does: another process, its own folder, its output read line by line."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


def environment() -> dict[str, str]:
    """Return the environment of a fresh process that finds this checkout."""
    return {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8", "QT_QPA_PLATFORM": "offscreen"}


def start(*arguments: str) -> subprocess.Popen[str]:
    """Start `station` with arguments; the caller reads its output and waits."""
    return subprocess.Popen([sys.executable, "-m", "station", *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                            encoding="utf-8", env=environment())  # fmt: skip


def run(*arguments: str, deadline_s: float = 240.0) -> tuple[int, list[dict[str, Any]], str]:
    """Run `station` to its end; returns exit code, the JSON lines of stdout, and stderr."""
    process = start(*arguments)
    try:
        out, err = process.communicate(timeout=deadline_s)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        raise
    events = [json.loads(line) for line in out.splitlines() if line.startswith("{")]
    return process.returncode, events, err


def opened_at_intake(intake: Path, package_id: str) -> Any:
    """Open a stored package with the intake's own keys."""
    from station.intake.serve import DEMO, open_intake
    from station.intake.service import package_file
    from station.package import HARD_LIMIT_BYTES

    server = open_intake(intake, DEMO)
    try:
        return server.open(server.files.read(package_file(package_id), HARD_LIMIT_BYTES))
    finally:
        server.store.close()

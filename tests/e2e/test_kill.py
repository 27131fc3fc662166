"""Kill -9 at random moments of a headless enrollment, start again each time: nothing acknowledged is lost, nothing stands twice."""

from __future__ import annotations

import json
import random
import threading
from pathlib import Path
from typing import Any

import pytest

from station.app import Station
from station.dossier.kinds import Kind
from station.keys import Argon2Cost
from tests.e2e.running import run, start


def _killed_run(folder: Path, after_s: float) -> tuple[list[dict[str, Any]], bool]:
    """Run until killed after a while (or done); return what it acknowledged on stdout, and whether it came to its end."""
    process = start("demo", "--headless", "--count", "1", "--procedure", "test-short", "--json", "--folder", str(folder))
    timer = threading.Timer(after_s, process.kill)
    timer.start()
    out, _ = process.communicate()
    timer.cancel()
    events = []
    for line in out.splitlines():
        try:
            events.append(json.loads(line))
        except ValueError:  # the last line of a killed process may be half
            continue
    return events, process.returncode == 0


def _check(folder: Path, kills: int, seed: int) -> None:
    rng = random.Random(seed)
    acknowledged: list[str] = []
    for _ in range(kills):
        events, _ = _killed_run(folder, rng.uniform(0.3, 9.0))
        acknowledged += [e["step"] for e in events if e["event"] == "capture"]
    code, events, err = run("demo", "--headless", "--count", "1", "--procedure", "test-short", "--json", "--folder", str(folder))
    assert code == 0, err
    acknowledged += [e["step"] for e in events if e["event"] == "capture"]
    assert len(acknowledged) == len(set(acknowledged)), "a capture was taken again although the screen had said so"
    (receipt,) = [e for e in events if e["event"] == "receipt"]
    assert receipt["verified"] is True
    station = Station.open(folder / "station", demo=True, cost=Argon2Cost(1, 8 * 1024, 1))
    try:
        (span,) = station.journal.dossiers()
        log = station.journal.events(span.id)
        steps = [e.body["step"] for e in log if e.kind == Kind.CAPTURED]
        assert sorted(steps) == sorted(s.id for s in station.book.state(span.id).procedure.steps)
        assert set(acknowledged) <= set(steps)
        receipts = {e.body["receipt"] for e in log if e.kind == Kind.RECEIPT}
        assert receipts == {receipt["number"]}
        assert station.journal.check(deep=True).sound
    finally:
        station.close()


def test_kill_9_at_random_moments(tmp_path: Path) -> None:
    _check(tmp_path, kills=6, seed=20261122)


@pytest.mark.all
@pytest.mark.parametrize("seed", range(6))
def test_kill_9_at_thirty_random_moments(tmp_path: Path, seed: int) -> None:
    _check(tmp_path, kills=5, seed=seed)

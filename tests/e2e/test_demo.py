"""The headless demo as a newcomer runs it: a real intake in another process, verified receipts."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from devices.contract import Source
from station.app import Station
from station.keys import Argon2Cost
from tests.e2e.running import opened_at_intake, run


def test_a_citizen_is_enrolled_and_every_part_arrives_unchanged(tmp_path: Path) -> None:
    code, events, err = run("demo", "--headless", "--count", "1", "--seed", "7", "--json", "--folder", str(tmp_path))
    assert code == 0, err
    captures = [e for e in events if e["event"] == "capture"]
    assert len(captures) == 14
    assert len({c["step"] for c in captures}) == 14
    (package,) = [e for e in events if e["event"] == "package"]
    assert package["state"] == "sealed"
    (receipt,) = [e for e in events if e["event"] == "receipt"]
    assert receipt["verified"] is True
    assert receipt["id"] == package["id"]

    opened = opened_at_intake(tmp_path / "intake", package["id"])
    assert opened.manifest.demo
    station = Station.open(tmp_path / "station", demo=True, cost=Argon2Cost(1, 8 * 1024, 1))
    try:
        for noted in opened.manifest.captures:
            assert noted.capture.source is Source.SIMULATED
            image = noted.capture.images[0]
            pixels = cv2.imdecode(np.frombuffer(opened.part(noted.parts[0]), np.uint8), cv2.IMREAD_UNCHANGED)
            assert pixels.tobytes() == station.journal.blob(image.blob)
    finally:
        station.close()


def test_going_on_with_a_finished_folder_repeats_nothing(tmp_path: Path) -> None:
    arguments = ("demo", "--headless", "--count", "1", "--procedure", "test-short", "--json", "--folder", str(tmp_path))
    code, first, err = run(*arguments)
    assert code == 0, err
    code, second, err = run(*arguments)
    assert code == 0, err
    assert [e for e in second if e["event"] == "capture"] == []
    assert [e for e in second if e["event"] == "receipt"] == [e for e in first if e["event"] == "receipt"]


def test_a_port_in_use_is_one_sentence(tmp_path: Path) -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        code, _, err = run("intake", "serve", "--folder", str(tmp_path), "--port", port, "--demo")
    assert code == 1
    assert len(err.strip().splitlines()) == 1
    assert port in err

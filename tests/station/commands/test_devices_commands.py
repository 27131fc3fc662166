"""`station devices probe|selftest|dump|doctor|simulate` as a technician uses them."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from devices.permissions import udev_rules
from devices.simulated.mjpeg import MjpegSimulator
from devices.simulated.serial_push import NmeaSimulator
from devices.simulated.table import FAMILIES
from station.cli import main


def run(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        main(["devices", *arguments])
    out = capsys.readouterr()
    return int(ended.value.code or 0), out.out, out.err


def test_selftest_of_a_stream_camera(capsys: pytest.CaptureFixture[str]) -> None:
    simulator = MjpegSimulator("320x240@60")
    try:
        code, out, _ = run(["selftest", "--json", "--seconds", "0.4", "-d", f"mjpeg url={simulator.start()}"], capsys)
    finally:
        simulator.stop()
    steps = [json.loads(line) for line in out.splitlines()]
    assert code == 0
    assert [s["asked"] for s in steps] == ["describe", "open", "preview", "close"]
    assert steps[2]["frames_per_s"] > 10
    assert steps[2]["dropped"] < 0.5


def test_selftest_ends_with_1_when_a_device_fails_and_tries_the_others(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(
        ["selftest", "--english", "--seconds", "0.1", "-d", "mjpeg url=http://127.0.0.1:9/", "-d", "simulated-card"], capsys
    )
    assert code == 1
    assert "No camera there" in out
    assert "Card reader" in out
    code, _, err = run(["selftest", "nobody"], capsys)
    assert (code, bool(err)) == (2, True)


def test_a_dump_holds_what_a_bug_report_needs_and_nothing_personal(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    simulator = NmeaSimulator(every_s=0.1, paced=False)
    (tmp_path / "home").mkdir()
    try:
        code, out, _ = run(["dump", "-d", f"nmea port={simulator.start()}"], capsys)
    finally:
        simulator.stop()
    assert code == 0
    made = json.loads(out)
    assert made["profile"]["id"] == "nmea0183"
    assert len(made["profile"]["sha256"]) == 64
    assert made["packages"]["pyserial"]
    assert made["device"]["source"] == "simulated"
    assert [s["asked"] for s in made["selftest"]] == ["describe", "open", "fix", "close"]
    assert "21.0" not in out, "where the kit stands is not told"
    assert not re.search(r"/home/|/root", out)
    code, out, _ = run(["dump", "simulated-scanner"], capsys)
    assert json.loads(out)["device"]["serial"] == "…0001"
    code, _, err = run(["dump", "nobody"], capsys)
    assert (code, "devices list" in err) == (1, True)


def test_doctor_prints_the_rules_and_each_finding(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(["doctor", "--udev"], capsys)
    assert (code, out) == (0, udev_rules())
    code, out, _ = run(["doctor", "--json", "--english"], capsys)
    rows = [json.loads(line) for line in out.splitlines()]
    assert code == int(any(r["level"] == "missing" for r in rows))
    assert all(r["words"] != r["code"] for r in rows)


def test_probe_of_a_port_by_name(capsys: pytest.CaptureFixture[str]) -> None:
    simulator = NmeaSimulator(every_s=0.2, paced=False)
    try:
        code, out, _ = run(["probe", "--json", "--port", simulator.start()], capsys)
    finally:
        simulator.stop()
    (row,) = [json.loads(line) for line in out.splitlines()]
    assert (code, row["code"], row["adapter"]) == (0, "probe-found", "nmea")


def test_simulate_lists_the_families_and_refuses_what_it_cannot(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(["simulate", "--json"], capsys)
    assert {json.loads(line)["family"] for line in out.splitlines()} == set(FAMILIES)
    assert code == 0
    for arguments in (["nobody"], ["mjpeg", "--fault", "no-such-fault"], ["mjpeg", "--profile", "wide"]):
        code, _, err = run(["simulate", *arguments], capsys)
        assert code == 1
        assert "nothing was started" in err


def test_simulate_answers_until_it_is_told_to_end() -> None:
    process = subprocess.Popen([sys.executable, "-m", "station", "devices", "simulate", "mjpeg", "--profile", "160x120@50", "--json"],
                               stdout=subprocess.PIPE, text=True)  # fmt: skip
    with process:
        assert process.stdout is not None
        address = json.loads(process.stdout.readline())["address"]
        from devices.contract import CaptureRequest
        from devices.mjpeg.camera import MjpegCamera

        with MjpegCamera(address) as camera:
            assert camera.capture(CaptureRequest(modality="face")).images[0].pixels.shape == (120, 160, 3)
            assert camera.describe().source == "simulated", "the simulator's pictures are marked without being asked"
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0

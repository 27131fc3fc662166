"""Sounds through the real ALSA library into a file: what a sound card would have been given, and what is said where there is none."""

from __future__ import annotations

import ctypes.util
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.conftest import need_peer

RATE_HZ = 48_000
TO_FILE = """
pcm.!default {{ type file file "{path}" format "raw" slave.pcm "null" }}
pcm.null {{ type null }}
"""
NO_CARD = "pcm.!default { type hw card 31 }\n"


def station_tones(config: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Run the command as a person would, with ALSA told where sound goes, and no sound server to be found."""
    here = {k: v for k, v in os.environ.items() if k not in {"PULSE_SERVER", "XDG_RUNTIME_DIR"}}
    return subprocess.run([sys.executable, "-m", "station.cli", "tones", *options], capture_output=True, text=True, timeout=60,
                          env={**here, "ALSA_CONFIG_PATH": str(config), "PULSE_SERVER": "none"}, check=False)  # fmt: skip


@pytest.fixture
def alsa() -> None:
    need_peer("ALSA's library", ctypes.util.find_library("asound") is not None)


@pytest.mark.peer
@pytest.mark.usefixtures("alsa")
def test_the_three_tones_reach_the_card_whole_and_in_order(tmp_path: Path) -> None:
    config, heard = tmp_path / "alsa.conf", tmp_path / "heard.raw"
    config.write_text(TO_FILE.format(path=heard))
    done = station_tones(config, "--desk", "1", "--json")
    assert done.returncode == 0, done.stderr
    assert done.stdout.count('"output": "ALSA"') == 3
    samples = np.fromfile(heard, np.int16).astype(np.float64)
    notes = [hz for hz, _ in notes_in(samples)]
    # Captured: A4 then E5; adjust: C5; blocked: A4, then D4.
    assert notes == pytest.approx([440.0, 659.3, 523.3, 440.0, 293.7], rel=0.02)
    assert sum(seconds for _, seconds in notes_in(samples)) == pytest.approx(0.07 + 0.13 + 0.09 + 0.14 + 0.24, abs=0.1)


@pytest.mark.peer
@pytest.mark.usefixtures("alsa")
def test_without_a_sound_card_it_is_said_in_one_sentence(tmp_path: Path) -> None:
    config = tmp_path / "alsa.conf"
    config.write_text(NO_CARD)
    done = station_tones(config)
    assert done.returncode == 1
    assert done.stdout == ""
    assert len(done.stderr.strip().splitlines()) == 1, "ALSA's own page of complaints is not for people"
    assert "no audio output" in done.stderr


def notes_in(samples: np.ndarray[tuple[int], np.dtype[np.float64]]) -> list[tuple[float, float]]:
    """The notes one after the other: Hz and seconds, by the zero crossings of pieces of 10 ms (no knowledge of how they were made)."""
    step = RATE_HZ // 100
    found: list[list[float]] = []
    for at in range(0, len(samples) - 3 * step, step):
        piece = samples[at : at + 3 * step]
        loud = np.abs(piece).max() > 300
        if not loud:
            found.append([])
            continue
        spectrum = np.abs(np.fft.rfft(piece * np.hanning(len(piece)), 16 * len(piece)))
        hertz = float(spectrum.argmax()) * RATE_HZ / (16 * len(piece))
        if found and found[-1] and abs(hertz / found[-1][-1] - 1) < 0.04:
            found[-1].append(hertz)
        else:
            found.append([hertz])
    return [(float(np.median(f)), len(f) / 100) for f in found if len(f) >= 4]

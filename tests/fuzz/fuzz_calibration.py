"""Fuzz target: damaged certificates, targets and limits: read whole or refused by the one error, nothing else.

``python -m tests.fuzz.fuzz_calibration [RUNS]``
"""

from __future__ import annotations

import random
import sys
from importlib.resources import files

from devices.calibration.camera_target import parse_camera_target
from devices.calibration.certificate import read_certificate, write_certificate
from devices.calibration.limits import parse_limits
from devices.calibration.target import parse_target
from devices.errors import DeviceFormatError, ProfileError
from tests.devices.calibration.certificates import body

_DATA = files("devices").joinpath("calibration", "data")
GOOD = (
    write_certificate(body()).data,
    _DATA.joinpath("limits.toml").read_bytes()[:6000],
    _DATA.joinpath("target-scanner-20.toml").read_bytes(),
    _DATA.joinpath("target-camera-a4.toml").read_bytes(),
)
PIECES = (
    b'"',
    b"{",
    b"}",
    b"[",
    b"]",
    b",",
    b":",
    b"null",
    b"-1",
    b"1e999",
    b"0.000000",
    b"\x00",
    b"\xff",
    b"\\u0000",
    b"9" * 400,
    b"true",
    b" ",
    b"\n",
)


def damaged(rng: random.Random, data: bytes) -> bytes:
    """Return `data` after a few random cuts, repetitions, insertions and flips."""
    for _ in range(rng.randrange(1, 5)):
        at = rng.randrange(len(data) + 1)
        kind = rng.randrange(4)
        if kind == 0:
            data = data[:at] + rng.choice(PIECES) + data[at:]
        elif kind == 1:
            data = data[:at] + data[at + rng.randrange(60) :]
        elif kind == 2:
            data = data[:at] + data[max(0, at - rng.randrange(200)) :]
        elif at < len(data):
            data = data[:at] + bytes([rng.randrange(256)]) + data[at + 1 :]
    return data


def one(seed: int) -> None:
    """One damaged file of each kind."""
    rng = random.Random(seed)
    for reader, good in zip((read_certificate, parse_limits, parse_target, parse_camera_target), GOOD, strict=True):
        try:
            reader(damaged(rng, good))
        except (DeviceFormatError, ProfileError):
            continue


if __name__ == "__main__":
    for number in range(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000):
        one(number)

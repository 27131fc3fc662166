"""Fuzz of the portrait's parsers: files, face records, JPEG 2000 headers and profiles raise their FormatError and nothing else.

Run long: `python -m tests.fuzz.fuzz_portrait --seconds 600`. The short seeded run is part of the normal tests.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable

import cv2
import numpy as np

from biometrics.errors import FormatError
from biometrics.formats import iso19794_5, jpeg2000
from biometrics.portrait.profiles import parse_profile
from biometrics.portrait.reading import inspect, read_portrait


def seeds() -> list[tuple[str, bytes]]:
    """Small valid inputs of every kind."""
    image = np.random.default_rng(0).integers(0, 256, (40, 56, 3), dtype=np.uint8)
    image = cv2.GaussianBlur(image, (0, 0), 3)
    files = [(s, cv2.imencode(s, image)[1].tobytes()) for s in (".jpg", ".png", ".bmp", ".jp2")]
    files.append((".progressive.jpg", cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_PROGRESSIVE, 1])[1].tobytes()))
    face = iso19794_5.FaceImage(
        files[0][1], iso19794_5.ImageFormat.JPEG, 56, 40, points=(iso19794_5.FeaturePoint(1, 1, 2, 3),),
        qualities=(iso19794_5.QualityScore(50, 1, 1),),
    )  # fmt: skip
    return files + [(e.name, iso19794_5.write(iso19794_5.FaceRecord(e, (face,)))) for e in iso19794_5.Edition]


TARGETS: dict[str, Callable[[bytes], object]] = {
    "inspect": inspect,
    "read": lambda data: read_portrait(data, 2_000_000),
    "record": iso19794_5.parse,
    "jpeg2000": jpeg2000.parse_header,
    "profile": lambda data: parse_profile(data.decode("latin-1")),
}


def mutate(data: bytes, r: np.random.Generator) -> bytes:
    """Change, cut, double or insert a few bytes."""
    out = bytearray(data)
    for _ in range(int(r.integers(1, 6))):
        at = int(r.integers(0, max(1, len(out))))
        kind = int(r.integers(0, 5))
        if kind == 0 and out:
            out[at % len(out)] = int(r.integers(0, 256))
        elif kind == 1:
            out[at:at] = bytes(r.integers(0, 256, int(r.integers(1, 9)), dtype=np.uint8))
        elif kind == 2:
            del out[at : at + int(r.integers(1, 40))]
        elif kind == 3:
            out[at : at + 4] = bytes([255] * 4)
        else:
            out[at : at + 2] = int(r.choice([0, 1, 0x7FFF, 0xFFFF])).to_bytes(2, "big")
    return bytes(out)


def run(rounds: int, seed: int, until: float = float("inf")) -> int:
    """Feed mutated inputs to every target; returns how many were fed. Anything but FormatError comes through."""
    r = np.random.default_rng(seed)
    inputs = seeds()
    fed = 0
    for _ in range(rounds):
        if time.monotonic() > until:
            break
        _, data = inputs[int(r.integers(len(inputs)))]
        changed = mutate(data, r)
        for target in TARGETS.values():
            try:
                target(changed)
            except FormatError:
                pass
            fed += 1
    return fed


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    given = parser.parse_args()
    fed = run(10**9, given.seed, time.monotonic() + given.seconds)
    sys.stdout.write(f"{fed} inputs, seed {given.seed}, nothing but FormatError\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

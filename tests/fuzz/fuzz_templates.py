"""Fuzzing of everything that reads templates: stored templates, ISO/IEC 19794-2 and INCITS 378 records.

`python -m tests.fuzz.fuzz_templates [ROUNDS] [SEED]` runs long; tests/biometrics/minutiae/test_fuzz.py runs a short seeded part.
"""

from __future__ import annotations

import struct
import sys
import zlib
from collections.abc import Callable

import numpy as np

from biometrics.errors import FormatError
from biometrics.fingerprint.minutiae import extract, from_bytes, to_bytes
from biometrics.fingerprint.synthesis import Person, impression
from biometrics.formats import ansi378, iso19794_2
from biometrics.positions import FingerPosition


def _template(data: bytes) -> object:
    found = from_bytes(data)
    if len(found) > 255 or found.ridges.size > 4_000_000:
        raise AssertionError("a template larger than its format allows")
    return found


def _record(read: Callable[[bytes], iso19794_2.MinutiaeRecord]) -> Callable[[bytes], object]:
    def target(data: bytes) -> object:
        record = read(data)
        return [view.template(record.width, record.height, record.ppi_x) for view in record.views[:2]]

    return target


TARGETS: dict[str, Callable[[bytes], object]] = {
    "template": _template,
    "iso": _record(iso19794_2.read),
    "ansi": _record(ansi378.read),
}


def seeds() -> dict[str, bytes]:
    """Return one well-formed input for each target."""
    template = extract(impression(Person.from_seed(3).finger(FingerPosition.RIGHT_INDEX)).image)
    record = iso19794_2.record_of(template, FingerPosition.RIGHT_INDEX)
    return {"template": to_bytes(template), "iso": iso19794_2.write(record), "ansi": ansi378.write(record)}


def mutate(data: bytes, rng: np.random.Generator) -> bytes:
    """Return `data` with bytes changed, cut, repeated or added; half of the time with its lengths and checksum put right again."""
    changed = bytearray(data)
    for _ in range(int(rng.integers(1, 6))):
        kind = int(rng.integers(0, 5))
        at = int(rng.integers(0, max(1, len(changed))))
        # Headers are where lengths live.
        at = at % 64 if rng.random() < 0.5 else at
        at = min(at, max(0, len(changed) - 1))
        if not changed:
            break
        if kind == 0:
            changed[at] = int(rng.integers(0, 256))
        elif kind == 1:
            changed[at] = int(rng.choice([0, 1, 127, 128, 254, 255]))
        elif kind == 2:
            del changed[at : at + int(rng.integers(1, 40))]
        elif kind == 3:
            changed[at:at] = changed[at : at + int(rng.integers(1, 40))]
        else:
            changed += rng.integers(0, 256, int(rng.integers(1, 20)), dtype=np.uint8).tobytes()
    if rng.random() < 0.5 and len(changed) > 16:
        if changed[:3] == b"EFT":
            changed[-4:] = struct.pack("<I", zlib.crc32(bytes(changed[:-4])))
        elif changed[8:10] == b"\0\0":
            changed[8:12] = struct.pack(">I", len(changed))
        else:
            changed[8:10] = struct.pack(">H", len(changed) & 0xFFFF)
    return bytes(changed)


def run(rounds: int, seed: int) -> dict[str, int]:
    """Feed `rounds` inputs to every target; return how many were accepted. Anything but FormatError escapes."""
    rng = np.random.default_rng(seed)
    accepted = dict.fromkeys(TARGETS, 0)
    for name, good in seeds().items():
        TARGETS[name](good)
        for _ in range(rounds):
            try:
                TARGETS[name](mutate(good, rng))
                accepted[name] += 1
            except FormatError:
                continue
    return accepted


if __name__ == "__main__":
    given = [int(a) for a in sys.argv[1:3]]
    sys.stdout.write(f"accepted: {run(given[0] if given else 20_000, given[1] if len(given) > 1 else 1)}\n")

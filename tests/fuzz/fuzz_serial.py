"""Fuzz targets of the serial families: any bytes into a framing, a picture header or a profile: a result or the room's error.

Streams are made of rubbish, pieces of true packets, and true packets with damage, so that both the search for a start and what
comes after one are reached. Long: ``python -m tests.fuzz.fuzz_serial SECONDS``.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable
from typing import Any, Final

from devices.errors import DeviceFormatError, ProfileError
from devices.profiles import BUILT_IN, read_profile
from devices.serial_55aa import framing as gt5
from devices.serial_ef01 import framing as ef01
from devices.serial_sfm import framing as sfm
from devices.serial_sfm.picture import parse_picture

ADDRESS: Final = 0xFFFFFFFF


def _good_ef01(rng: random.Random) -> bytes:
    return ef01.encode(rng.choice([1, 2, 7, 8]), rng.randbytes(rng.choice([1, 3, 17, 128, 256])), ADDRESS)


def _good_gt5(rng: random.Random) -> bytes:
    if rng.random() < 0.5:
        return gt5.encode(rng.choice([0x30, 0x31]), rng.getrandbits(32), 1)
    body = b"\x5a\xa5\x01\x00" + rng.randbytes(40)
    return body + (sum(body) & 0xFFFF).to_bytes(2, "little")


def _good_sfm(rng: random.Random) -> bytes:
    return sfm.encode(rng.choice([0x03, 0x04, 0x15]), rng.getrandbits(32), rng.choice([0, 40, 284]), 0x61) + rng.randbytes(
        rng.choice([0, 41])
    )


def _make_ef01() -> Any:
    return ef01.Ef01Framer(ADDRESS)


def _make_gt5() -> Any:
    framer = gt5.Gt5Framer(1)
    framer.expect(40)
    return framer


FRAMINGS: Final[dict[str, tuple[Callable[[], Any], Callable[[random.Random], bytes]]]] = {
    "ef01": (_make_ef01, _good_ef01),
    "gt5": (_make_gt5, _good_gt5),
    "sfm": (sfm.SfmFramer, _good_sfm),
}


def stream(rng: random.Random, good: Callable[[random.Random], bytes]) -> bytes:
    """Return one stream of rubbish and packets, whole, cut and damaged."""
    parts = []
    for _ in range(rng.randrange(1, 6)):
        part = rng.randbytes(rng.randrange(0, 60)) if rng.random() < 0.3 else good(rng)
        if part and rng.random() < 0.5:
            at = rng.randrange(len(part))
            part = rng.choice(
                [
                    part[:at],
                    part[at:],
                    part[:at] + rng.randbytes(1) + part[at + 1 :],
                    part[:at] + part[at + 1 :],
                    part[:at] + part,
                ]
            )
        parts.append(part)
    return b"".join(parts)


def one_stream(family: str, rng: random.Random) -> int:
    """Feed one stream in pieces and drain the framer; return how many packets it gave. Anything but the format error escapes."""
    make, good = FRAMINGS[family]
    framer, data, found = make(), stream(rng, good), 0
    at = 0
    while at < len(data) or framer.started:
        step = rng.choice([1, 7, 64, 4096])
        framer.feed(data[at : at + step])
        ended = at >= len(data)
        at += step
        before = -1 if not ended else found
        try:
            while (packet := framer.take()) is not None:
                found += 1
                if family == "sfm" and isinstance(packet, sfm.Packet):
                    framer.expect(packet.size)
            if ended:
                framer.give_up()
        except DeviceFormatError:
            pass
        else:
            assert not (ended and framer.started and found == before), "a framer that neither ends nor fails would wait for ever"
    return found


def one_picture(rng: random.Random) -> None:
    """A picture header of small numbers and rubbish."""
    words = [rng.choice([0, 1, 16, 17, 1024, 0x30, 256, 2**31, 2**32 - 1]) for _ in range(7)]
    data = b"".join(w.to_bytes(4, "little") for w in words) + rng.randbytes(rng.choice([0, 1, 256, 300]))
    try:
        parse_picture(data[: rng.choice([len(data), 5, 28])], 0x30)
    except DeviceFormatError:
        pass


def one_profile(rng: random.Random, texts: list[bytes]) -> None:
    """A shipped profile with one place overwritten."""
    data = bytearray(rng.choice(texts))
    at = rng.randrange(len(data))
    data[at : at + rng.randrange(0, 30)] = rng.choice([rng.randbytes(3), b"\n[", b"=[[", b"-1", b"99999999999999999999", b'"'])
    try:
        read_profile(bytes(data), "fuzz.toml")
    except ProfileError:
        pass


def run(seed: int, rounds: int) -> dict[str, int]:
    """Run `rounds` cases of each target from one seed; return how many packets each framing found."""
    rng = random.Random(seed)
    texts = [path.read_bytes() for path in sorted(BUILT_IN.glob("*.toml"))]
    found = {family: sum(one_stream(family, rng) for _ in range(rounds)) for family in FRAMINGS}
    for _ in range(rounds // 20):
        one_picture(rng)
        one_profile(rng, texts)
    return found


if __name__ == "__main__":
    end = time.monotonic() + float(sys.argv[1] if len(sys.argv) > 1 else 60)
    number = int(time.time())
    while time.monotonic() < end:
        number += 1
        sys.stdout.write(f"seed {number}: {run(number, 2000)}\n")

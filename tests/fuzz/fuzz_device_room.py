"""Fuzzing of everything a camera, a reader or a receiver can send to the device room: whole things or the room's own error.

Random streams and damaged good ones, cut anywhere. Long: ``python -m tests.fuzz.fuzz_device_room TARGET SECONDS``.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from random import Random
from typing import Final

from devices.document_readers.framing import CodeFramer, MrzFramer
from devices.errors import DeviceError, DeviceFormatError
from devices.mjpeg.camera import decode_live
from devices.mjpeg.http import parse_address, parse_head
from devices.mjpeg.multipart import MultipartParser, boundary_of
from devices.nmea.sentences import SentenceFramer, parse_position
from devices.profiles import load_profile
from devices.scanned import understand
from devices.simulated.mjpeg import MjpegSimulator, draw
from devices.simulated.serial_push import QR_SPECIMEN, TD1_SPECIMEN, TD3_SPECIMEN
from devices.transports import Framer

_JPEG: Final = MjpegSimulator._encode(draw(48, 32, 3))
_PART: Final = b"--b\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n" % len(_JPEG) + _JPEG + b"\r\n"
_ZONES: Final = ["\r".join(lines).encode() + b"\r" for lines in (TD1_SPECIMEN, TD3_SPECIMEN)]
_NMEA: Final = b"$GPGGA,123519,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,*47\r\n$GPRMC,123519,A,4807.038,N,01131.000,E,022.4,084.4,230394,003.1,W*6A\r\n"


def _mutated(good: bytes, rng: Random) -> bytes:
    data = bytearray(good * rng.randint(1, 3))
    for _ in range(rng.randint(0, 6)):
        at = rng.randrange(len(data) + 1)
        match rng.randrange(5):
            case 0 if at < len(data):
                data[at] ^= 1 << rng.randrange(8)
            case 1:
                del data[at : at + rng.randint(1, 30)]
            case 2:
                data[at:at] = rng.randbytes(rng.randint(1, 20))
            case 3:
                data[at:at] = good[: rng.randrange(len(good))]
            case _:
                data = data[: max(1, at)]
    return bytes(data)


def _stream(good: bytes, rng: Random) -> bytes:
    return rng.randbytes(rng.randint(0, 300)) if rng.random() < 0.3 else _mutated(good, rng)


def _pieces(data: bytes, rng: Random) -> list[bytes]:
    cuts = sorted(rng.randrange(len(data) + 1) for _ in range(rng.randint(0, 4)))
    return [data[a:b] for a, b in zip([0, *cuts], [*cuts, len(data)], strict=True)]


def _framed(framer: Framer[bytes], good: bytes, rng: Random) -> list[bytes]:
    """Feed a stream in pieces; return what came out whole. A framer must go on after each of its errors."""
    out = []
    for piece in _pieces(_stream(good, rng), rng):
        framer.feed(piece)
        for _ in range(len(piece) + 3):
            try:
                got = framer.take()
            except DeviceFormatError:
                continue
            if got is None:
                break
            out.append(got)
    try:
        framer.give_up()
    except DeviceFormatError:
        framer.reset()
    return out


def _multipart(rng: Random) -> None:
    parser = MultipartParser(b"--b")
    for piece in _pieces(_stream(_PART, rng), rng):
        try:
            parts = parser.feed(piece)
        except DeviceFormatError:
            return
        for part in parts:
            assert part.jpeg.startswith(b"\xff\xd8")
            _own(decode_live, part.jpeg)


def _own(parse: Callable[[bytes], object], data: bytes) -> None:
    try:
        parse(data)
    except DeviceFormatError:
        return


def _address(rng: Random) -> None:
    text = _mutated(b"http://cam.example:8080/path?x=1", rng).decode("latin-1")
    try:
        assert parse_address(text).host
    except DeviceError:
        return


def _swipe(kind: str, rng: Random) -> None:
    reader = load_profile(f"mrz-{kind}").reader
    assert reader is not None
    zone = rng.choice(_ZONES)
    good = {"plain": zone, "desko": b"\x1c\x02" + zone + b"\x03\x1d", "rte6701": b"\x01\x60OU\x020" + zone + b"\x03\x00",
            "json": b'\x02{"a": [1, {"mrz": "' + zone.replace(b"\r", b"\\n") + b'"}]}\x03\r\n'}[kind]  # fmt: skip
    for lines in _framed(MrzFramer(reader), good, rng):
        assert len(lines) in (92, 73, 89)
        _own(understand, lines)


def _codes(rng: Random) -> None:
    for code in _framed(CodeFramer(gap_ends=rng.random() < 0.5), QR_SPECIMEN.encode() + b"\r\n", rng):
        assert code
        _own(understand, code)


def _position(rng: Random) -> None:
    for body in _framed(SentenceFramer(), _NMEA, rng):
        _own(parse_position, body)
    _own(parse_position, _mutated(_NMEA[1:64], rng))


TARGETS: Final[dict[str, Callable[[Random], None]]] = {
    "multipart": _multipart,
    "picture": lambda rng: _own(decode_live, _mutated(_JPEG, rng)),
    "head": lambda rng: _own(
        parse_head, _stream(b"HTTP/1.0 200 OK\r\nServer: x\r\nContent-Type: multipart/x-mixed-replace; boundary=b", rng)
    ),
    "boundary": lambda rng: _own(
        lambda d: boundary_of(d.decode("latin-1")), _stream(b'multipart/x-mixed-replace; boundary="b"', rng)
    ),
    "address": _address,
    "swipe-plain": lambda rng: _swipe("plain", rng),
    "swipe-desko": lambda rng: _swipe("desko", rng),
    "swipe-json": lambda rng: _swipe("json", rng),
    "swipe-rte6701": lambda rng: _swipe("rte6701", rng),
    "code": _codes,
    "nmea": _position,
}


def fuzz(target: str, runs: int = 0, seconds: float = 0.0, seed: int = 1) -> int:
    """Run one target for so many runs or seconds; returns the runs."""
    rng = Random(seed)
    end = time.monotonic() + seconds
    done = 0
    while done < runs or (seconds and time.monotonic() < end):
        TARGETS[target](rng)
        done += 1
    return done


if __name__ == "__main__":
    print(fuzz(sys.argv[1], seconds=float(sys.argv[2])), "runs")

"""Fuzz of what network devices say: ISO image records, signed answers, JSON, streams. Only the rooms' own format errors come out.

Run long: `python -m tests.fuzz.fuzz_devices_net --seconds 600`. The short seeded run is part of the normal tests.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache

import numpy as np

from biometrics.errors import FormatError
from biometrics.formats import iso19794_4, iso19794_6
from biometrics.positions import FingerPosition
from devices.bridge.framing import FrameReader
from devices.bridge.messages import read_capture, read_devices, read_frame, read_hello
from devices.errors import AnswerRefusedError, DeviceFormatError, DeviceProtocolError, UnsupportedCommandError
from devices.sbi import jws, messages
from devices.simulated.sbi_keys import device_keys
from devices.simulated.sbi_records import finger_record, iris_record
from devices.wsbd.messages import read_result
from tests.fuzz.fuzz_portrait import mutate

REFUSALS = (FormatError, DeviceFormatError, AnswerRefusedError)
WHEN = datetime(2026, 11, 22, tzinfo=UTC)


def _finger(data: bytes) -> None:
    for image in iso19794_4.parse(data):
        image.decode()


def _iris(data: bytes) -> None:
    for image in iso19794_6.parse(data):
        image.decode()


def _token(data: bytes) -> None:
    jws.parse(data).check_signature()


def _bridge(data: bytes) -> None:
    for message in FrameReader().feed(data):
        head, body = message.header, message.payload
        for read, arguments in (
            (read_hello, ()),
            (read_devices, ()),
            (read_frame, (body,)),
            (read_capture, (body, FingerPosition.RIGHT_FOUR)),
        ):
            try:
                read(head, *arguments)
            except (DeviceProtocolError, UnsupportedCommandError):
                pass


TARGETS: dict[str, Callable[[bytes], object]] = {
    "finger-record": _finger,
    "iris-record": _iris,
    "token": _token,
    "discovery": messages.read_discovery,
    "information": messages.read_information,
    "digital-id": messages.read_digital_id,
    "device": messages.read_device,
    "capture": messages.read_capture,
    "capture-data": messages.read_capture_data,
    "bridge": _bridge,
    "wsbd": read_result,
}


def _bridge_bytes() -> bytes:
    header = {"id": 1, "ok": True, "protocol": 1, "beat_s": 1.0, "width": 20, "height": 16, "ppi": 500,
              "images": [{"position": 13, "width": 20, "height": 16, "ppi": 500, "bits": 8}],
              "devices": [{"serial": "1", "vendor": "v", "model": "m", "firmware": "f", "positions": [13], "impressions": [0],
                           "ppi": 500, "bits": 8}]}  # fmt: skip
    text = json.dumps(header).encode()
    return len(text).to_bytes(4, "big") + (320).to_bytes(4, "big") + text + bytes(320) + b"END\n"


@lru_cache(maxsize=1)
def seeds() -> dict[str, bytes]:
    """One small valid input of every kind."""
    picture = np.random.default_rng(0).integers(0, 256, (48, 40), dtype=np.uint8)
    digital = {"serialNo": "1", "make": "m", "model": "x", "type": "Finger", "deviceSubType": "Slap"}
    device = {"deviceId": "1", "deviceStatus": "Ready", "deviceSubId": ["1"], "specVersion": ["0.9.5"], "digitalId": "e30"}
    data = {"digitalId": "a.b.c", "bioType": "Finger", "bioSubType": "Left Thumb", "purpose": "Registration", "env": "Developer",
            "bioValue": "AAAA", "transactionId": "abcd", "timestamp": "2026-11-22T08:00:00.086+07:00", "qualityScore": "61"}  # fmt: skip
    error = {"errorCode": "0", "errorInfo": ""}
    item = {"specVersion": "0.9.5", "data": "a.b.c", "hash": "A" * 64, "error": error}
    plain = {"discovery": [device], "information": [{"deviceInfo": "a.b.c", "error": error}], "digital-id": digital, "device": device,
             "capture": {"biometrics": [item]}, "capture-data": data}  # fmt: skip
    return {
        "finger-record": finger_record(3, picture, WHEN),
        "iris-record": iris_record(1, picture, WHEN, (4, 4), 6),
        "token": device_keys().device.token(digital).encode(),
        "bridge": _bridge_bytes(),
        "wsbd": b'<?xml version="1.0"?><result xmlns="u"><status>success</status><sessionId>ab-1</sessionId><captureIds><element>c1</element>'
        b"</captureIds><metadata><item><key>width</key><value>3</value></item></metadata><sensorData>AAAA</sensorData></result>",
        **{name: json.dumps(value).encode() for name, value in plain.items()},
    }


def run(rounds: int, seed: int, until: float = float("inf")) -> int:
    """Feed mutated inputs to every target; returns how many were fed. Anything but the rooms' format errors comes through."""
    rng = np.random.default_rng(seed)
    fed = 0
    for _ in range(rounds):
        if time.monotonic() > until:
            break
        for name, target in TARGETS.items():
            try:
                target(mutate(seeds()[name], rng))
            except REFUSALS:
                pass
            fed += 1
    return fed


def main() -> int:
    """Run until the time is over."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    given = parser.parse_args()
    fed = run(10**9, given.seed, time.monotonic() + given.seconds)
    sys.stdout.write(f"{fed} inputs, seed {given.seed}, nothing but format errors\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

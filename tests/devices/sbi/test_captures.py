"""Captures through a whole simulated service: what comes back, what is kept, and why each wrong answer is refused."""

from __future__ import annotations

import contextlib
import socket
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from biometrics.positions import SLAP_FINGERS, Eye, FingerPosition, Impression
from devices.contract import CaptureRequest, Source
from devices.errors import AnswerRefusedError, DeviceCancelledError, DeviceError, DeviceNotFoundError, UnsupportedCommandError
from devices.sbi.adapter import SbiScanner
from devices.sbi.asking import FIRST_HASH
from devices.sbi.chain import NoTrust
from devices.sbi.service import open_ports, parse_ports
from devices.sbi.verify import verify_token
from devices.simulated.sbi import SbiSimulator
from devices.simulated.sbi_keys import SimulatedMakers, device_keys
from station.clock import ManualClock
from tests.devices.sbi.contract_cases import THUMBS, scanner_of

RIGHT = CaptureRequest(FingerPosition.RIGHT_FOUR, deadline_s=5.0)

REASONS = {
    "wrong-chain": "sbi-chain-untrusted",
    "foreign-key": "sbi-chain-untrusted",
    "bad-signature": "sbi-signature",
    "unsigned": "sbi-algorithm",
    "expired-certificate": "sbi-certificate-expired",
    "replayed-answer": "sbi-transaction",
    "shuffled-fingers": "sbi-hash",
    "swapped-pictures": "sbi-record-finger",
    "stale-timestamp": "sbi-timestamp",
    "future-timestamp": "sbi-timestamp",
    "wrong-transaction": "sbi-transaction",
    "wrong-count": "sbi-count",
    "extra-finger": "sbi-count",
    "wrong-finger": "sbi-subtype",
    "duplicate-finger": "sbi-duplicate",
    "duplicate-picture": "sbi-duplicate",
    "altered-picture": "sbi-signature",
    "altered-hash": "sbi-hash",
    "wrong-env": "sbi-env",
    "wrong-purpose": "sbi-purpose",
    "wrong-spec": "sbi-spec-version",
    "wrong-device": "sbi-device",
    "lossy-picture": "sbi-record-lossy",
    "low-resolution": "sbi-record-ppi",
    "short-record": "sbi-record",
}


def test_a_slap_comes_as_one_picture_for_each_finger_with_the_devices_own_tokens(slap_service: SbiSimulator) -> None:
    device = scanner_of(slap_service, margin_s=5.0)
    device.open()
    taken = device.capture(replace(RIGHT, missing=(FingerPosition.RIGHT_RING,)))
    assert [i.position for i in taken.images] == [
        FingerPosition.RIGHT_INDEX,
        FingerPosition.RIGHT_MIDDLE,
        FingerPosition.RIGHT_LITTLE,
    ]
    assert taken.source is Source.SIMULATED
    assert all((i.ppi, i.bits, i.encoding, i.quality) == (500, 8, "image/jp2", 80) for i in taken.images)
    assert all(i.original is not None and i.original.startswith(b"\0\0\0\x0cjP") for i in taken.images)
    assert len(taken.signed) == 3
    for token in taken.signed:  # kept exactly: they verify again, from the bytes in the capture alone
        assert b"Right" in verify_token(token, slap_service.trust(), datetime.now(UTC))
    device.close()


@pytest.mark.parametrize("fault", sorted(REASONS))
def test_each_wrong_answer_is_refused_with_its_reason_and_the_next_capture_works(slap_service: SbiSimulator, fault: str) -> None:
    device = scanner_of(slap_service)
    device.open()
    slap_service.inject(fault)
    with pytest.raises(AnswerRefusedError) as refused:
        device.capture(THUMBS)
    assert refused.value.reason_code == REASONS[fault]
    assert refused.value.device_id == device.device_id
    assert len(device.capture(THUMBS).images) == 2
    device.close()


@pytest.mark.parametrize("fault", ["wrong-chain", "foreign-key"])
def test_another_trusted_maker_cannot_speak_for_the_device_that_was_opened(slap_service: SbiSimulator, fault: str) -> None:
    both = SimulatedMakers((device_keys().root_der, device_keys("Simulated Stranger").root_der))
    device = scanner_of(slap_service, trust=both)
    device.open()
    slap_service.inject(fault)
    with pytest.raises(AnswerRefusedError) as refused:
        device.capture(THUMBS)
    assert refused.value.reason_code == "sbi-signer"
    assert device.capture(THUMBS).images
    device.close()


def test_the_hash_chain_goes_on_from_capture_to_capture(slap_service: SbiSimulator) -> None:
    device = scanner_of(slap_service)
    device.open()
    first, second = device.capture(THUMBS), device.capture(THUMBS)
    assert len({FIRST_HASH, first.details["hash"], second.details["hash"]}) == 3
    device.close()


@pytest.mark.parametrize("trust", [NoTrust(), SimulatedMakers((device_keys("Simulated Stranger").root_der,))])
def test_without_the_makers_root_nothing_opens(slap_service: SbiSimulator, trust: object) -> None:
    device = scanner_of(slap_service, trust=trust)
    assert device.describe().error_code == "sbi-chain-untrusted"
    with pytest.raises(AnswerRefusedError):
        device.open()
    assert not device.is_open


def test_time_is_the_stations_clock(slap_service: SbiSimulator) -> None:
    clock = ManualClock(datetime.now(UTC) + timedelta(minutes=6))
    device = scanner_of(slap_service, clock=clock)
    device.open()
    with pytest.raises(AnswerRefusedError) as refused:
        device.capture(THUMBS)
    assert refused.value.reason_code == "sbi-timestamp"
    tolerant = scanner_of(slap_service, clock=clock, skew_s=600)
    tolerant.open()
    assert tolerant.capture(THUMBS).images
    device.close()
    tolerant.close()


def test_a_device_of_another_environment_is_refused(slap_service: SbiSimulator) -> None:
    device = scanner_of(slap_service, env="Production")
    with pytest.raises(AnswerRefusedError) as refused:
        device.open()
    assert refused.value.reason_code == "sbi-env"


@pytest.mark.parametrize("spec", ["1.0", "0.9.5"])
def test_both_editions_are_spoken(spec: str) -> None:
    sim = SbiSimulator("finger-single", spec=spec)
    sim.start()
    device = scanner_of(sim)
    device.open()
    taken = device.capture(CaptureRequest(FingerPosition.LEFT_RING, deadline_s=2.0))
    assert taken.details["spec"] == spec
    assert [i.position for i in taken.images] == [FingerPosition.LEFT_RING]
    device.close()
    sim.stop()


def test_irises(iris_service: SbiSimulator) -> None:
    device = scanner_of(iris_service)
    device.open()
    both = device.capture(CaptureRequest(modality="iris", eyes=(Eye.LEFT, Eye.RIGHT), deadline_s=2.0))
    assert [i.eye for i in both.images] == [Eye.LEFT, Eye.RIGHT]
    assert all(i.pixels.shape == (480, 640) and i.ppi is None and i.quality == 80 for i in both.images)
    left = device.capture(CaptureRequest(modality="iris", eyes=(Eye.LEFT,), deadline_s=2.0))
    assert [i.eye for i in left.images] == [Eye.LEFT]
    iris_service.inject("swapped-pictures")
    with pytest.raises(AnswerRefusedError) as refused:
        device.capture(CaptureRequest(modality="iris", deadline_s=2.0))
    assert refused.value.reason_code == "sbi-record-finger"
    device.close()


def test_what_the_device_cannot_take_is_not_asked_of_it(slap_service: SbiSimulator) -> None:
    device = scanner_of(slap_service)
    device.open()
    everything = SLAP_FINGERS[FingerPosition.RIGHT_FOUR]
    for request in (
        CaptureRequest(FingerPosition.RIGHT_INDEX),
        CaptureRequest(FingerPosition.RIGHT_FOUR, Impression.LIVE_ROLLED),
        CaptureRequest(FingerPosition.RIGHT_FOUR, missing=everything),
        CaptureRequest(modality="iris"),
    ):
        with pytest.raises(UnsupportedCommandError):
            device.capture(request)
    device.close()


def test_cancel_breaks_a_capture_that_waits(slap_service: SbiSimulator) -> None:
    device = scanner_of(slap_service)
    device.open()
    slap_service.inject("silence")
    begun = threading.Event()
    threading.Thread(target=lambda: (begun.wait(5), _until_cancelled(device, done))).start()
    done = threading.Event()
    begun.set()
    with pytest.raises(DeviceCancelledError):
        device.capture(replace(RIGHT, deadline_s=20.0))
    done.set()
    assert device.capture(THUMBS).images
    device.close()


def _until_cancelled(device: SbiScanner, done: threading.Event) -> None:
    # A cancel before the capture runs is a cancel without a running call: say it until it is heard.
    while not done.wait(0.02):
        device.cancel()


def test_a_service_that_is_gone(slap_service: SbiSimulator) -> None:
    device = scanner_of(slap_service)
    device.open()
    slap_service.stop()
    with pytest.raises(DeviceNotFoundError):
        device.capture(THUMBS)
    device.close()
    assert device.describe().error_code == "device-not-found"


def test_the_scan_is_bounded_and_finds_only_what_listens(slap_service: SbiSimulator) -> None:
    assert slap_service.port in open_ports()
    assert len(parse_ports("4501-4600")) == 100
    for bad in ("1-70000", "4600-4501", "x", "1-250"):
        with pytest.raises(ValueError, match=r"port|invalid literal"):
            parse_ports(bad)
    assert SbiScanner.discover({"ports": "9"}) == []


def test_something_else_on_the_port_is_a_reason_not_a_crash() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        guests = threading.Thread(target=_close_every_guest, args=(other,))
        guests.start()
        with pytest.raises(DeviceError):
            SbiScanner.discover({"ports": str(port)})
        other.shutdown(socket.SHUT_RDWR)
        guests.join(5)


def _close_every_guest(server: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while True:
            server.accept()[0].close()


def test_pixels_are_those_of_the_simulated_finger(slap_service: SbiSimulator) -> None:
    device = scanner_of(slap_service)
    device.open()
    taken = device.capture(THUMBS)
    fingers = type(slap_service.body)(slap_service.body.seed).fingers(SLAP_FINGERS[FingerPosition.TWO_THUMBS])
    for image in taken.images:
        assert np.array_equal(image.pixels, fingers[image.position])
    device.close()

"""What S1 says of the devices at the desk: simulated, absent, days of the calibration, readers beside, and asked for only now and then."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from devices.contract import DeviceKind, Source
from devices.grade import CertificateFacts
from devices.simulated.card_reader import SimulatedCardReader
from station.app import Station
from station.clock import ManualClock
from station.demo import demo_devices, open_demo_station
from station.desk.beside import FRESH_S, Around, DevicesHere
from station.views.base import Tone
from station.words import catalogue
from tests.station.capture.test_admission import RealScanner


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def station(tmp_path: Path, clock: ManualClock) -> Iterator[Station]:
    station = open_demo_station(tmp_path / "station", clock=clock, desk="all")
    yield station
    station.close()


def test_simulated_devices_and_readers_are_rows_with_words(station: Station, clock: ManualClock) -> None:
    here = DevicesHere(station, lambda: demo_devices(clock))
    here.card_readers = lambda: [SimulatedCardReader().describe()]
    here.others = lambda: [Around(DeviceKind.DOCUMENT_READER, Source.DEVICE, "device-unplugged")]
    rows = here.rows()
    assert [(r.what, r.tone) for r in rows] == [
        ("scanner", Tone.GOOD), ("camera", Tone.GOOD), ("card-reader", Tone.GOOD), ("document-reader", Tone.RETRY),
    ]  # fmt: skip
    assert rows[0].note.code == "ui.device.simulated"
    assert rows[3].note.code == "device-unplugged"
    assert all(r.note.code in catalogue() and f"ui.device.{r.what}" in catalogue() for r in rows)


def test_the_days_of_a_calibration_are_told_and_a_certificate_is_looked_at_anew_only_now_and_then(
    station: Station, clock: ManualClock
) -> None:
    scanner, asked = RealScanner(), [0]
    until = [clock.now() + timedelta(days=74)]

    def certificates(_: object) -> CertificateFacts:
        asked[0] += 1
        return CertificateFacts("S-77", "2.1", "p1", passed=True, valid_until=until[0], verified=True, certificate_id="c7")

    station.certificates = certificates
    here = DevicesHere(station, lambda: [scanner])
    scanner.open()
    assert (here.rows()[0].note.code, here.rows()[0].tone) == ("ui.device.calibrated", Tone.GOOD)
    assert here.rows()[0].note.values["days"] in {73, 74}
    assert asked == [1], "the queue asks every two seconds; a signature is not checked as often"
    until[0] = clock.now() + timedelta(days=5)
    clock.advance(FRESH_S + 1)
    assert here.rows()[0].tone is Tone.RETRY, "a certificate that ends soon is not told"
    until[0] = clock.now() - timedelta(days=1)
    assert here.rows()[0].tone is Tone.RETRY
    here.forget()
    row = here.rows()[0]
    assert (row.tone, row.note.code) == (Tone.BLOCKED, "ui.device.preview-only")
    assert asked == [3]

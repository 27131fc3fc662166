"""From a calibration certificate in the station's book to the capture: enrolls while it is valid, refuses with the reason afterwards."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from devices.contract import Source
from devices.grade import CertificateFacts
from station.app import Station
from station.clock import ManualClock
from station.keys import Argon2Cost
from tests.station.capture.test_admission import RealScanner

NOW = datetime(2026, 5, 12, 9, 0, tzinfo=UTC)


@pytest.fixture
def station(tmp_path: Path):
    made = Station.open(tmp_path / "s", clock=ManualClock(NOW), demo=True, cost=Argon2Cost(1, 64, 1))
    yield made
    made.close()


def test_a_station_asks_its_own_book_and_knows_no_certificate_at_first(station: Station) -> None:
    scanner = RealScanner()
    scanner.open()
    assert scanner.describe().source is Source.DEVICE
    refused = station.admission(scanner)
    assert (refused.enrolls, refused.code) == (False, "certificate-missing")


def test_what_the_book_says_decides_today_and_tomorrow(station: Station, monkeypatch: pytest.MonkeyPatch) -> None:
    facts = CertificateFacts(
        "S-77", "2.1", "p1", passed=True, valid_until=NOW + timedelta(days=1), verified=True, certificate_id="c7"
    )
    from station.device_certificates import CertificateBook

    monkeypatch.setattr(CertificateBook, "facts", lambda *_: facts)
    scanner = RealScanner()
    scanner.open()
    assert station.admission(scanner).enrolls
    scanner.firmware = "2.2"
    assert station.admission(scanner).code == "certificate-firmware-changed"
    scanner.firmware = "2.1"
    assert isinstance(station.clock, ManualClock)
    station.clock.advance(86_400)
    expired = station.admission(scanner)
    assert (expired.code, expired.values["day"]) == ("certificate-expired", "13/05/2026")

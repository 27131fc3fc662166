"""A small, whole certificate body for tests."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from devices.calibration.certificate import CaptureHash, CertificateBody
from devices.calibration.corrections import Corrections
from devices.calibration.limits import limit_table
from devices.calibration.model import Reading, judge_one
from devices.contract import DeviceIdentity, DeviceKind, Source

NOW = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)
IDENTITY = DeviceIdentity(DeviceKind.SCANNER, "serial-ef01", "Vendor", "Model 60", "SN-7", "2.14", "model-60-v2")
LIMITS = {(limit.test, limit.at): limit for limit in limit_table("ebts-f-500").limits}


def body(*, ppi: float = 500.8, **changes: Any) -> CertificateBody:
    rows = (judge_one(LIMITS["ppi-x", None], Reading("ppi-x", (ppi, 500.1, 500.2), "ppi")),
            judge_one(LIMITS["ctf-x", 5.0], Reading("ctf-x", (0.8, 0.81, 0.82), at=5.0)))  # fmt: skip
    made = CertificateBody(1, "", "0011223344556677", IDENTITY, Source.DEVICE, "tenprint", "ebts-f-500", "scanner-80", "T-12", "2027-01-31", "ktv01",
                           "Vương Đình Khải", "25.4", "", {"station": "0.1.0"}, NOW, NOW, NOW + timedelta(days=365), rows, (),
                           Corrections(1.0, 1.013), (CaptureHash("pattern", 0, "ab" * 32, False),))  # fmt: skip
    return replace(made, **changes)

"""What a grade decision needs to know of a device's newest certificate, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class CertificateFacts:
    """The newest certificate of one device, as plain facts.

    `verified`: the signature is by a key trusted for calibration and the chain to the first certificate is whole; an unsigned
    certificate is never verified. `valid_until` is aware, UTC. `needs_corrections`: it holds only for pictures to which its
    corrections were applied (`devices.calibration.corrections`).
    """

    device_serial: str
    firmware: str
    profile: str
    passed: bool
    valid_until: datetime
    verified: bool
    certificate_id: str = ""
    """SHA-256 (hex) of the certificate file."""
    needs_corrections: bool = False

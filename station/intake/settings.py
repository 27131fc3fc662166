"""What an intake may be told; the defaults suit a province's single machine."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from station.package import LIMIT_BYTES


class OperatorPolicy(StrEnum):
    """Which operators' signatures are accepted."""

    VOUCHED = "vouched"  # those an enrolled station names are active at once
    REGISTERED = "registered"  # those a person has approved here


@dataclass(frozen=True, slots=True)
class IntakeSettings:
    """`production` refuses captures from simulators and files, and anything marked demo. Quotas are per station."""

    name: str = "intake"
    production: bool = True
    operators: OperatorPolicy = OperatorPolicy.REGISTERED
    package_limit_bytes: int = LIMIT_BYTES
    packages_per_day: int = 5_000
    open_uploads_per_station: int = 8
    open_uploads: int = 512
    upload_expires_s: int = 48 * 3600
    idle_s: float = 60.0
    session_s: int = 600
    code_expires_s: int = 24 * 3600
    min_free_bytes: int = 500_000_000
    verifiers: int = 2


MAX_REQUEST_BYTES: Final = 200_000
"""Of anything that is not an upload."""

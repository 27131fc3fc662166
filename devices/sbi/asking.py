"""What is asked of an SBI device: capture requests of the contract turned into RCAPTURE's words, and what was asked kept for checking."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from biometrics.positions import SINGLE_FINGERS, SLAP_FINGERS, Eye, FingerPosition, fingers_of
from devices.errors import UnsupportedCommandError

if TYPE_CHECKING:
    from devices.contract import CaptureRequest

_NAMES: Final = ("Thumb", "IndexFinger", "MiddleFinger", "RingFinger", "LittleFinger")
FINGER_NAMES: Final = {
    position: f"{'Right' if position <= FingerPosition.RIGHT_LITTLE else 'Left'} {_NAMES[(position - 1) % 5]}"
    for position in SINGLE_FINGERS
}
EYE_NAMES: Final = {Eye.LEFT: "Left", Eye.RIGHT: "Right"}
_SUB_IDS: Final = {FingerPosition.LEFT_FOUR: "1", FingerPosition.RIGHT_FOUR: "2", FingerPosition.TWO_THUMBS: "3"}
FIRST_HASH: Final = "E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855"
"""SHA-256 of nothing: where a hash chain begins."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One capture as it was asked for; the answer is checked against every field."""

    kind: str
    """``Finger`` or ``Iris``."""
    wanted: tuple[str, ...]
    """Names of the fingers or eyes, in the order asked."""
    missing: tuple[str, ...]
    sub_id: str
    transaction_id: str
    asked_at: datetime
    env: str
    purpose: str
    spec_version: str
    device_id: str
    device_code: str
    previous_hash: str
    score: int
    timeout_s: float

    def to_json(self) -> bytes:
        """Return RCAPTURE's body; values are texts, as the specification has them."""
        bio = {
            "type": self.kind,
            "count": str(len(self.wanted)),
            "bioSubType": list(self.wanted),
            "exception": list(self.missing),
            "requestedScore": str(self.score),
            "deviceId": self.device_id,
            "deviceSubId": self.sub_id,
            "previousHash": self.previous_hash,
        }
        body = {
            "env": self.env,
            "purpose": self.purpose,
            "specVersion": self.spec_version,
            "timeout": str(round(self.timeout_s * 1000)),
            "captureTime": written_time(self.asked_at),
            "transactionId": self.transaction_id,
            "bio": [bio],
            "customOpts": None,
        }
        return json.dumps(body).encode("utf-8")


def written_time(when: datetime) -> str:
    """Return a UTC time with milliseconds, as SBI writes it."""
    return when.strftime("%Y-%m-%dT%H:%M:%S.") + f"{when.microsecond // 1000:03d}Z"


def new_transaction_id() -> str:
    """Return a fresh random id: 36 characters of hexadecimal digits and hyphens (4 to 50 are allowed)."""
    return str(uuid.uuid4())


def sub_id_of(request: CaptureRequest) -> str:
    """Return the part of the device that the request needs: 1 left, 2 right, 3 both, 0 for a single finger."""
    if request.modality == "iris":
        eyes = set(request.eyes or (Eye.LEFT, Eye.RIGHT))
        return "3" if len(eyes) > 1 else "1" if Eye.LEFT in eyes else "2"
    return _SUB_IDS.get(request.position, "0")


def wanted_of(request: CaptureRequest) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return (names wanted, names declared missing) of a request.

    Raises:
        UnsupportedCommandError: nothing is left to take, or the request is neither fingers nor eyes.
    """
    if request.modality == "iris":
        eyes = request.eyes or (Eye.LEFT, Eye.RIGHT)
        wanted = tuple(EYE_NAMES[eye] for eye in dict.fromkeys(eyes) if eye in EYE_NAMES)
        missing = tuple(name for name in EYE_NAMES.values() if name not in wanted)
    elif request.modality == "finger":
        fingers = fingers_of(request.position)
        wanted = tuple(FINGER_NAMES[f] for f in fingers if f not in request.missing)
        slap = request.position in SLAP_FINGERS
        missing = tuple(FINGER_NAMES[f] for f in fingers if f in request.missing) if slap else ()
    else:
        wanted, missing = (), ()
    if not wanted:
        raise UnsupportedCommandError("There is no finger or eye left to take; nothing was captured.")
    return wanted, missing

"""An SBI capture answer against what was asked. The reference client checks signature, transaction and time; here everything is checked.

Order: errors the device reports, then form, count, and for each item signature, certificate path, transaction, time, purpose,
environment, device, finger, hash chain, and last the ISO record, which must show the very finger that its token names.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from biometrics.errors import FormatError
from biometrics.formats import iso19794_4, iso19794_6
from biometrics.formats.record_image import Coding
from biometrics.positions import Eye, FingerPosition
from devices.errors import (
    AnswerRefusedError,
    CaptureRefusedError,
    DeviceBusyError,
    DeviceError,
    DeviceProtocolError,
    DeviceTimeoutError,
    UnsupportedCommandError,
)
from devices.sbi import jws
from devices.sbi.asking import EYE_NAMES, FINGER_NAMES, Asked
from devices.sbi.chain import MakerTrust, check_chain
from devices.sbi.messages import CaptureData, DigitalId, Item, ServiceError, read_capture, read_capture_data, read_digital_id

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SKEW: Final = timedelta(minutes=5)
"""How far the device's clock may be off (the reference client's own limit)."""
LEAST_PPI: Final = 495
"""500 ppi less 1 % (EBTS appendix F)."""
_POSITIONS: Final = {name: position for position, name in FINGER_NAMES.items()}
_EYES: Final = {name: eye for eye, name in EYE_NAMES.items()}


@dataclass(frozen=True, slots=True, repr=False)
class Sample:
    """One verified finger or eye: its picture decoded, its encoded bytes, and the token exactly as it came."""

    position: FingerPosition
    eye: Eye
    pixels: NDArray[np.uint8]
    ppi: int | None
    coding: Coding
    encoded: bytes
    quality: int | None
    token: bytes


@dataclass(frozen=True, slots=True, repr=False)
class Verified:
    """A whole verified answer: samples in the order asked for, and where the hash chain stands."""

    samples: tuple[Sample, ...]
    last_hash: str


def verify_capture(
    answer: bytes, asked: Asked, device: DigitalId, signer: bytes, trust: MakerTrust, now: datetime, skew: timedelta = SKEW
) -> Verified:
    """Check a whole RCAPTURE answer and decode its pictures.

    Args:
        answer: the body as it came.
        asked: the request it must answer.
        device: the device that was opened (from its verified information).
        signer: the key that signed its digital id then (`Jws.signer_key`): a digital id can be copied, the key behind it cannot.
        trust: the device makers trusted here.
        now: the station's time, aware, UTC.
        skew: tolerance between the device's clock and ours.

    Raises:
        AnswerRefusedError: ``sbi-…``, the check that failed; nothing of the answer may be used.
        DeviceFormatError: the answer breaks its form.
        DeviceBusyError, DeviceTimeoutError, CaptureRefusedError, UnsupportedCommandError, DeviceProtocolError: what the device reports.
    """
    items = read_capture(answer)
    for item in items:
        if item.error is not None:
            raise reported(item.error)
    if len(items) != len(asked.wanted):
        raise AnswerRefusedError(f"{len(items)} pictures came, {len(asked.wanted)} were asked for.", code="sbi-count")
    samples: dict[str, Sample] = {}
    records: set[bytes] = set()
    previous = asked.previous_hash
    for item in items:
        data = _checked_data(item, asked, device, signer, trust, now, skew)
        if data.sub_type in samples:
            raise AnswerRefusedError("The same finger or eye came twice.", code="sbi-duplicate")
        digest = hashlib.sha256(data.record).digest()
        if digest in records:
            raise AnswerRefusedError("The same picture came for two fingers.", code="sbi-duplicate")
        records.add(digest)
        previous = _checked_hash(item.hash_hex, previous, digest)
        samples[data.sub_type] = _sample(data, item.token, asked)
    return Verified(tuple(samples[name] for name in asked.wanted), previous)


def verify_token(token: bytes, trust: MakerTrust, now: datetime) -> bytes:
    """Return the payload of a token whose signature and certificate path hold.

    Raises:
        AnswerRefusedError, DeviceFormatError.
    """
    return verified(token, trust, now).payload


def verified(token: bytes, trust: MakerTrust, now: datetime) -> jws.Jws:
    """Return the token, parsed, when its signature and certificate path hold; raises as `verify_token`."""
    parsed = jws.parse(token)
    parsed.check_signature()
    check_chain(parsed.chain, trust, now)
    return parsed


def reported(error: ServiceError) -> DeviceError:
    """Return the error that stands for what a device reports (SBI's own numbers; 113 to 122 as the mock service has them)."""
    code = error.code
    details = {"device_code": code, "device_text": error.info}
    if code in ("110", "111"):
        return DeviceBusyError("The device is not ready or busy; nothing was captured. Wait and try again.", **details)
    if code in ("101", "202"):
        return DeviceTimeoutError(
            "The device saw nothing in time; nothing was captured. Place the fingers and try again.",
            code="device-saw-nothing",
            **details,
        )
    if code == "100":
        return CaptureRefusedError("The device is not registered; nothing was captured. Register it with its maker.",
                                   code="sbi-not-registered", **details)  # fmt: skip
    if code in ("103", "104", "107", "108"):
        return CaptureRefusedError("The device cannot vouch for its captures (its keys or its seal); nothing was captured. Call service.",
                                   code="sbi-device-keys", **details)  # fmt: skip
    if code == "109" or code in {str(n) for n in range(112, 123)}:
        return UnsupportedCommandError(
            "The device refused the request; nothing was captured.", code="sbi-request-refused", **details
        )
    return DeviceProtocolError("The device reports a fault; nothing was captured. Try again.", code="sbi-device-fault", **details)


def _checked_data(
    item: Item, asked: Asked, device: DigitalId, signer: bytes, trust: MakerTrust, now: datetime, skew: timedelta
) -> CaptureData:
    if item.spec_version != asked.spec_version:
        raise AnswerRefusedError("The answer is of another version of the specification.", code="sbi-spec-version")
    token = verified(item.token, trust, now)
    data = read_capture_data(token.payload)
    if data.transaction_id != asked.transaction_id:
        raise AnswerRefusedError("The answer belongs to another request.", code="sbi-transaction")
    if not asked.asked_at - skew <= data.timestamp <= now + skew:
        raise AnswerRefusedError("The answer was made at another time than now.", code="sbi-timestamp")
    for mine, theirs, code in (
        (asked.env, data.env, "sbi-env"),
        (asked.purpose, data.purpose, "sbi-purpose"),
        (asked.kind, data.kind, "sbi-type"),
    ):
        if mine.casefold() != theirs.casefold():
            raise AnswerRefusedError("The answer was made for something else than was asked.", code=code)
    if data.sub_type not in asked.wanted:
        raise AnswerRefusedError("A finger or eye came that was not asked for.", code="sbi-subtype")
    identity_token = verified(data.digital_id, trust, now)
    if identity_token.signer_key != signer or token.issuer != identity_token.issuer:
        # The chip's key does not change while a device is open; its capture key comes from the same provider.
        raise AnswerRefusedError("The answer was signed by another device's key.", code="sbi-signer")
    identity = read_digital_id(identity_token.payload)
    same = (identity.serial, identity.make, identity.model) == (device.serial, device.make, device.model)
    if not same or (asked.device_code and data.device_code != asked.device_code):
        raise AnswerRefusedError("The answer comes from another device than was opened.", code="sbi-device")
    return data


def _checked_hash(claimed: str, previous: str, digest: bytes) -> str:
    """Return the item's hash: SHA-256 over the previous hash and the record's SHA-256, both as bytes (the reference services) or
    both as upper-case hexadecimal text (the specification's words read literally); either binds the same facts."""
    as_bytes = hashlib.sha256(bytes.fromhex(previous) + digest).hexdigest().upper()
    as_text = hashlib.sha256((previous + digest.hex().upper()).encode("ascii")).hexdigest().upper()
    if claimed.upper() not in (as_bytes, as_text):
        raise AnswerRefusedError(
            "The chain of hashes does not hold: a picture is altered, missing or out of order.", code="sbi-hash"
        )
    return claimed.upper()


def _sample(data: CaptureData, token: bytes, asked: Asked) -> Sample:
    try:
        return _iris(data, token) if asked.kind == "Iris" else _finger(data, token)
    except FormatError as error:
        raise AnswerRefusedError("The biometric record inside the answer is not whole or not allowed.", code="sbi-record",
                                 record=error.reason_code) from error  # fmt: skip


def _finger(data: CaptureData, token: bytes) -> Sample:
    images = iso19794_4.parse(data.record)
    image = images[0]
    if len(images) != 1 or image.position != _POSITIONS.get(data.sub_type):
        raise AnswerRefusedError("The record shows another finger than its token names.", code="sbi-record-finger")
    if image.ppi < LEAST_PPI:
        raise AnswerRefusedError(f"The picture has {image.ppi} ppi; at least 500 are needed.", code="sbi-record-ppi")
    if not image.coding.lossless:
        raise AnswerRefusedError("The picture was compressed with loss; enrollment needs it whole.", code="sbi-record-lossy")
    return Sample(image.position, Eye.UNKNOWN, image.decode(), image.ppi, image.coding, image.data, data.quality, token)


def _iris(data: CaptureData, token: bytes) -> Sample:
    images = iso19794_6.parse(data.record)
    image = images[0]
    if len(images) != 1 or image.eye != _EYES.get(data.sub_type):
        raise AnswerRefusedError("The record shows another eye than its token names.", code="sbi-record-finger")
    if not image.coding.lossless or image.kind not in ("vga", "cropped"):
        raise AnswerRefusedError("The iris picture is lossy or of another kind than enrollment needs.", code="sbi-record-lossy")
    return Sample(FingerPosition.UNKNOWN, image.eye, image.decode(), None, image.coding, image.data, data.quality, token)

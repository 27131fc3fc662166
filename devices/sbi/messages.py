"""What SBI services say: discovery, device information, capture answers (bytes in, plain values out, nothing believed yet).

Field lists: MOSIP "Secure Biometric Interface" 0.9.5 (`docs/biometrics/mds-specification.md`); 1.0 differs in verbs and in the
stream's parameters only. Unknown fields are ignored, as the specification asks.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from devices.errors import DeviceFormatError
from devices.sbi.json_bytes import as_list, as_object, load_json, score_of, text_of, texts_of
from devices.sbi.jws import decode_base64url

MOST_DEVICES: Final = 16
MOST_ITEMS: Final = 12
MOST_TOKEN: Final = 20_000_000
MOST_RECORD: Final = 14_000_000


@dataclass(frozen=True, slots=True)
class DigitalId:
    """Which very device."""

    serial: str
    make: str
    model: str
    kind: str
    """``Finger``, ``Iris`` or ``Face``."""
    sub_kind: str
    """``Slap``, ``Single``, ``Touchless``; ``Single``, ``Double``; ``Full face``."""
    provider: str
    provider_id: str


@dataclass(frozen=True, slots=True)
class ServiceError:
    """What a service answers instead of doing it; `code` ``0`` is no error. `info` is the device's text, never shown as ours."""

    code: str
    info: str


@dataclass(frozen=True, slots=True)
class Device:
    """One device as discovery (unsigned) or information (signed) shows it; fields that one of them lacks are empty."""

    device_id: str
    status: str
    certification: str
    service_version: str
    sub_ids: tuple[str, ...]
    device_code: str
    spec_versions: tuple[str, ...]
    purpose: str
    env: str
    firmware: str
    digital_id: str
    """As it came: unsigned base64url in discovery, a signed JWT in information."""
    error: ServiceError | None


@dataclass(frozen=True, slots=True, repr=False)
class Item:
    """One entry of a capture answer, still unverified: the token exactly as it came."""

    spec_version: str
    token: bytes
    hash_hex: str
    error: ServiceError | None


@dataclass(frozen=True, slots=True, repr=False)
class CaptureData:
    """The payload of one item's token."""

    digital_id: bytes
    kind: str
    sub_type: str
    purpose: str
    env: str
    device_code: str
    transaction_id: str
    timestamp: datetime
    record: bytes
    quality: int | None
    requested: int | None


def read_discovery(data: bytes) -> tuple[Device, ...]:
    """Read the answer to MOSIPDISC.

    Raises:
        DeviceFormatError: see `devices.sbi.json_bytes`.
    """
    rows = as_list(load_json(data), "discovery answer", MOST_DEVICES)
    return tuple(_device(as_object(row, "device")) for row in rows)


def read_information(data: bytes) -> tuple[tuple[bytes, ServiceError | None], ...]:
    """Read the answer to MOSIPDINFO: (signed information, error) of each device; the tokens are verified by the caller.

    Raises:
        DeviceFormatError: see `devices.sbi.json_bytes`.
    """
    found = []
    for row in as_list(load_json(data), "information answer", MOST_DEVICES):
        entry = as_object(row, "information")
        token = text_of(entry, "deviceInfo", 200_000, needed=False)
        found.append((_ascii(token, "deviceInfo"), _error(entry.get("error"))))
    return tuple(found)


def read_device(payload: bytes) -> Device:
    """Read the verified payload of a device information token.

    Raises:
        DeviceFormatError: a field is missing or of another form.
    """
    return _device(as_object(load_json(payload), "device information"))


def read_digital_id(payload: bytes) -> DigitalId:
    """Read a digital id (the verified payload of its token, or the decoded unsigned one).

    Raises:
        DeviceFormatError: a field is missing or of another form.
    """
    source = as_object(load_json(payload), "digital id")
    return DigitalId(
        text_of(source, "serialNo", 100),
        text_of(source, "make", 100),
        text_of(source, "model", 100),
        text_of(source, "type", 40),
        text_of(source, "deviceSubType", 40),
        text_of(source, "deviceProvider", 100, needed=False),
        text_of(source, "deviceProviderId", 100, needed=False),
    )


def read_unsigned_digital_id(text: str) -> DigitalId:
    """Read the unsigned digital id of a discovery answer.

    Raises:
        DeviceFormatError: no base64url JSON.
    """
    return read_digital_id(decode_base64url(_ascii(text, "digitalId"), "digitalId"))


def read_capture(data: bytes) -> tuple[Item, ...]:
    """Read the answer to RCAPTURE into items; an error beside the items comes back as one item without a token.

    Raises:
        DeviceFormatError: see `devices.sbi.json_bytes`.
    """
    answer = as_object(load_json(data), "capture answer")
    if answer.get("biometrics") is None and (error := _error(answer.get("error"))) is not None:
        return (Item("", b"", "", error),)
    return tuple(_item(as_object(row, "item")) for row in as_list(answer.get("biometrics"), "biometrics", MOST_ITEMS))


def read_capture_data(payload: bytes) -> CaptureData:
    """Read the verified payload of an item's token.

    Raises:
        DeviceFormatError: a field is missing or of another form.
    """
    source = as_object(load_json(payload), "capture data")
    value = _ascii(text_of(source, "bioValue", MOST_TOKEN), "bioValue")
    record = decode_base64url(value, "bioValue")
    if not 1 <= len(record) <= MOST_RECORD:
        raise DeviceFormatError("The biometric record is empty or too large.", code="sbi-format")
    # 0.9.5 writes transactionId; services that grew from 0.9.2 write transactionID.
    key = "transactionId" if "transactionId" in source else "transactionID"
    return CaptureData(
        _ascii(text_of(source, "digitalId", 200_000), "digitalId"),
        text_of(source, "bioType", 40),
        text_of(source, "bioSubType", 40, needed=False),
        text_of(source, "purpose", 40),
        text_of(source, "env", 40),
        text_of(source, "deviceCode", 200, needed=False),
        text_of(source, key, 100),
        read_time(text_of(source, "timestamp", 60)),
        record,
        score_of(source, "qualityScore"),
        score_of(source, "requestedScore"),
    )


def read_time(text: str) -> datetime:
    """Read an ISO 8601 time with its zone, as UTC.

    Raises:
        DeviceFormatError: no time, or without a zone (then it could mean any hour).
    """
    try:
        when = datetime.fromisoformat(text)
        if when.tzinfo is None:
            raise DeviceFormatError("A time says no zone.", code="sbi-format")
        return when.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        if isinstance(error, DeviceFormatError):
            raise
        raise DeviceFormatError("A time is not ISO 8601.", code="sbi-format") from error


def _device(source: dict[str, Any]) -> Device:
    return Device(
        text_of(source, "deviceId", 200, needed=False),
        text_of(source, "deviceStatus", 40, needed=False),
        text_of(source, "certification", 20, needed=False),
        text_of(source, "serviceVersion", 60, needed=False),
        texts_of(source, "deviceSubId"),
        text_of(source, "deviceCode", 200, needed=False),
        texts_of(source, "specVersion"),
        text_of(source, "purpose", 40, needed=False),
        text_of(source, "env", 40, needed=False),
        text_of(source, "firmware", 60, needed=False),
        text_of(source, "digitalId", 200_000, needed=False),
        _error(source.get("error")),
    )


def _item(source: dict[str, Any]) -> Item:
    token = text_of(source, "data", MOST_TOKEN, needed=False)
    return Item(
        text_of(source, "specVersion", 20, needed=False),
        _ascii(token, "data"),
        text_of(source, "hash", 64, needed=False),
        _error(source.get("error")),
    )


def _error(value: Any) -> ServiceError | None:
    """Return what went wrong; None for no error: absent, or code ``0``."""
    if value is None:
        return None
    source = as_object(value, "error")
    key = "errorCode" if "errorCode" in source else "errorcode"
    code = text_of(source, key, 20, needed=False) or "0"
    info = text_of(source, "errorInfo" if "errorInfo" in source else "errorinfo", 500, needed=False)
    return None if code == "0" else ServiceError(code, info[:200])


def _ascii(text: str, field: str) -> bytes:
    if not text.isascii():
        raise DeviceFormatError(f"The field {field} holds other letters than base64url has.", code="sbi-format", field=field)
    return text.encode("ascii")

"""WS-BD results (NIST SP 500-288 section 4 to 6): status, ids, metadata, sensor data; and the configuration that is sent."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from xml.sax.saxutils import escape

from devices.errors import DeviceFormatError
from devices.wsbd.xml_bytes import Node, parse_xml

NAMESPACE: Final = "urn:oid:2.16.840.1.101.3.9.3.0"
MOST_ITEMS: Final = 100
MOST_IDS: Final = 16
_ID: Final = re.compile(r"[0-9A-Za-z-]{1,64}")
_KEY: Final = re.compile(r"[0-9A-Za-z_.:-]{1,100}")


class Status(StrEnum):
    """What an operation came to (SP 500-288 table 4)."""

    SUCCESS = "success"
    FAILURE = "failure"
    INVALID_ID = "invalidId"
    CANCELED = "canceled"
    CANCELED_WITH_SENSOR_FAILURE = "canceledWithSensorFailure"
    SENSOR_FAILURE = "sensorFailure"
    LOCK_NOT_HELD = "lockNotHeld"
    LOCK_HELD_BY_ANOTHER = "lockHeldByAnother"
    INITIALIZATION_NEEDED = "initializationNeeded"
    CONFIGURATION_NEEDED = "configurationNeeded"
    SENSOR_BUSY = "sensorBusy"
    SENSOR_TIMEOUT = "sensorTimeout"
    UNSUPPORTED = "unsupported"
    BAD_VALUE = "badValue"
    NO_SUCH_PARAMETER = "noSuchParameter"
    PREPARING_DOWNLOAD = "preparingDownload"


_BY_FOLDED: Final = {s.value.casefold(): s for s in Status}


@dataclass(frozen=True, slots=True)
class Parameter:
    """One entry of the metadata: a value, and what values are allowed where it is a parameter."""

    value: str
    allowed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, repr=False)
class Result:
    """One answer; fields that it does not have are empty."""

    status: Status
    session_id: str
    capture_ids: tuple[str, ...]
    metadata: Mapping[str, Parameter]
    sensor_data: bytes
    message: str

    def value(self, key: str) -> str:
        """Return a metadata value, whatever the case of its name; empty when there is none."""
        return next((p.value for k, p in self.metadata.items() if k.casefold() == key.casefold()), "")


def read_result(data: bytes) -> Result:
    """Read an answer.

    Raises:
        DeviceFormatError: ``wsbd-format``: see `parse_xml`; no result, an unknown status, an id or key of another form, data that is no
            base64.
    """
    root = parse_xml(data)
    if root.name != "result":
        raise DeviceFormatError("The answer is no WS-BD result.", code="wsbd-format")
    status = _BY_FOLDED.get(root.text_of("status").casefold())
    if status is None:
        raise DeviceFormatError("The answer has no status that is known.", code="wsbd-format")
    ids = root.child("captureIds")
    captures = [_id(n.text) for n in ids.children] if ids is not None else []
    if len(captures) > MOST_IDS:
        raise DeviceFormatError("The answer names too many captures.", code="wsbd-format")
    session = root.text_of("sessionId")
    return Result(status, _id(session) if session else "", tuple(captures), _metadata(root.child("metadata")),
                  _sensor_data(root.child("sensorData")), root.text_of("message")[:200])  # fmt: skip


def configuration(values: Mapping[str, str | int]) -> bytes:
    """Return the body that sets these parameters.

    Raises:
        DeviceFormatError: a name that is none.
    """
    items = []
    for key, value in values.items():
        if not _KEY.fullmatch(key):
            raise DeviceFormatError("A parameter's name has other letters than allowed.", code="wsbd-format")
        kind = "xs:int" if isinstance(value, int) else "xs:string"
        items.append(f'<item><key>{key}</key><value i:type="{kind}">{escape(str(value))}</value></item>')
    return (
        f'<configuration xmlns="{NAMESPACE}" xmlns:i="http://www.w3.org/2001/XMLSchema-instance" '
        f'xmlns:xs="http://www.w3.org/2001/XMLSchema">{"".join(items)}</configuration>'
    ).encode()


def _metadata(node: Node | None) -> dict[str, Parameter]:
    if node is None:
        return {}
    if len(node.children) > MOST_ITEMS:
        raise DeviceFormatError("The answer has too many metadata.", code="wsbd-format")
    found: dict[str, Parameter] = {}
    for item in node.children:
        key, value = item.text_of("key"), item.child("value")
        if not _KEY.fullmatch(key) or value is None or key in found:
            raise DeviceFormatError("A metadata entry has no name, no value, or a name twice.", code="wsbd-format")
        default, allowed = value.child("defaultValue"), value.child("allowedValues")
        text = default.text.strip() if default is not None else value.text.strip()
        found[key] = Parameter(text[:200], tuple(n.text.strip()[:100] for n in allowed.children[:MOST_ITEMS]) if allowed else ())
    return found


def _sensor_data(node: Node | None) -> bytes:
    if node is None:
        return b""
    try:
        return base64.b64decode("".join(node.text.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise DeviceFormatError("The sensor data is no base64.", code="wsbd-format") from error


def _id(text: str) -> str:
    text = text.strip()
    if not _ID.fullmatch(text):  # it becomes part of an address
        raise DeviceFormatError("An id has other letters than allowed.", code="wsbd-format")
    return text

"""The simulator and the client against the published field lists (notes: MOSIP 0.9.5, section 3), typed from there, not from either."""

from __future__ import annotations

import base64
import http.client
import json
from typing import Any

import pytest

from biometrics.positions import FingerPosition
from devices.contract import CaptureRequest
from devices.sbi import asking
from devices.simulated.sbi import SbiSimulator
from tests.devices.sbi.contract_cases import THUMBS, scanner_of

DISCOVERY = {"deviceId", "deviceStatus", "certification", "serviceVersion", "deviceSubId", "callbackId", "digitalId", "deviceCode",
             "specVersion", "purpose", "error"}  # fmt: skip
INFORMATION = {"deviceStatus", "deviceId", "firmware", "certification", "serviceVersion", "deviceSubId", "callbackId", "digitalId",
               "deviceCode", "env", "purpose", "specVersion"}  # fmt: skip
DIGITAL_ID = {"serialNo", "make", "model", "type", "deviceSubType", "deviceProvider", "deviceProviderId", "dateTime"}
CAPTURE_ASKED = {"env", "purpose", "specVersion", "timeout", "captureTime", "transactionId", "bio", "customOpts"}
BIO_ASKED = {"type", "count", "bioSubType", "exception", "requestedScore", "deviceId", "deviceSubId", "previousHash"}
ITEM = {"specVersion", "data", "hash", "error"}
DATA = {"digitalId", "bioType", "deviceCode", "deviceServiceVersion", "bioSubType", "purpose", "env", "bioValue", "transactionId",
        "timestamp", "requestedScore", "qualityScore"}  # fmt: skip
FINGERS = ("Thumb", "IndexFinger", "MiddleFinger", "RingFinger", "LittleFinger")


def ask(sim: SbiSimulator, verb: str, path: str, body: bytes = b"") -> Any:
    connection = http.client.HTTPConnection("127.0.0.1", sim.port, timeout=10)
    connection.request(verb, path, body)
    answer = connection.getresponse()
    data = answer.read()
    connection.close()
    return json.loads(data)


def opened(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    head, payload, signature = token.split(".")
    assert signature
    padded = [part + "=" * (-len(part) % 4) for part in (head, payload)]
    return json.loads(base64.urlsafe_b64decode(padded[0])), json.loads(base64.urlsafe_b64decode(padded[1]))


def request(fingers: tuple[str, ...] = ("Left Thumb", "Right Thumb")) -> asking.Asked:
    from datetime import UTC, datetime

    return asking.Asked("Finger", fingers, (), "3", asking.new_transaction_id(), datetime.now(UTC), "Developer", "Registration", "0.9.5",
                        "id", "code", asking.FIRST_HASH, 40, 2.0)  # fmt: skip


def test_the_simulators_discovery_and_information(slap_service: SbiSimulator) -> None:
    (row,) = ask(slap_service, "MOSIPDISC", "/device", b'{"type": "Finger"}')
    assert set(row) == DISCOVERY
    assert set(json.loads(base64.urlsafe_b64decode(row["digitalId"]))) == DIGITAL_ID
    (entry,) = ask(slap_service, "MOSIPDINFO", "/info")
    assert set(entry) == {"deviceInfo", "error"}
    header, payload = opened(entry["deviceInfo"])
    assert header["alg"] == "RS256"
    assert header["x5c"]
    assert set(payload) == INFORMATION
    assert set(opened(payload["digitalId"])[1]) == DIGITAL_ID


def test_the_simulators_capture(slap_service: SbiSimulator) -> None:
    answer = ask(slap_service, "RCAPTURE", "/capture", request().to_json())
    assert set(answer) == {"biometrics"}
    for item in answer["biometrics"]:
        assert set(item) == ITEM
        assert set(opened(item["data"])[1]) == DATA
        assert item["hash"] == item["hash"].upper()
        assert len(item["hash"]) == 64


def test_the_clients_request() -> None:
    body = json.loads(request().to_json())
    assert set(body) == CAPTURE_ASKED
    (bio,) = body["bio"]
    assert set(bio) == BIO_ASKED
    assert all(isinstance(bio[k], str) for k in ("count", "requestedScore", "deviceSubId", "previousHash"))
    assert isinstance(body["timeout"], str)
    assert 4 <= len(body["transactionId"]) <= 50
    assert set(body["transactionId"]) <= set("0123456789abcdef-")
    assert body["captureTime"].endswith("Z")


@pytest.mark.parametrize(("position", "sub_id", "hand", "first"), [
    (FingerPosition.LEFT_FOUR, "1", "Left", 1), (FingerPosition.RIGHT_FOUR, "2", "Right", 1),
])  # fmt: skip
def test_a_hand_is_asked_by_its_number_and_names(position: FingerPosition, sub_id: str, hand: str, first: int) -> None:
    assert asking.sub_id_of(CaptureRequest(position)) == sub_id
    assert asking.wanted_of(CaptureRequest(position)) == (tuple(f"{hand} {name}" for name in FINGERS[first:]), ())


def test_thumbs_singles_and_exceptions_are_named_as_published() -> None:
    assert asking.sub_id_of(THUMBS) == "3"
    assert set(asking.wanted_of(THUMBS)[0]) == {"Left Thumb", "Right Thumb"}
    assert asking.sub_id_of(CaptureRequest(FingerPosition.LEFT_RING)) == "0"
    assert asking.wanted_of(CaptureRequest(FingerPosition.LEFT_RING)) == (("Left RingFinger",), ())
    wanted, missing = asking.wanted_of(CaptureRequest(FingerPosition.RIGHT_FOUR, missing=(FingerPosition.RIGHT_INDEX,)))
    assert (len(wanted), missing) == (3, ("Right IndexFinger",))
    iris = CaptureRequest(modality="iris")
    assert (asking.sub_id_of(iris), set(asking.wanted_of(iris)[0])) == ("3", {"Left", "Right"})


def test_an_older_peers_spelling_is_read(slap_service: SbiSimulator) -> None:
    """0.9.2 wrote transactionID, some services give one object where a list is meant, and numbers where texts are."""
    from devices.sbi import messages

    row = {"deviceInfo": "a.b.c", "error": {"errorcode": 0}}
    assert messages.read_information(json.dumps(row).encode()) == ((b"a.b.c", None),)
    digital = {"serialNo": 7, "make": "m", "model": "x", "type": "Finger", "deviceSubType": "Slap"}
    assert messages.read_digital_id(json.dumps(digital).encode()).serial == "7"
    data = {"digitalId": "a.b.c", "bioType": "Finger", "bioSubType": "Left Thumb", "purpose": "Registration", "env": "Developer",
            "bioValue": "AAAA", "transactionID": "abcd", "timestamp": "2026-11-22T08:00:00.086+07:00", "qualityScore": 61.6}  # fmt: skip
    read = messages.read_capture_data(json.dumps(data).encode())
    assert (read.transaction_id, read.quality, read.timestamp.hour) == ("abcd", 62, 1)
    assert scanner_of(slap_service).describe().error_code == ""

"""Answers to RCAPTURE, right and wrong: each named fault breaks exactly one thing that a station must notice."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

from biometrics.positions import FingerPosition
from devices.simulated.sbi_body import SimulatedBody
from devices.simulated.sbi_keys import DeviceKeys, TokenSigner, device_keys
from devices.simulated.sbi_records import finger_record, iris_record

CAPTURE_FAULTS: Final = (
    "wrong-chain", "foreign-key", "bad-signature", "unsigned", "expired-certificate", "replayed-answer", "shuffled-fingers", "swapped-pictures",
    "stale-timestamp", "future-timestamp", "wrong-transaction", "wrong-count", "extra-finger", "wrong-finger", "duplicate-finger",
    "duplicate-picture", "altered-picture", "altered-hash", "wrong-env", "wrong-purpose", "wrong-spec", "wrong-device", "lossy-picture",
    "low-resolution", "short-record", "busy", "nothing-placed", "service-fault",
)  # fmt: skip
_FINGERS: Final = {
    f"{hand} {name}": base + offset
    for hand, base in (("Right", 1), ("Left", 6))
    for offset, name in enumerate(("Thumb", "IndexFinger", "MiddleFinger", "RingFinger", "LittleFinger"))
}
_EYES: Final = {"Right": 1, "Left": 2}
_REPORTED: Final = {"busy": "111", "nothing-placed": "101", "service-fault": "501"}


class CaptureMaker:
    """Makes the answers of one device and remembers the last good one, so that it can be replayed."""

    def __init__(self, keys: DeviceKeys, body: SimulatedBody, digital_id: Callable[[], dict[str, str]], now: Callable[[], datetime],
                 env: str, spec: str) -> None:  # fmt: skip
        self._keys = keys
        self.body = body
        self._digital_id = digital_id
        self._now = now
        self._env, self._spec = env, spec
        self._last: Any = None

    def answer(self, request: dict[str, Any], fault: str = "") -> dict[str, Any]:
        """Return the answer to one request; with a fault, the answer that is wrong in that way."""
        if fault in _REPORTED:
            return {"biometrics": [_error_item(_REPORTED[fault])]}
        if fault == "replayed-answer":
            if self._last is None:
                self.answer({**request, "transactionId": "an-earlier-one"})
            return dict(self._last)
        bio = request["bio"][0]
        names = list(bio["bioSubType"])
        records = self._records(bio["type"], names, fault)
        if fault == "swapped-pictures":
            records[0], records[-1] = records[-1], records[0]
        if fault == "duplicate-picture":
            records[-1] = records[0]
        if fault == "wrong-count":
            names, records = names[:-1], records[:-1]
        if fault == "extra-finger":
            names, records = [*names, names[0]], [*records, records[0]]
        if fault == "duplicate-finger":
            names[-1] = names[0]
        if fault == "wrong-finger":
            names[-1] = next(n for n in (_EYES if bio["type"] == "Iris" else _FINGERS) if n not in bio["bioSubType"])
        items, previous = [], str(bio.get("previousHash") or "")
        for name, record in zip(names, records, strict=True):
            item = self._item(request, bio, name, record, previous, fault)
            previous = item["hash"]
            items.append(item)
        if fault == "shuffled-fingers":
            items = items[1:] + items[:1]
        answer = {"biometrics": items}
        if not fault:
            self._last = answer
        return answer

    def _records(self, kind: str, names: list[str], fault: str) -> list[bytes]:
        when = self._now()
        if kind == "Iris":
            records = []
            for name in names:
                picture, centre, diameter = self.body.eye(_EYES[name])
                records.append(iris_record(_EYES[name], picture, when, centre, diameter))
        else:
            pictures = self.body.fingers([FingerPosition(_FINGERS[n]) for n in names])
            ppi = 300 if fault == "low-resolution" else 500
            records = [
                finger_record(_FINGERS[n], pictures[FingerPosition(_FINGERS[n])], when, ppi=ppi, lossy=fault == "lossy-picture")
                for n in names
            ]
        if fault == "short-record":
            records[0] = records[0][:-100]
        return records

    def _item(
        self, request: dict[str, Any], bio: dict[str, Any], name: str, record: bytes, previous: str, fault: str
    ) -> dict[str, Any]:
        device, chip = self._signers(fault)
        shift = {"stale-timestamp": timedelta(hours=-1), "future-timestamp": timedelta(hours=1)}.get(fault, timedelta())
        digital_id = self._digital_id()
        if fault == "wrong-device":
            digital_id["serialNo"] = "SIM-OTHER"
        payload = {
            "digitalId": chip.token(digital_id),
            "deviceCode": f"{self._digital_id()['serialNo']}-code",
            "deviceServiceVersion": "1.0.0",
            "bioType": bio["type"],
            "bioSubType": name,
            "purpose": "Auth" if fault == "wrong-purpose" else request["purpose"],
            "env": "Staging" if fault == "wrong-env" else request["env"],
            "bioValue": base64.urlsafe_b64encode(record).decode().rstrip("="),
            "transactionId": "0000-another" if fault == "wrong-transaction" else request["transactionId"],
            "timestamp": (self._now() + shift).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "requestedScore": bio["requestedScore"],
            "qualityScore": "80",
        }
        token = device.token(payload, algorithm="none" if fault == "unsigned" else "RS256")
        if fault == "altered-picture":
            token = _with_other_picture(token)
        if fault == "bad-signature":
            token = token[:-12] + ("A" * 12 if not token.endswith("A" * 12) else "B" * 12)
        base = bytes.fromhex(previous) if previous else hashlib.sha256(b"").digest()
        digest = hashlib.sha256(base + hashlib.sha256(record).digest()).hexdigest().upper()
        if fault == "altered-hash":
            digest = hashlib.sha256(digest.encode()).hexdigest().upper()
        spec = "0.9.2" if fault == "wrong-spec" else request["specVersion"]
        return {"specVersion": spec, "data": token, "hash": digest, "error": {"errorCode": "0", "errorInfo": "Success"}}

    def _signers(self, fault: str) -> tuple[TokenSigner, TokenSigner]:
        if fault == "wrong-chain":
            stranger = device_keys("Simulated Stranger")
            return stranger.device, stranger.chip
        if fault == "foreign-key":
            # A key of another maker over a copied digital id.
            return device_keys("Simulated Stranger").device, self._keys.chip
        if fault == "expired-certificate":
            # The same root must have issued it, else the chain would be wrong, not late.
            return self._keys.late, self._keys.late
        return self._keys.device, self._keys.chip


def _error_item(code: str) -> dict[str, Any]:
    return {"specVersion": "0.9.5", "data": "", "hash": "", "error": {"errorCode": code, "errorInfo": "simulated"}}


def _with_other_picture(token: str) -> str:
    """Change bytes in the middle of the payload's picture, leave the signature as it was."""
    head, payload, signature = token.split(".")
    middle = len(payload) // 2
    raw = bytearray(base64.urlsafe_b64decode(payload[: middle - middle % 4]))
    at = len(raw) - 40
    raw[at] = ord("A") if raw[at] != ord("A") else ord("B")
    changed = base64.urlsafe_b64encode(bytes(raw)).decode() + payload[middle - middle % 4 :]
    return f"{head}.{changed}.{signature}"

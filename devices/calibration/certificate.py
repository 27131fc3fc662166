"""The certificate: what was measured on which very device, as canonical bytes that are chained and signed.

A file is ``{"body":…,"digest":…,"key":…,"signatures":[…],"statement":…}`` in canonical JSON (`canonical`). The digest is the SHA-256 of the
body's canonical bytes; signatures are over `to_be_signed` of these bytes; `previous` in the body is the SHA-256 of the device's former
certificate *file*. Every byte is covered: the body by digest and signatures, key and signatures by their own meaning, the statement by
the number of signatures, and the spelling by the one canonical form. An unsigned file says ``not a signature``: its digest shows an
accident, no forger.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from devices.calibration import canonical
from devices.calibration.corrections import Corrections
from devices.calibration.corrections import to_plain as plain_corrections
from devices.calibration.model import Row, Verdict, all_passed
from devices.contract import DeviceIdentity, DeviceKind, Source
from devices.errors import DeviceFormatError
from devices.grade import CertificateFacts

SCHEMA: Final = "enrollment-station/calibration-certificate/1"
SIGNED: Final = "signed"
NOT_A_SIGNATURE: Final = "not a signature"
_DOMAIN: Final = b"enrollment-station calibration certificate 1\n"
MAX_ROWS: Final = 400
MAX_CAPTURES: Final = 400
MAX_TEXT: Final = 400
MAX_SIGNATURES: Final = 4


@dataclass(frozen=True, slots=True)
class CaptureHash:
    """One raw picture that was measured: face, number, SHA-256 of its pixels, and whether the corrections were applied to it."""

    face: str
    number: int
    sha256: str
    corrected: bool


@dataclass(frozen=True, slots=True)
class CertificateBody:
    """What a certificate says. Times are aware, UTC, whole seconds. `previous` is empty in a device's first certificate."""

    number: int
    previous: str
    station: str
    device: DeviceIdentity
    source: Source
    plan: str
    limits: str
    target: str
    target_serial: str
    target_expires: str
    technician: str
    technician_name: str
    temperature: str
    note: str
    software: Mapping[str, str]
    started: datetime
    finished: datetime
    expires: datetime
    rows: tuple[Row, ...]
    rows_before: tuple[Row, ...] = ()
    """The rows before the corrections, which the new captures had to mend; empty without corrections."""
    corrections: Corrections = field(default_factory=Corrections)
    captures: tuple[CaptureHash, ...] = ()
    profile_sha256: str = ""
    """Of the resolved firmware profile (`devices.profiles.profile_hash`); empty where the device has none."""
    target_sha256: str = ""
    """Of the target's data file; empty where no target was used."""

    @property
    def passed(self) -> bool:
        """Whether no row stands in the way."""
        return all_passed(self.rows)


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate file: its body, its bytes, the public key and signatures as opaque bytes (their meaning is the station's)."""

    body: CertificateBody
    data: bytes
    key: bytes
    signatures: tuple[bytes, ...]

    @property
    def id(self) -> str:
        """SHA-256 (hex) of the file."""
        return hashlib.sha256(self.data).hexdigest()

    @property
    def signed(self) -> bool:
        """Whether it carries signatures at all (which says nothing of whose)."""
        return bool(self.signatures)

    def facts(self, *, verified: bool) -> CertificateFacts:
        """Return the facts for the grade; `verified` is the answer of whoever checked the signature and the chain."""
        body = self.body
        return CertificateFacts(body.device.serial, body.device.firmware, body.device.profile, body.passed, body.expires,
                                verified and self.signed, self.id, body.corrections if body.corrections.names else None)  # fmt: skip


def to_be_signed(body: CertificateBody) -> bytes:
    """Return the bytes that signatures cover: a line that names the purpose, then the body's canonical bytes."""
    return _DOMAIN + canonical.dumps(_plain(body))


def write_certificate(body: CertificateBody, key: bytes = b"", signatures: Sequence[bytes] = ()) -> Certificate:
    """Return the certificate file of `body` with the signatures over `to_be_signed(body)`; without signatures it says what it is not.

    Raises:
        ValueError: a key without signatures or signatures without a key; a text that is too long or not NFC; a row that is not finite.
    """
    if bool(key) != bool(signatures) or len(signatures) > MAX_SIGNATURES:
        raise ValueError("a signed certificate has a key and signatures, an unsigned one neither")
    plain = _plain(body)
    data = canonical.dumps({
        "body": plain, "digest": hashlib.sha256(canonical.dumps(plain)).hexdigest(), "key": _b64(key),
        "signatures": [_b64(s) for s in signatures], "statement": SIGNED if signatures else NOT_A_SIGNATURE,
    })  # fmt: skip
    return read_certificate(data)


def read_certificate(data: bytes) -> Certificate:
    """Read a certificate file. Checks form, digest, bounds and that each verdict follows from its numbers; no signature.

    Raises:
        DeviceFormatError: codes ``certificate-format`` (not one, or changed in form) and ``certificate-digest`` (its body was changed).
    """
    raw = canonical.loads(data)
    try:
        if set(raw) != {"body", "digest", "key", "signatures", "statement"}:
            raise ValueError("fields")
        if raw["digest"] != hashlib.sha256(canonical.dumps(raw["body"])).hexdigest():
            raise DeviceFormatError(
                "The certificate's body was changed since it was written; it was not believed.", code="certificate-digest"
            )
        key, signatures = _unb64(raw["key"], 8192), tuple(_unb64(s, 8192) for s in _list(raw["signatures"], MAX_SIGNATURES))
        if bool(key) != bool(signatures) or raw["statement"] != (SIGNED if signatures else NOT_A_SIGNATURE):
            raise ValueError("statement")
        body = _body(raw["body"])
        if _plain(body) != raw["body"]:
            raise ValueError("not what it would be written as")
    except DeviceFormatError:
        raise
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, binascii.Error) as error:
        raise DeviceFormatError("This certificate breaks its form; it was not believed.", code="certificate-format") from error
    return Certificate(body, data, key, signatures)


# --- plain values ------------------------------------------------------------------------------------------------------------


def _plain(body: CertificateBody) -> dict[str, Any]:
    device = body.device
    return {
        "schema": SCHEMA, "number": body.number, "previous": body.previous, "station": body.station,
        "device": {"kind": device.kind.value, "adapter": device.adapter, "vendor": device.vendor, "model": device.model, "serial": device.serial,
                   "firmware": device.firmware, "profile": device.profile, "profile_sha256": body.profile_sha256},
        "source": body.source.value, "plan": body.plan, "limits": body.limits,
        "target": {"name": body.target, "serial": body.target_serial, "expires": body.target_expires, "sha256": body.target_sha256},
        "technician": {"id": body.technician, "name": body.technician_name},
        "environment": {"temperature_c": body.temperature, "note": body.note},
        "software": [[k, body.software[k]] for k in sorted(body.software)],
        "started": _time(body.started), "finished": _time(body.finished), "expires": _time(body.expires),
        "rows": [_row_plain(r) for r in body.rows], "rows_before": [_row_plain(r) for r in body.rows_before],
        "corrections": dict(plain_corrections(body.corrections)),
        "captures": [[c.face, c.number, c.sha256, c.corrected] for c in body.captures],
        "result": "passed" if body.passed else "failed",
    }  # fmt: skip


def _row_plain(row: Row) -> dict[str, Any]:
    return {"test": row.test, "at": _maybe(row.at), "value": _maybe(row.value), "spread": _maybe(row.spread), "unit": row.unit, "low": _maybe(row.low),
            "high": _maybe(row.high), "margin": _maybe(row.margin), "source": row.source, "verified": row.verified, "required": row.required,
            "verdict": row.verdict.value}  # fmt: skip


def _maybe(value: float | None) -> str | None:
    return None if value is None else canonical.number(value)


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


# --- reading -----------------------------------------------------------------------------------------------------------------


def _body(raw: Mapping[str, Any]) -> CertificateBody:
    if raw["schema"] != SCHEMA:
        raise ValueError("schema")
    device, target = raw["device"], raw["target"]
    identity = DeviceIdentity(
        DeviceKind(device["kind"]), *(_text(device[k]) for k in ("adapter", "vendor", "model", "serial", "firmware", "profile"))
    )
    rows = tuple(_row(r) for r in _list(raw["rows"], MAX_ROWS))
    started, finished, expires = (_moment(raw[k]) for k in ("started", "finished", "expires"))
    if not started <= finished < expires:
        raise ValueError("times")
    number = _whole(raw["number"], 1, 100_000)
    if (number == 1) != (raw["previous"] == ""):
        raise ValueError("chain")
    corrections = raw["corrections"]
    captures = tuple(
        CaptureHash(_text(c[0]), _whole(c[1], 0, 1000), _hash(c[2]), _truth(c[3])) for c in _list(raw["captures"], MAX_CAPTURES)
    )
    return CertificateBody(
        number, _hash_or_none(raw["previous"]), _text(raw["station"]), identity, Source(raw["source"]), _text(raw["plan"]),
        _text(raw["limits"]), _text(target["name"]), _text(target["serial"]), _text(target["expires"]), _text(raw["technician"]["id"]),
        _text(raw["technician"]["name"]), _text(raw["environment"]["temperature_c"]), _text(raw["environment"]["note"]),
        {_text(k): _text(v) for k, v in _list(raw["software"], 20)}, started, finished, expires, rows,
        tuple(_row(r) for r in _list(raw["rows_before"], MAX_ROWS)),
        Corrections(canonical.read_number(corrections["scale_x"]), canonical.read_number(corrections["scale_y"]),
                    tuple((_whole(r, 0, 100_000), _whole(c, 0, 100_000)) for r, c in _list(corrections["dead"], 500)),
                    tuple(_whole(g, 0, 10_000) for g in _list(corrections["gains"], 576)),
                    tuple(_whole(n, 1, 100_000) for n in _list(corrections["shape"], 2))),
        captures, _hash_or_none(device["profile_sha256"]), _hash_or_none(target["sha256"]),
    )  # fmt: skip


def _row(raw: Mapping[str, Any]) -> Row:
    numbers = {
        k: None if raw[k] is None else canonical.read_number(raw[k]) for k in ("at", "value", "spread", "low", "high", "margin")
    }
    row = Row(_text(raw["test"]), numbers["at"], numbers["value"], numbers["spread"], _text(raw["unit"]), numbers["low"], numbers["high"],
              numbers["margin"], _text(raw["source"]), _truth(raw["verified"]), _truth(raw["required"]), Verdict(raw["verdict"]))  # fmt: skip
    if row.verdict in (Verdict.PASS, Verdict.FAIL):
        outside = [m for m in (row.value is not None and row.low is not None and row.value - row.low,
                               row.value is not None and row.high is not None and row.high - row.value) if m is not False]  # fmt: skip
        # On the limit itself either verdict may stand (an `open` limit fails there); elsewhere the numbers decide.
        if (
            not outside
            or (min(outside) < -1e-9 and row.verdict is Verdict.PASS)
            or (min(outside) > 1e-9 and row.verdict is Verdict.FAIL)
        ):
            raise ValueError("a verdict that its numbers contradict")
    elif row.verdict is Verdict.NOT_MEASURED and row.value is not None:
        raise ValueError("a value that was not measured")
    return row


def _text(value: object) -> str:
    if not isinstance(value, str) or len(value) > MAX_TEXT or any(ord(c) < 32 or ord(c) == 127 for c in value):
        raise ValueError("text")
    return value


def _truth(value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError("truth")
    return value


def _whole(value: object, low: int, high: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise ValueError("whole number")
    return value


def _list(value: object, limit: int) -> list[Any]:
    if not isinstance(value, list) or len(value) > limit:
        raise ValueError("list")
    return value


def _hash(value: object) -> str:
    if not isinstance(value, str) or len(value) != 64 or set(value) - set("0123456789abcdef"):
        raise ValueError("hash")
    return value


def _hash_or_none(value: object) -> str:
    return "" if value == "" else _hash(value)


def _moment(value: object) -> datetime:
    moment = datetime.strptime(_text(value), "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    if _time(moment) != value:
        raise ValueError("time")
    return moment


def _unb64(value: object, limit: int) -> bytes:
    data = base64.b64decode(value if isinstance(value, str) else b"!", validate=True)
    if len(data) > limit or _b64(data) != value:
        raise ValueError("base64")
    return data

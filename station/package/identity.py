"""The public side of an intake: what a station pins when it enrolls, and what a receipt must be signed with."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from station.keys.algorithms import RecipientPublic, SignerPublic
from station.package import cbor
from station.package.cbor import PackageFormatError
from station.package.signed import read_message

RECEIPT_PURPOSE: Final = "receipt"
MAX_ANSWER_BYTES: Final = 64_000


@dataclass(frozen=True, slots=True)
class IntakePublic:
    """An intake's name, the key its receipts and notices are signed with, and the key packages are sealed to."""

    name: str
    signer: SignerPublic
    recipient: RecipientPublic

    def to_bytes(self) -> bytes:
        """Return deterministic CBOR: ``["intake", 1, name, signer, recipient]``."""
        return cbor.encode(["intake", 1, self.name, self.signer.to_bytes(), self.recipient.to_bytes()])

    def to_text(self) -> str:
        """Return `to_bytes` in URL-safe base64: one line for a ready message or a settings file."""
        return base64.urlsafe_b64encode(self.to_bytes()).decode("ascii")

    @classmethod
    def from_bytes(cls, data: bytes) -> IntakePublic:
        """Read an intake's public side.

        Raises:
            PackageFormatError, KeyFormatError: not one.
        """
        match cbor.decode(data, max_bytes=20_000):
            case ["intake", 1, str(name), bytes(signer), bytes(recipient)] if 0 < len(name) <= 100:
                return cls(name, SignerPublic.from_bytes(signer), RecipientPublic.from_bytes(recipient))
        raise PackageFormatError("These bytes are not an intake's public key; they were not used.", code="key-format")

    @classmethod
    def from_text(cls, text: str) -> IntakePublic:
        """Read what `to_text` gave; errors as `from_bytes`."""
        try:
            return cls.from_bytes(base64.urlsafe_b64decode(text.strip()))
        except (binascii.Error, ValueError) as error:
            raise PackageFormatError("This text is not an intake's public key; it was not used.", code="key-format") from error

    def find(self, key_id: str) -> SignerPublic | None:
        """Return the signer's key when `key_id` is its (a `Find` for one pinned intake)."""
        return self.signer if key_id == self.signer.key_id else None


@dataclass(frozen=True, slots=True)
class Answer:
    """A verified answer of the intake to one package: accepted (a receipt) or refused, with reason codes.

    `number` is what a person may type into the intake's page to find the package again.
    """

    package_id: str
    manifest_sha256: str
    accepted: bool
    reasons: tuple[str, ...]
    number: str
    intake: str
    at: datetime
    demo: bool
    raw: bytes


def answer_body(*, package_id: str, manifest_sha256: str, accepted: bool, reasons: tuple[str, ...], number: str, intake: str,
                at: datetime, station: str, demo: bool) -> Mapping[str, Any]:  # fmt: skip
    """Return the values of an answer, to be signed for `RECEIPT_PURPOSE`."""
    return {
        "package": package_id, "manifest": bytes.fromhex(manifest_sha256), "accepted": accepted, "reasons": list(reasons),
        "number": number, "intake": intake, "at": at.astimezone(UTC).isoformat(timespec="milliseconds"), "station": station,
        "demo": demo,
    }  # fmt: skip


def read_answer(data: bytes, pinned: IntakePublic, *, manifest_sha256: str) -> Answer:
    """Verify an answer against the pinned intake and OUR manifest's hash.

    Raises:
        PackageFormatError: not an answer, or for another package (``receipt-other``).
        SignatureError: by a stranger, or altered.
    """
    if len(data) > MAX_ANSWER_BYTES:
        raise PackageFormatError("An answer of this size is not one; it was not believed.")
    body = read_message(data, RECEIPT_PURPOSE, pinned.find).body
    match body:
        case {"package": str(package), "manifest": bytes(manifest), "accepted": bool(accepted), "reasons": list(reasons),
              "number": str(number), "intake": str(intake), "at": str(at), "demo": bool(demo)} if (
            all(isinstance(r, str) and len(r) <= 100 for r in reasons) and len(reasons) <= 50
        ):  # fmt: skip
            if manifest.hex() != manifest_sha256 or package != manifest_sha256[:32] or intake != pinned.name:
                raise PackageFormatError("The answer is for another package; it was not believed.", code="receipt-other")
            try:
                moment = datetime.fromisoformat(at)
            except ValueError as error:
                raise PackageFormatError("The answer's time is not one; it was not believed.") from error
            return Answer(package, manifest_sha256, accepted, tuple(reasons), number, intake, moment, demo, data)
    raise PackageFormatError("The answer is not of the right form; it was not believed.")

"""Signed messages: receipts, refusals, notices, station requests. A small map, its purpose, and a pair of signatures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from station.keys.signing import Signer
from station.package import cbor, cose
from station.package.cbor import PackageFormatError
from station.package.cose import Find

FORMAT: Final = "enrollment-signed"
MAX_MESSAGE_BYTES: Final = 2_000_000
"""A day list of a large unit is some hundred kB; receipts are 5 kB."""


@dataclass(frozen=True, slots=True)
class Message:
    """A verified message: its purpose, its plain values, and who signed it."""

    purpose: str
    body: Mapping[str, Any]
    key_id: str


def sign_message(signer: Signer, purpose: str, body: Mapping[str, Any]) -> bytes:
    """Return the encoded message: ``[format, 1, purpose, payload, signatures]``."""
    payload = cbor.encode(dict(body))
    return cbor.encode([FORMAT, 1, purpose, payload, cose.sign(signer, payload, purpose)])


def read_message(data: bytes, purpose: str, find: Find) -> Message:
    """Verify a message that must be for `purpose`.

    Raises:
        PackageFormatError: not a message, or one of another purpose.
        SignatureError: by a stranger, or altered.
    """
    found, payload, pair = _split(data)
    if found != purpose:
        raise PackageFormatError(f"This is not a message for '{purpose}'; it was not used.", code="message-purpose")
    key_id = cose.verify(pair, payload, purpose, find)
    body = cbor.decode(payload, max_bytes=MAX_MESSAGE_BYTES)
    if not isinstance(body, dict):
        raise PackageFormatError("A signed message holds no map; it was not used.")
    return Message(purpose, body, key_id)


def peek_message(data: bytes) -> tuple[str, Mapping[str, Any]]:
    """Return (purpose, values) WITHOUT checking the signature: only to learn which key to look for, or to show a file."""
    purpose, payload, _ = _split(data)
    body = cbor.decode(payload, max_bytes=MAX_MESSAGE_BYTES)
    if not isinstance(body, dict):
        raise PackageFormatError("A signed message holds no map; it was not used.")
    return purpose, body


def _split(data: bytes) -> tuple[str, bytes, object]:
    match cbor.decode(data, max_bytes=MAX_MESSAGE_BYTES):
        case [str(kind), int(version), str(purpose), bytes(payload), list(pair)] if kind == FORMAT:
            if version != 1:
                raise PackageFormatError(f"A message of version {version} needs a newer program.", code="message-newer")
            return purpose, payload, pair
    raise PackageFormatError("These bytes are not a signed message; they were not used.")

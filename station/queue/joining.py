"""How a station joins an intake: the code a person types, the proof both sides give, and what is pinned afterwards."""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Iterable
from typing import Final

from station.carriers.network import Session, json_reply
from station.carriers.web import LineSettings, Web, unexpected
from station.errors import AccessError, InputError
from station.keys.algorithms import SignerPublic
from station.keys.signing import Signer
from station.package import cbor
from station.package.identity import IntakePublic
from station.package.signed import sign_message

ENROLL_PURPOSE: Final = "enroll station"
OPERATORS_PURPOSE: Final = "name operators"
ROTATE_PURPOSE: Final = "rotate key"


def code_parts(code: str) -> tuple[str, str]:
    """Return (id, secret) of a typed code; spaces, dashes and lower case do not matter.

    Raises:
        InputError: not 25 letters and digits.
    """
    plain = "".join(ch for ch in code.upper() if ch.isalnum())
    if len(plain) != 25 or not plain.isascii():
        raise InputError(
            "The code has five groups of five letters and digits; nothing was sent. Type it again.", code="join-code"
        )
    return plain[:5], plain[5:]


def code_key(code: str) -> bytes:
    """Return the key both sides prove to hold: 100 random bits, so a plain hash is enough."""
    return hashlib.sha256(b"enrollment-station/1 code " + "".join(code_parts(code)).encode()).digest()


def mac(key: bytes, side: bytes, data: bytes) -> bytes:
    """Return one side's proof over `data`."""
    return hmac.digest(key, side + b"\x00" + data, "sha256")


def join(base_url: str, code: str, *, station: str, signer: Signer, line: LineSettings | None = None) -> IntakePublic:
    """Enroll this station with the intake that printed `code` and return the intake's public side, to be pinned.

    Raises:
        CarrierError: the line.
        AccessError: the code is wrong, used up or too old, or the other side does not know it (a rogue intake).
    """
    code_id, _ = code_parts(code)
    key = code_key(code)
    message = sign_message(signer, ENROLL_PURPOSE,
                           {"station": station, "signer": signer.public.to_bytes(), "nonce": os.urandom(16)})  # fmt: skip
    web = Web(base_url, line)
    try:
        reply = web.request("POST", "/v1/enroll", content=cbor.encode([code_id, message, mac(key, b"station", message)]),
                            headers={"Content-Type": "application/cbor"})  # fmt: skip
    finally:
        web.close()
    if reply.status in {400, 401, 403}:
        raise AccessError("The centre does not accept this code: mistyped, used, or too old. Nothing was changed; ask for a new one.",
                          code="join-refused")  # fmt: skip
    if reply.status != 200 or reply.headers.get("Content-Type") != "application/cbor":
        raise unexpected(reply, "enroll")
    match cbor.decode(reply.body, max_bytes=20_000):
        case [bytes(public), bytes(proof)] if hmac.compare_digest(
            proof, mac(key, b"intake", hashlib.sha256(message).digest() + public)
        ):
            return IntakePublic.from_bytes(public)
    raise AccessError("The other side does not know the code: it is not the intake that printed it. Nothing was pinned; "
                      "tell the technician.", code="join-rogue")  # fmt: skip


def rotate(base_url: str, new: Signer, *, station: str, signer: Signer, intake: IntakePublic,
           line: LineSettings | None = None) -> None:  # fmt: skip
    """Tell the intake this station's next key, vouched for by the one in use.

    Raises:
        CarrierError: the line, or this station is not enrolled.
    """
    proof = sign_message(new, ENROLL_PURPOSE, {"station": station, "signer": new.public.to_bytes(), "nonce": os.urandom(16)})
    web = Web(base_url, line)
    try:
        session = Session(web, station, signer, intake.name)
        json_reply(
            session.request("POST", "/v1/rotate", content=sign_message(signer, ROTATE_PURPOSE, {"proof": proof})), "rotate"
        )
    finally:
        web.close()


def name_operators(base_url: str, operators: Iterable[tuple[str, SignerPublic]], *, station: str, signer: Signer,
                   intake: IntakePublic, line: LineSettings | None = None) -> None:  # fmt: skip
    """Tell the intake this station's operators and their keys; whether they are accepted at once is the intake's rule.

    Raises:
        CarrierError: the line, or this station is not enrolled.
    """
    web = Web(base_url, line)
    try:
        session = Session(web, station, signer, intake.name)
        body = sign_message(signer, OPERATORS_PURPOSE, {"operators": [[name, key.to_bytes()] for name, key in operators]})
        json_reply(session.request("POST", "/v1/operators", content=body), "operators")
    finally:
        web.close()


__all__ = ["code_key", "code_parts", "join", "mac", "name_operators", "rotate"]

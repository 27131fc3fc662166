"""COSE_Sign1 (RFC 9052 section 4.2) in pairs: every signed thing carries a classical and an ML-DSA-65 signature.

Both cover the same detached payload; the purpose is the external data, so that a signature made for one purpose says nothing in
another. A reader demands both (taking one away is an attack, not an old version).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from station.errors import TransferError
from station.package import cbor
from station.package.cbor import PackageFormatError
from station.package.parties import ED25519, ES256, ML_DSA_65, PublicKey, Signer

LABEL_ALGORITHM: Final = 1
LABEL_KEY_ID: Final = 4
CONTEXT: Final = b"enrollment-station/1 "

Pair = list[Any]
"""Two COSE_Sign1 structures (untagged), classical first."""


class SignatureError(TransferError):
    """A signature is missing, by an unknown key, or wrong.

    Examples: a package changed on its way, a receipt by a stranger, a package with its post-quantum signature removed.
    """

    code = "package-signature"


def sign(signer: Signer, payload: bytes, purpose: str) -> Pair:
    """Return the pair of signatures over `payload` for `purpose`."""
    kid = bytes.fromhex(signer.key_id)
    classical = _protected(signer.public.algorithm, kid)
    post_quantum = _protected(ML_DSA_65, kid)
    return [
        [classical, {}, None, signer.sign_classical(_to_be_signed(classical, payload, purpose))],
        [post_quantum, {}, None, signer.sign_post_quantum(_to_be_signed(post_quantum, payload, purpose))],
    ]


def verify(pair: object, payload: bytes, purpose: str, find: Callable[[str], PublicKey | None]) -> str:
    """Check both signatures and return the signer's key id.

    Args:
        pair: what `sign` returned, decoded.
        payload: the bytes that were signed.
        purpose: what they must have been signed for.
        find: key id → public key, or None for a stranger.

    Raises:
        PackageFormatError: not a pair of COSE_Sign1 structures.
        SignatureError: ``signer-unknown`` or ``package-signature``.
    """
    if not isinstance(pair, list) or len(pair) != 2:
        raise PackageFormatError("There must be exactly two signatures, classical and post-quantum; nothing was believed.")
    (first, kid), (second, kid2) = (_read(one) for one in pair)
    if kid != kid2:
        raise SignatureError("The two signatures name different keys; nothing was believed.")
    key = find(kid.hex())
    if key is None:
        raise SignatureError("Signed by a key that is not trusted here; nothing was believed.", code="signer-unknown")
    if first.protected != _protected(key.algorithm, kid) or second.protected != _protected(ML_DSA_65, kid):
        raise SignatureError("The signatures are not of the kinds this key makes; nothing was believed.")
    if not key.verify_classical(first.signature, _to_be_signed(first.protected, payload, purpose)):
        raise SignatureError("The signature does not fit the bytes; nothing was believed.")
    if not key.verify_post_quantum(second.signature, _to_be_signed(second.protected, payload, purpose)):
        raise SignatureError("The post-quantum signature does not fit the bytes; nothing was believed.")
    return kid.hex()


class _One:
    """One decoded COSE_Sign1."""

    __slots__ = ("protected", "signature")

    def __init__(self, protected: bytes, signature: bytes) -> None:
        self.protected = protected
        self.signature = signature


def _read(one: object) -> tuple[_One, bytes]:
    match one:
        case [bytes() | memoryview() as protected, dict(unprotected), None, bytes() | memoryview() as signature] if (
            not unprotected and len(protected) <= 64 and len(signature) <= 4000
        ):
            header = cbor.decode(protected, max_bytes=64)
            if isinstance(header, dict) and set(header) == {LABEL_ALGORITHM, LABEL_KEY_ID}:
                algorithm, kid = header[LABEL_ALGORITHM], header[LABEL_KEY_ID]
                if algorithm in {ES256, ED25519, ML_DSA_65} and isinstance(kid, bytes) and len(kid) == 32:
                    return _One(bytes(protected), bytes(signature)), kid
    raise PackageFormatError("A signature is not of a form this version knows; nothing was believed.")


def _protected(algorithm: int, kid: bytes) -> bytes:
    return cbor.encode({LABEL_ALGORITHM: algorithm, LABEL_KEY_ID: kid})


def _to_be_signed(protected: bytes, payload: bytes, purpose: str) -> bytes:
    """The Sig_structure of RFC 9052 section 4.4."""
    return cbor.encode(["Signature1", protected, CONTEXT + purpose.encode("ascii"), payload])

"""COSE_Sign1 (RFC 9052 section 4.2) in pairs: every signed thing carries a classical and an ML-DSA-65 signature.

Both cover the same detached payload; the purpose is the external data, so that a signature made for one purpose says nothing in
another. A reader demands both (taking one away is an attack, not an old version).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from station.errors import TransferError
from station.keys.algorithms import CLASSICAL, PUBLIC_LENGTHS, SIGNATURE_LENGTHS, Algorithm, Signature, SignerPublic
from station.keys.signing import SignatureError as KeySignatureError
from station.keys.signing import Signer, verify_one
from station.package import cbor
from station.package.cbor import PackageFormatError

LABEL_ALGORITHM: Final = 1
LABEL_KEY_ID: Final = 4
CONTEXT: Final = b"enrollment-station/1 "

Find = Callable[[str], SignerPublic | None]
"""Key id → public half, None for a stranger."""

Pair = list[Any]
"""Two COSE_Sign1 structures (untagged), classical first."""


class SignatureError(TransferError):
    """A signature is missing, by an unknown key, or wrong.

    Examples: a package changed on its way, a receipt by a stranger, a package with its post-quantum signature removed.
    """

    code = "package-signature"


def sign(signer: Signer, payload: bytes, purpose: str) -> Pair:
    """Return the signatures over `payload` for `purpose`, one COSE_Sign1 per algorithm of the signer."""
    kid = bytes.fromhex(signer.key_id)
    pair: Pair = []
    for algorithm in signer.algorithms:
        protected = _protected(algorithm, kid)
        pair.append([protected, {}, None, signer.sign_one(algorithm, _to_be_signed(protected, payload, purpose)).value])
    return pair


def verify(pair: object, payload: bytes, purpose: str, find: Find) -> str:
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
    read = [_read(one) for one in pair]
    key_id = read[0].key_id
    if read[1].key_id != key_id:
        raise SignatureError("The two signatures name different keys; nothing was believed.")
    key = find(key_id)
    if key is None:
        raise SignatureError("Signed by a key that is not trusted here; nothing was believed.", code="signer-unknown")
    kinds = tuple(s.algorithm for s in read)
    if kinds != key.algorithms or kinds[0] not in CLASSICAL or kinds[1] is not Algorithm.ML_DSA_65:
        raise SignatureError("The signatures are not of the two kinds this key makes; nothing was believed.")
    for signature in read:
        protected = _protected(signature.algorithm, bytes.fromhex(key_id))
        try:
            verify_one(key, _to_be_signed(protected, payload, purpose), signature)
        except KeySignatureError as error:
            raise SignatureError("A signature does not fit the bytes; nothing was believed.") from error
    return key_id


def _read(one: object) -> Signature:
    match one:
        case [bytes() | memoryview() as protected, dict(unprotected), None, bytes() | memoryview() as value] if (
            not unprotected and len(protected) <= 64
        ):
            header = cbor.decode(protected, max_bytes=64)
            if isinstance(header, dict) and set(header) == {LABEL_ALGORITHM, LABEL_KEY_ID}:
                number, kid = header[LABEL_ALGORITHM], header[LABEL_KEY_ID]
                if type(number) is int and number in PUBLIC_LENGTHS and isinstance(kid, bytes) and len(kid) == 32:
                    algorithm = Algorithm(number)
                    if len(value) == SIGNATURE_LENGTHS[algorithm]:
                        return Signature(algorithm, kid.hex(), bytes(value))
    raise PackageFormatError("A signature is not of a form this version knows; nothing was believed.")


def _protected(algorithm: int, kid: bytes) -> bytes:
    return cbor.encode({LABEL_ALGORITHM: int(algorithm), LABEL_KEY_ID: kid})


def _to_be_signed(protected: bytes, payload: bytes, purpose: str) -> bytes:
    """The Sig_structure of RFC 9052 section 4.4."""
    return cbor.encode(["Signature1", protected, CONTEXT + purpose.encode("ascii"), payload])

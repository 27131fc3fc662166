"""Proofs that the chip holds its private key, so that copied data are found out (ICAO Doc 9303-11 sections 6.1 and 6.2).

*Chip authentication* agrees on new channel keys with the chip's static key of DG14; the proof is that the channel goes on.
*Active authentication* lets the chip sign a random challenge with the key of DG15. Both keys count only once passive
authentication has vouched for DG14 and DG15.
"""

from __future__ import annotations

import hashlib
import secrets
from typing import TYPE_CHECKING, Final

from cryptography.hazmat.primitives.asymmetric import rsa

from devices.emrtd import tlv
from devices.emrtd.apdu import Command
from devices.emrtd.crypto import TRIPLE_DES, SessionKeys, Suite
from devices.emrtd.curves import Curve
from devices.emrtd.errors import CardStatusError
from devices.emrtd.keys import EllipticKey, ModularKey, load_public_key, verify_ecdsa
from devices.emrtd.secure_messaging import SecureMessaging
from devices.emrtd.security_infos import CHIP_AUTHENTICATION, ChipPublicKey, SecurityInfos
from devices.errors import DeviceFormatError

if TYPE_CHECKING:
    from collections.abc import Callable

    from devices.emrtd.session import CardSession

ECDSA_HASHES: Final = {
    "0.4.0.127.0.7.1.1.4.1.1": "sha1", "0.4.0.127.0.7.1.1.4.1.2": "sha224", "0.4.0.127.0.7.1.1.4.1.3": "sha256",
    "0.4.0.127.0.7.1.1.4.1.4": "sha384", "0.4.0.127.0.7.1.1.4.1.5": "sha512",
}  # fmt: skip
"""Hash of the plain-signature identifiers in DG14's ActiveAuthenticationInfo (BSI TR-03111)."""


def choose(infos: SecurityInfos) -> tuple[str, Suite, ChipPublicKey] | None:
    """Return protocol, suite and key to use for chip authentication, or None when the chip has none.

    A key without an info is used with 3DES, which is what early documents mean by it (Doc 9303-11 section 6.2.4 note).
    """
    best: tuple[str, Suite, ChipPublicKey] | None = None
    for key in infos.public_keys:
        offers = [
            info for info in infos.chip_authentication
            if info.elliptic == key.elliptic and (info.key_id is None or key.key_id is None or info.key_id == key.key_id)
        ]  # fmt: skip
        for info in offers:
            if best is None or info.suite.block + info.suite.key_length > best[1].block + best[1].key_length:
                best = (info.protocol, info.suite, key)
    if best is None and infos.public_keys and not infos.chip_authentication:
        key = infos.public_keys[0]
        best = (f"{CHIP_AUTHENTICATION}.{2 if key.elliptic else 1}.1", TRIPLE_DES, key)
    return best


def authenticate_chip(session: CardSession, protocol: str, suite: Suite, key: ChipPublicKey,
                      random: Callable[[int], int] = secrets.randbelow) -> None:  # fmt: skip
    """Run chip authentication and re-key `session`. The next protected exchange is the proof: a clone fails its checksum.

    Raises:
        CardStatusError: the chip refuses.
        DeviceFormatError: the static key is malformed.
    """
    public, secret = _agree(key, random)
    key_id = b"" if key.key_id is None else tlv.encode(0x84, _unsigned(key.key_id))
    if suite is TRIPLE_DES:
        answer = session.send(Command(0x00, 0x22, 0x41, 0xA6, tlv.encode(0x91, public) + key_id))
    else:
        answer = session.send(Command(0x00, 0x22, 0x41, 0xA4, tlv.encode(0x80, tlv.encode_oid(protocol)) + key_id))
        if answer.ok:
            answer = session.send(Command(0x00, 0x86, 0x00, 0x00, tlv.encode(0x7C, tlv.encode(0x80, public)), 256))
    if not answer.ok:
        raise CardStatusError("The chip refused to prove its key; the data are kept but it is not known to be genuine.",
                              sw=answer.sw, code="card-chip-refused")  # fmt: skip
    session.protection = SecureMessaging(SessionKeys.from_secret(suite, secret))


def _unsigned(value: int) -> bytes:
    return value.to_bytes(max(1, (value.bit_length() + 7) // 8), "big")


def _agree(key: ChipPublicKey, random: Callable[[int], int]) -> tuple[bytes, bytes]:
    """Return (our ephemeral public key, shared secret)."""
    static = load_public_key(key.subject_public_key_info)
    if isinstance(static, EllipticKey):
        curve: Curve = static.curve
        private = 1 + random(curve.n - 1)
        point = curve.multiply(private, static.point)
        if point is None:
            raise DeviceFormatError("The chip's static key is not acceptable.")
        return curve.encode(curve.multiply(private, curve.generator)), point[0].to_bytes(curve.size, "big")
    if isinstance(static, ModularKey):
        private = 1 + random((static.q or static.p - 1) - 1)
        size = (static.p.bit_length() + 7) // 8
        return pow(static.g, private, static.p).to_bytes(size, "big"), pow(static.y, private, static.p).to_bytes(size, "big")
    raise DeviceFormatError("The chip's static key is of a kind that cannot agree on a secret.")


def mapping_proof_holds(infos: SecurityInfos, proof: bytes, chip_mapping_key: bytes) -> bool:
    """Return whether PACE-CAM proves the static key: proof x static key = mapping key (section 4.4.3.3.3).

    Raises:
        DeviceFormatError: a key is malformed.
    """
    for key in infos.public_keys:
        static = load_public_key(key.subject_public_key_info)
        if isinstance(static, EllipticKey) and len(proof) <= static.curve.size:
            point = static.curve.multiply(int.from_bytes(proof, "big"), static.point)
            if point is not None and static.curve.encode(point) == chip_mapping_key:
                return True
    return False


def challenge_chip(session: CardSession, public_key: bytes, algorithm: str | None,
                   random: Callable[[int], bytes] = secrets.token_bytes) -> bool:  # fmt: skip
    """Run active authentication against the key of DG15 (a SubjectPublicKeyInfo); return whether the signature holds.

    Raises:
        CardStatusError: the chip refuses to sign.
        DeviceFormatError: the key or the signature is malformed.
    """
    nonce = random(8)
    answer = session.send(Command(0x00, 0x88, 0x00, 0x00, nonce, 256))
    if answer.sw in (0x6700, 0x6C00) and not session.lost:
        answer = session.send(Command(0x00, 0x88, 0x00, 0x00, nonce, 65536))
    if not answer.ok or not answer.data:
        raise CardStatusError("The chip refused to sign; the data are kept but the chip is not known to be genuine.",
                              sw=answer.sw, code="card-chip-refused")  # fmt: skip
    return signature_holds(public_key, algorithm, nonce, answer.data)


def signature_holds(public_key: bytes, algorithm: str | None, nonce: bytes, signature: bytes) -> bool:
    """Return whether `signature` is the chip's over `nonce`: ECDSA (plain or DER) or RSA with recovery.

    Raises:
        DeviceFormatError: the key or the signature is malformed.
    """
    key = load_public_key(public_key)
    if isinstance(key, EllipticKey):
        hash_name = ECDSA_HASHES.get(algorithm or "", _default_hash(key.curve))
        if len(signature) == 2 * key.curve.size:
            return verify_ecdsa(key, signature, nonce, hash_name, plain=True)
        return verify_ecdsa(key, signature, nonce, hash_name)
    if isinstance(key, rsa.RSAPublicKey):
        return recover_and_check(key, signature, nonce)
    raise DeviceFormatError("The key for active authentication is of a kind that cannot sign.")


def _default_hash(curve: Curve) -> str:
    bits = curve.n.bit_length()
    return "sha224" if bits <= 224 else "sha256" if bits <= 256 else "sha384" if bits <= 384 else "sha512"


_TRAILERS: Final = {0x33: "sha1", 0x34: "sha256", 0x35: "sha512", 0x36: "sha384", 0x38: "sha224"}
"""ISO/IEC 10118-3 hash numbers in the trailer of ISO/IEC 9796-2 (xx CC); BC alone means SHA-1."""


def recover_and_check(key: rsa.RSAPublicKey, signature: bytes, nonce: bytes) -> bool:
    """ISO/IEC 9796-2 digital signature scheme 1: open the signature, hash recovered part and nonce, compare.

    Raises:
        DeviceFormatError: the signature is longer than the modulus.
    """
    numbers = key.public_numbers()
    size = (numbers.n.bit_length() + 7) // 8
    value = int.from_bytes(signature, "big")
    if len(signature) > size or value >= numbers.n:
        raise DeviceFormatError("The chip's signature is longer than its key.")
    opened = pow(value, numbers.e, numbers.n)
    # The scheme allows the smaller of m and n - m to be sent; the last nibble of a right one is C.
    if opened & 0xF != 0xC:
        opened = numbers.n - opened
    message = opened.to_bytes(size, "big")
    if message[-1] == 0xBC:
        hash_name, end = "sha1", size - 1
    elif message[-1] == 0xCC and message[-2] in _TRAILERS:
        hash_name, end = _TRAILERS[message[-2]], size - 2
    else:
        return False
    digest_size = hashlib.new(hash_name, usedforsecurity=False).digest_size
    start = _payload_start(message)
    if start is None or end - digest_size <= start:
        return False
    recovered, digest = message[start : end - digest_size], message[end - digest_size : end]
    return hashlib.new(hash_name, recovered + nonce, usedforsecurity=False).digest() == digest


def _payload_start(message: bytes) -> int | None:
    """Return where the recovered part begins: after 6A (partial recovery) or after 4B BB..BA padding."""
    if message[0] == 0x6A:
        return 1
    if message[0] & 0xF0 == 0x40 and message[0] & 0x0F in (0xA, 0xB):
        for index, byte in enumerate(message):
            if byte & 0x0F == 0xA:
                return index + 1
    return None

"""PACE mappings: how the nonce becomes new domain parameters (ICAO Doc 9303-11 sections 4.4.3.3 and appendix B).

An `Agreement` hides whether the parameters are a curve or a Diffie-Hellman group: PACE itself is written once.
"""

from __future__ import annotations

import secrets
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Final

from devices.emrtd import curves, groups, tlv
from devices.emrtd.crypto import Suite
from devices.errors import DeviceFormatError

if TYPE_CHECKING:
    from collections.abc import Callable

    from devices.emrtd.security_infos import PaceInfo

_C0_128: Final = bytes.fromhex("a668892a7c41e3ca739f40b057d85904")
_C1_128: Final = bytes.fromhex("a4e136ac725f738b01c1f60217c188ad")
_C0_256: Final = bytes.fromhex("d463d65234124ef7897054986dca0a174e28df758cbaa03f240616414d5a1676")
_C1_256: Final = bytes.fromhex("54bd7255f0aaf831bec3423fcf39d69b6cbf066677d0faae5aadd99df8e53517")


def pseudo_random(suite: Suite, nonce: bytes, own: bytes, p: int) -> int:
    """R_p(s, t): a field element from the chip's nonce `nonce` and the terminal's `own` (section 4.4.3.3.2, figure 2)."""
    c0, c1 = (_C0_128, _C1_128) if suite.key_length == 16 else (_C0_256, _C1_256)
    rounds = -(-(p.bit_length() + 64) // (8 * len(c0)))
    key = suite.encrypt(own, nonce)
    out = b""
    for _ in range(rounds):
        # AES-192 takes the first 24 of the 32 bytes as key.
        usable = key[: suite.key_length]
        out += suite.encrypt(usable, c1)
        key = suite.encrypt(usable, c0)
    return int.from_bytes(out, "big") % p


def point_encoding(curve: curves.Curve, t: int) -> tuple[int, int]:
    """Map a field element to a point in constant steps (appendix B.1, after Brier, Coron, Icart, Madore, Randriam, Tibouchi).

    Raises:
        DeviceFormatError: the curve's prime is 1 modulo 4, for which Doc 9303 defines no encoding.
    """
    p, a, b = curve.p, curve.a, curve.b
    if p % 4 != 3:
        raise DeviceFormatError("The chip asks for integrated mapping on a curve that has none.")
    alpha = -t * t % p
    x2 = -b * pow(a, -1, p) * (1 + pow(alpha + alpha * alpha, -1, p)) % p
    x3 = alpha * x2 % p
    h2 = (x2**3 + a * x2 + b) % p
    root = pow(h2, p - 1 - (p + 1) // 4, p)
    if root * root * h2 % p == 1:
        return x2, root * h2 % p
    return x3, root * t**3 * h2 % p


class Agreement(ABC):
    """Key agreement on the mapped parameters of one PACE run."""

    @abstractmethod
    def new_key(self) -> int:
        """Return a fresh private key (tests replace it by the vectors' keys)."""

    @abstractmethod
    def map_key(self, private: int) -> bytes:
        """Return the public key for the generic mapping, on the original parameters."""

    @abstractmethod
    def map_generic(self, nonce: bytes, private: int, chip_public: bytes) -> None:
        """Set the mapped base from the nonce and both mapping keys."""

    @abstractmethod
    def map_integrated(self, suite: Suite, nonce: bytes, own: bytes) -> None:
        """Set the mapped base from both nonces."""

    @abstractmethod
    def public(self, private: int) -> bytes:
        """Return the ephemeral public key on the mapped parameters."""

    @abstractmethod
    def secret(self, private: int, chip_public: bytes) -> bytes:
        """Return the shared secret.

        Raises:
            DeviceFormatError: the chip's key is not of these parameters.
        """

    @abstractmethod
    def token_input(self, protocol: str, public: bytes) -> bytes:
        """Return the public key data object that the authentication token covers (section 4.4.3.4)."""


class EllipticAgreement(Agreement):
    """ECDH on a named curve."""

    def __init__(self, curve: curves.Curve, random: Callable[[int], int] = secrets.randbelow) -> None:
        self.curve = curve
        self._random = random
        self.base: tuple[int, int] = curve.generator

    def new_key(self) -> int:
        """See `Agreement.new_key`."""
        return 1 + self._random(self.curve.n - 1)

    def map_key(self, private: int) -> bytes:
        """See `Agreement.map_key`."""
        return self.curve.encode(self.curve.multiply(private, self.curve.generator))

    def map_generic(self, nonce: bytes, private: int, chip_public: bytes) -> None:
        """G' = s·G + H with H the shared point of the mapping keys."""
        curve = self.curve
        shared = curve.multiply(private, curve.decode(chip_public))
        self._set(curve.add(curve.multiply(int.from_bytes(nonce, "big"), curve.generator), shared))

    def map_integrated(self, suite: Suite, nonce: bytes, own: bytes) -> None:
        """G' = the point encoding of R_p(s, t); all these curves have cofactor one."""
        self._set(point_encoding(self.curve, pseudo_random(suite, nonce, own, self.curve.p)))

    def _set(self, base: curves.Point) -> None:
        if base is None:
            raise DeviceFormatError("The mapped base point is infinity: the chip's key is not acceptable.")
        self.base = base

    def public(self, private: int) -> bytes:
        """See `Agreement.public`."""
        return self.curve.encode(self.curve.multiply(private, self.base))

    def secret(self, private: int, chip_public: bytes) -> bytes:
        """The x coordinate of the shared point."""
        point = self.curve.multiply(private, self.curve.decode(chip_public))
        if point is None:
            raise DeviceFormatError("The shared secret is the point at infinity: the chip's key is not acceptable.")
        return point[0].to_bytes(self.curve.size, "big")

    def token_input(self, protocol: str, public: bytes) -> bytes:
        """7F49 { 06 protocol, 86 public }."""
        return tlv.encode(0x7F49, tlv.encode(0x06, tlv.encode_oid(protocol)) + tlv.encode(0x86, public))


class ModularAgreement(Agreement):
    """Diffie-Hellman in a prime-order subgroup."""

    def __init__(self, group: groups.Group, random: Callable[[int], int] = secrets.randbelow) -> None:
        self.group = group
        self._random = random
        self.base = group.g

    def new_key(self) -> int:
        """See `Agreement.new_key`."""
        return 1 + self._random(self.group.q - 1)

    def map_key(self, private: int) -> bytes:
        """See `Agreement.map_key`."""
        return self.group.encode(pow(self.group.g, private, self.group.p))

    def map_generic(self, nonce: bytes, private: int, chip_public: bytes) -> None:
        """g' = g^s · h with h the shared element of the mapping keys."""
        group = self.group
        shared = pow(group.decode(chip_public), private, group.p)
        self._set(pow(group.g, int.from_bytes(nonce, "big"), group.p) * shared % group.p)

    def map_integrated(self, suite: Suite, nonce: bytes, own: bytes) -> None:
        """g' = R_p(s, t) to the cofactor."""
        group = self.group
        self._set(pow(pseudo_random(suite, nonce, own, group.p), (group.p - 1) // group.q, group.p))

    def _set(self, base: int) -> None:
        if base <= 1:
            raise DeviceFormatError("The mapped generator is one: the chip's key is not acceptable.")
        self.base = base

    def public(self, private: int) -> bytes:
        """See `Agreement.public`."""
        return self.group.encode(pow(self.base, private, self.group.p))

    def secret(self, private: int, chip_public: bytes) -> bytes:
        """The shared element in full length."""
        return self.group.encode(pow(self.group.decode(chip_public), private, self.group.p))

    def token_input(self, protocol: str, public: bytes) -> bytes:
        """7F49 { 06 protocol, 84 public }."""
        return tlv.encode(0x7F49, tlv.encode(0x06, tlv.encode_oid(protocol)) + tlv.encode(0x84, public))


def agreement(info: PaceInfo) -> Agreement:
    """Return the agreement for the domain parameters that `info` names.

    Raises:
        DeviceFormatError: parameters that are not standardised, or of the other family.
    """
    if info.parameter is None:
        raise DeviceFormatError("The chip does not say which domain parameters its PACE uses.")
    if info.elliptic:
        return EllipticAgreement(curves.by_number(info.parameter))
    group = groups.by_number(info.parameter)
    if group is None:
        raise DeviceFormatError("The chip names domain parameters that are not standardised.")
    return ModularAgreement(group)

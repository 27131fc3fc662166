"""PACE on the chip's side: generic, integrated and chip-authentication mapping; ECDH and DH."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from devices.simulated.card_bytes import CHIP_CURVES, ChipCurve, der, der_oid, split
from devices.simulated.card_crypto import Kind, Protected, cipher_kind, stuffed
from devices.simulated.card_faults import Fault
from devices.simulated.card_modp import CHIP_GROUPS, ChipGroup

if TYPE_CHECKING:
    from devices.simulated.card_issue import PaceOffer, Personalised

_C0 = {16: "a668892a7c41e3ca739f40b057d85904", 32: "d463d65234124ef7897054986dca0a174e28df758cbaa03f240616414d5a1676"}
_C1 = {16: "a4e136ac725f738b01c1f60217c188ad", 32: "54bd7255f0aaf831bec3423fcf39d69b6cbf066677d0faae5aadd99df8e53517"}


class PaceRun:
    """One run: four steps in order; `channel` stands after the last."""

    def __init__(self, offer: PaceOffer, password: bytes, made: Personalised, random: Callable[[int], bytes]) -> None:
        self.offer = offer
        self.channel: Protected | None = None
        self._made = made
        self._random = random
        self._kind: Kind = cipher_kind(offer.cipher)
        self._password = self._kind.key(password, 3)
        self._steps = 0
        self._nonce = b""
        self._map_private = 0
        self._map_public = b""
        self._public = b""
        self._peer = b""
        self._secret = b""
        self._domain: ChipCurve | ChipGroup = (
            CHIP_CURVES[offer.parameter] if offer.agreement == "ecdh" else CHIP_GROUPS[offer.parameter]
        )
        self._base: tuple[int, int] | int = self._domain.g

    def step(self, content: bytes) -> tuple[bytes, int]:
        """Answer one GENERAL AUTHENTICATE (inside of 7C)."""
        parts = split(content)
        tag, value = (parts[0][0], parts[0][1]) if parts else (0, b"")
        self._steps += 1
        handler = {(1, 0): self._give_nonce, (2, 0x81): self._map, (3, 0x83): self._agree, (4, 0x85): self._finish}.get(
            (self._steps, tag)
        )
        return handler(value) if handler else (b"", 0x6985)

    def _faulty(self, fault: Fault) -> bool:
        return fault in self._made.faults

    def _give_nonce(self, _value: bytes) -> tuple[bytes, int]:
        # Doc 9303-11: at least the key length for the integrated mapping, in whole blocks.
        self._nonce = self._random(32 if self.offer.mapping == "IM" and self._kind.size > 16 else 16)
        return der(0x7C, der(0x80, self._kind.lock(self._password, self._nonce))), 0x9000

    def _private(self, limit: int) -> int:
        return int.from_bytes(self._random(self._domain.width + 8), "big") % (limit - 1) + 1

    def _power(self, k: int, base: tuple[int, int] | int) -> tuple[int, int] | int:
        if isinstance(self._domain, ChipCurve):
            assert isinstance(base, tuple)
            return self._domain.times(k, base)
        assert isinstance(base, int)
        return pow(base, k, self._domain.p)

    def _read_key(self, data: bytes) -> tuple[int, int] | int | None:
        return self._domain.point(data)

    def _spell(self, element: tuple[int, int] | int) -> bytes:
        if isinstance(self._domain, ChipCurve):
            assert isinstance(element, tuple)
            return self._domain.spell(element)
        assert isinstance(element, int)
        return element.to_bytes(self._domain.width, "big")

    def _map(self, value: bytes) -> tuple[bytes, int]:
        if self.offer.mapping == "IM":
            self._map_integrated(value)
            return der(0x7C, der(0x82)), 0x9000
        peer = self._read_key(value)
        if peer is None:
            return b"", 0x6A80
        self._map_private = self._private(self._domain.n)
        self._map_public = self._spell(self._power(self._map_private, self._domain.g))
        shared = self._power(self._map_private, peer)
        scaled = self._power(int.from_bytes(self._nonce, "big"), self._domain.g)
        if isinstance(self._domain, ChipCurve):
            assert isinstance(shared, tuple)
            assert isinstance(scaled, tuple)
            self._base = self._domain.plus(scaled, shared)
        else:
            assert isinstance(shared, int)
            assert isinstance(scaled, int)
            self._base = scaled * shared % self._domain.p
        shown = self._map_public
        if self._faulty(Fault.PACE_OFF_CURVE):
            shown = shown[:-1] + bytes((shown[-1] ^ 1,))
        return der(0x7C, der(0x82, shown)), 0x9000

    def _map_integrated(self, other: bytes) -> None:
        field = self._field_element(other)
        if isinstance(self._domain, ChipCurve):
            self._base = encode_point(self._domain, field)
        else:
            self._base = pow(field, (self._domain.p - 1) // self._domain.n, self._domain.p)

    def _field_element(self, other: bytes) -> int:
        """R_p(s, t) of Doc 9303-11 section 4.4.3.3.2."""
        kind, width = self._kind, 16 if self._kind.size == 16 else 32
        state = kind.lock(other[: kind.size], self._nonce)
        c0, c1 = bytes.fromhex(_C0[width]), bytes.fromhex(_C1[width])
        total = 0
        bits = 0
        while bits < self._domain.p.bit_length() + 64:
            total = (total << (8 * width)) | int.from_bytes(kind.lock(state[: kind.size], c1), "big")
            state = kind.lock(state[: kind.size], c0)
            bits += 8 * width
        return total % self._domain.p

    def _agree(self, value: bytes) -> tuple[bytes, int]:
        peer = self._read_key(value)
        if peer is None:
            return b"", 0x6A80
        private = self._private(self._domain.n)
        self._public = self._spell(self._power(private, self._base))
        self._peer = value
        shared = self._power(private, peer)
        self._secret = self._spell(shared)[1 : 1 + self._domain.width] if isinstance(shared, tuple) else self._spell(shared)
        shown = value if self._faulty(Fault.PACE_ECHO) else self._public
        return der(0x7C, der(0x84, shown)), 0x9000

    def _token(self, key: bytes, public: bytes) -> bytes:
        tag = 0x86 if isinstance(self._domain, ChipCurve) else 0x84
        text = der(0x7F49, der_oid(self.offer.oid), der(tag, public))
        return self._kind.seal(key, text if self._kind.aes else stuffed(text, 8))

    def _finish(self, value: bytes) -> tuple[bytes, int]:
        channel = Protected.after(self._kind, self._secret)
        if value != self._token(channel.key_mac, self._public):
            return b"", 0x6300
        token = self._token(channel.key_mac, self._peer)
        if self._faulty(Fault.PACE_TOKEN):
            token = bytes(b ^ 1 for b in token)
        self.channel = channel
        extra = b""
        if self.offer.mapping == "CAM":
            extra = der(0x8A, self._chip_proof(channel))
        return der(0x7C, der(0x86, token), extra), 0x9000

    def _chip_proof(self, channel: Protected) -> bytes:
        """CA_IC = SK_map / SK_static, encrypted under the new key (section 4.4.3.5)."""
        assert isinstance(self._domain, ChipCurve)
        static = next(iter(self._made.chip_keys.values()))
        proof = self._map_private * pow(static, -1, self._domain.n) % self._domain.n
        iv = self._kind.lock(channel.key_enc, b"\xff" * self._kind.block)
        text = stuffed(proof.to_bytes(self._domain.width, "big"), self._kind.block)
        return self._kind.lock(channel.key_enc, text, iv)


def encode_point(curve: ChipCurve, t: int) -> tuple[int, int]:
    """Simplified Shallue-van de Woestijne-Ulas encoding in the form of Doc 9303-11 appendix B, affine version (B.2)."""
    p, a, b = curve.p, curve.a, curve.b
    alpha = (p - t * t % p) % p
    inverse = pow((alpha * alpha + alpha) % p, p - 2, p)
    x = (p - b) * (1 + inverse) % p * pow(a, p - 2, p) % p
    other = alpha * x % p
    value = (pow(x, 3, p) + a * x + b) % p
    helper = pow(value, p - 1 - (p + 1) // 4, p)
    if helper * helper % p * value % p == 1:
        return x, helper * value % p
    return other, helper * value % p * pow(t, 3, p) % p

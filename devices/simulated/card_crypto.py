"""Keys and protected channel on the chip's side (ICAO Doc 9303-11 sections 9.7 and 9.8), written apart from the terminal's."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.hazmat.primitives.cmac import CMAC

from devices.simulated.card_bytes import Apdu, der, split


@dataclass(frozen=True, slots=True)
class Kind:
    """A cipher: 3DES or AES with a key length."""

    aes: bool
    size: int

    @property
    def block(self) -> int:
        """Bytes of a block."""
        return 16 if self.aes else 8

    def key(self, secret: bytes, use: int) -> bytes:
        """KDF: 1 encryption, 2 MAC, 3 password."""
        material = secret + bytes((0, 0, 0, use))
        if self.aes and self.size > 16:
            return hashlib.sha256(material).digest()[: self.size]
        out = bytearray(hashlib.sha1(material, usedforsecurity=False).digest()[:16])
        if not self.aes:
            for index, byte in enumerate(out):
                high = byte & 0xFE
                out[index] = high if bin(high).count("1") & 1 else high | 1
        return bytes(out)

    def _cipher(self, key: bytes, iv: bytes) -> Cipher[CBC]:
        return Cipher(AES(key) if self.aes else TripleDES(key[:8] + key[8:16] + key[:8]), CBC(iv))

    def lock(self, key: bytes, data: bytes, iv: bytes = b"") -> bytes:
        """CBC encryption of whole blocks."""
        run = self._cipher(key, iv or bytes(self.block)).encryptor()
        return run.update(data) + run.finalize()

    def unlock(self, key: bytes, data: bytes, iv: bytes = b"") -> bytes:
        """CBC decryption of whole blocks."""
        run = self._cipher(key, iv or bytes(self.block)).decryptor()
        return run.update(data) + run.finalize()

    def seal(self, key: bytes, data: bytes) -> bytes:
        """Eight MAC bytes; `data` is whole blocks for 3DES, anything for AES."""
        if self.aes:
            mac = CMAC(AES(key))
            mac.update(data)
            return mac.finalize()[:8]
        left, right = key[:8], key[8:16]
        state = bytes(8)
        for start in range(0, len(data), 8):
            mixed = bytes(a ^ b for a, b in zip(state, data[start : start + 8], strict=True))
            state = _des(left, mixed, decrypt=False)
        return _des(left, _des(right, state, decrypt=True), decrypt=False)


def _des(key: bytes, block: bytes, *, decrypt: bool) -> bytes:
    """One DES block: 3DES under three times the same key is DES."""
    cipher = Cipher(TripleDES(key + key + key), CBC(bytes(8)))
    run = cipher.decryptor() if decrypt else cipher.encryptor()
    return run.update(block) + run.finalize()


def stuffed(data: bytes, block: int) -> bytes:
    """Padding: 80 and zeros."""
    data += b"\x80"
    while len(data) % block:
        data += b"\x00"
    return data


def unstuffed(data: bytes) -> bytes:
    """Take the padding off (the MAC was right, so it is there)."""
    end = data.rfind(b"\x80")
    return data[:end] if end >= 0 else data


def cipher_kind(last_arc: int) -> Kind:
    """Return the cipher of a protocol identifier's last arc."""
    return Kind(False, 16) if last_arc == 1 else Kind(True, {2: 16, 3: 24, 4: 32}[last_arc])


@dataclass(slots=True)
class Protected:
    """A protected channel; `count` is the send sequence counter."""

    kind: Kind
    key_enc: bytes
    key_mac: bytes
    count: int = 0
    broken: bool = field(default=False)

    @classmethod
    def after(cls, kind: Kind, secret: bytes, count: int = 0) -> Protected:
        """Start a channel from a shared secret."""
        return cls(kind, kind.key(secret, 1), kind.key(secret, 2), count)

    def _next(self) -> bytes:
        self.count += 1
        return self.count.to_bytes(self.kind.block, "big")

    def _iv(self, ssc: bytes) -> bytes:
        return self.kind.lock(self.key_enc, ssc) if self.kind.aes else b""

    def open(self, command: Apdu) -> Apdu | None:
        """Return the plain command, None when its checksum is wrong."""
        ssc = self._next()
        parts = split(command.data)
        if not parts or parts[-1][0] != 0x8E:
            return None
        head = stuffed(bytes((command.cla, command.ins, command.p1, command.p2)), self.kind.block)
        inner = b"".join(whole for _, _, whole in parts[:-1])
        text = ssc + head + (stuffed(inner, self.kind.block) if inner else b"")
        if self.kind.seal(self.key_mac, text) != parts[-1][1]:
            return None
        data, le = b"", None
        for tag, value, _ in parts[:-1]:
            if tag == 0x87 and value[:1] == b"\x01":
                data = unstuffed(self.kind.unlock(self.key_enc, value[1:], self._iv(ssc)))
            elif tag == 0x85:
                data = unstuffed(self.kind.unlock(self.key_enc, value, self._iv(ssc)))
            elif tag == 0x97:
                le = int.from_bytes(value, "big") or (256 if len(value) == 1 else 65536)
        return Apdu(command.cla & 0xF3, command.ins, command.p1, command.p2, data, le, command.extended)

    def close(self, data: bytes, status: int, *, odd: bool = False, wrong_mac: bool = False) -> bytes:
        """Return the protected answer without the outer status."""
        ssc = self._next()
        body = b""
        if data:
            locked = self.kind.lock(self.key_enc, stuffed(data, self.kind.block), self._iv(ssc))
            body = der(0x85, locked) if odd else der(0x87, b"\x01" + locked)
        body += der(0x99, status.to_bytes(2, "big"))
        mac = self.kind.seal(self.key_mac, stuffed(ssc + body, self.kind.block))
        return body + der(0x8E, bytes(b ^ 0x55 for b in mac) if wrong_mac else mac)

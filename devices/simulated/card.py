"""The simulated chip: takes command APDUs, gives answers, keeps a chip's state. Pure: no sockets, no clock, no threads.

The same object stands behind the direct transport (demo, training, most tests) and behind the socket of a real pcscd (tests).
It enforces what real chips enforce: no file of the application without BAC or PACE, DG3 never, commands in their order.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Final

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from devices.simulated import card_sign
from devices.simulated.card_bytes import CHIP_CURVES, Apdu, der, der_oid, first, read_apdu
from devices.simulated.card_crypto import Kind, Protected, cipher_kind, stuffed
from devices.simulated.card_faults import Fault
from devices.simulated.card_issue import BSI, Personalised
from devices.simulated.card_pace import PaceRun

ATR: Final = bytes.fromhex("3B80800101")
AID: Final = bytes.fromhex("A0000002471001")
OK: Final = 0x9000
_DES3: Final = Kind(False, 16)


class Chip:
    """One powered or unpowered chip. `random` can be replaced for the worked examples; `crypto_steps` counts slow operations."""

    def __init__(self, made: Personalised, random: Callable[[int], bytes] = secrets.token_bytes) -> None:
        self.made = made
        self.atr = ATR
        self.crypto_steps = 0
        self.commands = 0
        self._random = random
        self._wrong_keys = 0
        self.power()

    def power(self) -> None:
        """Power on, off or reset: forgets everything but the count of wrong keys."""
        self._channel: Protected | None = None
        self._selected: bytes | None = None
        self._in_application = False
        self._opened = False
        self._pace: PaceRun | None = None
        self._challenge: bytes | None = None
        self._chip_oid: str | None = None
        self._chip_key_id: int | None = None
        self._master_selected = False
        self._queued = b""
        self._opening = 0

    def has(self, fault: Fault) -> bool:
        """Whether a switch is on."""
        return fault in self.made.faults

    def process(self, raw: bytes) -> bytes:
        """Answer one command APDU."""
        self.commands += 1
        if self.has(Fault.ONE_BYTE_ANSWER) and self._opened:
            return b"\x90"
        command = read_apdu(raw)
        if command is None:
            return _status(0x6700)
        if command.extended and self.has(Fault.NO_EXTENDED_DROPS):
            self._channel = None
            return _status(0x6700)
        if command.ins == 0xC0:
            return self._rest()
        if command.cla & 0x0C == 0x0C:
            return self._protected(command)
        if self._channel is not None:
            # An unprotected command ends the channel (ISO/IEC 7816-4 section 10.3).
            self._channel = None
            self._opened = False
        data, status = self._dispatch(command)
        return self._deliver(data, status, command)

    # --- answers -----------------------------------------------------------------------------------------------------------

    def _protected(self, command: Apdu) -> bytes:
        if self._channel is None:
            return _status(0x6987)
        channel = self._channel
        plain = channel.open(command)
        if plain is None or (self.has(Fault.MAC_ERROR) and self._selected and command.ins == 0xB0):
            self._channel = None
            self._opened = False
            return _status(0x6988)
        if command.extended and self.has(Fault.NO_EXTENDED):
            data, status = b"", 0x6700
        else:
            data, status = self._dispatch(plain)
        reading = plain.ins in (0xB0, 0xB1) and bool(data)
        if self.has(Fault.UNPROTECTED_ANSWER) and reading:
            return data + status.to_bytes(2, "big")
        answer = channel.close(data, status, odd=bool(plain.ins & 1), wrong_mac=self.has(Fault.MAC_LIES) and reading)
        if self.has(Fault.STATUS_LIES) and reading:
            return answer[:-14] + der(0x99, b"\x90\x00") + answer[-10:-1] + bytes((answer[-1] ^ 1,)) + _status(OK)
        if self.has(Fault.MORE_DATA_61) and len(answer) > 40:
            self._queued = answer[20:]
            return answer[:20] + bytes((0x61, min(len(self._queued), 255)))
        if self.has(Fault.ENDLESS_61) and reading:
            self._queued = answer
            return answer + b"\x61\x00"
        return answer + (OK if status in (0x6282,) else status).to_bytes(2, "big")

    def _rest(self) -> bytes:
        if self.has(Fault.ENDLESS_61):
            return self._queued + b"\x61\x00"
        part, self._queued = self._queued[:255], self._queued[255:]
        return part + (bytes((0x61, min(len(self._queued), 255))) if self._queued else _status(OK))

    def _deliver(self, data: bytes, status: int, command: Apdu) -> bytes:
        if self.has(Fault.WRONG_LE_6C) and command.ins == 0xB0 and command.le and command.le != len(data) and 0 < len(data) < 256:
            return bytes((0x6C, len(data)))
        return data + status.to_bytes(2, "big")

    # --- commands ----------------------------------------------------------------------------------------------------------

    def _dispatch(self, command: Apdu) -> tuple[bytes, int]:
        handler = {
            0xA4: self._select, 0xB0: self._read, 0xB1: self._read_long, 0x84: self._get_challenge, 0x82: self._mutual,
            0x22: self._environment, 0x86: self._general, 0x88: self._internal,
        }.get(command.ins)  # fmt: skip
        return handler(command) if handler else (b"", 0x6D00)

    def _select(self, command: Apdu) -> tuple[bytes, int]:
        if self.has(Fault.REFUSES_LE) and command.le is not None:
            return b"", 0x6700
        if command.p1 == 0x04:
            if command.data != AID or self.has(Fault.NO_APPLICATION):
                return b"", 0x6A82
            if self.has(Fault.SELECT_WANTS_FCI) and command.p2 == 0x0C:
                return b"", 0x6A86
            self._in_application, self._selected = True, None
            return b"", OK
        if command.p1 == 0x00:
            if self.has(Fault.MF_UNKNOWN) or not (self.has(Fault.ACCESS_ONLY_AFTER_MF) or self.has(Fault.ACCESS_BY_SFI)):
                return b"", 0x6D00
            if self.has(Fault.ACCESS_ONLY_AFTER_MF) and command.data != b"":
                return b"", 0x6A82
            self._master_selected, self._in_application = True, False
            return b"", OK
        identifier = int.from_bytes(command.data, "big")
        self._selected = None
        if not self._in_application:
            return self._select_master(identifier)
        if not self._opened:
            return b"", 0x6982
        if identifier in self.made.locked and identifier in self.made.files:
            return b"", 0x6982
        if identifier not in self.made.files:
            return b"", 0x6A82
        self._selected = self.made.files[identifier]
        return b"", OK

    def _select_master(self, identifier: int) -> tuple[bytes, int]:
        hidden = self.has(Fault.ACCESS_ABSENT) or self.has(Fault.ACCESS_BY_SFI)
        if identifier == 0x011C and (hidden or (self.has(Fault.ACCESS_ONLY_AFTER_MF) and not self._master_selected)):
            return b"", 0x6A82
        if identifier not in self.made.master_files:
            return b"", 0x6A82
        if identifier == 0x011D and not self._opened:
            return b"", 0x6982
        self._selected = self.made.master_files[identifier]
        return b"", OK

    def _read(self, command: Apdu) -> tuple[bytes, int]:
        offset = command.p1 * 256 + command.p2
        if command.p1 & 0x80:
            if command.p1 & 0x1F == 0x1C and self.has(Fault.ACCESS_BY_SFI):
                return self.made.master_files[0x011C], OK
            return b"", 0x6A82
        return self._slice(offset, command.le or 256)

    def _read_long(self, command: Apdu) -> tuple[bytes, int]:
        offset = first(command.data, 0x54)
        if offset is None:
            return b"", 0x6A80
        room = (command.le or 256) - (5 if (command.le or 0) > 256 else 3)
        data, status = self._slice(int.from_bytes(offset, "big"), room)
        return (der(0x53, data) if data else b""), status

    def _slice(self, offset: int, count: int) -> tuple[bytes, int]:
        if self._selected is None:
            return b"", 0x6986
        if offset >= len(self._selected):
            return b"", 0x6B00
        if self.has(Fault.EMPTY_READS) and offset:
            return b"", OK
        if self.has(Fault.SHORT_READS):
            count = min(count, 100)
        data = self._selected[offset : offset + count]
        if len(data) < count:
            if self.has(Fault.EOF_6B00) and offset + count > len(self._selected) + 1024:
                return b"", 0x6B00
            if self.has(Fault.EOF_6282):
                return data, 0x6282
        return data, OK

    def _get_challenge(self, command: Apdu) -> tuple[bytes, int]:
        if not self._in_application or not self.made.design.bac or command.le != 8:
            return b"", 0x6D00
        self._challenge = self._random(8)
        return self._challenge, OK

    def _mutual(self, command: Apdu) -> tuple[bytes, int]:
        challenge, self._challenge = self._challenge, None
        if challenge is None or len(command.data) != 40:
            return b"", 0x6985
        if self.has(Fault.BAC_WAITS) and self._wrong_keys:
            self._wrong_keys = 0
            return b"", 0x6985
        seed = card_sign.sha1(self.made.mrz_information.encode())[:16]
        enc, mac = _DES3.key(seed, 1), _DES3.key(seed, 2)
        if _DES3.seal(mac, stuffed(command.data[:32], 8)) != command.data[32:]:
            self._wrong_keys += 1
            return b"", 0x6300
        text = _DES3.unlock(enc, command.data[:32])
        if text[8:16] != challenge:
            return b"", 0x6300
        own = self._random(16)
        reply = _DES3.lock(enc, challenge + text[:8] + own)
        secret = bytes(a ^ b for a, b in zip(text[16:32], own, strict=True))
        self._channel = Protected.after(_DES3, secret, int.from_bytes(challenge[4:] + text[4:8], "big"))
        self._opened = True
        # The answer to this very command still goes out in the clear, so the channel is handed over after it.
        return reply + _DES3.seal(mac, stuffed(reply, 8)), OK

    def _environment(self, command: Apdu) -> tuple[bytes, int]:
        if command.p1 == 0xC1:
            return self._start_pace(command)
        if not self._opened:
            return b"", 0x6982
        if self.has(Fault.CHIP_REFUSES):
            return b"", 0x6985
        key_id = first(command.data, 0x84)
        self._chip_key_id = int.from_bytes(key_id, "big") if key_id else None
        if self._chip_key_id not in self.made.chip_keys:
            return b"", 0x6A88
        if command.p2 == 0xA6:
            public = first(command.data, 0x91)
            return self._rekey(public or b"", Kind(False, 16))
        name = first(command.data, 0x80)
        expected = der_oid(f"{BSI}.3.2.{self.made.design.chip_cipher}")[2:]
        if name != expected:
            return b"", 0x6A80
        self._chip_oid = f"{BSI}.3.2.{self.made.design.chip_cipher}"
        return b"", OK

    def _start_pace(self, command: Apdu) -> tuple[bytes, int]:
        if self.has(Fault.PACE_BROKEN):
            return b"", 0x6A80
        if self.has(Fault.PACE_SUSPENDED):
            return b"", 0x63C0
        if self.has(Fault.NEEDS_PARAMETER) and first(command.data, 0x84) is None:
            return b"", 0x6A88
        name, kind = first(command.data, 0x80), first(command.data, 0x83)
        offer = next((o for o in self.made.design.pace if der_oid(o.oid)[2:] == name), None)
        if offer is None or kind not in (b"\x01", b"\x02"):
            return b"", 0x6A80
        password = self.made.can.encode() if kind == b"\x02" else card_sign.sha1(self.made.mrz_information.encode())
        self._pace = PaceRun(offer, password, self.made, self._random)
        return b"", 0x63C2 if self.has(Fault.PACE_TRIES_WARNING) else OK

    def _general(self, command: Apdu) -> tuple[bytes, int]:
        if self._chip_oid is not None:
            public = first(first(command.data, 0x7C) or b"", 0x80)
            self._chip_oid = None
            data, status = self._rekey(public or b"", cipher_kind(self.made.design.chip_cipher or 2))
            return (der(0x7C) if status == OK else data), status
        if self._pace is None:
            return b"", 0x6985
        self.crypto_steps += 1
        data, status = self._pace.step(first(command.data, 0x7C) or b"")
        if status != OK:
            self._pace = None
        elif self._pace.channel is not None:
            self._channel, self._pace, self._opened = self._pace.channel, None, True
        return data, status

    def _rekey(self, public: bytes, kind: Kind) -> tuple[bytes, int]:
        curve = CHIP_CURVES[self.made.design.chip_curve]
        point = curve.point(public)
        if point is None:
            return b"", 0x6A80
        self.crypto_steps += 1
        shared = curve.times(self.made.chip_keys[self._chip_key_id], point)[0].to_bytes(curve.width, "big")
        old, new = self._channel, Protected.after(kind, shared)
        # The answer to this command still travels under the old keys.
        if old is not None:
            self._channel = new
        return b"", OK

    def _internal(self, command: Apdu) -> tuple[bytes, int]:
        if not self._opened or self.made.active_key is None or len(command.data) != 8:
            return b"", 0x6985
        if self.has(Fault.CHIP_REFUSES):
            return b"", 0x6985
        self.crypto_steps += 1
        key = self.made.active_key
        if isinstance(key, ec.EllipticCurvePrivateKey):
            r, s = decode_dss_signature(key.sign(command.data, ec.ECDSA(hashes.SHA256())))
            return r.to_bytes(32, "big") + s.to_bytes(32, "big"), OK
        return card_sign.with_recovery(key, command.data, self._random), OK


def _status(value: int) -> bytes:
    return value.to_bytes(2, "big")

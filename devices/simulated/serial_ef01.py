"""A simulated EF01 module, built from a firmware profile only. Its encoder and decoder are its own, written from the manual.

It holds what a real one holds (image buffer, parameters, password) and refuses what a real one refuses: commands that its
profile does not name answer "unsupported", those that write are refused outright so that a test sees them.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Sequence
from typing import ClassVar, Final

from devices.profile_vocabulary import Effect
from devices.profiles import Profile, load_profile
from devices.simulated.serial_module import SerialFingerModule
from devices.simulated.wire_faults import ANSWER_FAULTS, SERIAL_FAULTS
from devices.simulated.wire_finger import Finger, synthetic_picture
from devices.simulated.wire_pty import Picture, Piece, SerialSimulator, packed

DEFAULT_PACKET_CODE: Final = 2
_MAX_COMMAND: Final = 300


class Ef01ModuleSimulation(SerialFingerModule):
    """State and talk of one module. `written` lists the names of commands that tried to write, but for the baud."""

    def power_on(self) -> bytes:
        """A lone ready byte, where the profile has one."""
        ready = self.profile.port.ready_byte
        return b"" if ready is None else bytes([ready])

    def receive(self, data: bytes) -> Iterable[Piece]:
        """Answer every whole command; anything else is skipped, as the manual says."""
        self._input = (self._input + data)[-2 * _MAX_COMMAND :]
        while (command := self._next_command()) is not None:
            yield from self._obey(command)

    def _next_command(self) -> bytes | None:
        while (at := self._input.find(b"\xef\x01")) >= 0:
            self._input = self._input[at:]
            if len(self._input) < 9:
                return None
            _, address, kind, length = struct.unpack(">HIBH", self._input[:9])
            if kind != 1 or not 3 <= length <= _MAX_COMMAND or address != self._address:
                self._input = self._input[2:]
                continue
            if len(self._input) < 9 + length:
                return None
            body, given = self._input[9 : 7 + length], struct.unpack(">H", self._input[7 + length : 9 + length])[0]
            total = kind + (length >> 8) + (length & 0xFF)
            for value in body:
                total += value
            if total % 65536 == given:
                self._input = self._input[9 + length :]
                return body
            self._input = self._input[2:]
        self._input = self._input[-1:]
        return None

    @property
    def _address(self) -> int:
        security = self.profile.security
        return security.address if security is not None else 0xFFFFFFFF

    def _obey(self, command: bytes) -> Iterator[Piece]:
        name = next((n for n, opcode in self.profile.commands.items() if opcode == command[0]), "")
        if not name:
            yield self._ack("unsupported")
            return
        effect = self.profile.effect(name)
        if effect is Effect.SWITCH:
            self.switched.append(name)
        handler = {
            "verify_password": self._verify_password,
            "read_sys_para": self._parameters,
            "gen_img": self._gen_img,
            "up_image": self._up_image,
            "template_count": lambda _: iter([self._ack("ok", b"\x00\x00")]),
            "prod_info": self._product,
            "fw_version": lambda _: iter([self._ack("ok", b"SIM-" + self.profile.id.encode()[:27].ljust(28, b"\x00"))]),
            "handshake": lambda _: iter([self._ack("ok")]),
            "set_sys_para": self._set_parameter,
        }.get(name)
        if handler is not None:
            yield from handler(command[1:])
        elif effect is Effect.WRITE:
            self.written.append(name)
            yield self._ack("execution_failed")
        else:
            yield self._ack("ok")

    def _ack(self, answer: str, values: bytes = b"") -> Piece:
        code = self.profile.answers[answer]
        length = len(values) + 3
        body = struct.pack(">BHB", 7, length, code) + values
        check = sum(body) % 65536
        if self.faults.strikes("bad-checksum", "answer"):
            check ^= 0x0101
        if self.faults.strikes("lying-length", "answer"):
            body = struct.pack(">BHB", 7, length + 40, code) + values
        return Piece(struct.pack(">HI", 0xEF01, self._address) + body + struct.pack(">H", check))

    def _verify_password(self, arguments: bytes) -> Iterator[Piece]:
        security = self.profile.security
        good = security is not None and arguments == struct.pack(">I", security.password)
        yield self._ack("ok" if good else "password_wrong")

    def _parameters(self, arguments: bytes) -> Iterator[Piece]:
        _ = arguments
        sysparam = self.profile.sysparam
        if sysparam is None:
            yield self._ack("unsupported")
            return
        words = {"status": 4, "system_id": (sysparam.system_ids or (1,))[0], "capacity": 200, "security": 3, "address": self._address,
                 "packet": DEFAULT_PACKET_CODE, "baud": self.baud // sysparam.baud_unit, "enroll_times": 2, "template_size": 1536,
                 "score_level": 3}  # fmt: skip
        values = b"".join(struct.pack(">I" if name == "address" else ">H", words[name]) for name in sysparam.layout)
        yield self._ack("ok", values)

    def _set_parameter(self, arguments: bytes) -> Iterator[Piece]:
        sysparam = self.profile.sysparam
        if sysparam is None or len(arguments) != 2 or arguments[0] != self.profile.parameters["baud"]:
            self.written.append("set_sys_para")
            yield self._ack("bad_register")
        elif arguments[1] not in sysparam.baud_multipliers:
            yield self._ack("bad_register_value")
        else:
            yield self._ack("ok")  # still at the old speed
            if not sysparam.needs_power_cycle:
                self.baud = arguments[1] * sysparam.baud_unit

    def _product(self, arguments: bytes) -> Iterator[Piece]:
        _ = arguments
        image = self.profile.image
        assert image is not None
        name = self.profile.profile.models[0].split(" ", maxsplit=1)[0].encode("ascii")
        values = struct.pack(">16s4s8sBB8sHHHH", name, b"SIM1", b"SIM00001", 1, 2, b"FPC1021", image.width, image.height,
                             self.profile.quirks.template_bytes, 200)  # fmt: skip
        yield self._ack("ok", values)

    def _gen_img(self, arguments: bytes) -> Iterator[Piece]:
        _ = arguments
        image = self.profile.image
        assert image is not None
        if not self._finger.lies_there():
            yield self._ack("no_finger")
            return
        self._buffer = self._picture(image.width, image.height)
        yield self._ack("ok")

    def _up_image(self, arguments: bytes) -> Iterator[Piece]:
        _ = arguments
        image, sysparam = self.profile.image, self.profile.sysparam
        assert image is not None
        if self._buffer is None:
            yield self._ack("no_valid_image")
            return
        yield self._ack("ok")
        if self.faults.strikes("wrong-baud", "picture"):
            self.baud = self.profile.port.bauds[-1]
        data = bytes(packed(self._buffer, image.bits, left_is_high=image.packing == "high-nibble-first"))
        size = sysparam.packet_bytes[DEFAULT_PACKET_CODE] if sysparam is not None else 128
        last_at = (len(data) - 1) // size * size
        for at in range(0, len(data), size):
            yield self._data(data[at : at + size], last=at == last_at)
        self._finger.taken()

    def _data(self, payload: bytes, *, last: bool) -> Piece:
        if last and self.faults.strikes("short-last-packet", "picture"):
            payload = payload[:-7]
        body = struct.pack(">BH", 8 if last else 2, len(payload) + 2) + payload
        check = sum(body) % 65536
        if self.faults.strikes("bad-checksum", "picture"):
            check ^= 0x0101
        if self.faults.strikes("lying-length", "picture"):
            body = struct.pack(">BH", 8 if last else 2, len(payload) + 42) + payload
        return Piece(struct.pack(">HI", 0xEF01, self._address) + body + struct.pack(">H", check), "picture")


class Ef01Simulator(SerialSimulator):
    """A module of one of the EF01 profiles on a pty."""

    FAULTS: ClassVar[tuple[str, ...]] = SERIAL_FAULTS + ANSWER_FAULTS

    def __init__(self, profile: str | Profile | None = None, faults: Sequence[str] = (), *, paced: bool = True, finger: Finger | None = None,
                 picture: Picture | None = None, seed: int = 1) -> None:  # fmt: skip
        made = profile if isinstance(profile, Profile) else load_profile(profile or "r305-r307")
        image = made.image
        assert image is not None
        shown = picture or (lambda width, height: synthetic_picture(width, height, image.nominal_ppi, seed, 0))
        self.state = Ef01ModuleSimulation(made, faults, finger or Finger(away=3), shown)
        super().__init__(self.state, f"ef01-{made.id}", paced=paced, warm_up=lambda: shown(image.width, image.height))

"""A simulated GT-5xx module, built from a firmware profile only. Its encoder and decoder are its own."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Sequence
from typing import ClassVar, Final

from devices.profile_vocabulary import Effect
from devices.profiles import Profile, load_profile
from devices.simulated.serial_module import SerialFingerModule
from devices.simulated.wire_faults import ANSWER_FAULTS, SERIAL_FAULTS, Part
from devices.simulated.wire_finger import Finger, synthetic_picture
from devices.simulated.wire_pty import Picture, Piece, SerialSimulator

FIRMWARE: Final = 0x20170301
SERIAL: Final = b"SIMULATED-GT5-01"
_CHUNK: Final = 256


class Gt5ModuleSimulation(SerialFingerModule):
    """State and talk of one module. `written` and `switched` list the names of commands that wrote or switched."""

    def __init__(self, profile: Profile, faults: Sequence[str], finger: Finger, picture: Picture) -> None:
        super().__init__(profile, faults, finger, picture)
        self.lit = False

    def receive(self, data: bytes) -> Iterable[Piece]:
        """Answer every whole command."""
        self._input = (self._input + data)[-64:]
        while len(self._input) >= 12:
            if self._input[0] != 0x55 or self._input[1] != 0xAA:
                self._input = self._input[1:]
                continue
            start, device, parameter, code, check = struct.unpack("<HHIHH", self._input[:12])
            if device != self._device or (sum(self._input[:10]) & 0xFFFF) != check or start != 0xAA55:
                self._input = self._input[1:]
                continue
            self._input = self._input[12:]
            yield from self._obey(code, parameter)

    @property
    def _device(self) -> int:
        return self.profile.security.address if self.profile.security is not None else 1

    def _obey(self, code: int, parameter: int) -> Iterator[Piece]:
        name = next((n for n, number in self.profile.commands.items() if number == code), "")
        if not name:
            yield self._refuse("not_supported")
            return
        if self.profile.effect(name) is Effect.SWITCH:
            self.switched.append(name)
        if name == "open":
            yield self._ack()
            if parameter:
                yield from self._data(struct.pack("<II", FIRMWARE, 0) + SERIAL, "answer")
        elif name == "led":
            self.lit = bool(parameter)
            yield self._ack()
        elif name == "change_baud":
            if parameter not in self.profile.port.bauds:
                yield self._refuse("bad_baud")
                return
            yield self._ack()  # still at the old speed
            self.baud = parameter
        elif name == "is_finger_pressed":
            yield self._ack(0 if self._sees_finger() else 0x1012)
        elif name == "capture":
            yield from self._capture()
        elif name in ("get_image", "get_raw_image"):
            yield from self._upload()
        elif self.profile.effect(name) is Effect.WRITE:
            self.written.append(name)
            yield self._refuse("device_error")
        else:
            yield self._ack()

    def _sees_finger(self) -> bool:
        dark = self.profile.quirks.light_needed and not self.lit
        return not dark and self._finger.lies_there()

    def _capture(self) -> Iterator[Piece]:
        image = self.profile.image
        assert image is not None
        if self.profile.quirks.light_needed and not self.lit:
            yield self._refuse("finger_not_pressed")
            return
        self._buffer = self._picture(image.width, image.height)
        yield self._ack()

    def _upload(self) -> Iterator[Piece]:
        if self._buffer is None:
            yield self._refuse("finger_not_pressed")
            return
        yield self._ack()
        if self.faults.strikes("wrong-baud", "picture"):
            self.baud = self.profile.port.bauds[-1]
        yield from self._data(self._buffer, "picture")
        self._finger.taken()

    def _ack(self, parameter: int = 0) -> Piece:
        return self._message(self.profile.answers["ack"], parameter)

    def _refuse(self, error: str) -> Piece:
        return self._message(self.profile.answers["nack"], self.profile.answers[error])

    def _message(self, code: int, parameter: int) -> Piece:
        body = struct.pack("<HHIH", 0xAA55, self._device, parameter, code)
        check = sum(body) & 0xFFFF
        if self.faults.strikes("bad-checksum", "answer"):
            check ^= 0x0101
        data = body + struct.pack("<H", check)
        if self.faults.strikes("lying-length", "answer"):
            data = data[:9]
        return Piece(data)

    def _data(self, payload: bytes, part: Part) -> Iterator[Piece]:
        if part == "picture" and self.faults.strikes("short-last-packet", part):
            payload = payload[:-7]
        if part == "picture" and self.faults.strikes("lying-length", part):
            payload = payload[: len(payload) // 2]
        frame = struct.pack("<HH", 0xA55A, self._device) + payload
        check = sum(frame) & 0xFFFF
        if part == "picture" and self.faults.strikes("bad-checksum", part):
            check ^= 0x0101
        frame += struct.pack("<H", check)
        for at in range(0, len(frame), _CHUNK):
            yield Piece(frame[at : at + _CHUNK], part)


class Gt5Simulator(SerialSimulator):
    """A module of one of the GT-5xx profiles on a pty."""

    FAULTS: ClassVar[tuple[str, ...]] = SERIAL_FAULTS + ANSWER_FAULTS

    def __init__(self, profile: str | Profile | None = None, faults: Sequence[str] = (), *, paced: bool = True, finger: Finger | None = None,
                 picture: Picture | None = None, seed: int = 1) -> None:  # fmt: skip
        made = profile if isinstance(profile, Profile) else load_profile(profile or "gt511c3")
        image = made.image
        assert image is not None
        shown = picture or (lambda width, height: synthetic_picture(width, height, image.nominal_ppi, seed, 0))
        self.state = Gt5ModuleSimulation(made, faults, finger or Finger(away=3), shown)
        super().__init__(self.state, f"gt5-{made.id}", paced=paced, warm_up=lambda: shown(image.width, image.height))

"""A simulated Suprema SFM module, built from a firmware profile only. Its encoder and decoder are its own."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Sequence
from typing import ClassVar, Final

from devices.profiles import Profile, load_profile
from devices.simulated.serial_module import SerialFingerModule
from devices.simulated.wire_faults import ANSWER_FAULTS, SERIAL_FAULTS, Part
from devices.simulated.wire_finger import Finger, synthetic_picture
from devices.simulated.wire_pty import Picture, Piece, SerialSimulator

_CHUNK: Final = 256
VALUES: Final = {"module_id": 0x00003500, "serial_number": 0x51A00001, "firmware_version": 0x00023500, "sensor_type": 0x39,
                 "image_format": 0x30, "timeout": 10, "template_size": 384, "build_number": 7, "baud": 0x35}  # fmt: skip


class SfmModuleSimulation(SerialFingerModule):
    """State and talk of one module. A scan waits silently for a finger until it is cancelled, as a real one does."""

    def receive(self, data: bytes) -> Iterable[Piece]:
        """Answer every whole command."""
        self._input = (self._input + data)[-64:]
        while len(self._input) >= 13:
            if self._input[0] != 0x40 or self._input[12] != 0x0A or self._input[11] != sum(self._input[:11]) % 256:
                self._input = self._input[1:]
                continue
            command, flag = self._input[1], self._input[10]
            self._input = self._input[13:]
            yield from self._obey(command, flag)

    def _obey(self, command: int, flag: int) -> Iterator[Piece]:
        name = next((n for n, number in self.profile.commands.items() if number == command), "")
        if name == "system_status":
            yield self._answer(command, "success", parameter=self.profile.parameters["status_alive"])
        elif name == "read_parameter":
            known = next((n for n, number in self.profile.parameters.items() if number == flag and n in VALUES), "")
            yield self._answer(command, "success" if known else "not_found", size=VALUES.get(known, 0))
        elif name == "scan_image":
            image = self.profile.image
            assert image is not None
            if self._finger.lies_there():
                self._buffer = self._picture(image.width, image.height)
                yield self._answer(command, "scan_success")
                yield from self._upload(command)
        elif name == "read_image":
            if self._buffer is None:
                yield self._answer(command, "not_found")
            else:
                yield from self._upload(command)
        elif name == "cancel":
            yield self._answer(command, "success")
        else:
            yield self._answer(command, "unsupported")

    def _answer(self, command: int, flag: str, parameter: int = 0, size: int = 0, part: Part = "answer") -> Piece:
        if self.faults.strikes("lying-length", part):
            size += 40
        body = struct.pack("<BBIIB", 0x40, command, parameter, size, self.profile.answers[flag])
        check = sum(body) % 256
        if self.faults.strikes("bad-checksum", part):
            check ^= 0x11
        return Piece(body + bytes([check, 0x0A]), "answer")

    def _upload(self, command: int) -> Iterator[Piece]:
        image, pixels = self.profile.image, self._buffer
        assert image is not None
        assert pixels is not None
        header = struct.pack("<7I", image.width, image.height, 0, 0, self.profile.parameters["format_gray8"], len(pixels), 0)
        data = header + pixels
        yield self._answer(command, "success", size=len(data), part="picture")
        if self.faults.strikes("wrong-baud", "picture"):
            self.baud = self.profile.port.bauds[-1]
        if self.faults.strikes("short-last-packet", "picture"):
            data = data[:-7]
        data += b"\n"
        for at in range(0, len(data), _CHUNK):
            yield Piece(data[at : at + _CHUNK], "picture")
        self._finger.taken()


class SfmSimulator(SerialSimulator):
    """A module of the SFM profile on a pty."""

    FAULTS: ClassVar[tuple[str, ...]] = SERIAL_FAULTS + ANSWER_FAULTS

    def __init__(self, profile: str | Profile | None = None, faults: Sequence[str] = (), *, paced: bool = True, finger: Finger | None = None,
                 picture: Picture | None = None, seed: int = 1) -> None:  # fmt: skip
        made = profile if isinstance(profile, Profile) else load_profile(profile or "suprema-sfm")
        image = made.image
        assert image is not None
        shown = picture or (lambda width, height: synthetic_picture(width, height, image.nominal_ppi, seed, 0))
        self.state = SfmModuleSimulation(made, faults, finger or Finger(away=3), shown)
        super().__init__(self.state, f"sfm-{made.id}", paced=paced, warm_up=lambda: shown(image.width, image.height))

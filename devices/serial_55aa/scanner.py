"""The 55AA family as a `Scanner`."""

from __future__ import annotations

import contextlib
from typing import Final

import numpy as np
import numpy.typing as npt

from devices.contract import DeviceIdentity
from devices.errors import DeviceError, UnsupportedCommandError
from devices.profiles import Profile, load_profile
from devices.serial_55aa.commands import INFO_BYTES, Gt5Module
from devices.serial_pixels import unpack
from devices.serial_scanner import SerialScanner
from devices.transports import Deadline, Transport

NOT_PRESSED: Final = frozenset({"finger_not_pressed", "bad_finger"})


class Gt5Scanner(SerialScanner):
    """One GT-5xx module on a serial port: 8 bits, 450 ppi, below enrolment grade by its resolution.

    Every model answers `open` alike, so an unnamed module gets the smallest one's profile.
    """

    adapter = "gt5"
    family_profile = "gt511c3"

    _module: Gt5Module | None = None
    _home_baud = 0
    _lit = False

    def _meet(self, transport: Transport, deadline: Deadline) -> tuple[Profile, DeviceIdentity]:
        profile = self._named or load_profile(self.family_profile)
        module = self._module = Gt5Module(transport, profile)
        self._log = module.asked
        self._home_baud, self._lit = transport.baud, False
        try:
            module.find_speed(deadline)
        except DeviceError:
            # Nobody answered: there is nothing to put back, and whatever else is on this port is told nothing.
            self._module = None
            raise
        self._home_baud = transport.baud
        info = module.fetch("open", 1, INFO_BYTES, deadline)
        raised = profile.port.session_baud
        if self._raise_speed and raised > self._home_baud:
            module.set_baud(raised, deadline)
        about = profile.profile
        firmware, serial = f"{int.from_bytes(info[:4], 'little'):08X}", info[8:].hex().upper()
        return profile, DeviceIdentity(
            self.kind, self.adapter, about.vendor, " / ".join(about.models), serial, firmware, about.id
        )

    def _leave(self, deadline: Deadline) -> None:
        module, self._module = self._module, None
        if module is None:
            return
        if self._lit:
            with contextlib.suppress(DeviceError):
                module.ask("led", 0, deadline=deadline)
            self._lit = False
        if module.transport.baud != self._home_baud:
            try:
                module.set_baud(self._home_baud, deadline)
            except DeviceError:
                module.find_speed(deadline)
                module.set_baud(self._home_baud, deadline)
        module.ask("close", deadline=deadline)

    def _find_again(self, deadline: Deadline) -> None:
        if not self._present.answers_at(self.line.baud, deadline):
            self._present.find_speed(deadline)
        self._lit = False

    def _touched(self, deadline: Deadline) -> bool:
        module = self._present
        if module.profile.quirks.light_needed and not self._lit:
            module.ask("led", 1, deadline=deadline)
            self._lit = True
        pressed = module.ask("is_finger_pressed", deadline=deadline)
        if pressed.error or pressed.parameter != 0:
            return False
        taken = module.ask("capture", module.profile.parameters.get("capture_best", 1), deadline=deadline)
        if taken.error and taken.error not in NOT_PRESSED:
            raise module.refusal("capture", taken)
        return not taken.error

    def _rest(self, deadline: Deadline) -> None:
        if self._lit and self._module is not None:
            self._module.ask("led", 0, deadline=deadline)
            self._lit = False

    def _fetch(self, deadline: Deadline) -> npt.NDArray[np.uint8]:
        image = self._present.profile.image
        assert image is not None
        return unpack(self._present.fetch("get_image", 0, image.transfer_bytes, deadline, self.progress), image)

    @property
    def _present(self) -> Gt5Module:
        if self._module is None:
            raise UnsupportedCommandError(
                "The module is not open; nothing was asked.", device_id=self.device_id, code="device-not-open"
            )
        return self._module

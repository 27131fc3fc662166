"""The EF01 family as a `Scanner`."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from devices.contract import DeviceIdentity
from devices.errors import DeviceError, UnsupportedCommandError
from devices.profiles import Profile, all_profiles
from devices.serial_ef01.commands import Ef01Module
from devices.serial_ef01.probe import Identified, identify
from devices.serial_ef01.upload import fetch
from devices.serial_pixels import unpack
from devices.serial_scanner import SerialScanner
from devices.transports import Deadline, Transport


class Ef01Scanner(SerialScanner):
    """One EF01 module on a serial port. Pictures have 4 bits: good for bring-up and tests, never for enrolment."""

    adapter = "ef01"
    family_profile = "zfm-generic"

    _module: Ef01Module | None = None
    _home_baud = 0
    found: Identified | None = None
    """What the last `open()` learnt, with every question and its answer."""

    def _meet(self, transport: Transport, deadline: Deadline) -> tuple[Profile, DeviceIdentity]:
        profiles = (self._named,) if self._named is not None else ()
        self._log = []
        found = identify(transport, (*all_profiles(self._folders), *profiles), deadline, self._named, self._log)
        self.found = found
        self._home_baud = found.baud
        module = self._module = Ef01Module(transport, found.profile)
        module.asked = self._log
        raised = found.profile.port.session_baud
        if self._raise_speed and raised > found.baud:
            module.set_baud(raised, deadline)
        return found.profile, self._identity_of(found)

    def _leave(self, deadline: Deadline) -> None:
        module, self._module = self._module, None
        if module is None or module.transport.baud == self._home_baud:
            return
        try:
            module.set_baud(self._home_baud, deadline)
        except DeviceError:
            # Not where it was left: it is sought at every speed and put back from there.
            module.find_speed(deadline)
            module.set_baud(self._home_baud, deadline)

    def _find_again(self, deadline: Deadline) -> None:
        present = self._present
        if not present.answers_at(self.line.baud, deadline):
            present.find_speed(deadline)

    def _touched(self, deadline: Deadline) -> bool:
        answer = self._present.ask("gen_img", deadline=deadline)
        if answer.name in ("ok", "no_finger", "capture_failed", "too_disordered", "too_few_features", "poor_image"):
            return answer.name == "ok"
        raise self._present.refusal("gen_img", answer)

    def _fetch(self, deadline: Deadline) -> npt.NDArray[np.uint8]:
        module, image = self._present, self._present.profile.image
        assert image is not None
        return unpack(fetch(module, deadline, self.progress), image)

    @property
    def _present(self) -> Ef01Module:
        if self._module is None:
            raise UnsupportedCommandError(
                "The module is not open; nothing was asked.", device_id=self.device_id, code="device-not-open"
            )
        return self._module

    def _identity_of(self, found: Identified) -> DeviceIdentity:
        about, product = found.profile.profile, found.product
        model = product.module if product is not None and product.module else " / ".join(about.models)
        serial = product.serial if product is not None else ""
        firmware = found.firmware or (product.hardware if product is not None else "")
        return DeviceIdentity(self.kind, self.adapter, about.vendor, model, serial, firmware, about.id)

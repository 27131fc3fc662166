"""The SFM family as a `Scanner`."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from devices.contract import DeviceIdentity
from devices.errors import DeviceFormatError, UnsupportedCommandError
from devices.profiles import Profile, load_profile
from devices.serial_scanner import SerialScanner
from devices.serial_sfm.commands import SfmModule
from devices.serial_sfm.picture import parse_picture
from devices.transports import Deadline, Transport


class SfmScanner(SerialScanner):
    """One Suprema SFM module on a serial port. Its settings are read, never written; its speed stays as it is."""

    adapter = "sfm"
    family_profile = "suprema-sfm"

    _module: SfmModule | None = None
    _seen: npt.NDArray[np.uint8] | None = None

    def _meet(self, transport: Transport, deadline: Deadline) -> tuple[Profile, DeviceIdentity]:
        profile = self._named or load_profile(self.family_profile)
        module = self._module = SfmModule(transport, profile)
        self._log = module.asked
        module.find_speed(deadline)
        facts = {
            name: module.read_parameter(name, deadline)
            for name in ("module_id", "serial_number", "firmware_version", "sensor_type")
        }
        texts = {name: "" if value is None else f"{value:08X}" for name, value in facts.items()}
        about = profile.profile
        model = f"{' / '.join(about.models)} (module {texts['module_id']}, sensor {texts['sensor_type']})"
        return profile, DeviceIdentity(
            self.kind, self.adapter, about.vendor, model, texts["serial_number"], texts["firmware_version"], about.id
        )

    def _leave(self, deadline: Deadline) -> None:
        module, self._module = self._module, None
        if module is not None and module.scanning:
            module.cancel(deadline)

    def _rest(self, deadline: Deadline) -> None:
        if self._module is not None and self._module.scanning:
            self._module.cancel(deadline)

    def _find_again(self, deadline: Deadline) -> None:
        if not self._present.answers_at(self.line.baud, deadline):
            self._present.find_speed(deadline)

    def _touched(self, deadline: Deadline) -> bool:
        self._seen = None
        try:
            data = self._present.scan(deadline, self.progress)
            if data is None:
                return False
            self._seen = self._pixels(data)
        except DeviceFormatError:
            # What arrived damaged is whole in the module: `_fetch` reads it again. Was no finger there, it refuses.
            self._present.scanning = False
        return True

    def _fetch(self, deadline: Deadline) -> npt.NDArray[np.uint8]:
        seen, self._seen = self._seen, None
        return seen if seen is not None else self._pixels(self._present.read_picture(deadline, self.progress))

    def _pixels(self, data: bytes) -> npt.NDArray[np.uint8]:
        return parse_picture(data, self._present.profile.parameters["format_gray8"])

    @property
    def _present(self) -> SfmModule:
        if self._module is None:
            raise UnsupportedCommandError(
                "The module is not open; nothing was asked.", device_id=self.device_id, code="device-not-open"
            )
        return self._module

"""What the simulated serial fingerprint modules have in common: the state every real one holds. Their talk is each one's own."""

from __future__ import annotations

from collections.abc import Sequence

from devices.profiles import Profile
from devices.simulated.wire_faults import FaultScript
from devices.simulated.wire_finger import Finger
from devices.simulated.wire_pty import Module, Picture


class SerialFingerModule(Module):
    """State of one module. `written` and `switched` list the names of commands that wrote or switched, so that a test sees them."""

    def __init__(self, profile: Profile, faults: Sequence[str], finger: Finger, picture: Picture) -> None:
        self.profile = profile
        self.faults = FaultScript(faults)
        self.home_baud = profile.port.bauds[0]
        self.baud = profile.port.bauds[-1] if self.faults.strikes("wrong-baud", "answer") else self.home_baud
        self.written: list[str] = []
        self.switched: list[str] = []
        self._finger = finger
        self._picture = picture
        self._buffer: bytes | None = None
        self._input = b""

    def power_on(self) -> bytes:
        """Silent, as most are."""
        return b""

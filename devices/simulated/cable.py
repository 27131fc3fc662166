"""What the simulated cameras have in common: a cable that can be pulled, and a course of faults in time."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import ClassVar, TypeVar

from devices.contract import Camera, Capabilities, DeviceIdentity, DeviceInfo, Source
from devices.errors import DeviceNotFoundError, DeviceUnpluggedError
from devices.timing import Pacer, RealPacer

T = TypeVar("T")


def at_time(course: Sequence[tuple[T, float]], passed_s: float, otherwise: T) -> T:
    """Return what a course of (what, seconds it lasts) has come to, `otherwise` when it is over."""
    for what, lasting_s in course:
        if passed_s < lasting_s:
            return what
        passed_s -= lasting_s
    return otherwise


class CabledCamera(Camera):
    """A simulated camera on a cable; subclasses draw its pictures."""

    called: ClassVar[str] = "camera"

    def __init__(self, device_id: str, pacer: Pacer | None) -> None:
        super().__init__(device_id)
        self._pacer: Pacer = pacer or RealPacer()
        self._plugged = True

    def unplug(self) -> None:
        """Fault switch: pull the cable."""
        self._plugged = False
        self._cancelled.set()

    def plug_in(self) -> None:
        """Put the cable back; the device must be opened again."""
        self._plugged = True

    @property
    def capabilities(self) -> Capabilities:
        """Frames in colour, no adjustable controls."""
        return Capabilities(preview=True)

    @abstractmethod
    def _identity(self) -> DeviceIdentity:
        """Which simulated camera this is."""

    def _describe(self) -> DeviceInfo:
        return DeviceInfo(
            self.device_id, self.kind, self._identity(), Source.SIMULATED, enrolment_grade=False, grade_reason="source-simulated"
        )

    def _open(self, deadline_s: float) -> None:
        _ = deadline_s
        if not self._plugged:
            raise DeviceNotFoundError(
                f"The {self.called} is not plugged in; nothing was captured. Plug it in.", device_id=self.device_id
            )

    def _check_plugged(self) -> None:
        if not self._plugged:
            self._is_open = False
            raise DeviceUnpluggedError(
                f"The {self.called} was unplugged; what was saved is safe. Plug it in again.", device_id=self.device_id
            )

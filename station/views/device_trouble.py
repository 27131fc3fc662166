"""What a capture says when its device does not answer as it should (E20, E21, E26, E28), and who goes on: the station by itself, or a key."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from devices.errors import DeviceBusyError, DeviceNotFoundError, DeviceTimeoutError, DeviceUnpluggedError
from station.views.base import Words

NEVER_HERE = frozenset({"no-iris-device"})
"""Devices that were never connected: what to do is in the error's own words."""
SAW_NOTHING = "device-saw-nothing"
"""A device that takes pictures by itself waited for a finger in vain: it works, it is asked again."""


class Then(StrEnum):
    """What happens next."""

    AGAIN = "again"  # the device is asked for again by itself
    RESTART = "restart"  # it is closed and opened by itself, then asked for again
    ASK = "ask"  # F5 asks again


@dataclass(frozen=True, slots=True)
class DeviceTrouble:
    """The sentence (`device` in it is a word of the catalogue), the small code, and what happens next."""

    words: Words
    then: Then
    screen_code: str = ""


def trouble_of(error: BaseException, device: str, *, number: int = 0, saved: int = 0, restarts: int = 0,
               holder: str = "") -> DeviceTrouble | None:  # fmt: skip
    """Return what is said of a device's error; None: it is none of these, its own words are said.

    Args:
        error: what the device raised.
        device: ``scanner``, ``camera``, ``iris``.
        number: which capture of the order it is.
        saved: how many are saved.
        restarts: how often the device was restarted since its last picture.
        holder: the program that holds it, where known.
    """
    code = getattr(error, "reason_code", "")
    name = {"device": f"ui.device.{device}"}
    if code in NEVER_HERE:
        return None
    if code == SAW_NOTHING:
        return DeviceTrouble(Words(SAW_NOTHING), Then.AGAIN)
    if isinstance(error, DeviceBusyError):
        words = Words("ui.live.held", {**name, "holder": holder}) if holder else Words("ui.live.busy", name)
        return DeviceTrouble(words, Then.ASK, "E21")
    if isinstance(error, DeviceTimeoutError):
        screen_code = "E28" if device == "camera" else "E26"
        if restarts == 0:
            return DeviceTrouble(Words("ui.live.silent", name), Then.RESTART, screen_code)
        return DeviceTrouble(Words("E28" if device == "camera" else "ui.live.still-silent", name), Then.ASK, screen_code)
    if isinstance(error, DeviceUnpluggedError | DeviceNotFoundError):
        return DeviceTrouble(Words("ui.live.unplugged", {**name, "number": number, "saved": saved}), Then.AGAIN,
                             "E28" if device == "camera" else "E20")  # fmt: skip
    return None

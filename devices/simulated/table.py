"""The wire simulators: a table of strings ``family → "module:Class"``, nothing imported until it is used.

Each class is built as ``Class(profile, faults)``, speaks bytes at the address that `start()` returns (a pty's path, a URL, or a
command line), and shares with its adapter nothing but the TOML profile. `station devices simulate FAMILY` runs one by hand;
the contract suite and the fault matrix run all of them.
"""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from typing import ClassVar, Final, Protocol, cast

from devices.errors import DeviceNotFoundError, UnsupportedCommandError

FAMILIES: Final[dict[str, str]] = {
    # family: "module:Class"; one line each
    "mjpeg": "devices.simulated.mjpeg:MjpegSimulator",
    "mrz": "devices.simulated.serial_push:MrzSwipeSimulator",
    "barcode": "devices.simulated.serial_push:BarcodeSimulator",
    "nmea": "devices.simulated.serial_push:NmeaSimulator",
    "gt5": "devices.simulated.serial_55aa:Gt5Simulator",
    "sfm": "devices.simulated.serial_sfm:SfmSimulator",
    "ef01": "devices.simulated.serial_ef01:Ef01Simulator",
    "wsbd": "devices.simulated.wsbd:WsbdSimulator",
    "bridge": "devices.simulated.bridge:BridgeSimulator",
    "sbi": "devices.simulated.sbi:SbiSimulator",
}

WIRE_FAULTS: Final[tuple[str, ...]] = (
    "dropped-byte", "bad-checksum", "stray-ready", "split-read", "silence", "double-ack", "short-last-packet", "wrong-baud",
    "lying-length", "unplug", "endless-data",
)  # fmt: skip
"""The names of the fault script; a family takes those that its protocol can have, and may add its own."""


class WireSimulator(Protocol):
    """What every class of the table offers."""

    FAULTS: ClassVar[tuple[str, ...]]
    """Faults this family can be told to make."""

    def __init__(self, profile: str | None, faults: Sequence[str]) -> None: ...

    def start(self) -> str:
        """Begin to answer and return the address the adapter opens: a pty's path, a URL, or a command line."""

    def stop(self) -> None:
        """End; harmless when repeated. Leaves no thread, handle or process behind."""


def load_simulator(family: str) -> type[WireSimulator]:
    """Import the simulator class of `family`.

    Raises:
        DeviceNotFoundError: no such family, or a library it needs is not installed.
    """
    if family not in FAMILIES:
        raise DeviceNotFoundError(f"No simulator is called '{family}'; nothing was started. There are: {', '.join(sorted(FAMILIES))}.",
                                  code="simulator-unknown", family=family)  # fmt: skip
    module_name, _, class_name = FAMILIES[family].partition(":")
    try:
        return cast("type[WireSimulator]", getattr(importlib.import_module(module_name), class_name))
    except ImportError as error:
        raise DeviceNotFoundError(f"The simulator '{family}' needs '{error.name}', which is not installed here; nothing was started.",
                                  code="device-library-missing", library=error.name or "") from error  # fmt: skip


def make_simulator(family: str, profile: str | None = None, faults: Sequence[str] = ()) -> WireSimulator:
    """Return a simulator of `family` that is not started yet.

    Raises:
        DeviceNotFoundError: see `load_simulator`. UnsupportedCommandError: a fault this family cannot have.
        ProfileError: no such profile.
    """
    kind = load_simulator(family)
    unknown = [f for f in faults if f not in kind.FAULTS and f not in getattr(kind, "STAYING_FAULTS", ())]
    if unknown:
        raise UnsupportedCommandError(f"'{family}' cannot make the fault '{unknown[0]}'; nothing was started. It can: "
                                      f"{', '.join(kind.FAULTS)}.", code="simulator-fault-unknown")  # fmt: skip
    return kind(profile, tuple(faults))

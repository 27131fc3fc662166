"""The registry: a table of strings ``adapter name → "module:Class"``; nothing is imported until it is used.

Each class has a `discover(settings) -> Sequence[Device]` class method (cheap, switches nothing on). A missing library, or a
discovery that fails, becomes a row with its reason: one bad family never hides the others. Sites add adapters through the
entry-point group ``enrollment_station.devices``.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import entry_points
from typing import Any, Final, Protocol, cast

from devices.contract import Device, DeviceInfo, DeviceKind, Source
from devices.errors import DeviceError, DeviceNotFoundError

ADAPTERS: Final[dict[str, tuple[DeviceKind, str]]] = {
    "folder-scanner": (DeviceKind.SCANNER, "devices.folder.scanner:FolderScanner"),
    "simulated-scanner": (DeviceKind.SCANNER, "devices.simulated.scanner:SimulatedScanner"),
    "folder-camera": (DeviceKind.CAMERA, "devices.folder.camera:FolderCamera"),
    "simulated-camera": (DeviceKind.CAMERA, "devices.simulated.camera:SimulatedCamera"),
    "simulated-documents": (DeviceKind.CAMERA, "devices.simulated.page:SimulatedDocumentCamera"),
    "uvc": (DeviceKind.CAMERA, "devices.uvc.camera:UvcCamera"),
    "mjpeg": (DeviceKind.CAMERA, "devices.mjpeg.camera:MjpegCamera"),
    "mrz-swipe": (DeviceKind.DOCUMENT_READER, "devices.document_readers.serial_reader:MrzSwipeReader"),
    "barcode-serial": (DeviceKind.DOCUMENT_READER, "devices.document_readers.serial_reader:SerialBarcodeReader"),
    "nmea": (DeviceKind.POSITIONER, "devices.nmea.receiver:NmeaReceiver"),
    "simulated-card": (DeviceKind.CARD_READER, "devices.simulated.card_reader:SimulatedCardReader"),
    "gt5": (DeviceKind.SCANNER, "devices.serial_55aa.scanner:Gt5Scanner"),
    "sfm": (DeviceKind.SCANNER, "devices.serial_sfm.scanner:SfmScanner"),
    "ef01": (DeviceKind.SCANNER, "devices.serial_ef01.scanner:Ef01Scanner"),
    "wsbd": (DeviceKind.SCANNER, "devices.wsbd.adapter:WsbdScanner"),
    "bridge": (DeviceKind.SCANNER, "devices.bridge.adapter:BridgeScanner"),
    "sbi": (DeviceKind.SCANNER, "devices.sbi.adapter:SbiScanner"),
    "pcsc": (DeviceKind.CARD_READER, "devices.pcsc.reader:PcscReader"),
}


class Adapter(Protocol):
    """What the class behind a table entry offers."""

    @classmethod
    def discover(cls, settings: Mapping[str, Any]) -> Sequence[Device]:
        """Return the devices of this family that `settings` name or that can be found without side effects."""


@dataclass(frozen=True, slots=True)
class Found:
    """A discovered device (None where only a reason could be given) with its row."""

    info: DeviceInfo
    device: Device | None


def adapter_table() -> dict[str, tuple[DeviceKind, str]]:
    """Return the built-in table extended by the site's own entry points (which cannot replace a built-in name)."""
    table = dict(ADAPTERS)
    for point in entry_points(group="enrollment_station.devices"):
        kind, _, name = point.name.partition(":")
        if name and kind in set(DeviceKind) and name not in table:
            table[name] = (DeviceKind(kind), point.value)
    return table


def load(name: str) -> type[Adapter]:
    """Import the adapter class `name`.

    Raises:
        DeviceNotFoundError: no such adapter, or a library it needs is not installed.
    """
    table = adapter_table()
    if name not in table:
        raise DeviceNotFoundError(f"No adapter is called '{name}'; nothing was opened. `station devices list` shows the names.")
    module_name, _, class_name = table[name][1].partition(":")
    try:
        return cast("type[Adapter]", getattr(importlib.import_module(module_name), class_name))
    except ImportError as error:
        raise DeviceNotFoundError(f"The adapter '{name}' needs '{error.name}', which is not installed here; other devices work.",
                                  device_id=name, code="device-library-missing", library=error.name or "") from error  # fmt: skip


Wanted = Mapping[str, Mapping[str, Any]] | Iterable[tuple[str, Mapping[str, Any]]]
"""Which adapters, each with its settings; pairs where one adapter is wanted twice (two serial ports, two streams)."""


def enumerate_devices(settings: Wanted, kinds: frozenset[DeviceKind] | None = None) -> Iterator[Found]:
    """Yield every device of the adapters named in `settings` (adapter name → its settings), each with its row; never raises."""
    for name, own in settings.items() if isinstance(settings, Mapping) else settings:
        kind = adapter_table().get(name, (DeviceKind.SCANNER, ""))[0]
        if kinds is not None and kind not in kinds:
            continue
        try:
            for device in load(name).discover(own):
                yield Found(device.describe(), device)
        except DeviceError as error:
            yield Found(_row(name, kind, error.reason_code, str(error)), None)
        except Exception as error:  # noqa: BLE001 - a site's adapter may do anything; its row says so and the rest goes on
            yield Found(_row(name, kind, "device-unexpected", type(error).__name__), None)


def _row(name: str, kind: DeviceKind, code: str, text: str) -> DeviceInfo:
    return DeviceInfo(name, kind, None, Source.DEVICE, enrolment_grade=False, grade_reason=code, error_code=code, error=text)

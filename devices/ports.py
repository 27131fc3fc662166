"""Serial ports that are attached, with what USB says of them. Lists only; opens nothing."""

from __future__ import annotations

from dataclasses import dataclass

from devices.errors import DeviceNotFoundError


@dataclass(frozen=True, slots=True)
class SerialPortInfo:
    """One port: path, what the driver calls it, USB ids ("" without USB), serial number of the adapter, its manufacturer."""

    path: str
    name: str
    usb: str
    serial: str
    maker: str


def serial_ports(*, usb_only: bool = False) -> tuple[SerialPortInfo, ...]:
    """Return the attached ports, sorted by path. Ports without USB (a PC's own ttyS) are left out with `usb_only`.

    Raises:
        DeviceNotFoundError: pyserial is not installed.
    """
    try:
        from serial.tools.list_ports import comports
    except ImportError as error:
        raise DeviceNotFoundError("Serial devices need the package 'pyserial', which is not installed here; other devices work.",
                                  code="device-library-missing", library="pyserial") from error  # fmt: skip
    found = []
    for port in comports():
        usb = f"{port.vid:04x}:{port.pid:04x}" if port.vid is not None and port.pid is not None else ""
        if usb or not usb_only:
            found.append(SerialPortInfo(port.device, str(port.product or port.description or ""), usb, str(port.serial_number or ""), str(port.manufacturer or "")))  # fmt: skip
    return tuple(sorted(found, key=lambda p: p.path))

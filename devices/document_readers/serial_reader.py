"""Swipe and barcode readers on a serial port. They speak when something is scanned; nothing is ever sent to them."""

from __future__ import annotations

import time
from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, Final, Literal

from devices.contract import Capabilities, Device, DeviceIdentity, DeviceInfo, DocumentReader, DocumentReading, Source
from devices.document_readers.framing import CodeFramer, MrzFramer
from devices.errors import DeviceCancelledError, DeviceNotFoundError, DeviceTimeoutError, DeviceUnpluggedError
from devices.profiles import Profile, load_profile
from devices.transports import Deadline, Framer, PacketLink, SerialPort, Transport
from devices.transports.serial_port import is_pseudo_terminal

GAP_S: Final = 0.1
_SLICE_S: Final = 0.5
_FORMS: Final = frozenset({"8N1", "8E1", "8O1", "7E1", "7O1", "8N2"})


class SerialDocumentReader(DocumentReader):
    """Port, speed, one framer; a subclass says which."""

    reading_kind: ClassVar[Literal["barcode", "qr", "mrz"]]

    def __init__(self, port: str, baud: int, form: str, gap_s: float, device_id: str = "") -> None:
        super().__init__(device_id or f"{self.adapter}:{port}")
        self.port, self._baud, self._form, self._gap_s = port, baud, form, gap_s
        self._transport: Transport | None = None
        self._link: PacketLink[bytes] | None = None

    @property
    def capabilities(self) -> Capabilities:
        """No pictures."""
        return Capabilities(preview=False)

    @abstractmethod
    def _framer(self) -> Framer[bytes]: ...

    @abstractmethod
    def _identity(self) -> DeviceIdentity: ...

    def _describe(self) -> DeviceInfo:
        if not self._is_open and not Path(self.port).exists():
            raise DeviceNotFoundError(f"The reader's port {self.port} is not there; nothing was read. Plug the reader in, press F5.",
                                      device_id=self.device_id)  # fmt: skip
        simulated = is_pseudo_terminal(self.port)
        return DeviceInfo(self.device_id, self.kind, self._identity(), Source.SIMULATED if simulated else Source.DEVICE, not simulated,
                          "source-simulated" if simulated else "", details={"port": self.port, "baud": str(self._baud)})  # fmt: skip

    def _open(self, deadline_s: float) -> None:
        _ = deadline_s
        transport = SerialPort(self.port, self._baud, self._form)
        transport.check = self._check_cancelled
        self._transport, self._link = transport, PacketLink(transport, self._framer(), self._gap_s)

    def _close(self) -> None:
        transport, self._transport, self._link = self._transport, None, None
        if transport is not None:
            transport.close()

    def read_one(self, deadline_s: float) -> DocumentReading | None:
        """Return what is scanned next, None when nothing is within `deadline_s`.

        Raises:
            DeviceFormatError: something was scanned that is damaged or only a part; nothing of it is given out.
            DeviceCancelledError, DeviceUnpluggedError.
        """
        self._check_open()
        link = self._link
        if link is None:
            raise DeviceUnpluggedError("The reader is no longer open; what was read is safe.", device_id=self.device_id)
        try:
            data = link.receive(Deadline(deadline_s))
        except DeviceTimeoutError:
            return None
        except DeviceUnpluggedError:
            self._close()
            self._is_open = False
            raise
        return DocumentReading(self.reading_kind if self.reading_kind == "mrz" else _code_kind(data), data, time.monotonic())

    def readings(self) -> Iterator[DocumentReading]:
        """See `DocumentReader.readings`. A damaged scan raises `DeviceFormatError`; ask again for the next."""
        self._check_open()
        self._cancelled.clear()
        try:
            while self._is_open:
                reading = self.read_one(_SLICE_S)
                if reading is not None:
                    yield reading
        except DeviceCancelledError:
            return


def _code_kind(data: bytes) -> Literal["barcode", "qr"]:
    """A code with fields is a QR code; what only holds a number or a word may be either and is called a barcode."""
    return "qr" if b"|" in data else "barcode"


class MrzSwipeReader(SerialDocumentReader):
    """A swipe reader of one of the ``mrz-…`` profiles."""

    adapter = "mrz-swipe"
    reading_kind = "mrz"

    def __init__(self, port: str, profile: str | Profile = "mrz-plain", device_id: str = "", baud: int = 0) -> None:
        self._profile = load_profile(profile) if isinstance(profile, str) else profile
        line = self._profile.port
        super().__init__(port, baud or line.bauds[0], line.format, line.gap_ms / 1000, device_id)

    @classmethod
    def discover(cls, settings: Mapping[str, Any]) -> Sequence[Device]:
        """Return the reader at ``port`` with ``profile`` (mrz-plain, mrz-desko, mrz-rte6701) and ``baud``."""
        return [cls(_port(settings, cls.adapter), str(settings.get("profile") or "mrz-plain"), baud=_baud(settings))]

    def _framer(self) -> Framer[bytes]:
        assert self._profile.reader is not None
        return MrzFramer(self._profile.reader)

    def _identity(self) -> DeviceIdentity:
        about = self._profile.profile
        return DeviceIdentity(self.kind, self.adapter, about.vendor, about.models[0], "", "", about.id)


class SerialBarcodeReader(SerialDocumentReader):
    """A barcode or QR reader in serial (COM) mode: the recommended mode, since no keyboard layout and no typing tool gets between."""

    adapter = "barcode-serial"
    reading_kind = "barcode"

    def __init__(self, port: str, baud: int = 9600, form: str = "8N1", device_id: str = "", *, gap_ends: bool = False) -> None:
        super().__init__(port, baud, form, GAP_S, device_id)
        self._gap_ends = gap_ends

    @classmethod
    def discover(cls, settings: Mapping[str, Any]) -> Sequence[Device]:
        """Return the reader at ``port`` (``baud``, ``format``; ``gap=yes`` when it sends no end of line)."""
        form = str(settings.get("format") or "8N1")
        if form not in _FORMS:
            raise DeviceNotFoundError(f"A serial line has no format '{form}'; nothing was opened. Correct the setting.",
                                      device_id=cls.adapter, code="setting-device")  # fmt: skip
        return [cls(_port(settings, cls.adapter), _baud(settings) or 9600, form, gap_ends=settings.get("gap") == "yes")]

    def _framer(self) -> Framer[bytes]:
        return CodeFramer(gap_ends=self._gap_ends)

    def _identity(self) -> DeviceIdentity:
        return DeviceIdentity(self.kind, self.adapter, "", "serial barcode reader", "", "", "")


def _port(settings: Mapping[str, Any], adapter: str) -> str:
    port = str(settings.get("port") or "")
    if not port:
        raise DeviceNotFoundError("A serial reader needs its port (port=/dev/ttyUSB0); nothing was opened. Complete the setting.",
                                  device_id=adapter, code="setting-device")  # fmt: skip
    return port


def _baud(settings: Mapping[str, Any]) -> int:
    text = str(settings.get("baud") or "0")
    if not (text.isascii() and text.isdigit() and int(text) <= 921_600):
        raise DeviceNotFoundError(
            f"A serial line has no speed '{text}'; nothing was opened. Correct the setting.", code="setting-device"
        )
    return int(text)

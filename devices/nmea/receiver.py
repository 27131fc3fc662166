"""A GPS receiver on a serial port as a `Positioner`: where the kit is, and a clock that is not the computer's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from devices.contract import Capabilities, Device, DeviceIdentity, DeviceInfo, Fix, Positioner, Source
from devices.errors import DeviceFormatError, DeviceNotFoundError, DeviceProtocolError, DeviceTimeoutError, DeviceUnpluggedError
from devices.nmea.sentences import UERE_M, PositionSentence, SentenceFramer, parse_position
from devices.profiles import load_profile
from devices.transports import Deadline, PacketLink, SerialPort
from devices.transports.serial_port import is_pseudo_terminal

PROFILE: Final = "nmea0183"
_STALE: Final = 65_536
"""Old sentences waiting in the port's buffer are thrown away up to so many bytes before a fix is taken."""


class NmeaReceiver(Positioner):
    """Reads what the receiver says every second; nothing is ever sent to it."""

    adapter = "nmea"

    def __init__(self, port: str, baud: int = 0, device_id: str = "") -> None:
        super().__init__(device_id or f"nmea:{port}")
        self._profile = load_profile(PROFILE)
        self.port, self._baud = port, baud or self._profile.port.bauds[0]
        self._transport: SerialPort | None = None

    @classmethod
    def discover(cls, settings: Mapping[str, Any]) -> Sequence[Device]:
        """Return the receiver at ``port`` (``baud``: 9600 unless said; older ones 4800)."""
        port, baud = str(settings.get("port") or ""), str(settings.get("baud") or "0")
        if not port or not (baud.isascii() and baud.isdigit()):
            raise DeviceNotFoundError("A GPS receiver needs its port (port=/dev/ttyACM0) and a speed in digits; nothing was opened. "
                                      "Complete the setting.", device_id=cls.adapter, code="setting-device")  # fmt: skip
        return [cls(port, int(baud))]

    @property
    def capabilities(self) -> Capabilities:
        """No pictures."""
        return Capabilities(preview=False)

    def _describe(self) -> DeviceInfo:
        if not self._is_open and not Path(self.port).exists():
            raise DeviceNotFoundError(f"The receiver's port {self.port} is not there; no position was read. Plug it in, press F5.",
                                      device_id=self.device_id)  # fmt: skip
        about = self._profile.profile
        identity = DeviceIdentity(self.kind, self.adapter, about.vendor, about.models[0], "", "", about.id)
        simulated = is_pseudo_terminal(self.port)
        return DeviceInfo(self.device_id, self.kind, identity, Source.SIMULATED if simulated else Source.DEVICE, not simulated,
                          "source-simulated" if simulated else "", details={"port": self.port, "baud": str(self._baud)})  # fmt: skip

    def _open(self, deadline_s: float) -> None:
        _ = deadline_s
        self._transport = SerialPort(self.port, self._baud, self._profile.port.format)
        self._transport.check = self._check_cancelled

    def _close(self) -> None:
        transport, self._transport = self._transport, None
        if transport is not None:
            transport.close()

    def fix(self, deadline_s: float) -> Fix:
        """See `Positioner.fix`. Waits for a position and a date of the same moment; at the deadline what there is, said to be not valid.

        Raises:
            DeviceTimeoutError: not a byte came; DeviceProtocolError: bytes but no sentence (another speed, another device);
            DeviceUnpluggedError, DeviceCancelledError.
        """
        self._check_open()
        self._cancelled.clear()
        transport = self._transport
        if transport is None:
            raise DeviceUnpluggedError("The receiver is no longer open; no position was read.", device_id=self.device_id)
        try:
            return self._fix(transport, Deadline(deadline_s))
        except DeviceUnpluggedError:
            self._close()
            self._is_open = False
            raise

    def _fix(self, transport: SerialPort, deadline: Deadline) -> Fix:
        stale = 0
        while stale < _STALE and (old := transport.read(4096, Deadline(0))):
            stale += len(old)
        heard_before = transport.heard
        framer = SentenceFramer()
        link = PacketLink(transport, framer, self._profile.port.gap_ms / 1000)
        newest: dict[str, PositionSentence] = {}
        while not deadline.passed:
            try:
                sentence = parse_position(link.receive(deadline))
            except DeviceTimeoutError:
                break
            except DeviceFormatError:
                continue
            if sentence is None:
                continue
            newest[sentence.kind] = sentence
            position, moment = newest.get("GGA"), newest.get("RMC")
            if position is not None and moment is not None and position.seconds_of_day == moment.seconds_of_day and moment.valid:
                return _joined(position, moment)
        if newest:
            return _joined(newest.get("GGA"), newest.get("RMC"))
        if transport.heard == heard_before:
            raise DeviceTimeoutError("The GPS receiver is silent; no position was read. Check its cable, press F5.",
                                     device_id=self.device_id, code="device-silent")  # fmt: skip
        raise DeviceProtocolError("What comes from this port are no GPS sentences; no position was read. Check port and speed "
                                  "(older receivers: baud=4800).", device_id=self.device_id, code="nmea-noise")  # fmt: skip


def _joined(position: PositionSentence | None, moment: PositionSentence | None) -> Fix:
    """Return one fix of the two sentences; valid only when both say so."""
    place = position if position is not None and position.latitude_deg is not None else moment
    valid = position is not None and moment is not None and position.valid and moment.valid
    hdop = position.hdop if position is not None else None
    return Fix(
        place.latitude_deg if place else None,
        place.longitude_deg if place else None,
        hdop * UERE_M if hdop is not None else None,
        moment.utc_s if moment is not None else None,
        valid,
    )

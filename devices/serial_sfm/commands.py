"""Commands of an SFM module by their semantic names."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from devices.errors import DeviceError, DeviceFormatError, DeviceProtocolError, DeviceTimeoutError, UnsupportedCommandError
from devices.profiles import Profile
from devices.serial_module import SerialModule
from devices.serial_sfm.framing import Data, Packet, SfmFramer, encode
from devices.transports import Deadline, Transport

MAX_STRAY: Final = 64
LOOK_S: Final = 0.35
"""How long one look at the sensor waits for a finger before it is cancelled."""
NO_FINGER: Final = frozenset({"scan_fail", "timeout", "try_again", "cancelled", "not_found"})
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer: the flag's name in the profile, and both numbers."""

    name: str
    parameter: int
    size: int


class SfmModule(SerialModule[Packet | Data]):
    """One SFM module on one line."""

    def __init__(self, transport: Transport, profile: Profile) -> None:
        self._framer = SfmFramer()
        super().__init__(transport, profile, self._framer)
        self.scanning = False
        """Whether the module may still be waiting for a finger."""

    def present(self, deadline: Deadline) -> bool:
        """Whether the module says that it is alive."""
        return bool(self._once("system_status", 0, deadline).name)

    def read_parameter(self, name: str, deadline: Deadline) -> int | None:
        """Return a system parameter, None where this module has none of that name.

        Raises:
            DeviceTimeoutError, DeviceProtocolError, DeviceUnpluggedError, DeviceCancelledError.
        """
        number = self.profile.parameters.get(name)
        if number is None:
            return None
        reply = self.again(lambda: self._once("read_parameter", number, deadline), deadline)
        return reply.size if reply.name == "success" else None

    def scan(self, deadline: Deadline, progress: Progress | None = None) -> bytes | None:
        """Look for a finger for a moment; return its picture with header, None when none was laid down.

        A picture that arrived damaged raises `DeviceFormatError`: it is still in the module, `read_picture` fetches it.
        """
        with self.noted("scan_image") as said:
            self.settle(deadline)
            self._send("scan_image", 0, deadline)
            self.scanning = True
            try:
                reply = self._reply("scan_image", deadline.within(LOOK_S))
            except DeviceTimeoutError:
                said.append("no finger")
                self.cancel(deadline)
                return None
            said.append(reply.name)
            if reply.name == "scan_success":
                reply = self._reply("scan_image", deadline.within(self.answer_s))
                said.append(reply.name)
            self.scanning = False
            if reply.name in NO_FINGER:
                return None
            return self._data(reply, "scan_image", deadline, progress)

    def read_picture(self, deadline: Deadline, progress: Progress | None = None) -> bytes:
        """Return the picture last scanned, with header; a damaged one is asked for again.

        Raises:
            DeviceProtocolError, DeviceTimeoutError, DeviceUnpluggedError, DeviceCancelledError.
        """
        return self.again(lambda: self._read_once(deadline, progress), deadline)

    def cancel(self, deadline: Deadline) -> None:
        """End a scan that waits for a finger.

        Raises:
            DeviceTimeoutError: the module does not answer (``device-silent``).
        """
        self.again(lambda: self._once("cancel", 0, deadline), deadline)
        self.scanning = False

    def refusal(self, command: str, reply: Reply) -> DeviceError:
        """Return the error for an answer other than success."""
        facts = {"command": command, "answer": reply.name}
        if reply.name == "unsupported":
            return UnsupportedCommandError(f"This firmware has no command '{command}'; nothing was changed.", **facts)
        return DeviceProtocolError(f"The module refused '{command}' ({reply.name}); nothing was taken. Try again.",
                                   code="module-refused", **facts)  # fmt: skip

    def _poke(self, deadline: Deadline) -> None:
        self._send("system_status", 0, deadline)

    def _send(self, command: str, flag: int, deadline: Deadline) -> None:
        self.transport.write(encode(self.opcode(command), flag=flag), deadline)

    def _once(self, command: str, flag: int, deadline: Deadline) -> Reply:
        with self.noted(command) as said:
            self.settle(deadline)
            self._send(command, flag, deadline)
            reply = self._reply(command, deadline.within(self.answer_s))
            said.append(reply.name)
            return reply

    def _reply(self, command: str, deadline: Deadline) -> Reply:
        """The next answer to this very command; late answers to others are passed over."""
        number = self.opcode(command)
        for _ in range(MAX_STRAY):
            packet = self.link.receive(deadline)
            if isinstance(packet, Packet) and packet.command == number:
                return Reply(self.profile.answer_name(packet.flag), packet.parameter, packet.size)
        raise DeviceFormatError("No answer among what came; nothing of it was used.", code="device-format")

    def _read_once(self, deadline: Deadline, progress: Progress | None) -> bytes:
        with self.noted("read_image") as said:
            self.settle(deadline)
            self._send("read_image", 0, deadline)
            reply = self._reply("read_image", deadline.within(self.answer_s))
            said.append(reply.name)
            return self._data(reply, "read_image", deadline, progress)

    def _data(self, reply: Reply, command: str, deadline: Deadline, progress: Progress | None) -> bytes:
        if reply.name != "success":
            raise self.refusal(command, reply)
        if reply.size == 0:
            raise DeviceFormatError("The module says that its picture is empty; nothing was taken.", code="device-short-picture")
        self._framer.expect(reply.size)
        self._framer.progress = progress
        self.sending = True
        try:
            packet = self.link.receive(deadline, self.answer_s)
        finally:
            self._framer.progress = None
        if not isinstance(packet, Data):
            raise DeviceFormatError("No picture among what came; nothing of it was used.", code="device-format")
        # Raw data has no checksum: a byte too many shows only behind its end.
        if self._framer.started or self.transport.drain(self.profile.port.quiet_ms / 1000, deadline):
            raise DeviceFormatError("More data came than the picture has; it was not used.", code="device-length")
        self.sending = False
        return packet.payload

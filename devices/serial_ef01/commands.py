"""Commands of an EF01 module by their semantic names: one question, one checked answer, bounded retries.

The profile gives opcode and answer numbers. Commands that write are refused, but for the one the session needs: the baud, raised
and restored by `set_baud`. Passwords and addresses have no name in any profile, so they cannot be changed.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import Final

from devices.errors import DeviceError, DeviceFormatError, DeviceProtocolError, DeviceTimeoutError, UnsupportedCommandError
from devices.profiles import Profile
from devices.serial_ef01.framing import ACK, COMMAND, MAX_PAYLOAD, Ef01Framer, Packet, encode
from devices.serial_module import SerialModule
from devices.transports import Deadline, Transport

SECOND_ACK_S: Final = 0.2
MAX_STRAY_PACKETS: Final = 600
"""Packets of a broken-off upload that may precede an answer: more than the largest picture has."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a module said: the answer's name in the profile (``code-XX`` where it has none), its number, and the values after it."""

    name: str
    code: int
    values: bytes


class Ef01Module(SerialModule[Packet]):
    """One EF01 module on one line."""

    def __init__(self, transport: Transport, profile: Profile) -> None:
        security = profile.security
        assert security is not None  # the profile check requires it of this family
        super().__init__(transport, profile, Ef01Framer(security.address))
        self._address, self._password = security.address, security.password

    def ask(self, command: str, arguments: bytes = b"", *, values: int | None = 0, deadline: Deadline) -> Answer:
        """Send a command that changes nothing lasting and return its answer, trying again when the answer is damaged or missing.

        `values` is how many bytes follow the answer's code when it is ``ok`` (None: any number).

        Raises:
            UnsupportedCommandError: the firmware does not know it. DeviceTimeoutError: silent (``device-silent``).
            DeviceProtocolError: damaged three times, or sends without end. DeviceUnpluggedError, DeviceCancelledError.
        """
        opcode = self.opcode(command)
        return self.again(lambda: self._once(command, opcode, arguments, values, deadline), deadline)

    @property
    def packet_s(self) -> float:
        """The longest from the end of one packet of a picture to the end of the next, at the line's speed."""
        return self.profile.port.gap_ms / 1000 + 10 * (MAX_PAYLOAD + 11) / self.transport.baud

    def present(self, deadline: Deadline) -> bool:
        """Whether the module proves the password it was shipped with; it is never set.

        Raises:
            DeviceProtocolError: the module has another one (``module-password``).
        """
        proof = self._password.to_bytes(4, "big")
        answer = self._once("verify_password", self.opcode("verify_password"), proof, 0, deadline)
        if answer.name != "ok":
            raise self.refusal("verify_password", answer)
        return True

    def refusal(self, command: str, answer: Answer) -> DeviceError:
        """Return the error for an answer other than ``ok``."""
        facts = {"command": command, "answer": answer.name}
        if answer.name == "unsupported":
            return UnsupportedCommandError(f"This firmware has no command '{command}'; nothing was changed.", **facts)
        if answer.name in ("password_wrong", "password_needed"):
            return DeviceProtocolError("This module was given a password of its own; the station does not guess it. Use another module, "
                                       "or remove the password with the maker's program.", code="module-password", **facts)  # fmt: skip
        if answer.name in ("sensor_hardware", "hardware_fault"):
            return DeviceProtocolError("The module reports a fault of its sensor; nothing was taken. Use another module.",
                                       code="module-hardware", **facts)  # fmt: skip
        return DeviceProtocolError(f"The module refused '{command}' ({answer.name}); nothing was taken. Try again.",
                                   code="module-refused", **facts)  # fmt: skip

    def set_baud(self, baud: int, deadline: Deadline) -> bool:
        """Move module and port to `baud`; return whether both meet there. On failure the port is left where the module answers.

        The setting lasts in the module's memory: the caller restores it. Sent once, never repeated blindly.

        Raises:
            DeviceTimeoutError: the module answers at neither speed (``device-silent``).
        """
        before = self.transport.baud
        sysparam = self.profile.sysparam
        number = self.profile.parameters.get("baud")
        if sysparam is None or number is None or sysparam.needs_power_cycle or not self.profile.has("set_sys_para"):
            return before == baud
        times, rest = divmod(baud, sysparam.baud_unit)
        if rest or times not in sysparam.baud_multipliers:
            return before == baud
        self.settle(deadline)
        with self.noted("set_sys_para") as said:
            self._send(self.profile.opcode("set_sys_para"), bytes([number, times]), deadline)
            # The acknowledgement may be lost though the speed was changed: both speeds are tried.
            with contextlib.suppress(DeviceFormatError, DeviceTimeoutError):
                said.append(self._acknowledgement("set_sys_para", 0, deadline.within(self.answer_s)).name)
        return self.meet_at(baud, before, deadline)

    def _poke(self, deadline: Deadline) -> None:
        self._send(self.opcode("verify_password"), self._password.to_bytes(4, "big"), deadline)

    def _once(self, command: str, opcode: int, arguments: bytes, values: int | None, deadline: Deadline) -> Answer:
        with self.noted(command) as said:
            self.settle(deadline)
            self._send(opcode, arguments, deadline)
            answer = self._acknowledgement(command, values, deadline.within(self.answer_s))
            said.append(answer.name)
            return answer

    def _send(self, opcode: int, arguments: bytes, deadline: Deadline) -> None:
        self.transport.write(encode(COMMAND, bytes([opcode]) + arguments, self._address), deadline)

    def _acknowledgement(self, command: str, values: int | None, deadline: Deadline) -> Answer:
        answer = self._next_ack(values, deadline)
        if command in self.profile.quirks.double_ack and answer.name != "ok":
            try:
                return self._next_ack(values, deadline.within(SECOND_ACK_S))
            except DeviceTimeoutError:
                return answer
        return answer

    def _next_ack(self, values: int | None, deadline: Deadline) -> Answer:
        for _ in range(MAX_STRAY_PACKETS):
            packet = self.link.receive(deadline)
            if packet.kind == ACK:
                break
        else:
            raise DeviceFormatError("Data came where an answer was due; nothing of it was used.", code="device-format")
        if not packet.payload:
            raise DeviceFormatError("An answer without a code; it was not used.", code="device-format")
        code, rest = packet.payload[0], packet.payload[1:]
        name = self.profile.answer_name(code)
        if name == "ok" and values is not None and len(rest) != values:
            raise DeviceFormatError("An answer of another length than the command has; it was not used.", code="device-length",
                                    expected=values, got=len(rest))  # fmt: skip
        return Answer(name, code, rest)

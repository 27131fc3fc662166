"""Commands of an EF01 module by their semantic names: one question, one checked answer, bounded retries.

The profile gives opcode and answer numbers. Commands that write are refused here, but for the one the session needs: the baud,
raised and restored by `set_baud`. Passwords and addresses have no name in any profile, so they cannot be changed.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import Final

from devices.errors import (
    DeviceError,
    DeviceFormatError,
    DeviceProtocolError,
    DeviceTimeoutError,
    UnsupportedCommandError,
)
from devices.profile_vocabulary import Effect
from devices.profiles import Profile
from devices.serial_ef01.framing import ACK, COMMAND, MAX_PAYLOAD, Ef01Framer, Packet, encode
from devices.transports import Deadline, PacketLink, Transport

TRIES: Final = 3
SECOND_ACK_S: Final = 0.2
HELLO_S: Final = 0.4
"""How long a module may take to prove its password while its speed is sought."""
MAX_STRAY_PACKETS: Final = 600
"""Packets of a broken-off upload that may precede an answer: more than the largest picture has."""
SETTLE_S: Final = 1.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What a module said: the answer's name in the profile (``code-XX`` where it has none), its number, and the values after it."""

    name: str
    code: int
    values: bytes


@dataclass(frozen=True, slots=True)
class Asked:
    """One line of a self-test: what was asked, what was answered, how long it took."""

    command: str
    answer: str
    took_s: float


class Ef01Module:
    """One module on one line."""

    def __init__(self, transport: Transport, profile: Profile) -> None:
        security = profile.security
        assert security is not None  # the profile check requires it of this family
        self.profile = profile
        self.transport = transport
        self._address, self._password = security.address, security.password
        self.link: PacketLink[Packet] = PacketLink(transport, Ef01Framer(security.address), profile.port.gap_ms / 1000)
        self.asked: list[Asked] = []
        """The last exchanges, newest last; at most 200."""

    def ask(self, command: str, arguments: bytes = b"", *, values: int | None = 0, deadline: Deadline) -> Answer:
        """Send a command that changes nothing lasting and return its answer, trying again when the answer is damaged or missing.

        `values` is how many bytes follow the answer's code when it is ``ok`` (None: any number).

        Raises:
            UnsupportedCommandError: the firmware does not know it. DeviceTimeoutError: silent (``device-silent``).
            DeviceProtocolError: damaged three times, or sends without end. DeviceUnpluggedError, DeviceCancelledError.
        """
        opcode = self.profile.opcode(command)
        if self.profile.effect(command) is Effect.WRITE:
            raise UnsupportedCommandError(f"'{command}' would change the module; the station never does that. Nothing was sent.")
        last: DeviceError | None = None
        for _ in range(TRIES):
            try:
                return self._once(command, opcode, arguments, values, deadline)
            except (DeviceFormatError, DeviceTimeoutError) as error:
                last = error
                if deadline.passed:
                    break
        assert last is not None
        raise last

    @property
    def packet_s(self) -> float:
        """The longest from the end of one packet of a picture to the end of the next, at the line's speed."""
        return self.profile.port.gap_ms / 1000 + 10 * (MAX_PAYLOAD + 11) / self.transport.baud

    def settle(self, deadline: Deadline) -> None:
        """Wait for a quiet line; a module that keeps sending is interrupted once by a harmless question.

        Raises:
            DeviceProtocolError: it sends without end (``device-endless-data``).
        """
        quiet_s = self.profile.port.quiet_ms / 1000
        try:
            self.link.quiet(quiet_s, deadline.within(SETTLE_S))
        except DeviceProtocolError:
            self._send(self.profile.opcode("verify_password"), self._password.to_bytes(4, "big"), deadline)
            self.link.quiet(quiet_s, deadline.within(SETTLE_S))

    def verify_password(self, deadline: Deadline) -> None:
        """Prove the password the module was shipped with; it is never set.

        Raises:
            DeviceProtocolError: the module has another one (``module-password``).
        """
        answer = self.ask("verify_password", self._password.to_bytes(4, "big"), deadline=deadline)
        if answer.name != "ok":
            raise self.refusal("verify_password", answer)

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
        self._send(self.profile.opcode("set_sys_para"), bytes([number, times]), deadline)
        # The acknowledgement may be lost though the speed was changed: both speeds are tried.
        with contextlib.suppress(DeviceFormatError, DeviceTimeoutError):
            self._acknowledgement("set_sys_para", 0, deadline.within(self.profile.port.answer_ms / 1000))
        for speed in (baud, before, baud, before):
            if self.answers_at(speed, deadline):
                return speed == baud
        raise DeviceTimeoutError("The module answers at no speed any more; what was saved is safe. Unplug it and plug it in again.",
                                 code="device-silent")  # fmt: skip

    def answers_at(self, baud: int, deadline: Deadline) -> bool:
        """Set the port to `baud` and return whether the module proves its password there.

        Raises:
            DeviceProtocolError: it answers, with another password.
        """
        self.transport.set_baud(baud)
        opcode = self.profile.opcode("verify_password")
        try:
            answer = self._once("verify_password", opcode, self._password.to_bytes(4, "big"), 0, deadline.within(HELLO_S))
        except (DeviceFormatError, DeviceTimeoutError):
            return False
        except DeviceProtocolError as error:
            if error.reason_code == "device-endless-data":
                return False
            raise
        if answer.name != "ok":
            raise self.refusal("verify_password", answer)
        return True

    def _once(self, command: str, opcode: int, arguments: bytes, values: int | None, deadline: Deadline) -> Answer:
        started = deadline.left_s
        outcome = "silent"
        try:
            self.settle(deadline)
            self._send(opcode, arguments, deadline)
            answer = self._acknowledgement(command, values, deadline.within(self.profile.port.answer_ms / 1000))
            outcome = answer.name
            return answer
        except DeviceError as error:
            outcome = error.reason_code
            raise
        finally:
            del self.asked[:-199]
            self.asked.append(Asked(command, outcome, started - deadline.left_s))

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

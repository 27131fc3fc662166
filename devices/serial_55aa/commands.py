"""Commands of a 55AA module by their semantic names."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from devices.errors import DeviceError, DeviceFormatError, DeviceProtocolError, DeviceTimeoutError, UnsupportedCommandError
from devices.profile_vocabulary import Effect
from devices.profiles import Profile
from devices.serial_55aa.framing import Data, Gt5Framer, Message, encode
from devices.serial_module import SerialModule
from devices.transports import Deadline, Transport

INFO_BYTES: Final = 24
MAX_STRAY: Final = 64


@dataclass(frozen=True, slots=True)
class Reply:
    """An acknowledgement (`error` empty) or a refusal with the error's name in the profile; `parameter` as it came."""

    parameter: int
    error: str = ""


class Gt5Module(SerialModule[Message | Data]):
    """One GT-5xx module on one line."""

    def __init__(self, transport: Transport, profile: Profile) -> None:
        self._framer = Gt5Framer(profile.security.address if profile.security is not None else 1)
        super().__init__(transport, profile, self._framer)
        self._device = profile.security.address if profile.security is not None else 1

    def ask(self, command: str, parameter: int = 0, *, deadline: Deadline) -> Reply:
        """Send a command that changes nothing lasting and return its reply, trying again when it is damaged or missing.

        Raises:
            UnsupportedCommandError, DeviceTimeoutError, DeviceProtocolError, DeviceUnpluggedError, DeviceCancelledError.
        """
        number = self.opcode(command)
        return self.again(lambda: self._once(command, number, parameter, deadline), deadline)

    def fetch(
        self, command: str, parameter: int, count: int, deadline: Deadline, progress: Callable[[int, int], None] | None = None
    ) -> bytes:
        """Send a command that is answered with a data frame of `count` bytes and return those, all of them or none.

        Raises:
            DeviceProtocolError: refused, or damaged three times; DeviceTimeoutError, DeviceUnpluggedError, DeviceCancelledError.
        """
        number = self.opcode(command)
        return self.again(lambda: self._fetch_once(command, number, parameter, count, deadline, progress), deadline)

    def present(self, deadline: Deadline) -> bool:
        """Whether the module answers; opening without asking for its information changes nothing."""
        reply = self._once("open", self.opcode("open"), 0, deadline)
        if reply.error:
            raise self.refusal("open", reply)
        return True

    def refusal(self, command: str, reply: Reply) -> DeviceError:
        """Return the error for a refusal."""
        facts = {"command": command, "answer": reply.error}
        if reply.error == "not_supported":
            return UnsupportedCommandError(f"This firmware has no command '{command}'; nothing was changed.", **facts)
        if reply.error == "device_error":
            return DeviceProtocolError("The module reports a fault of its sensor; nothing was taken. Use another module.",
                                       code="module-hardware", **facts)  # fmt: skip
        return DeviceProtocolError(f"The module refused '{command}' ({reply.error}); nothing was taken. Try again.",
                                   code="module-refused", **facts)  # fmt: skip

    def set_baud(self, baud: int, deadline: Deadline) -> bool:
        """Move module and port to `baud`; return whether both meet there. Lasts until the module loses power.

        Raises:
            DeviceTimeoutError: the module answers at neither speed.
        """
        before = self.transport.baud
        if not self.profile.has("change_baud"):
            return before == baud
        # The acknowledgement may be lost though the speed was changed: both speeds are tried.
        with contextlib.suppress(DeviceFormatError, DeviceTimeoutError):
            self._once("change_baud", self.opcode("change_baud"), baud, deadline)
        return self.meet_at(baud, before, deadline)

    def _poke(self, deadline: Deadline) -> None:
        self.transport.write(encode(self.opcode("open"), 0, self._device), deadline)

    def _once(self, command: str, number: int, parameter: int, deadline: Deadline) -> Reply:
        assert self.profile.effect(command) is not Effect.WRITE
        with self.noted(command) as said:
            self.settle(deadline)
            self.transport.write(encode(number, parameter, self._device), deadline)
            reply = self._reply(deadline.within(self.answer_s))
            said.append(reply.error or "ack")
            return reply

    def _reply(self, deadline: Deadline) -> Reply:
        for _ in range(MAX_STRAY):
            packet = self.link.receive(deadline)
            if not isinstance(packet, Message):
                continue
            if packet.code == self.profile.answer("ack"):
                return Reply(packet.parameter)
            if packet.code == self.profile.answer("nack"):
                return Reply(packet.parameter, self.profile.answer_name(packet.parameter))
        raise DeviceFormatError("No answer among what came; nothing of it was used.", code="device-format")

    def _fetch_once(self, command: str, number: int, parameter: int, count: int, deadline: Deadline,
                    progress: Callable[[int, int], None] | None) -> bytes:  # fmt: skip
        with self.noted(command) as said:
            self.settle(deadline)
            self._framer.expect(count)
            self._framer.progress = progress
            try:
                self.transport.write(encode(number, parameter, self._device), deadline)
                reply = self._reply(deadline.within(self.answer_s))
                said.append(reply.error or "ack")
                if reply.error:
                    raise self.refusal(command, reply)
                self.sending = True
                return self._data(deadline.within(self.answer_s + 1.5 * self.picture_s))
            finally:
                self._framer.progress = None
                self._framer.expect(0)

    def _data(self, deadline: Deadline) -> bytes:
        for _ in range(MAX_STRAY):
            packet = self.link.receive(deadline, self.answer_s)  # the gap bounds silence inside the frame
            if isinstance(packet, Data):
                self.sending = False
                return packet.payload
        raise DeviceFormatError("No picture among what came; nothing of it was used.", code="device-format")

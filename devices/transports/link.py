"""Packets out of a transport: one loop for every family, so that silence, noise and cancelling behave the same everywhere."""

from __future__ import annotations

from typing import Final, Generic, Protocol, TypeVar

from devices.errors import DeviceTimeoutError
from devices.transports.base import Deadline, Transport

P_co = TypeVar("P_co", covariant=True)
Q = TypeVar("Q")
CHUNK: Final = 4096


class Framer(Protocol[P_co]):
    """Turns bytes into packets; pure, bounded, and always able to go on after an error."""

    def feed(self, data: bytes) -> None:
        """Add received bytes."""

    def take(self) -> P_co | None:
        """Return the next whole packet, None while there is none.

        Raises:
            DeviceFormatError: what came breaks the protocol; the next call goes on behind it.
        """

    def give_up(self) -> None:
        """No more bytes came for a started packet.

        Raises:
            DeviceFormatError: always, when a packet was started; its bytes are searched again for another start.
        """

    @property
    def started(self) -> bool:
        """Whether the bytes of a packet have begun to arrive."""

    def reset(self) -> None:
        """Forget everything received."""


class PacketLink(Generic[Q]):
    """Reads one packet after another."""

    def __init__(self, transport: Transport, framer: Framer[Q], gap_s: float) -> None:
        self.transport = transport
        self.framer = framer
        self._gap_s = gap_s

    def receive(self, deadline: Deadline, first_s: float | None = None) -> Q:
        """Return the next packet; its first byte must come within `first_s`, where that is given.

        Raises:
            DeviceFormatError: damaged bytes (the next call goes on behind them).
            DeviceTimeoutError: silent past the deadline. DeviceUnpluggedError, DeviceCancelledError.
        """
        while (packet := self.framer.take()) is None:
            started = self.framer.started
            wait_s = self._gap_s if started else first_s
            data = self.transport.read(CHUNK, deadline if wait_s is None else deadline.within(wait_s))
            if data:
                self.framer.feed(data)
            elif started:
                self.framer.give_up()
            else:
                raise DeviceTimeoutError(
                    "The device does not answer; what was saved is safe. Check its cable.", code="device-silent"
                )
        return packet

    def quiet(self, quiet_s: float, deadline: Deadline) -> int:
        """Forget what was received and wait for a quiet line; return how many bytes were thrown away.

        Raises:
            DeviceProtocolError: the line does not become quiet by the deadline (``device-endless-data``).
        """
        self.framer.reset()
        return self.transport.drain(quiet_s, deadline)

"""A conversation with one powered chip: commands through the channel, protected once keys stand, watched for cancel.

The trace keeps what a technician needs (header, lengths, status, milliseconds) and never a data byte.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from devices.emrtd.apdu import Command, Response, parse_response
from devices.emrtd.errors import SecureMessagingError
from devices.errors import DeviceCancelledError, DeviceProtocolError

if TYPE_CHECKING:
    from devices.emrtd.secure_messaging import SecureMessaging

log = logging.getLogger(__name__)
MAX_CHAINED: Final = 512
MAX_RESPONSE: Final = 1 << 17


class Channel(Protocol):
    """The part of `devices.contract.CardChannel` that a conversation needs."""

    def transmit(self, apdu: bytes) -> bytes:
        """Send one command, return the answer with its status."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """One line of the trace: the four header bytes, how much went and came, the status, how long it took."""

    header: str
    sent: int
    received: int
    sw: int
    took_ms: float


class CardSession:
    """Sends commands. Not thread-safe: one worker thread drives it; only `cancel()` may come from elsewhere."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._cancelled = threading.Event()
        self._protection: SecureMessaging | None = None
        self._lost = False
        self.trace: deque[Exchange] = deque(maxlen=1000)

    @property
    def protection(self) -> SecureMessaging | None:
        """The protected channel, once one stands."""
        return self._protection

    @protection.setter
    def protection(self, channel: SecureMessaging) -> None:
        self._protection = channel

    @property
    def lost(self) -> bool:
        """Whether a protected channel stood and was ended; the card must be powered and opened anew."""
        return self._lost

    def _lose(self) -> None:
        self._lost = True
        self._protection = None

    def cancel(self) -> None:
        """Stop before the next command; from any thread."""
        self._cancelled.set()

    def send(self, command: Command) -> Response:
        """Send `command`, protected when a channel stands, and return the plain answer whatever its status is.

        Raises:
            DeviceCancelledError: `cancel()` was called.
            DeviceUnpluggedError: the card left (from the channel).
            SecureMessagingError: the answer is not of this channel; the protection is dropped, nothing of it was used.
        """
        if self._cancelled.is_set():
            raise DeviceCancelledError("The reading was cancelled; what was read so far is kept apart and not used as a result.")
        if self._lost:
            # Never go on in the clear after a channel stood: whoever answers then need not be the chip.
            raise SecureMessagingError("The protected channel to the card has ended; what came before is kept apart. "
                                       "Take the card off and put it down again.", code="card-channel-lost")  # fmt: skip
        if self._protection is None:
            return self._plain(command)
        wrapped = self._protection.wrap(command)
        raw = self._plain(wrapped, log_as=command)
        if not raw.data and raw.sw in _UNPROTECTED_ERRORS:
            # The chip dropped the channel (ISO/IEC 7816-4 section 10.3): a bare status is its only way to say so.
            self._lose()
            return raw
        try:
            return self._protection.unwrap(raw)
        except DeviceProtocolError:
            self._lose()
            raise

    def _plain(self, command: Command, log_as: Command | None = None) -> Response:
        response = self._exchange(command, log_as or command)
        if response.sw & 0xFF00 == 0x6C00 and not response.data and command.le is not None:
            wanted = response.sw & 0xFF or 256
            response = self._exchange(Command(command.cla, command.ins, command.p1, command.p2, command.data, wanted), command)
        data = bytearray(response.data)
        for _ in range(MAX_CHAINED):
            if response.sw & 0xFF00 != 0x6100:
                break
            response = self._exchange(Command(command.cla & 0xF0, 0xC0, 0, 0, b"", response.sw & 0xFF or 256), command)
            data += response.data
            if len(data) > MAX_RESPONSE:
                raise DeviceProtocolError("The card does not stop sending; nothing of it was used.")
        else:
            raise DeviceProtocolError("The card announces more data without end; nothing of it was used.")
        return Response(bytes(data), response.sw)

    def _exchange(self, command: Command, log_as: Command) -> Response:
        raw = command.encode()
        start = time.perf_counter()
        response = parse_response(self._channel.transmit(raw))
        took_ms = (time.perf_counter() - start) * 1000
        header = f"{command.cla:02X}{log_as.ins:02X}{log_as.p1:02X}{log_as.p2:02X}"
        self.trace.append(Exchange(header, len(raw), len(response.data) + 2, response.sw, took_ms))
        log.debug("apdu %s sent=%d received=%d sw=%04X %.1f ms", header, len(raw), len(response.data) + 2, response.sw, took_ms)
        return response


_UNPROTECTED_ERRORS: Final = frozenset({0x6987, 0x6988, 0x6882, 0x6985, 0x6982, 0x6700, 0x6D00, 0x6E00, 0x6F00, 0x6A86, 0x6B00,
                                        0x6A80, 0x6A82, 0x6A87, 0x6A88, 0x6300})  # fmt: skip

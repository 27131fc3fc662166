"""The simulated chip behind the socket of `vsmartcard-vpcd`, a virtual reader of the real pcscd: tests only.

The driver listens on **all** addresses of the machine, so anybody on the network could put a card down. Therefore this refuses to
run anywhere but in a private network namespace, and a station never installs the driver. Frames: two bytes of length (big
endian), then the bytes; a command of one byte is a control (00 off, 01 on, 02 reset, 04 ATR), and only 04 is answered.
"""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from typing import Final

from devices.errors import CaptureRefusedError, DeviceTimeoutError
from devices.simulated.card import Chip
from devices.simulated.card_reader import NO_LATENCY, Latency

DEFAULT_PORT: Final = 0x8C7B
_HARMLESS: Final = ("lo", "sit", "tunl", "ip6tnl", "gre", "gretap", "erspan", "ip_vti", "ip6_vti", "ip6gre")


def in_private_namespace() -> bool:
    """Whether this process sees no network but its own loopback."""
    return all(name.startswith(_HARMLESS) for _, name in socket.if_nameindex())


class VpcdCard:
    """One card in the virtual reader. `insert()` connects, `remove()` closes: that is how the reader sees the hand."""

    def __init__(self, chip: Chip, port: int = DEFAULT_PORT, latency: Latency = NO_LATENCY) -> None:
        if not in_private_namespace():
            raise CaptureRefusedError("The virtual reader's driver listens on every address of this machine; nothing was started. Run "
                                      "it inside a private network: unshare -n -m (docs/chip-card.md, 'Virtual reader').",
                                      code="card-vpcd-exposed")  # fmt: skip
        self.chip = chip
        self.remove_after: int | None = None
        """Remove the card instead of answering command number n (fault switch of the citizen's hand)."""
        self._port = port
        self._latency = latency
        self._socket: socket.socket | None = None
        self._thread: threading.Thread | None = None

    def insert(self, deadline_s: float = 10.0) -> None:
        """Put the card down; waits until the driver listens.

        Raises:
            DeviceTimeoutError: no driver listens on this port.
        """
        end = time.monotonic() + deadline_s
        while True:
            try:
                connection = socket.create_connection(("127.0.0.1", self._port), timeout=2.0)
                break
            except OSError as error:
                if time.monotonic() > end:
                    raise DeviceTimeoutError("No virtual reader listens; nothing was started. Start pcscd with the vpcd driver.",
                                             code="card-vpcd-absent") from error  # fmt: skip
                time.sleep(0.02)
        connection.settimeout(None)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.chip.power()
        self._socket = connection
        self._thread = threading.Thread(target=self._serve, args=(connection,), name="vpcd-card", daemon=True)
        self._thread.start()

    def remove(self) -> None:
        """Take the card off."""
        connection, self._socket = self._socket, None
        if connection is not None:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            connection.close()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(5.0)

    @property
    def inserted(self) -> bool:
        """Whether the connection to the driver stands."""
        return self._thread is not None and self._thread.is_alive()

    def wait(self) -> None:
        """Block until the driver lets the card go."""
        if self._thread is not None:
            self._thread.join()

    def _serve(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError, EOFError):
            while True:
                size = int.from_bytes(_exactly(connection, 2), "big")
                message = _exactly(connection, size)
                answer = self._answer(message)
                if answer is not None:
                    connection.sendall(len(answer).to_bytes(2, "big") + answer)
        with contextlib.suppress(OSError):
            connection.close()

    def _answer(self, message: bytes) -> bytes | None:
        if len(message) == 1:
            if message[0] == 4:
                return self.chip.atr
            self.chip.power()
            return None
        if self.remove_after is not None:
            if self.remove_after == 0:
                self.remove_after = None
                raise EOFError
            self.remove_after -= 1
        before = self.chip.crypto_steps
        answer = self.chip.process(message)
        latency = self._latency
        delay_ms = latency.command_ms + latency.byte_ms * (len(message) + len(answer))
        delay_ms += latency.crypto_ms * (self.chip.crypto_steps - before)
        if delay_ms:
            time.sleep(delay_ms / 1000)
        return answer


def _exactly(connection: socket.socket, count: int) -> bytes:
    """Read `count` bytes. The driver sends length and payload apart: without a quick acknowledgement each costs 40 ms."""
    data = b""
    while len(data) < count:
        if hasattr(socket, "TCP_QUICKACK"):
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
        part = connection.recv(count - len(data))
        if not part:
            raise EOFError
        data += part
    return data

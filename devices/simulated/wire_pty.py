"""A serial line with a simulated module at its other end: a pty, the wire's speed, and faults of the wire.

The speed that the host set on its end is read from the pty. Where it differs from the module's, bytes arrive as rubbish in both
directions, as on a real line. With pacing, bytes take the time that they take at the module's speed (10 bits each).
"""

from __future__ import annotations

import contextlib
import os
import random
import select
import termios
import threading
import time
import tty
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import ClassVar, Final

from devices.simulated.wire_faults import ANSWER_FAULTS, SERIAL_FAULTS, FaultScript, Part

BITS_PER_BYTE: Final = 10
_SLICE_S: Final = 0.02
_BURST: Final = 256
_SPEEDS: Final = {
    getattr(termios, f"B{speed}"): speed
    for speed in (1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200, 230400, 460800, 921600)
}
_SPEEDS[0o010000] = 256_000  # BOTHER: a speed without a number of its own; 256000 is the only one of the profiles
ENDLESS_S: Final = 30.0
"""Even endless data ends some day, so that no forgotten simulator heats a room."""


class Unplugged(Exception):  # noqa: N818 - not an error of the program: the cable is pulled
    """The fault script pulls the cable."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Some bytes of an answer and what they are part of. `rest_of_picture` says how much is still to come after them."""

    data: bytes
    part: Part = "answer"
    first: bool = True


class Module(ABC):
    """The module behind the line: bytes in, pieces out. Knows no time but its own speed."""

    baud: int
    faults: FaultScript

    @abstractmethod
    def receive(self, data: bytes) -> Iterable[Piece]:
        """Return what the module sends for these bytes (which may hold parts of commands)."""

    def idle(self) -> Iterable[Piece]:
        """Return what the module says without being asked (swipe readers, GPS); most say nothing."""
        return ()

    @abstractmethod
    def power_on(self) -> bytes:
        """Return what it sends when power comes."""


class PtyLine:
    """Runs one module on a thread of its own behind a pty."""

    def __init__(self, module: Module, *, paced: bool) -> None:
        self._module = module
        self._paced = paced
        self._rubbish = random.Random(1)
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._master = self._slave = -1
        self._free_at = 0.0

    def start(self, name: str) -> str:
        """Return the path of the port that the host opens."""
        self._master, self._slave = os.openpty()
        tty.setraw(self._slave)
        os.set_blocking(self._master, False)
        path = os.ttyname(self._slave)
        self._stop.clear()
        self._thread = threading.Thread(target=self._run, name=f"simulated-{name}", daemon=True)
        self._thread.start()
        return path

    def stop(self) -> None:
        """End the thread and pull the cable; harmless when repeated."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        self._pull()

    def _pull(self) -> None:
        for end in (self._master, self._slave):
            if end >= 0:
                with contextlib.suppress(OSError):
                    os.close(end)
        self._master = self._slave = -1

    def _run(self) -> None:
        # The host hears what is sent at power-on only if it was listening: it usually comes later, so nothing waits for it.
        try:
            while not self._stop.is_set():
                data = self._hear(_SLICE_S)
                self._answer(self._module.receive(data) if data else self._module.idle())
        except (Unplugged, OSError):
            self._pull()

    def _hear(self, seconds: float) -> bytes:
        if not select.select([self._master], [], [], seconds)[0]:
            return b""
        data = os.read(self._master, 4096)
        return data if self._host_baud() == self._module.baud else self._spoil(data)

    def _host_baud(self) -> int:
        return _SPEEDS.get(termios.tcgetattr(self._master)[5], 0)

    def _spoil(self, data: bytes) -> bytes:
        """What a line at another speed makes of bytes: about as many others."""
        return self._rubbish.randbytes(len(data))

    def _answer(self, pieces: Iterable[Piece]) -> None:
        faults = self._module.faults
        self._free_at = max(time.monotonic(), self._free_at)
        for piece in pieces:
            if self._stop.is_set():
                return
            part, data = piece.part, piece.data
            if faults.strikes("unplug", part):
                self._send(data[: len(data) // 2])
                raise Unplugged
            if faults.strikes("silence", part):
                return
            if faults.strikes("dropped-byte", part):
                data = data[: len(data) // 2] + data[len(data) // 2 + 1 :]
            if faults.strikes("stray-ready", part):
                data = b"\x55" + data
            if faults.strikes("double-ack", part):
                data = data + data
            if faults.strikes("endless-data", part):
                self._send_without_end(data)
                return
            self._send(data, one_by_one=faults.strikes("split-read", part))

    def _send(self, data: bytes, *, one_by_one: bool = False) -> None:
        step = 1 if one_by_one else _BURST
        for at in range(0, len(data), step):
            burst = data[at : at + step]
            self._take_time(len(burst), pause_s=0.001 if one_by_one else 0.0)
            self._put(burst if self._host_baud() == self._module.baud else self._spoil(burst))

    def _send_without_end(self, data: bytes) -> None:
        """Go on sending the same until the host says something (modules listen between packets)."""
        until = time.monotonic() + ENDLESS_S
        while not self._stop.is_set() and time.monotonic() < until:
            if select.select([self._master], [], [], 0)[0]:
                return
            self._send(data)

    def _take_time(self, count: int, pause_s: float) -> None:
        if self._paced:
            # From the answer's first byte on the wire goes without pause, however late this thread is woken: a line does not wait.
            self._free_at += count * BITS_PER_BYTE / self._module.baud
            pause_s = max(pause_s, self._free_at - time.monotonic())
        if pause_s > 0:
            self._stop.wait(pause_s)

    def _put(self, data: bytes) -> None:
        rest = memoryview(data)
        while rest and not self._stop.is_set():
            try:
                rest = rest[os.write(self._master, rest) :]
            except BlockingIOError:
                select.select([], [self._master], [], _SLICE_S)


class SerialSimulator:
    """What the families' wire simulators share: profile, faults, start and stop."""

    STAYING_FAULTS: ClassVar[tuple[str, ...]] = tuple(f"{fault}*" for fault in SERIAL_FAULTS + ANSWER_FAULTS)
    """The same faults, each time: not in the matrix, which tries every fault once."""

    def __init__(self, module: Module, name: str, *, paced: bool, warm_up: Callable[[], object] = lambda: None) -> None:
        self._line = PtyLine(module, paced=paced)
        self._name = name
        self._warm_up = warm_up
        self.module = module

    @property
    def faults_spent(self) -> bool:
        """Whether every fault that strikes once has struck."""
        return self.module.faults.spent

    def start(self) -> str:
        """Begin to answer; return the port's path."""
        self._warm_up()  # a finger that has to be grown first would make the module's first answer late
        return self._line.start(self._name)

    def stop(self) -> None:
        """End; harmless when repeated."""
        self._line.stop()


def packed(pixels: bytes, bits: int, *, left_is_high: bool) -> Iterator[int]:
    """Yield the bytes of a picture of `bits` a pixel, two (or more) pixels in each, given one pixel a byte."""
    count = 8 // bits
    for at in range(0, len(pixels), count):
        value = 0
        for place, pixel in enumerate(pixels[at : at + count]):
            value |= (pixel >> (8 - bits)) << (bits * (count - 1 - place if left_is_high else place))
        yield value


Picture = Callable[[int, int], bytes]
"""Given width and height, the grey pixels of the finger on the sensor, row by row."""

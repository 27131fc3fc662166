"""Serial ports and pseudo-terminals. pyserial sets the line up; reading and writing go straight to the descriptor."""

from __future__ import annotations

import contextlib
import errno
import os
import select
import struct
from pathlib import Path
from typing import Any, Final

from devices.errors import DeviceBusyError, DeviceError, DeviceNotFoundError, DeviceTimeoutError, DeviceUnpluggedError
from devices.transports.base import Deadline, Transport

_GONE: Final = frozenset({errno.EIO, errno.ENODEV, errno.ENXIO, errno.EBADF, errno.EPIPE})


def is_pseudo_terminal(port: str) -> bool:
    """Whether `port` is a pseudo-terminal: no hardware is ever behind one, so what comes from it is marked simulated."""
    return Path(port).resolve().is_relative_to("/dev/pts")


class SerialPort(Transport):
    """One tty or pty, taken exclusively. `form` is data bits, parity, stop bits: ``8N1``.

    Raises:
        DeviceNotFoundError: no such port, no right to it, pyserial missing. DeviceBusyError: another program holds it.
    """

    def __init__(self, port: str, baud: int, form: str = "8N1") -> None:
        super().__init__()
        self.port = port
        self._serial = _open(port, baud, form)
        self._fd: int = self._serial.fileno()
        self._poll = select.poll()
        self._poll.register(self._fd, select.POLLIN)

    @property
    def baud(self) -> int:
        """See `Transport.baud`."""
        return int(self._serial.baudrate)

    def set_baud(self, baud: int) -> None:
        """See `Transport.set_baud`. What was received before and not read is dropped: it belongs to the old speed."""
        if baud == self.baud:
            return
        try:
            self._serial.baudrate = baud
            self._serial.reset_input_buffer()
        except (OSError, ValueError, ImportError) as error:
            raise self._gone() from error
        except Exception as error:
            raise DeviceUnpluggedError(f"{self.port} cannot change its speed; what was saved is safe. Plug the device in again.",
                                       detail=type(error).__name__) from error  # fmt: skip

    def write(self, data: bytes, deadline: Deadline) -> None:
        """See `Transport.write`."""
        rest = memoryview(data)
        waiter = select.poll()
        waiter.register(self._fd, select.POLLOUT)
        while rest:
            self.check()
            try:
                rest = rest[os.write(self._fd, rest) :]
            except BlockingIOError:
                if not waiter.poll(min(50.0, deadline.left_s * 1000)) and deadline.passed:
                    raise DeviceTimeoutError(
                        f"{self.port} takes no bytes; what was saved is safe. Plug the device in again."
                    ) from None
            except OSError as error:
                raise self._gone() from error

    def close(self) -> None:
        """See `Transport.close`."""
        with contextlib.suppress(Exception):
            self._serial.close()

    def _read(self, most: int, seconds: float) -> bytes:
        try:
            if not self._poll.poll(seconds * 1000):
                return b""
            data = os.read(self._fd, most)
        except BlockingIOError:
            return b""
        except (OSError, ValueError) as error:
            raise self._gone() from error
        if not data:
            raise self._gone()
        return data

    def _gone(self) -> DeviceUnpluggedError:
        return DeviceUnpluggedError(
            f"The device on {self.port} was unplugged; what was saved is safe. Plug it in again.", port=self.port
        )


def _open(port: str, baud: int, form: str) -> Any:
    try:
        import serial
    except ImportError as error:
        raise DeviceNotFoundError("Serial devices need the package 'pyserial', which is not installed here; other devices work.",
                                  code="device-library-missing", library="pyserial") from error  # fmt: skip
    import termios

    def take() -> Any:
        return serial.Serial(port, baud, bytesize=int(form[0]), parity=form[1], stopbits=int(form[2]), timeout=0, exclusive=True)

    try:
        try:
            return take()
        except termios.error:
            # A line left at a speed without a number of its own (256000 baud) refuses every plain setting until it is told a plain speed.
            _plain_speed(port)
            return take()
    except (OSError, ValueError, termios.error) as error:  # SerialException is an OSError, termios.error is none
        raise _refused(port, error) from error


_TCGETS2, _TCSETS2 = 0x802C542A, 0x402C542B
_CBAUD, _B9600 = 0o010017, 0o000015


def _plain_speed(port: str) -> None:
    """Set the line to 9600 baud through Linux' own call (asm-generic/termbits.h: struct termios2)."""
    import fcntl

    fd = os.open(port, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
    try:
        form = struct.Struct("4I B19s 2I")
        values = list(form.unpack(fcntl.ioctl(fd, _TCGETS2, bytes(form.size))))
        values[2] = values[2] & ~(_CBAUD | _CBAUD << 16) | _B9600
        values[-2:] = [9600, 9600]
        fcntl.ioctl(fd, _TCSETS2, form.pack(*values))
    finally:
        os.close(fd)


def _refused(port: str, error: Exception) -> DeviceError:
    number = getattr(error, "errno", None)
    if number in (errno.EACCES, errno.EPERM):
        return DeviceNotFoundError(f"This user may not open {port}; nothing was changed. Run `station devices doctor`.",
                                   code="device-no-permission", port=port)  # fmt: skip
    if number in (errno.EBUSY, errno.EWOULDBLOCK) or "exclusively lock" in str(error):
        return DeviceBusyError(f"Another program holds {port}; nothing was changed. End it and try again.", port=port)
    if number in _GONE:
        return DeviceUnpluggedError(f"The device on {port} was unplugged; what was saved is safe. Plug it in again.", port=port)
    return DeviceNotFoundError(
        f"There is no serial port {port}; nothing was changed. Plug the device in, or name another port.", port=port
    )

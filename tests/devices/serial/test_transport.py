"""Serial ports over ptys: deadlines, cancelling, cables that are pulled, lines that never fall silent."""

from __future__ import annotations

import os
import termios
import threading
import time
import tty
from collections.abc import Iterator

import pytest

from devices.errors import (
    DeviceBusyError,
    DeviceCancelledError,
    DeviceFormatError,
    DeviceNotFoundError,
    DeviceProtocolError,
    DeviceTimeoutError,
    DeviceUnpluggedError,
)
from devices.serial_ef01.framing import Ef01Framer, encode
from devices.transports import Deadline, PacketLink, SerialPort
from devices.transports.serial_port import is_pseudo_terminal


class Ends:
    """Both ends of a pty."""

    def __init__(self) -> None:
        self.master, self.slave = os.openpty()
        tty.setraw(self.slave)
        self.path = os.ttyname(self.slave)

    def pull(self) -> None:
        for end in (self.master, self.slave):
            if end >= 0:
                os.close(end)
        self.master = self.slave = -1


@pytest.fixture
def ends() -> Iterator[Ends]:
    made = Ends()
    yield made
    made.pull()


def test_a_read_ends_at_its_deadline_with_nothing_and_early_with_something(ends: Ends) -> None:
    with SerialPort(ends.path, 57600) as port:
        began = time.monotonic()
        assert port.read(10, Deadline(0.12)) == b""
        assert 0.1 < time.monotonic() - began < 5
        os.write(ends.master, b"abc")
        assert port.read(2, Deadline(5)) == b"ab"
        assert port.read(10, Deadline(5)) == b"c"
        assert port.heard == 3


def test_bytes_pass_unchanged_both_ways(ends: Ends) -> None:
    every = bytes(range(256))
    with SerialPort(ends.path, 57600) as port:
        port.write(every, Deadline(1))
        assert os.read(ends.master, 512) == every
        os.write(ends.master, every)
        assert port.read(512, Deadline(1)) == every


def test_the_speed_and_form_reach_the_line_and_old_bytes_do_not_survive_a_change(ends: Ends) -> None:
    with SerialPort(ends.path, 9600, "8N1") as port:
        assert termios.tcgetattr(ends.master)[5] == termios.B9600
        os.write(ends.master, b"old")
        port.set_baud(115200)
        assert termios.tcgetattr(ends.master)[5] == termios.B115200
        assert port.read(10, Deadline(0.05)) == b""


def test_a_pulled_cable_is_named_on_read_and_write(ends: Ends) -> None:
    with SerialPort(ends.path, 57600) as port:
        ends.pull()
        with pytest.raises(DeviceUnpluggedError):
            port.read(1, Deadline(1))
        with pytest.raises(DeviceUnpluggedError):
            port.write(b"x", Deadline(1))
        with pytest.raises(DeviceUnpluggedError):
            port.set_baud(9600)
    port.close()


def test_a_line_that_takes_no_bytes_ends_at_the_deadline(ends: Ends) -> None:
    with SerialPort(ends.path, 57600) as port, pytest.raises(DeviceTimeoutError):
        port.write(bytes(1_000_000), Deadline(0.3))


def test_taken_or_absent_ports_say_so(ends: Ends) -> None:
    with SerialPort(ends.path, 57600), pytest.raises(DeviceBusyError):
        SerialPort(ends.path, 57600)
    with pytest.raises(DeviceNotFoundError):
        SerialPort("/dev/no-such-port", 57600)
    with pytest.raises(DeviceNotFoundError):
        SerialPort("/dev/null", 57600)


def test_a_wait_is_cancelled_within_a_blink(ends: Ends) -> None:
    stop = threading.Event()

    def check() -> None:
        if stop.is_set():
            raise DeviceCancelledError("stop")

    with SerialPort(ends.path, 57600) as port:
        port.check = check
        threading.Timer(0.1, stop.set).start()
        began = time.monotonic()
        with pytest.raises(DeviceCancelledError):
            port.read(1, Deadline(20))
        assert time.monotonic() - began < 5


def test_a_line_that_never_falls_silent_is_given_up(ends: Ends) -> None:
    stop = threading.Event()
    os.set_blocking(ends.master, False)

    def talk() -> None:
        while not stop.wait(0.001):
            try:
                os.write(ends.master, b"\0" * 16)
            except BlockingIOError:
                continue

    talker = threading.Thread(target=talk)
    with SerialPort(ends.path, 57600) as port:
        talker.start()
        try:
            with pytest.raises(DeviceProtocolError) as caught:
                port.drain(0.2, Deadline(0.4))
        finally:
            stop.set()
            talker.join()
    assert caught.value.reason_code == "device-endless-data"


def test_a_packet_that_breaks_off_is_given_up_after_the_gap_not_at_the_deadline(ends: Ends) -> None:
    whole = encode(7, b"\0", 0xFFFFFFFF)
    with SerialPort(ends.path, 57600) as port:
        link = PacketLink(port, Ef01Framer(0xFFFFFFFF), gap_s=0.05)
        os.write(ends.master, whole[:-3])
        began = time.monotonic()
        with pytest.raises(DeviceFormatError) as caught:
            link.receive(Deadline(20))
        assert caught.value.reason_code == "device-truncated"
        assert time.monotonic() - began < 5
        os.write(ends.master, whole)
        assert link.receive(Deadline(5)).payload == b"\0"


def test_only_pseudo_terminals_are_called_simulated(ends: Ends) -> None:
    assert is_pseudo_terminal(ends.path)
    assert not is_pseudo_terminal("/dev/ttyUSB0")

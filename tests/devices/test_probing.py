"""Probing recognises what speaks and what answers, changes nothing, and names what it cannot recognise."""

from __future__ import annotations

import os
import re
import threading
import tty
from collections.abc import Iterator
from contextlib import contextmanager

from devices.contract import Source
from devices.ports import SerialPortInfo
from devices.probing import Progress, probe_all, probe_port
from devices.simulated.serial_ef01 import Ef01Simulator
from devices.simulated.serial_push import BarcodeSimulator, NmeaSimulator
from tests.devices.contract.serial_cases import picture, quick


def port(path: str) -> SerialPortInfo:
    return SerialPortInfo(path, "USB serial", "10c4:ea60", "", "")


@contextmanager
def recording_port() -> Iterator[tuple[str, bytearray]]:
    """A port behind which nobody answers; everything that is sent there is kept."""
    master, slave = os.openpty()
    tty.setraw(slave)
    os.set_blocking(master, False)
    heard = bytearray()
    stop = threading.Event()

    def listen() -> None:
        while not stop.wait(0.01):
            try:
                heard.extend(os.read(master, 4096))
            except BlockingIOError:
                continue

    thread = threading.Thread(target=listen)
    thread.start()
    try:
        yield os.ttyname(slave), heard
    finally:
        stop.set()
        thread.join()
        os.close(master)
        os.close(slave)


def test_a_receiver_that_speaks_is_recognised_by_listening_alone() -> None:
    simulator = NmeaSimulator(every_s=0.2, paced=False)
    try:
        found = probe_port(port(simulator.start()), listen_s=1.0)
    finally:
        simulator.stop()
    assert (found.code, found.adapter, found.profile, found.source) == ("probe-found", "nmea", "nmea0183", Source.SIMULATED)
    assert [asked for asked, _, _ in found.asked] == ["listen 9600"], "nothing was sent"


def test_a_fingerprint_module_is_identified_with_every_question_and_its_answer() -> None:
    simulator = Ef01Simulator(quick("grow-r503-v12"), paced=False, picture=picture)
    try:
        found = probe_port(port(simulator.start()), listen_s=0.1)
    finally:
        simulator.stop()
    assert (found.code, found.adapter, found.serial) == ("probe-found", "ef01", "SIM00001")
    questions = [asked for asked, _, _ in found.asked]
    assert "read_sys_para" in questions
    assert not {"set_sys_para", "set_pwd", "set_adder", "aura_led", "led_on", "empty"} & set(questions)
    assert found.took_s < 5


def test_a_silent_port_says_so_in_time_and_only_harmless_bytes_were_sent() -> None:
    with recording_port() as (path, heard):
        found = probe_port(port(path), family_s=0.8, listen_s=0.1)
        assert found.code == "probe-silent"
        assert found.took_s < 30
        sent = bytes(heard)
    # Of the EF01 family only the proof of the shipped password goes out to a silent port: opcode 13, four zero bytes.
    assert sent.count(bytes.fromhex("ef01ffffffff010007130000000000" + "1b")) >= 1
    # Of GT-5xx only Open, of SFM only the status question.
    assert {sent[m.start() + 8] for m in re.finditer(rb"\x55\xaa\x01\x00", sent)} <= {0x01}
    assert {sent[m.start() + 1] for m in re.finditer(rb"\x40[\x00-\xff]{11}\x0a", sent)} <= {0x04}
    for opcode in (0x0D, 0x0E, 0x12, 0x15, 0x35, 0x50):
        assert bytes.fromhex("ef01ffffffff01") + b"\x00\x03" + bytes([opcode]) not in sent


def test_an_unknown_talker_is_a_row_for_a_bug_report() -> None:
    simulator = BarcodeSimulator(every_s=0.05, paced=False)
    try:
        found = probe_port(port(simulator.start()), family_s=0.5, listen_s=0.2)
    finally:
        simulator.stop()
    assert found.code == "probe-unknown"
    assert found.heard > 0


def test_ports_that_are_not_there_are_rows_and_progress_is_told() -> None:
    told: list[Progress] = []
    rows = list(probe_all(["/dev/no-such-port", "/dev/nor-this"], tell=told.append))
    assert [r.code for r in rows] == ["device-not-found"] * 2
    assert [(p.port, p.done, p.total) for p in told] == [("/dev/no-such-port", 0, 2), ("/dev/nor-this", 1, 2)]
    assert list(probe_all(["/dev/no-such-port"], stop=lambda: True)) == []

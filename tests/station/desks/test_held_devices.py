"""The device room shows the counter's own devices: a second object on the same port would only find it busy."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from devices.contract import Device
from devices.selftest import FAIL
from devices.simulated.serial_ef01 import Ef01Simulator
from station.app import Station
from station.desks.devices import DeviceDesk
from station.keys import Argon2Cost, PassphraseWrapper
from station.production import ProductionCounter, open_production

CHEAP = Argon2Cost(1, 64, 1)


def _wrapper() -> PassphraseWrapper:
    return PassphraseWrapper("một câu dài để thử", CHEAP)


@pytest.fixture
def counter(tmp_path: Path) -> Iterator[ProductionCounter]:
    """A real station's counter with a module on a serial line, held as after a capture."""
    simulator = Ef01Simulator(None, ())
    port = simulator.start()
    made = Station.open(tmp_path, wrapper=_wrapper(), cost=CHEAP)
    made.save_settings(made.settings.replaced("devices.scanner", f"ef01 port={port} profile=zfm-generic"))
    made.close()
    counter = open_production(tmp_path, _wrapper())
    counter.scanner.open()
    yield counter
    counter.close()
    simulator.stop()


def test_a_scanner_that_the_counter_holds_is_shown_and_tested_as_it_is(counter: ProductionCounter) -> None:
    number = counter.scanner.device_id
    alone = DeviceDesk(counter.station)
    alone.search()
    assert FAIL in {s.code for s in alone.self_test(number).steps}  # a second object finds the port busy
    desk = DeviceDesk(counter.station, counter)
    desk.search()
    assert desk.row(number).device is counter.scanner
    assert desk.row(number).info.error_code == ""
    threads: list[str] = []
    drive = counter.drive

    def seen(device: Device, job: Callable[[], object]) -> object:
        return drive(device, lambda: (threads.append(threading.current_thread().name), job())[1])

    counter.drive = seen  # the real one still drives; only the thread's name is noted
    tested = desk.self_test(number)
    assert FAIL not in {s.code for s in tested.steps}
    assert threads == [f"device-{number}"]  # the thread that drives it, no other


def test_a_device_that_is_not_the_counters_is_left_alone(counter: ProductionCounter) -> None:
    station = counter.station
    station.settings = station.settings.replaced("devices.scanner", "simulated-scanner")
    desk = DeviceDesk(station, counter)
    desk.search()
    assert desk.row("simulated-scanner").device is not counter.scanner

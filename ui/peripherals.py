"""Scans and troubles of the devices beside the counter, brought from their threads to the window."""

from __future__ import annotations

from station.advice import screen_code
from station.counter import Counter
from station.device_room import DeviceRoom
from station.peripherals import Peripherals, Trouble
from ui.qt import QObject, Signal
from ui.shell import Shell
from ui.theme.tokens import State

SETTINGS = ("devices.document_reader", "devices.positioner")


class PeripheralBridge(QObject):
    """Signals are delivered on the window's thread, whichever thread they are sent from."""

    _scanned = Signal(str)
    _troubled = Signal(str, str)

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self._shell = shell
        self._scanned.connect(shell.scanned)
        self._troubled.connect(self._say)

    def start(self, counter: Counter) -> None:
        """Run what the settings name until the counter closes. Called on the station's thread."""
        station = counter.station
        room = DeviceRoom.from_settings(station.settings, station.certificates, station.clock.now, names=SETTINGS)
        beside = Peripherals(room.rows(), self._scanned.emit, self._trouble, now_s=lambda: station.clock.now().timestamp())
        station.here = lambda: beside.here
        counter.beside.others = beside.around
        counter.before_close.append(beside.close)

    def _trouble(self, trouble: Trouble) -> None:
        self._troubled.emit(trouble.device_id, trouble.code)

    def _say(self, device_id: str, code: str) -> None:
        texts = self._shell.texts
        if not code:
            self._shell.say(State.GOOD, f"{texts('device.state.ready')}: {device_id}")
        else:
            self._shell.say(State.RETRY, f"{texts(code)}: {device_id}", texts.second(code), code, screen_code(code, device_id))


def start_peripherals(shell: Shell, counter: Counter) -> None:
    """Start the readers and the receiver of the settings beside an opened counter, where there are any."""
    if any(counter.station.settings.text(name) for name in SETTINGS):
        bridge = PeripheralBridge(shell)
        shell.jobs.submit(lambda: bridge.start(counter))

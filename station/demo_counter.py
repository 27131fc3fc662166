"""The demo counter: station, simulated devices, invented visitors and the intake process, opened in the order the eye needs them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from devices.emrtd.access import AccessKey
from devices.emrtd.trust import TrustView
from devices.simulated.card_authority import test_authority
from devices.simulated.card_reader import SimulatedCardReader
from devices.simulated.page import Lying, PageFault, SimulatedDocumentCamera
from devices.simulated.serial_push import NmeaSimulator
from station.app import Station
from station.chip import csca_store
from station.chip_demo import demo_chip
from station.clock import Clock, SystemClock
from station.counter import Counter
from station.demo import (
    call_person,
    demo_citizens,
    demo_devices,
    demo_iris,
    demo_population,
    do_as_asked,
    open_demo_station,
    person_seed,
)
from station.demo_intake import DemoIntake
from station.desk.tickets import CardOnTable, Visitor
from station.device_room import DeviceRoom, DeviceWish
from station.dossier.procedure import Modality, load_procedure
from station.errors import StationError
from station.peripherals import Here, Peripherals
from station.population.synthetic import SyntheticCitizen

if TYPE_CHECKING:
    from devices.simulated.sbi import SbiSimulator

DEMO_PLACE = (15.0032, 108.0041)
"""Where the demo's kit stands: among the homes of its village list, on no real road."""
VISITORS = 7
LYING_S = 1e9
"""How long a hand lies on the demo's table: until the paper is laid there again."""
IRIS_SETTLES = 3.0
"""How much longer than the fingers the eyes take until they are right before the camera."""
FIRST_TICKET = 101


class DemoCounter:
    """`open()` returns a usable counter at once; the intake starts behind it and sending begins when it is there."""

    place = "Thị trấn Ví Dụ · Kit 0417"

    def __init__(
        self,
        folder: Path,
        *,
        seed: int = 7,
        clock: Clock | None = None,
        procedure: str = "vn-60-2021",
        light_s: float = 1.2,
        desk: str = "all",
        visitors: int = VISITORS,
        intake: Callable[[Path], DemoIntake] = DemoIntake,
    ) -> None:
        self._desk, self._count = desk, visitors
        self._folder, self._seed, self._procedure, self._light_s = folder, seed, procedure, light_s
        self._clock: Clock = clock or SystemClock()
        self.intake = intake(folder / "intake")
        self.counter: Counter | None = None
        self.intake_error: StationError | None = None
        self.connected = threading.Event()

    def open(self) -> Counter:
        """Open the station; raises as `Station.open` does."""
        station = open_demo_station(self._folder / "station", clock=self._clock, desk=self._desk)
        scanner, camera = demo_devices(self._clock)
        documents = SimulatedDocumentCamera(pacer=self._clock)
        population = demo_population(self._seed, self._count)
        citizens = demo_citizens(population, self._count)
        # The first to be called has an old chip card, and one letter of the form differs: the first minute shows what a look-up is for.
        first = next((c for c in citizens if c.chip is not None), citizens[0])
        citizens = [with_a_slip_of_the_pen(first), *(c for c in citizens if c is not first)]
        visitors = [
            Visitor(str(FIRST_TICKET + n), c, person_seed(self._seed, c), partial(card_on_table, c))
            for n, c in enumerate(citizens)
        ]
        station.here = self._here_of(station)
        iris = None
        if any(s.modality is Modality.IRIS for s in load_procedure(self._procedure).steps):
            iris, self._eyes = demo_iris(self._clock, IRIS_SETTLES * self._light_s)

        paper = [self._seed]

        def step_up(seed: int) -> None:
            paper[0] = seed
            call_person(scanner, camera, seed, light_s=self._light_s, procedure=self._procedure)
            documents.lay(Lying(seed, ((PageFault.HALF_OUT, self._light_s),) if self._light_s else ()))
            if self._eyes is not None:
                self._eyes.call(seed)

        self.counter = Counter(station, scanner, camera, population, tuple(visitors), step_up, self._procedure, demo_trust, iris)
        self.counter.documents = documents
        self.counter.excepting.laid = lambda hand: documents.lay(Lying(paper[0], ((PageFault.HAND, LYING_S),) if hand else ()))
        self.counter.place = self.place
        self.counter.beside.card_readers = lambda: [SimulatedCardReader().describe()]
        self.counter.active.heard = partial(do_as_asked, camera)
        self.counter.queue.hand_out()
        plain = self.counter.seed_of
        people: dict[str, int] = {}

        def seed_of(number: str) -> int:
            if not people:  # three hundred people take a quarter of a second: made when somebody is asked for, not at the start
                people.update({c.truth["personal_no"]: person_seed(self._seed, c) for c in population})
            return people.get(number) or plain(number)

        self.counter.seed_of = seed_of
        self.counter.before_close.append(self.close)
        self._connecting = threading.Thread(target=self._connect, name="demo-intake", daemon=True)
        self._connecting.start()
        return self.counter

    def _here_of(self, station: Station) -> Callable[[], Here | None]:
        """The demo's GPS receiver, simulated to its bytes; started when a visit first asks where the kit is, None while it has no fix."""

        def here() -> Here | None:
            if self._receiver is None and not self._closed:
                self._gps = NmeaSimulator(at=DEMO_PLACE, now=self._clock.now)
                room = DeviceRoom([DeviceWish("nmea", {"port": self._gps.start()})], station.certificates, self._clock.now)
                self._receiver = Peripherals(
                    room.rows(), lambda _: None, lambda _: None, now_s=lambda: self._clock.now().timestamp()
                )
            return self._receiver.here if self._receiver is not None else None

        return here

    _gps: NmeaSimulator | None = None
    _receiver: Peripherals | None = None
    _closed = False
    _connecting: threading.Thread | None = None
    _eyes: SbiSimulator | None = None

    def _connect(self) -> None:
        counter = self.counter
        assert counter is not None
        try:
            self.intake.start()
            counter.start_sending(self.intake.connect(counter.station))
        except StationError as error:
            self.intake_error = error
        self.connected.set()

    def close(self) -> None:
        """Stop the intake, also one that is just starting; the counter does so before its station closes."""
        self._closed = True
        if self._receiver is not None:
            self._receiver.close()
        if self._gps is not None:
            self._gps.stop()
        self.intake.stop()
        if self._connecting is not None:
            self._connecting.join()
        self.intake.stop()
        if self._eyes is not None:
            self._eyes.stop()


def demo_trust() -> TrustView:
    """Trust the test state that issues the demo's cards, and nobody else."""
    return csca_store(None, (test_authority().der,))


def card_on_table(citizen: SyntheticCitizen) -> CardOnTable | None:
    """Lay the citizen's old chip card on a simulated reader; None for somebody without one."""
    chip = demo_chip(citizen)
    return (SimulatedCardReader(chip=chip), AccessKey.from_can(chip.made.can)) if chip is not None else None


def with_a_slip_of_the_pen(citizen: SyntheticCitizen) -> SyntheticCitizen:
    """Return the citizen with one mark of the mother's name written differently on today's form."""
    name = citizen.declared.get("mother_name", "")
    at = next((i for i, c in enumerate(name) if c in _OTHER_MARKS), -1)
    if at < 0:
        return citizen
    return replace(citizen, declared={**citizen.declared, "mother_name": name[:at] + _OTHER_MARKS[name[at]] + name[at + 1 :]})


_OTHER_MARKS = {
    "Ị": "Ì",
    "À": "Á",
    "Ễ": "Ề",
    "Ấ": "Ầ",
    "Ú": "Ù",
    "Ọ": "Ó",
    "Â": "Ă",
    "Ô": "Ơ",
    "ị": "ì",
    "à": "á",
    "ễ": "ề",
    "ấ": "ầ",
}

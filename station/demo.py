"""The demo station: its own folder, invented people, simulated devices, and an intake that is another process.

Nothing of a demo can reach a real intake: everything it makes is marked, and a production intake refuses the mark.
"""

from __future__ import annotations

import secrets
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final

from biometrics.portrait.synthesis import Fault
from biometrics.positions import SINGLE_FINGERS
from devices.contract import Camera, ImagingDevice, Scanner
from devices.simulated.camera import SimulatedCamera, Sitting
from devices.simulated.scanner import Applicant, SimulatedScanner
from devices.timing import Pacer
from station.app import Station
from station.clock import Clock
from station.demo_team import add_team, new_pin
from station.dossier.procedure import load_procedure
from station.keys import Argon2Cost, Role
from station.population.synthetic import SyntheticCitizen, SyntheticPopulation

if TYPE_CHECKING:
    from devices.simulated.sbi import SbiSimulator

ADMIN: Final = "demo-admin"
OPERATOR: Final = "demo"
PIN_FILE: Final = "demo/operator.pin"
POPULATION: Final = 300


def open_demo_station(folder: Path, *, clock: Clock | None = None, desk: str = "all") -> Station:
    """Open (or make) the demo station in `folder` and sign its operator in.

    The operator's PIN is drawn on the first start and lies in the demo's own folder: a demo protects nobody's data, and there is
    no default password to forget in a real one.
    """
    station = Station.open(folder, clock=clock, demo=True, cost=Argon2Cost(time=1, memory_kib=8 * 1024, lanes=1))
    try:
        _sign_in(station, desk)
    except BaseException:
        station.close()
        raise
    return station


def _sign_in(station: Station, desk: str) -> None:
    accounts = station.operators.accounts()
    if OPERATOR not in accounts or station.files.size(PIN_FILE) is None:
        if ADMIN not in accounts:
            secret = secrets.token_urlsafe(16)
            station.files.write(f"{PIN_FILE}.admin", secret.encode())
            station.operators.add(ADMIN, "Quản trị (demo)", [Role.SECURITY_ADMIN], secret, by=None, must_change=False)
        secret = station.files.read(f"{PIN_FILE}.admin", 100).decode()
        admin = station.sign_in(ADMIN, secret, desk=desk)
        pin = new_pin(10)
        station.files.write(PIN_FILE, pin.encode())
        if OPERATOR not in accounts:
            station.operators.add(OPERATOR, "Hồ Thị Bích Vân", [Role.CLERK, Role.CAPTURE], pin, by=admin, must_change=False)
        add_team(station, admin)
        station.sign_out("shift")
    station.sign_in(OPERATOR, station.files.read(PIN_FILE, 100).decode(), desk=desk)


def demo_population(seed: int, visitors: int = 0) -> SyntheticPopulation:
    """Return the people of the demo: invented, province code 099, phones 0900 000 xxx; enough of them for so many adult visitors."""
    return SyntheticPopulation(seed, max(POPULATION, 2 * visitors))


def demo_citizen(population: SyntheticPopulation, number: int) -> SyntheticCitizen:
    """Return the `number`-th adult who stands in the demo's queue."""
    return demo_citizens(population, number + 1)[number]


def demo_citizens(population: SyntheticPopulation, count: int) -> list[SyntheticCitizen]:
    """Return the first `count` adults, in the order of the demo's queue."""
    return list(islice((c for c in population if 2026 - int(c.truth["dob"][:4]) >= 16), count))


def person_seed(seed: int, citizen: SyntheticCitizen) -> int:
    """Return the seed of a citizen's fingers and face: the same person always shows the same."""
    return seed * 10_000 + citizen.finger_of


def demo_devices(pacer: Pacer) -> tuple[SimulatedScanner, SimulatedCamera]:
    """Return the simulated scanner and camera of the demo, open."""
    scanner, camera = SimulatedScanner(Applicant(1), pacer=pacer), SimulatedCamera(Sitting(1), pacer=pacer)
    scanner.open()
    camera.open()
    return scanner, camera


def demo_iris(clock: Clock, settle_s: float) -> tuple[ImagingDevice, SbiSimulator]:
    """Return a simulated iris camera, closed, and the device service behind it (its own keys, an address of this machine only)."""
    from devices.sbi.adapter import SbiScanner
    from devices.simulated.sbi import SbiSimulator

    service = SbiSimulator("iris-double", now=clock.now, settle_s=settle_s)
    service.start()
    try:
        found = SbiScanner.discover({"ports": str(service.port), "env": "Developer", "trust": service.trust(), "clock": clock})
        device = next(d for d in found if isinstance(d, ImagingDevice))
    except BaseException:
        service.stop()
        raise
    return device, service


def do_as_asked(camera: SimulatedCamera, challenge: str | None) -> None:
    """Let the simulated person answer a challenge of `biometrics.portrait.active` (twice, should the first be missed); None: sit straight."""
    move = _MOVES.get(challenge or "")
    camera.play(((None, 0.6), (move, 0.6), (None, 1.4), (move, 0.6)) if move is not None else ())


_MOVES = {"portrait-active-blink": Fault.EYES_CLOSED, "portrait-active-turn-left": Fault.TURNED_LEFT,
          "portrait-active-turn-right": Fault.TURNED_RIGHT}  # fmt: skip


def call_person(scanner: Scanner, camera: Camera, seed: int, *, light_s: float = 0.0, procedure: str = "") -> None:
    """Let the person of `seed` step up to the simulated devices and grow in the background what `procedure` will ask for ("": all ten)."""
    if isinstance(scanner, SimulatedScanner):
        scanner.call(Applicant(seed, light_s=light_s))
        steps = load_procedure(procedure).steps if procedure else ()
        scanner.warm_up(tuple(dict.fromkeys(f for s in steps for f in s.fingers)) if procedure else tuple(SINGLE_FINGERS))
    if isinstance(camera, SimulatedCamera):
        camera.call(Sitting(seed))

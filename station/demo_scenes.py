"""A demo station in the middle of its day: a team, sealed and refused packages, decisions waiting, cards, a village list.

Made from the same parts as real work (simulated devices, the enroller, a demo intake that signs), so that every screen shows real
objects; only the people are invented. `build_scenes` fills a folder that `DemoCounter` then opens like any other.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from devices.contract import Camera, Scanner
from station.app import Station
from station.clock import ManualClock, SystemClock, legal, legal_day
from station.demo import call_person, demo_citizen, demo_devices, demo_population, open_demo_station, person_seed
from station.demo_intake import DemoIntake
from station.dossier.consuming import NoticeDesk
from station.dossier.issued import CardDesk
from station.dossier.mending import Mending
from station.dossier.readiness import lines_to_review
from station.enrolling import Enroller
from station.files import RealFiles
from station.headless import send_all
from station.population.synthetic import SyntheticCitizen, SyntheticPopulation
from station.queue.model import State
from station.sealing import seal_dossier

Say = Callable[[str], None]
FIRST: Final = 20
"""The scene's people come after those who stand in the demo's queue."""
TOLD: Final = "hometown"
"""What the demo's centre refuses a package for: the hometown is missing or wrong (E44)."""
NOTE: Final = "scenes.json"
LONG_NAME: Final = "Công Tằng Tôn Nữ Hoàng Thị Quỳnh Dương Phương Anh"
"""As long as names get; invented. Nothing that shows it may cut it."""
LONG_AGO_DAYS: Final = 96
"""One defect is old enough for the 90-day alarm."""
HAMLETS: Final = ("Thôn 4", "Thôn 4", "Thôn 5", "Thôn 5", "Thôn 6", "Thôn 2")


@dataclass(slots=True)
class Scenes:
    """Which dossier is which."""

    acknowledged: str = ""
    refused: str = ""
    waiting: str = ""
    returned: str = ""
    exceptions: str = ""
    reviewing: str = ""
    """Captured, one finger an exception, an address that moved since, a phone the applicant calls wrong; nobody signed. It is paused."""
    cards: list[str] = field(default_factory=list)

    @classmethod
    def read(cls, folder: Path) -> Scenes | None:
        """Return what `build_scenes` noted in `folder`, None when it was not filled yet."""
        note = folder / NOTE
        return cls(**json.loads(note.read_text("utf-8"))) if note.is_file() else None


def build_scenes(folder: Path, *, seed: int = 7, procedure: str = "test-short", say: Say = lambda _: None) -> Scenes:
    """Fill `folder` (empty or a demo's) and return which dossier is which.

    Raises:
        StationError, DeviceError: as the parts do.
    """
    now = SystemClock().now()
    clock = ManualClock(now - timedelta(days=LONG_AGO_DAYS))
    station = open_demo_station(folder / "station", clock=clock, desk="3")
    scanner, camera = demo_devices(clock)
    try:
        with DemoIntake(folder / "intake") as intake:
            carrier = intake.connect(station)
            made = _fill(clock, now, station, scanner, camera, folder / "intake", demo_population(seed), seed, procedure, say)
            send_all(station, carrier, [e.package_id for e in station.queue.of_dossier(made.acknowledged)], lambda _: None)
            carrier.close()
        _after_the_centre(station, made)
        RealFiles(folder).write(NOTE, json.dumps(asdict(made)).encode())
    finally:
        scanner.close()
        camera.close()
        station.close()
    return made


def _fill(clock: ManualClock, now: datetime, station: Station, scanner: Scanner, camera: Camera, intake: Path, people: SyntheticPopulation, seed: int, procedure: str,
          say: Say) -> Scenes:  # fmt: skip
    made = Scenes()
    enroller = Enroller(station, scanner, camera)

    def opened(number: int, *, visit: str = "counter") -> tuple[str, SyntheticCitizen]:
        citizen = demo_citizen(people, FIRST + number)
        dossier = station.book.open_dossier(procedure, kind=citizen.kind, visit=visit)
        enroller.declare(dossier, citizen.declared)
        enroller.look_up(dossier, people)
        return dossier, citizen

    def captured(number: int) -> str:
        dossier, citizen = opened(number)
        say(f"captures of person {number + 1}")
        call_person(scanner, camera, person_seed(seed, citizen))
        enroller.capture_all(dossier)
        return dossier

    made.returned, _ = opened(3)
    station.book.set_field(made.returned, "full_name", LONG_NAME)
    Mending(station.book).report(made.returned, "S4", "addr_perm", "Đã chuyển nhà, sổ cũ")
    # Today's work, also soon after midnight: what was done "three hours ago" would then be yesterday's.
    midnight = legal(now).replace(hour=0, minute=0, second=0, microsecond=0).astimezone(now.tzinfo)
    began = max(now - timedelta(hours=3), midnight)
    clock.jump(began)
    made.acknowledged = captured(0)
    made.refused = captured(1)
    for dossier in (made.acknowledged, made.refused):
        enroller.review_and_sign(dossier)
    seal_dossier(station, made.acknowledged)
    say("a package that the centre refuses")
    _refuse(station, intake, seal_dossier(station, made.refused).package_id)
    made.waiting = made.acknowledged  # a decision about quality is asked for a capture that can be looked at
    station.book.ask(made.waiting, "low-quality", "rolled-right-index", "2", deferred=True)
    clock.advance((now - began).total_seconds() / 2)
    made.reviewing = _reviewing(station, enroller, *opened(4), scanner=scanner, camera=camera, seed=seed, say=say)
    made.exceptions, _ = opened(2)
    for finger in (3, 4, 5, 10):
        kind = "amputated" if finger < 5 else "stiff"
        station.book.declare_exception(made.exceptions, finger, kind, "lasting", "")
    clock.jump(now)
    return made


def _reviewing(station: Station, enroller: Enroller, dossier: str, citizen: SyntheticCitizen, *, scanner: Scanner, camera: Camera, seed: int,
               say: Say) -> str:  # fmt: skip
    book = station.book
    book.set_field(dossier, "addr_perm", "Tổ 2, Phường Ví Dụ, Tỉnh Ví Dụ")
    book.set_field(dossier, "phone", "0900 000 186")
    book.declare_exception(dossier, 5, "amputated", "lasting", "")
    say("a person who reviews")
    call_person(scanner, camera, person_seed(seed, citizen))
    enroller.capture_all(dossier)
    lines = lines_to_review(book.state(dossier))
    book.review(dossier, {name: name != "phone" for name in lines if name not in {"addr_perm", "marks"}})
    station.life.pause(dossier)
    return dossier


def _refuse(station: Station, intake: Path, package: str) -> None:
    """Let the centre's own key say no, as it would over a stick: a signed refusal that names the field."""
    from station.intake.serve import DEMO, open_intake

    entry = station.queue.get(package)
    assert entry is not None, "sealed just now"
    centre = open_intake(intake, DEMO, passphrase=None, database=None)
    try:
        answer = centre.refuse(entry.manifest_sha256, station.origin, TOLD).answer
    finally:
        centre.store.close()
    station.queue.answer(package, answer, "stick")
    station.tell_journal()
    assert station.queue.counts()[State.REFUSED], "the refusal was believed"


def _after_the_centre(station: Station, made: Scenes) -> None:
    """Notices as the centre sends them: a delivery of cards, the village list."""
    station.tell_journal()
    desk = NoticeDesk(station.journal, station.clock)
    made.cards = [made.acknowledged, made.refused, made.exceptions]
    cards = [{"serial": f"099{i:06d}", "dossier": d} for i, d in enumerate(made.cards, 1)]
    desk.consume("demo-cards-1", "cards", {"manifest": "TH-0417-01", "cards": cards})
    CardDesk(station.book).check_in({"manifest": "TH-0417-01", "cards": cards}, ["099000001", "099000003"])
    CardDesk(station.book).undelivered(made.exceptions, "not-home", phone_tries=2)
    desk.consume("demo-day-list-1", "day-list", {"people": _village(station)})


def _village(station: Station) -> list[dict[str, Any]]:
    people = demo_population(11)
    day = legal_day(station.clock.now())
    old = [c for c in people if 1925 <= int(c.truth["dob"][:4]) <= 1952][:6]
    rows: list[dict[str, Any]] = []
    for number, citizen in enumerate(old):
        rows.append({"personal_no": citizen.truth["personal_no"], "name": citizen.full_name, "address": f"{HAMLETS[number]}, Xã Mẫu Hạ",
                     "latitude": 15.0 + 0.004 * number, "longitude": 108.0 + 0.003 * (number * 5 % 7), "note": citizen.truth["dob"][:4]})  # fmt: skip
    rows[-2]["revisit"] = day.isoformat()
    return rows

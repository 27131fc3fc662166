"""S17: the day list of a mobile team, one person open, time with each, when to stop. Offline is the normal state."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from station.app import Station
from station.clock import legal_day
from station.desks.pictures import Picture, portrait_of
from station.dossier.consuming import day_list
from station.dossier.home import Call, HomeVisit, KitHealth, Place
from station.dossier.parts import Lifecycle
from station.dossier.state import DossierState
from station.errors import InputError
from station.exchange import inbox
from station.queue.model import State
from station.sticks import mounted, open_stick
from station.vietnam.number import parse_number
from station.views.base import Words, grouped
from station.views.home import HomeView, home_view

POWER: Final = Path("/sys/class/power_supply")


@dataclass(frozen=True, slots=True)
class Person:
    """Who is open: for the head of the screen."""

    dossier: str
    name: str
    number: str
    born: str
    address: str
    portrait: Picture | None
    minutes: float
    rests: int
    saved_at: str
    helper: str = ""
    stamp: Words | None = None
    """Where and when the visit was stamped, None without a receiver's word."""


@dataclass(frozen=True, slots=True)
class VisitView:
    """The screen: the list, the person, the kit's health, how many packages wait sealed on this machine."""

    home: HomeView
    person: Person | None
    state: DossierState | None
    health: KitHealth
    sealed_here: int
    receiver: Words
    """What is known of the kit's own place: coordinates, or why there are none."""


class VisitDesk:
    """Intents of a home visit."""

    def __init__(self, station: Station, procedure: str, power: Path = POWER) -> None:
        self._station = station
        self._procedure = procedure
        self._power = power
        self._notes = HomeVisit(station.book)

    def calls(self) -> tuple[Call, ...]:
        """Return the newest day list that came."""
        return day_list(self._station.journal)

    def health(self) -> KitHealth:
        """Return what the kit knows of itself now."""
        share, minutes = battery(self._power)
        room = self._station.guards.dossiers_left(self._station.files.free_bytes())
        here = self._station.here()
        return KitHealth(share, minutes, room, here.clock_off_s if here is not None else None)

    def here(self) -> Place | None:
        """Return where the kit stands, as a GPS receiver says."""
        here = self._station.here()
        return Place(here.latitude_deg, here.longitude_deg) if here is not None else None

    def view(self, open_dossier: str = "", here: Place | None = None) -> VisitView:
        """Return S17; `here` is where the kit stands, if known (default: what the GPS receiver says)."""
        states = self._station.book.states()
        health, day = self.health(), legal_day(self._station.clock.now())
        home = home_view(self.calls(), states, health, day, here=here or self.here(), open_dossier=open_dossier)
        state = next((s for s in states if s.id == open_dossier), None)
        counts = self._station.queue.counts()
        place = here or self.here()
        receiver = Words("s17.here", _place(place)) if place is not None else Words(
            "s17.no-fix" if self._station.settings.text("devices.positioner") or self._station.demo else "s17.no-receiver")  # fmt: skip
        return VisitView(home, self._person(state) if state is not None else None, state, health, counts[State.SEALED], receiver)

    def _person(self, state: DossierState) -> Person:
        notes = self._notes.notes(state.id)
        stamp = None
        if notes.place is not None and notes.placed_at is not None:
            stamp = Words("s17.stamped", {**_place(notes.place), "time": f"{notes.placed_at.astimezone():%H:%M}"})
        saved = state.changed_at.astimezone()
        return Person(state.id, state.value("full_name"), grouped(state.value("personal_no")), state.value("dob"), state.value("addr_perm"),
                      portrait_of(self._station.journal, state), self._notes.minutes_with(state.id), notes.rests,
                      f"{saved:%H:%M}", notes.helper, stamp)  # fmt: skip

    def arrive(self, personal_no: str, *, helper: str = "", place: Place | None = None) -> str:
        """Open (or go on with) the dossier of a person of the day list and note the arrival; returns the dossier.

        The place is stamped: `place`, or what the GPS receiver says.

        Raises:
            InputError: not on the list.
        """
        call = next((c for c in self.calls() if c.personal_no == personal_no), None)
        if call is None:
            raise InputError("This person is not on today's list; nothing was opened.", code="queue-empty")
        book = self._station.book
        known = next((s for s in book.states() if s.value("personal_no") == personal_no and not s.sealed), None)
        if known is not None:
            if known.lifecycle is Lifecycle.PAUSED:
                self._station.life.resume(known.id)
            dossier = known.id
        else:
            dossier = self._opened({"full_name": call.name, "personal_no": call.personal_no, "addr_perm": call.address})
        self._notes.note(dossier, "arrived", helper=helper, place=place or self.here())
        return dossier

    def _opened(self, applicant: dict[str, str]) -> str:
        order, without = self._station.steps_here()
        given = {k: v for k, v in applicant.items() if v}
        return self._station.book.open_dossier(
            self._procedure, applicant=given, visit="home", kind="", order=order, without=without
        )

    def arrive_by_number(self, text: str) -> str:
        """Open (or go on with) a visit to somebody who is not on the list, by the personal number; returns the dossier.

        Raises:
            InputError: no personal number of twelve digits.
        """
        number = str(parse_number(text))
        if any(c.personal_no == number for c in self.calls()):
            return self.arrive(number)
        known = next((s for s in self._station.book.states() if s.value("personal_no") == number and not s.sealed), None)
        if known is not None and known.lifecycle is Lifecycle.PAUSED:
            self._station.life.resume(known.id)
        dossier = known.id if known is not None else self._opened({"personal_no": number})
        self._notes.note(dossier, "arrived", place=self.here())
        return dossier

    def helped_by(self, dossier: str, helper: str) -> None:
        """Name who helps this person: reads, answers, holds the hand."""
        self._notes.note(dossier, "helped", helper=helper, place=self.here())

    def take_list(self, folder: str) -> int:
        """Take the centre's notices (the day list among them) from an allowed stick; returns how many were new.

        Raises:
            CarrierError: the stick is not allowed (E46) or gone. StationError: no intake was joined.
        """
        return inbox(self._station).take_stick(open_stick(self._station, Path(folder)))

    def sticks(self) -> tuple[str, ...]:
        """Return the folders of labelled sticks that are mounted now."""
        return tuple(str(p) for p in mounted())

    def rest(self, dossier: str) -> None:
        """Note a rest; everything taken is on the disk already."""
        self._notes.note(dossier, "rested", place=self.here())

    def leave(self, dossier: str) -> None:
        """Leave this person: time ends, the dossier waits exactly where it is."""
        state = self._station.book.state(dossier)
        self._notes.note(dossier, "left", place=self.here())
        if not state.sealed and state.lifecycle is Lifecycle.OPEN:
            self._station.life.pause(dossier, "visit")


def _place(place: Place) -> dict[str, str]:
    """Degrees with four decimals (about ten metres), as people in the country write numbers."""
    return {"latitude": f"{place.latitude:.4f}".replace(".", ","), "longitude": f"{place.longitude:.4f}".replace(".", ",")}


def battery(power: Path = POWER) -> tuple[float | None, float | None]:
    """Return (share 0..1, minutes left) of the first battery as the system tells, (None, None) on mains or without one."""
    try:
        cells = sorted(p for p in power.iterdir() if (p / "capacity").is_file())
    except OSError:
        return None, None
    for cell in cells:
        share = _number(cell / "capacity")
        if share is None or _word(cell / "status") in {"Charging", "Full", "Not charging"}:
            continue
        now = _number(cell / "energy_now") or _number(cell / "charge_now")
        rate = _number(cell / "power_now") or _number(cell / "current_now")
        return share / 100, 60 * now / rate if now and rate else None
    return None, None


def _number(path: Path) -> float | None:
    text = _word(path)
    return float(text) if text.isdigit() else None


def _word(path: Path) -> str:
    try:
        return path.read_text("ascii")[:40].strip()
    except (OSError, UnicodeDecodeError):
        return ""

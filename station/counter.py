"""The counter behind the window: one place that turns intents into calls on the station's objects and gives plain view state.

Every method that touches the journal, the queue or a device is meant for the station's own worker thread; the window never calls
them directly (`ui.bridge`). No Qt here: the same object is driven by tests.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import replace

from devices.contract import Camera, ImagingDevice, Scanner
from devices.emrtd.trust import CscaStore, TrustView
from station.app import Station
from station.carriers import TusCarrier
from station.desk.beside import DevicesHere
from station.desk.capturing import Capturing
from station.desk.cards import CardTable
from station.desk.comparing import CompareDesk
from station.desk.faces import FaceDesk
from station.desk.finishing import FinishDesk
from station.desk.form import FormDesk
from station.desk.identity import IdentityDesk
from station.desk.reporting import ReportDesk
from station.desk.scans import ScanView, printed_kind, read_scan
from station.desk.shift import ShiftDesk
from station.desk.signing import SigningDesk
from station.desk.supervising import SupervisorDesk
from station.desk.tickets import CardOnTable, DayQueue, Visitor
from station.desks.sending import Retried, SendingDesk
from station.desks.visits import battery
from station.dossier.numbers import CodeKind, read_code, station_digits
from station.dossier.procedure import Modality
from station.dossier.proposing import confirm_kind
from station.errors import InputError, StationError
from station.exchange import make_uploader
from station.journal.guards import disk_state
from station.memory import trim
from station.population.model import Population
from station.queue import Uploader
from station.queue.model import Entry, State
from station.sealing import seal_dossier
from station.vietnam.paper_kinds import paper_kinds
from station.views.alarms import Alarm, alarms_of
from station.views.base import Tone
from station.views.chip_face import ChipFaceView
from station.views.sending import SendingView
from station.views.strip import StripView, next_stage, stage_before, strip_view
from station.views.today import TodayView
from station.views.waiting import WaitingTicket
from station.words.languages import BUILT_IN, OtherLanguage


class Counter(Capturing):
    """What the window drives."""

    def __init__(self, station: Station, scanner: Scanner, camera: Camera, population: Population, visitors: tuple[Visitor, ...],
                 call_person: Callable[[int], None], procedure: str = "vn-60-2021", trust: Callable[[], TrustView] | None = None,
                 iris: ImagingDevice | None = None) -> None:  # fmt: skip
        """`iris`: the iris camera, where this station has one; dossiers are then opened with their irises."""
        super().__init__(station, scanner, camera, iris)
        self._call_person = call_person
        self._procedure = procedure
        paper_kinds()  # read here, on the station's thread: a window names papers too and opens no file
        self.queue = DayQueue(station, visitors, call_person, procedure)
        self.compare = CompareDesk(station, population)
        self.identity = IdentityDesk(station, population)
        self.form = FormDesk(station)
        self.signing = SigningDesk(station)
        self.finishing = FinishDesk(station)
        self.supervisor = SupervisorDesk(station)
        self.reports = ReportDesk(station)
        self.shift = ShiftDesk(station)
        self.queue_desk = SendingDesk(station)
        self.cards = CardTable(station, self._card_of, trust or CscaStore)
        self.faces = FaceDesk(station, self.cards.view)
        self._uploader: Uploader | None = None
        self.beside = DevicesHere(
            station, lambda: [d for d in (self.scanner, self.camera, self.iris, self.documents) if d is not None]
        )
        self.beside.documents = lambda: self.documents
        self.place = ""
        """Where this station stands, for the top bar."""
        self.before_close: list[Callable[[], None]] = []
        """Called before anything is closed: whoever works on the station from a thread of their own ends it here."""

    # --- for the other desks -------------------------------------------------------------------------------------------------

    @property
    def procedure(self) -> str:
        """The procedure that new dossiers follow."""
        return self._procedure

    @property
    def applicant_language(self) -> tuple[str, OtherLanguage | None]:
        """The language of the applicant's screen, with its words where a site added it (any thread; what the officer reads is another
        setting). A language whose file is gone is Vietnamese."""
        wanted = self.station.settings.text("applicant.language")
        other = self.station.languages.get(wanted)
        return (wanted if other is not None or wanted in BUILT_IN else "vi"), other

    def step_up(self, personal_no: str) -> None:
        """Somebody comes to the devices (simulated ones then show this person's fingers and face; real ones need no telling)."""
        self._call_person(self.seed_of(personal_no))

    seed_of: Callable[[str], int] = staticmethod(lambda number: int(number[-9:]) if number[-9:].isdigit() else 1)
    """Whose fingers and face a simulated device shows for a personal number (a demo knows its own people)."""

    # --- the day -----------------------------------------------------------------------------------------------------------

    def today(self) -> TodayView:
        """Return the queue of the day, devices and the four words (S1), after telling the journal what the queue learnt."""
        self.station.tell_journal()
        view, clock = self.queue.today(self.beside.rows()), self.shift.clock()
        sending = self._uploader.status() if self._uploader is not None else None
        if sending is not None and (sending.error or sending.last_success is not None):
            view = replace(view, line=sending.error)
        return replace(view, clock=clock) if clock.tone in {Tone.BLOCKED, Tone.EXCEPTION} else view

    def call(self, ticket: str, reason: str = "") -> str:
        """Call a ticket and return its dossier: opened now, or gone on with where it stopped; compared with the register.

        Raises:
            ProcedureError: nobody of that ticket waits, or it is not their turn and no reason was given.
        """
        dossier = self.queue.call(ticket, reason)
        state = self.station.book.state(dossier)
        if not (state.sealed or state.look_up is not None):
            self.compare.ensure(dossier)
        self.judges.warm(Modality.FINGER)
        return dossier

    def stage(self, dossier: str) -> str:
        """Return the screen on which a dossier goes on."""
        return next_stage(self.station.book.state(dossier)) or "finish"

    def onward(self, dossier: str, done: str) -> str:
        """Return where a dossier goes after the stage `done`: the next one, or "home" when another desk takes over."""
        trim()  # between two desks: what the last one's pictures took
        if self.station.book.state(dossier).captures_complete:
            self.check_fingers(dossier)  # its outcome stands in the dossier before anybody reviews it
        following = next_stage(self.station.book.state(dossier), looked=True) or "finish"
        desk = {"lookup": "1", "declaration": "2", "fingers": "3", "portrait": "4", "iris": "4"}.get(following, "5")
        state = self.station.book.state(dossier)
        if following != done and desk != state.desk and not state.sealed:
            self.station.life.hand_to(dossier, desk)
        mine = self.station.session.desk
        if mine not in {"", "all"} and mine != desk and following != done:
            self.queue.pause(dossier)
            return "home"
        return following

    def back(self, dossier: str, stage: str) -> str:
        """Return the stage one step before `stage`, "home" before the first; whatever was entered and taken stays (Shift+F12)."""
        return stage_before(self.station.book.state(dossier), stage) or "home"

    def after_lookup(self, dossier: str) -> str:
        """Return where a dossier goes when its person is the right one; the kind that was proposed and shown is confirmed with it."""
        self.cards.stop()
        confirm_kind(self.station.book, dossier)
        return self.onward(dossier, "lookup")

    def find(self, code: str) -> str:
        """Return the dossier of a scanned or typed code: a ticket, a printed dossier number, a personal number, "" when none is here.

        Raises:
            InputError: a code of this station's kind with a wrong digit.
        """
        digits = "".join(c for c in code if c.isdigit())
        if not digits:
            return ""
        states = self.station.book.states()
        if len(digits) == 12:
            return next((s.id for s in reversed(states) if s.value("personal_no") == digits), "")
        if ticket := self.ticket_of(code):
            return self.queue.dossier_of(ticket)
        read_code(code)
        number = code.strip()
        return next((s.id for s in states if number in (s.number, s.id)), "")

    def find_here(self, code: str) -> str:
        """Return what `find` does; the code of a dossier that another kit made names its owner.

        Raises:
            InputError: as `find`; E31, with the six digits by which printed numbers name that kit.
        """
        found = self.find(code)
        number = code.strip()
        if not found and printed_kind(number) is CodeKind.DOSSIER:
            kit, own = read_code(number)[1][:6], station_digits(self.station.origin)
            if kit != own:
                raise InputError(f"This code is a dossier of kit {kit} (this one is {own}); nothing was opened. Send the person or the draft there.",
                                 code="code-other-kit", kit=kit)  # fmt: skip
        return found

    @staticmethod
    def ticket_of(code: str) -> str:
        """Return the ticket's number that a scanned or typed code names, "" when it names something else.

        Raises:
            InputError: a ticket's code with a wrong digit.
        """
        digits = "".join(c for c in code if c.isdigit())
        if len(digits) <= 4:
            return digits
        if not digits.startswith(CodeKind.TICKET.value) or len(digits) == 12:
            return ""
        kind, body = read_code(code)
        return str(int(body)) if kind is CodeKind.TICKET else ""

    def alarms(self) -> tuple[Alarm, ...]:
        """Return what must be seen wherever somebody works: battery, disk, what stays here too long."""
        return alarms_of(battery()[0], disk_state(self.station.files), self.queue_desk.overdue())

    def waiting(self) -> tuple[WaitingTicket, ...]:
        """Return the tickets that wait, for the applicant's screen while nobody's dossier is open."""
        return self.queue.waiting()

    def read_scan(self, text: str) -> ScanView:
        """Tell what a scanner sent, on a screen that does not wait for it."""
        return read_scan(self.station, text, self.find, self.shift.badge)

    def open_tabs(self) -> tuple[tuple[str, str, str], ...]:
        """Return (dossier, ticket, stage) of every dossier that is open here, oldest first."""
        states = [s for s in self.station.book.states() if not s.sealed and s.lifecycle.value in {"open", "paused"}]
        return tuple((s.id, s.ticket, next_stage(s) or "finish") for s in states)

    def _card_of(self, ticket: str) -> CardOnTable | None:
        visitor = self.queue.visitors.get(ticket)
        return visitor.card() if visitor is not None and visitor.card is not None else None

    def strip(self, dossier: str) -> StripView:
        """Return the strip that stands over every screen of a dossier."""
        return strip_view(self.station.book.state(dossier))

    # --- captures ----------------------------------------------------------------------------------------------------------

    def chip_face(self, dossier: str, step: str) -> ChipFaceView:
        """Return the chip's photo beside the best try of the portrait (S5)."""
        return self.faces.view(dossier, self.tries.picture(dossier, step), self.judges.portrait)

    def pause(self, dossier: str) -> None:
        """F9: what was tried is written down, then the dossier waits exactly where it is."""
        self.keep_tries()
        self.queue.pause(dossier)

    # --- seal, send ----------------------------------------------------------------------------------------------------------

    def seal(self, dossier: str) -> Entry:
        """Seal and queue."""
        self.check_fingers(dossier)
        self.finishing.prepare(dossier)
        entry = seal_dossier(self.station, dossier)
        if self._uploader is not None:
            self._uploader.wake()
        trim()  # the pictures of this person are in the package now
        return entry

    def start_sending(self, carrier: TusCarrier, on_change: Callable[[Entry], None] | None = None) -> None:
        """Start the one uploader thread (not when the counter was closed while the intake was starting)."""
        if self._closed:
            carrier.close()
            return
        self._carrier = carrier
        self._uploader = make_uploader(self.station, carrier, on_change)
        self._uploader.start()

    _carrier: TusCarrier | None = None
    _closed = False

    def send_now(self, chosen: Collection[str] = ()) -> Retried:
        """Forget the back-off and try now; `chosen` packages go before the others."""
        return self.queue_desk.retry(self._uploader, chosen)

    def sending(self) -> SendingView:
        """Return where every dossier really is (S11), after telling the journal what changed."""
        return self.queue_desk.view(self._uploader.status() if self._uploader is not None else None)

    def unsent(self) -> int:
        """Return how many packages are not acknowledged."""
        counts = self.station.queue.counts()
        return counts[State.SEALED] + counts[State.SENT]

    def close(self) -> None:
        """Stop threads and close the station; what was saved stays."""
        self._closed = True
        for first in self.before_close:
            first()
        with suppress(StationError):  # a disk that is full or gone: what was saved stays, the station still closes
            self.keep_tries()
        self.stop_capture()
        self.cards.stop()
        if self._uploader is not None:
            self._uploader.stop()
        if self._carrier is not None:
            self._carrier.close()
        self.close_devices()
        self.reports.close()
        self.station.close()

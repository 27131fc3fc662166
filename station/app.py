"""Where the parts are put together: one `Station` object for the window, the command line and the tests.

Everything a screen or a command does goes through here; nothing here knows of Qt.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Final

from devices.contract import Device, DeviceIdentity
from devices.grade import CertificateFacts, CertificateSource, Grade, no_certificates
from station.capture.admission import admission
from station.clock import Clock, SystemClock
from station.dossier.book import DossierBook
from station.dossier.kinds import Kind
from station.dossier.life import Life
from station.dossier.procedure import Modality
from station.errors import AccessError, StorageError
from station.files import Files, RealFiles
from station.journal import Journal
from station.journal.guards import note_time, require_clock
from station.keys import (
    Argon2Cost,
    HybridSealer,
    Operators,
    OperatorSession,
    PassphraseWrapper,
    Sealer,
    StationKeys,
    UnprotectedWrapper,
    Wrapper,
)
from station.keys.audit import sign_head_if_due
from station.package.identity import IntakePublic
from station.peripherals import Here, nowhere
from station.queue.model import HistoryLine, State
from station.queue.store import Queue
from station.settings import Settings, settings_in, store_settings
from station.words.languages import OtherLanguage, languages_in

if TYPE_CHECKING:
    from station.capture.finger_check import FingerCheck
    from station.keys.token import TokenClient

INTAKE_FILE: Final = "intake.key"
EVENT_OF_STATE: Final[dict[str, Kind]] = {
    State.SEALED: Kind.SEALED,
    State.SENT: Kind.SENT,
    State.ACKNOWLEDGED: Kind.RECEIPT,
    State.REFUSED: Kind.REFUSED,
}
"""What the journal is told of the queue's changes of state."""
TIME_TOLD_EVERY: Final = timedelta(hours=1)


@dataclass(slots=True)
class Session:
    """Who works here now, as the dossier's book wants to know it."""

    operator: str = ""
    roles: frozenset[str] = frozenset()
    desk: str = ""


@dataclass(slots=True)
class Guards:
    """What is looked at before a capture, not after (E02, E03)."""

    least_free_bytes: int = 500_000_000
    dossier_bytes: int = 12_000_000

    def dossiers_left(self, free_bytes: int) -> int:
        """Return about how many dossiers the disk still holds."""
        return max(0, (free_bytes - self.least_free_bytes) // self.dossier_bytes)


def software_version() -> str:
    """Return what is written into packages as the software."""
    try:
        return f"enrollment-station {version('enrollment-station')}"
    except PackageNotFoundError:
        return "enrollment-station 0.1.0"


@dataclass
class Station:
    """One station on one folder. Make it with `Station.open`."""

    folder: Path
    files: Files
    clock: Clock
    keys: StationKeys
    journal: Journal
    operators: Operators
    queue: Queue
    settings: Settings
    demo: bool = False
    session: Session = field(default_factory=Session)
    operator: OperatorSession | None = None
    guards: Guards = field(default_factory=Guards)
    sealer: Sealer = field(default_factory=HybridSealer)
    """What seals content keys; an external cipher module takes its place here and nowhere else."""
    certificates: CertificateSource = no_certificates
    """Finds a device's calibration certificate; without one a real device previews and cannot enroll."""
    here: Callable[[], Here | None] = nowhere
    """Where the kit is and how far its clock is off, as a GPS receiver says; None without one."""
    takes_irises: bool = False
    """Whether an iris camera belongs to this station; dossiers opened without one leave optional irises out."""
    languages: Mapping[str, OtherLanguage] = field(default_factory=dict)
    """Languages of the applicant's screen that this site added, by code."""
    _telling: threading.Lock = field(default_factory=threading.Lock)

    @classmethod
    def open(cls, folder: Path, *, clock: Clock | None = None, passphrase: str | None = None, demo: bool = False,
             cost: Argon2Cost | None = None, files: Files | None = None, wrapper: Wrapper | None = None) -> Station:  # fmt: skip
        """Open a station's folder, making keys and journal on the first start.

        Args:
            folder: where everything lives.
            clock: injected time; default the system's.
            passphrase: opens the keys; None is allowed for a demo only (its keys lie unprotected and say so).
            demo: marks everything; a demo's dossiers can go to a demo intake only.
            cost: of Argon2id; the default is for people, tests take a cheap one.
            files: another file layer (fault injection).
            wrapper: what opens the keys instead of a passphrase: a PKCS#11 token, the desktop's keyring.

        Raises:
            StorageError: wrong passphrase, newer journal, disk full, folder in use.
        """
        clock = clock or SystemClock()
        files = files or RealFiles(folder)
        if passphrase is None and wrapper is None and not demo:
            raise AccessError(
                "A station's keys are protected by a passphrase; nothing was opened. Give it at the prompt.", code="no-passphrase"
            )
        if wrapper is None:
            by_passphrase = passphrase is not None
            wrapper = PassphraseWrapper(passphrase or "", cost or Argon2Cost()) if by_passphrase else UnprotectedWrapper(files)
        keys = StationKeys.open_or_create(files, wrapper)
        if Journal.exists(files):
            journal = Journal.open(files, keys.journal_key, clock)
        else:
            journal = Journal.create(files, keys.journal_key, keys.station_id, clock)
        try:
            settings = settings_in(files)
            queue = Queue(
                files,
                clock,
                intake=cls._read_intake(files),
                find_station=lambda k: next((p for p in keys.publics if p.key_id == k), None),
                key=derived(keys.journal_key, "queue"),
            )
        except BaseException:
            journal.close()
            raise
        station = cls(folder, files, clock, keys, journal, Operators(journal, clock, cost), queue, settings, demo)
        station.certificates = station.certificate_of
        station.languages = languages_in(files)[0]
        return station

    @staticmethod
    def _read_intake(files: Files) -> IntakePublic | None:
        return IntakePublic.from_bytes(files.read(INTAKE_FILE, 20_000)) if files.size(INTAKE_FILE) is not None else None

    @property
    def origin(self) -> str:
        """This station's id: its origin in events."""
        return self.journal.origin

    @property
    def book(self) -> DossierBook:
        """The intents on dossiers, in the name of the signed-in operator (one book per session, it caches states)."""
        if self._book is None:
            self._book = DossierBook(self.journal, self.clock, self.session, self._sign_as_operator)
            self._book.site_rules = lambda: self.settings.capture_rules
        return self._book

    _book: DossierBook | None = None

    @property
    def finger_check(self) -> FingerCheck:
        """The sequence check of the fingers, with the recent people of this station (made at the first capture)."""
        if self._finger_check is None:
            from station.capture.finger_check import FingerCheck

            self._finger_check = FingerCheck(self)
        return self._finger_check

    _finger_check: FingerCheck | None = None

    @property
    def life(self) -> Life:
        """Pause, resume, abandon and what comes around the captures."""
        return Life(self.book)

    def _sign_as_operator(self, data: bytes) -> bytes:
        if self.operator is None:
            raise AccessError("Nobody is signed in; nothing was signed. Sign in first.", code="not-signed-in")
        return b"".join(len(s := signature.to_bytes()).to_bytes(4, "big") + s for signature in self.operator.signer.sign(data))

    def sign_in(self, operator_id: str, secret: str, *, desk: str) -> OperatorSession:
        """Sign an operator in at a desk.

        Raises:
            AccessError: wrong secret, locked account.
        """
        return self._signed_in(self.operators.sign_in(operator_id, secret, desk=desk))

    def sign_in_by_card(self, operator_id: str, client: TokenClient, *, desk: str) -> OperatorSession:
        """Sign an operator in by the smart card in `client` (`station.keys.cards`).

        Raises:
            AccessError: another card, locked account.
        """
        from station.keys.cards import sign_in_by_card

        return self._signed_in(sign_in_by_card(self.operators, operator_id, client, desk=desk))

    def _signed_in(self, session: OperatorSession) -> OperatorSession:
        self.operator = session
        self.session.operator, self.session.desk = session.operator_id, session.desk
        self.session.roles = frozenset(str(r) for r in session.roles)
        return session

    def sign_out(self, why: str = "asked") -> None:
        """Sign the operator out; dossiers stay as they are."""
        if self.operator is not None:
            self.operators.sign_out(self.operator, why)
        self.operator = None
        self.session.operator, self.session.roles = "", frozenset()

    def pin_intake(self, intake: IntakePublic) -> None:
        """Trust this intake from now on: packages are sealed to it, only its receipts are believed."""
        self.files.write(INTAKE_FILE, intake.to_bytes())
        self.queue.intake = intake

    def steps_here(self, *, iris: bool | None = None) -> tuple[tuple[Modality, ...], tuple[Modality, ...]]:
        """Return `order` and `without` for `DossierBook.open_dossier`: the site's order of captures, and irises only where a device is
        (`iris` None: as `takes_irises` says).

        An order in the settings that is none is left out: the procedure's own holds.
        """
        words = [w.strip() for w in self.settings.text("procedure.order").split(",") if w.strip()]
        known = set(map(str, Modality))
        order = tuple(Modality(w) for w in words) if set(words) == known and len(words) == len(known) else ()
        return order, () if (self.takes_irises if iris is None else iris) else (Modality.IRIS,)

    def check_before_capture(self) -> None:
        """Raise before a capture what would hurt after it: a clock that is surely wrong (E02), no room left on the disk (E03)."""
        if self.clock.source != "manual":  # a demo's or test's own time says nothing about this computer's clock
            require_clock(self.journal, self.clock)
        free = self.files.free_bytes()
        if self.guards.dossiers_left(free) < 1:
            raise StorageError(f"The disk has {free // 1_000_000} MB left, not enough for another dossier; what was saved is safe. "
                               "Send packages or free space, then go on.", code="E03", free=free)  # fmt: skip

    def certificate_of(self, identity: DeviceIdentity) -> CertificateFacts | None:
        """Return what the newest calibration certificate of a device says, checked with the keys that are believed now."""
        from station.device_certificates import CertificateBook

        return CertificateBook.of(self.files, self.journal, self.clock, self.keys).facts(identity)

    def admission(self, device: Device) -> Grade:
        """Return whether this opened device may enroll now, and if not why."""
        return admission(device, self.certificates, self.clock.now())

    def save_settings(self, settings: Settings, *, operator: str = "") -> None:
        """Write the settings file and note each change in the journal, in the name of `operator` (default: who is signed in)."""
        who = operator or self.session.operator
        store_settings(self.files, self.journal, self.settings, settings, operator=who, desk=self.session.desk)
        self.settings = settings

    def tell_journal(self) -> int:
        """Write the queue's changes of state into the journal as events; returns how many. Safe to call at any time.

        A crash between the event and the note that it was told repeats the event; the states it makes are the same.
        """
        count = 0
        with self._telling:
            for line in self.queue.untold():
                kind = EVENT_OF_STATE.get(line.what)
                if kind is not None and line.package_id:
                    body = {"package": line.package_id, "number": line.number, **line.facts}
                    if line.what == State.ACKNOWLEDGED:
                        answer = self.queue.receipt(line.package_id)
                        body["receipt"] = answer.number if answer is not None else ""
                        if answer is not None:
                            self._hear_time(line, answer.at)
                    self.journal.append(kind, body, dossier=line.dossier, operator=self.session.operator, desk="sending")
                self.queue.told(line.number)
                count += 1
        sign_head_if_due(self.journal, self.keys.signer, self.clock)
        return count

    def _hear_time(self, line: HistoryLine, receipt_at: datetime) -> None:
        """A receipt that came over the line right after its bytes tells the centre's time: how far is this clock off? Once an hour."""
        now = self.clock.now()
        last = self.journal.last_of_kind(Kind.TIME_TOLD)
        fresh = last is not None and timedelta(0) <= now - last.at < TIME_TOLD_EVERY
        sent = next((h.at for h in reversed(self.queue.history(line.package_id)) if h.what == State.SENT), None)
        prompt = sent is not None and timedelta(0) <= line.at - sent < timedelta(seconds=30)
        if self.clock.source != "manual" and line.facts.get("carrier") == "network" and prompt and not fresh:
            note_time(self.journal, self.clock, receipt_at + (now - line.at), "intake")

    def close(self) -> None:
        """Close everything; harmless when repeated."""
        if self._finger_check is not None:
            self._finger_check.close()
        try:
            self.queue.close()
        finally:
            self.journal.close()


def derived(key: bytes, purpose: str) -> bytes:
    """Return a 32-byte key for another store of this station, from the journal key."""
    return hashlib.blake2b(purpose.encode(), key=key, digest_size=32).digest()

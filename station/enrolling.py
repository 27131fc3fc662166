"""Enrolls one citizen from the first look-up to the seal, without a window: the headless twin of what screens drive.

Every step reads the dossier's state first and does only what is still open, so the same call goes on after any kill.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from biometrics.positions import FingerPosition
from devices.contract import Camera, CaptureRequest, ImagingDevice, Scanner
from devices.grade import Grade
from station.app import Station
from station.capture.admission import check_admission
from station.capture.gate import GateRules
from station.capture.iris import take_irises
from station.capture.runner import run_headless
from station.capture.session import Attempt, CaptureSession, Judge, StepRules
from station.capture.storing import accept, store_attempt
from station.dossier.parts import Branch, FieldSource
from station.dossier.procedure import CaptureStep, Modality
from station.dossier.readiness import CAPTURE_FORM, before_sealing, lines_to_review, missing_fields
from station.dossier.state import DossierState
from station.errors import InputError, ProcedureError, StationError
from station.population.model import Population

PATIENCE_FRAMES = 150
"""After 5 s of live pictures that never hold, the operator presses the key; the picture is judged like any other."""


@dataclass(frozen=True, slots=True)
class CaptureLine:
    """What a program hears of one accepted capture."""

    dossier: str
    step: str
    position: int
    impression: int
    score: float
    attempts: int
    flags: tuple[str, ...]
    source: str
    seconds: float
    findings: tuple[str, ...] = ()
    """What the sequence check found new with this capture: screen code and kind."""


def request_of(step: CaptureStep, state: DossierState) -> CaptureRequest:
    """Return what the device is asked for at `step`, the declared exceptions left out."""
    missing = tuple(f for f in step.fingers if f in state.excepted)
    eyes = state.expected_eyes if step.modality is Modality.IRIS else ()
    return CaptureRequest(step.position, step.impression, missing, modality=step.modality.value, eyes=eyes)


def rules_of(step: CaptureStep) -> StepRules:
    """Return the session's rules from the procedure's step."""
    gate = GateRules(hold_s=step.dwell_s, frames=step.stable_frames)
    thresholds = {int(f): t for f, t in step.thresholds.items()}
    return StepRules(step.attempts, thresholds, gate, step.modality is Modality.FINGER, step.burst)


class Enroller:
    """Drives dossiers of one station with one scanner and one camera."""

    def __init__(self, station: Station, scanner: Scanner, camera: Camera, *, finger_judge: Judge | None = None,
                 portrait_judge: Judge | None = None, on_capture: Callable[[CaptureLine], None] | None = None,
                 patience_frames: int = PATIENCE_FRAMES, iris: ImagingDevice | None = None) -> None:  # fmt: skip
        """`iris`: the device that takes both irises, or None; optional iris captures are then passed over."""
        self._station, self._iris = station, iris
        self._scanner, self._camera = scanner, camera
        # Imported here: a window that enrolls by its own screens starts without them.
        from station.capture.fingers import FingerJudge
        from station.capture.portrait import PortraitJudge

        self._fingers: Judge = finger_judge or FingerJudge()
        self._portrait: Judge = portrait_judge or PortraitJudge(station.settings.text("portrait.profile"))
        self._on_capture = on_capture
        self._patience = patience_frames

    def declare(self, dossier: str, fields: Mapping[str, str], source: FieldSource = FieldSource.DECLARED) -> None:
        """Set the declared fields that are not there yet."""
        state = self._station.book.state(dossier)
        for name, value in fields.items():
            if value and not state.value(name):
                try:
                    self._station.book.set_field(dossier, name, value, source)
                except InputError as error:
                    raise InputError(f"{name}: {error}", code=error.reason_code, field=name) from error

    def look_up(self, dossier: str, population: Population) -> None:
        """Ask the register by number and record the branch (circular 60/2021 art. 5.1) unless that is done."""
        state = self._station.book.state(dossier)
        if state.look_up is not None:
            return
        answer = population.by_number(state.value("personal_no"))
        record = answer.records[0] if answer.records else None
        branch = Branch.ABSENT if record is None else Branch.UNCHANGED
        if record is not None and any(state.value(n) and v and state.value(n) != v for n, v in record.fields.items()):
            branch = Branch.CHANGED
        self._station.book.look_up(dossier, branch, record.fields if record else None, source=population.source,
                                   status=str(record.status.value) if record else "absent")  # fmt: skip

    def capture_all(self, dossier: str) -> None:
        """Take every capture that is still open, in the procedure's order.

        Raises:
            DeviceError: as the device does. StationError: the disk, the procedure. What was accepted stays.
        """
        while True:
            state = self._station.book.state(dossier)
            offered = [s for s in state.procedure.steps if not state.done(s) and (self._iris or s.modality is not Modality.IRIS)]
            if not offered:
                break
            self.capture(dossier, offered[0])
        if not state.captures_complete:
            raise ProcedureError(
                "This procedure wants irises and no iris device is connected; the dossier is kept.", code="no-iris-device"
            )

    def _capture_irises(self, dossier: str, step: CaptureStep, device: ImagingDevice, admitted: Grade, tried: int) -> CaptureLine:
        eyes = self._station.book.state(dossier).expected_eyes
        began = time.perf_counter()
        station = self._station
        if not device.is_open:
            device.open()
        attempts = take_irises(
            device, admitted, attempts=step.attempts, threshold=step.thresholds[FingerPosition.UNKNOWN], before=tried, eyes=eyes
        )
        best = max(attempts, key=lambda a: a.verdict.score)
        numbers = {a.number: store_attempt(station.book, dossier, step, a) for a in attempts}
        event = accept(station.book, station.journal, dossier, step, best, numbers[best.number])
        return CaptureLine(dossier, step.id, 0, 0, best.verdict.score, len(attempts), tuple(event.body["capture"]["flags"]),
                           str(best.capture.source), time.perf_counter() - began)  # fmt: skip

    def capture(self, dossier: str, step: CaptureStep) -> CaptureLine:
        """Take one capture: attempts until one passes, then the best of them flagged. A device that may not enroll is refused before."""
        began = time.perf_counter()
        station = self._station
        station.check_before_capture()
        state = station.book.state(dossier)
        device: ImagingDevice = self._camera if step.modality is Modality.FACE else self._scanner
        if step.modality is Modality.IRIS and self._iris is not None:
            line = self._capture_irises(
                dossier, step, self._iris, station.admission(self._iris), len(state.captures[step.id].attempts)
            )
            if self._on_capture is not None:
                self._on_capture(line)
            return line
        judge = self._portrait if step.modality is Modality.FACE else self._fingers
        tried = len(state.captures[step.id].attempts)
        admitted = station.admission(device)
        check_admission(admitted, device.device_id)
        session = CaptureSession(request_of(step, state), rules_of(step), judge, attempts_before=tried, admission=admitted)
        best = self._run(device, session)
        if best is None:
            raise StationError(
                "Nothing was seen at this capture; nothing was taken and what was saved is safe. Try again.", code="nothing-seen"
            )
        numbers = {a.number: store_attempt(station.book, dossier, step, a) for a in session.attempts}
        event = accept(station.book, station.journal, dossier, step, best, numbers[best.number])
        found = station.finger_check.check(dossier).fresh if step.modality is Modality.FINGER else ()
        line = CaptureLine(dossier, step.id, int(step.position), int(step.impression), best.verdict.score, len(session.attempts),
                           tuple(event.body["capture"]["flags"]), str(best.capture.source), time.perf_counter() - began, tuple(f"{f.code} {f.kind}" for f in found))  # fmt: skip
        if self._on_capture is not None:
            self._on_capture(line)
        return line

    def _run(self, device: ImagingDevice, session: CaptureSession) -> Attempt | None:
        seen = 0

        def patience(*_: object) -> None:
            nonlocal seen
            seen += 1
            if seen % self._patience == 0:
                session.press()

        return run_headless(device, session, patience)

    def review_and_sign(self, dossier: str, applicant_signature: bytes = b"") -> None:
        """Let the applicant agree to every line, then both sign; what is done already is not done again.

        Raises:
            ProcedureError: fields or captures are still missing (the code says which list is open).
        """
        book = self._station.book
        state = book.state(dossier)
        if missing := missing_fields(state):
            raise ProcedureError(f"{len(missing)} mandatory fields are empty ({', '.join(missing)}); the dossier is kept. Fill them in.",
                                 code="field-missing", fields=list(missing))  # fmt: skip
        if not state.reviewed:
            book.review(dossier, dict.fromkeys(lines_to_review(state), True))
        for who in ("applicant", "operator"):
            if not book.state(dossier).signed_by(who):
                signature = applicant_signature if who == "applicant" else self._operator_signature(dossier)
                book.sign(dossier, who, CAPTURE_FORM, signature)

    def _operator_signature(self, dossier: str) -> bytes:
        operator = self._station.operator
        assert operator is not None, "signed in before anything is written"
        return b"".join(s.to_bytes() for s in operator.signer.sign(f"capture form {dossier}".encode()))

    def open_items(self, dossier: str) -> tuple[str, ...]:
        """Return what still stands before the seal, as codes."""
        return tuple(i.code for i in before_sealing(self._station.book.state(dossier)))

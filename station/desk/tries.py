"""The tries at the capture that is open: every one is counted in the journal, the best one's picture is kept there until something is
accepted, so that leaving, a lock, a crash or an empty battery loses neither a try nor the best picture.

A picture that passed but still waits for the officer's own boxes is kept the same way: it is asked about again, never taken again.
"""

from __future__ import annotations

import concurrent.futures
from concurrent.futures import Future
from dataclasses import dataclass, field, replace

import msgspec
import numpy as np
import numpy.typing as npt

from station.app import Station
from station.capture.session import Attempt, CaptureSession
from station.capture.storing import accept, make_capture, missing_of, store_attempt
from station.desks.pictures import pixels_of
from station.dossier.parts import AttemptState, Lifecycle
from station.dossier.procedure import CaptureStep, Modality
from station.views.fingers import FingersView, Kept, Try
from station.views.thumbs import small_picture

STOP_S = 10.0
"""So long a device may take to let go of a picture it is taking; what it brings later is not kept."""
TRY_PX = (84, 104)
"""Small picture of a portrait: width, height."""
PRINT_PX = (84, 62)
"""Small picture of a platen: its whole width, the middle of its height."""

Pixels = npt.NDArray[np.uint8]


@dataclass(slots=True)
class _Run:
    """One opened live picture: its session and the journal's number of each try that was written down."""

    dossier: str
    step: CaptureStep
    session: CaptureSession
    future: Future[Attempt | None] | None = None
    numbers: dict[int, int] = field(default_factory=dict)
    pictured: int = 0


class Tries:
    """Tries of one counter. Everything here runs on the station's thread."""

    def __init__(self, station: Station) -> None:
        self._station = station
        self._run: _Run | None = None

    @property
    def session(self) -> CaptureSession | None:
        """The session of the open step (any thread)."""
        run = self._run
        return run.session if run is not None else None

    def begin(self, dossier: str, step: CaptureStep, session: CaptureSession) -> None:
        """A live picture is being opened; what an earlier one left is written down first."""
        self.keep()
        self._run = _Run(dossier, step, session)

    def follow(self, future: Future[Attempt | None]) -> None:
        """Say when the live picture ends."""
        if self._run is not None:
            self._run.future = future

    def keep(self) -> None:
        """Write down what was tried and nobody decided about; the live picture was stopped before."""
        run, self._run = self._run, None
        if run is None:
            return
        if run.future is not None:
            concurrent.futures.wait([run.future], timeout=STOP_S)
        state = self._station.book.state(run.dossier)
        if state.lifecycle is Lifecycle.OPEN and not state.sealed:
            self._write(run, pictures=state.captures[run.step.id].accepted is None)

    def pending(self, dossier: str, step: CaptureStep) -> None:
        """The best try passed, but the officer has not confirmed it yet: keep its picture now, go on with the same session."""
        run = self._run
        if run is not None and (run.dossier, run.step) == (dossier, step):
            self._write(run, pictures=True)

    def passed(self, dossier: str, step: CaptureStep) -> bool:
        """Whether the best try, in hand or kept, passed: it would be accepted without a flag."""
        run = self._run
        if run is not None and (run.dossier, run.step) == (dossier, step):
            return run.session.best is not None and run.session.best.verdict.passed
        best = self.best_kept(dossier, step.id)
        return best is not None and best.accepted

    def save(self, dossier: str, step: CaptureStep, *, flagged: bool = False, confirmed: tuple[str, ...] = ()) -> bool:
        """Write the tries down and accept the best if it passed (or `flagged`); True when accepted. `confirmed`: the officer's own
        judgements, kept as flags of the capture."""
        run, book = self._run, self._station.book
        if run is None or (run.dossier, run.step) != (dossier, step):
            return self.accept_kept(dossier, step, confirmed, flagged=flagged)
        best = run.session.best
        taken = best is not None and (best.verdict.passed or flagged)
        self._write(run, pictures=not taken)
        self._run = None
        if best is None or not taken:
            return False
        accept(book, self._station.journal, dossier, step, best, run.numbers[best.number], extra=confirmed)
        return True

    def accept_kept(self, dossier: str, step: CaptureStep, confirmed: tuple[str, ...] = (), *, flagged: bool = True) -> bool:
        """Accept the best try whose picture is in the journal; below its threshold only when `flagged`."""
        book = self._station.book
        best = self.best_kept(dossier, step.id)
        if best is None or best.capture is None or not (best.accepted or flagged):
            return False
        low = () if best.accepted else ("below-threshold",)
        capture = msgspec.structs.replace(best.capture, flags=(*best.capture.flags, *low, *confirmed))
        book.accept_capture(dossier, capture, "manual" if "manual" in capture.flags else "auto")
        return True

    def set_aside(self, dossier: str, step: str, reason: str) -> None:
        """Write down why the picture that waits is not wanted; nothing happens when none does."""
        best = self.best_kept(dossier, step)
        if best is not None:
            self._station.book.set_aside(dossier, step, best.number, reason)

    def best_kept(self, dossier: str, step: str) -> AttemptState | None:
        """Return the best try whose picture is here, None when there is none."""
        state = self._station.book.state(dossier)
        found = state.captures.get(step)
        if found is None or found.accepted is not None:
            return None
        missing = missing_of(state, state.procedure.step(step))
        # A finger declared as an exception since then makes it another picture.
        here = [a for a in found.attempts if self._has(a) and a.capture is not None and a.capture.missing == missing]
        return max(here, key=lambda a: (a.accepted, a.score, a.number), default=None)

    def told(self, view: FingersView) -> FingersView:
        """Return a view of the captures with the tries at the present step and what an earlier visit left there."""
        step = view.current
        if step is None:
            return view
        return replace(view, tries=self.shown(view.dossier, step.id), kept=self.left(view.dossier, step))

    def left(self, dossier: str, step: CaptureStep) -> Kept:
        """Return what an earlier visit left at a step that is open."""
        best = self.best_kept(dossier, step.id)
        if best is not None and best.accepted:
            return Kept.PASSED
        used_up = len(self._station.book.state(dossier).captures[step.id].attempts) >= step.attempts
        return Kept.USED_UP if best is not None and used_up else Kept.NOTHING

    def picture(self, dossier: str, step: str) -> Pixels | None:
        """Return the best try's whole picture, in hand or kept; None when there is none."""
        run = self._run
        best = run.session.best if run is not None and (run.dossier, run.step.id) == (dossier, step) else None
        if best is not None:
            pixels = np.asarray(best.capture.images[0].pixels)
            return np.asarray(pixels, np.uint8) if pixels.dtype == np.uint8 else None
        kept = self.best_kept(dossier, step)
        return pixels_of(self._station.journal, kept.capture.images[0]) if kept is not None and kept.capture is not None else None

    def shown(self, dossier: str, step: str) -> tuple[Try, ...]:
        """Return the tries at a step with small pictures of those that were kept or are still in hand."""
        found = self._station.book.state(dossier).captures.get(step)
        if found is None:
            return ()
        run = self._run
        mine = run if run is not None and (run.dossier, run.step.id) == (dossier, step) else None
        size = TRY_PX if self._station.book.state(dossier).procedure.step(step).modality is Modality.FACE else PRINT_PX
        rows: dict[int, Try] = {}
        for attempt in found.attempts:
            pixels = None
            if self._has(attempt) and attempt.capture is not None:
                image = attempt.capture.images[0]
                pixels = small_picture(image, self._station.journal.blob(image.blob), size)
            rows[attempt.number] = Try(attempt.number, attempt.score, attempt.accepted, best=False, pixels=pixels)
        for try_ in mine.session.attempts if mine is not None else ():
            number = mine.numbers.get(try_.number, try_.number) if mine is not None else try_.number
            rows[number] = Try(number, try_.verdict.score, try_.verdict.passed, best=False, pixels=_small(try_, size))
        best = max(rows.values(), key=lambda t: (t.passed, t.score, t.number), default=None)
        return tuple(replace(t, best=t is best) for t in sorted(rows.values(), key=lambda t: t.number))

    def _has(self, attempt: AttemptState) -> bool:
        """Whether a try's picture is on this kit (a draft of another kit brings the accepted ones only)."""
        return attempt.capture is not None and all(self._station.journal.has_blob(i.blob) for i in attempt.capture.images)

    def _write(self, run: _Run, *, pictures: bool) -> None:
        best = run.session.best
        for attempt in run.session.attempts:
            if attempt.number in run.numbers:
                continue
            state = self._station.book.state(run.dossier)
            missing = missing_of(state, run.step)
            flags = () if attempt.automatic else ("manual",)
            number = len(state.captures[run.step.id].attempts) + 1
            capture = None
            if pictures and attempt is best:
                capture = make_capture(self._station.journal, run.step, attempt.capture, attempt.verdict, number, missing=missing,
                                       flags=flags)  # fmt: skip
            run.numbers[attempt.number] = store_attempt(self._station.book, run.dossier, run.step, attempt, capture)


def _small(attempt: Attempt, to: tuple[int, int]) -> Pixels | None:
    """Return the small picture of a try that is still in hand, cut at its middle like a stored one."""
    import cv2

    raw = np.asarray(attempt.capture.images[0].pixels)
    if raw.dtype != np.uint8:
        return None
    pixels = np.asarray(raw, np.uint8)
    high, wide = pixels.shape[:2]
    scale = max(to[0] / wide, to[1] / high)
    size = (max(to[0], round(wide * scale)), max(to[1], round(high * scale)))
    small = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
    top, left = (small.shape[0] - to[1]) // 2, (small.shape[1] - to[0]) // 2
    return np.ascontiguousarray(small[top : top + to[1], left : left + to[0]])

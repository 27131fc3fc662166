"""Small helpers for dossier tests: a book over a journal in memory, captures without devices."""

from __future__ import annotations

from dataclasses import dataclass, field

from devices.contract import Source
from station.capture.model import Capture, CaptureDevice, ImageRef, QualityNote
from station.clock import ManualClock
from station.dossier.book import DossierBook
from station.dossier.memory import MemoryJournal
from station.dossier.procedure import CaptureStep, Modality
from station.dossier.readiness import lines_to_review
from station.dossier.state import DossierState


@dataclass
class FakeSession:
    """A person at a desk."""

    operator: str = "op-1"
    roles: frozenset[str] = field(default_factory=lambda: frozenset({"clerk", "capture"}))
    desk: str = "fingers"


SUPERVISOR = frozenset({"supervisor"})

APPLICANT = {
    "full_name": "Trần Thị Hoà", "personal_no": "099158004217", "dob": "15/5/1958", "sex": "F", "birth_reg_place": "Xã Mẫu Hạ",
    "hometown": "Xã Mẫu Hạ, Tỉnh Ví Dụ", "ethnicity": "Kinh", "religion": "Không", "nationality": "VNM",
    "addr_perm": "Thôn 3, Xã Mẫu, Tỉnh Ví Dụ", "phone": "0900 000 017", "marks": "Sẹo chấm C: 2 cm trên đuôi mắt trái",
}  # fmt: skip


def make_book(
    session: FakeSession | None = None, journal: MemoryJournal | None = None, origin: str = "00000000000000a1"
) -> DossierBook:
    clock = ManualClock()
    return DossierBook(
        journal or MemoryJournal(clock, origin), clock, session or FakeSession(), sign=lambda data: b"signed:" + data[:8]
    )


def make_capture(step: CaptureStep, *, missing: tuple[int, ...] = (), score: float = 80.0, attempt: int = 1, blob: str = "ab" * 32,
                 scores: dict[int, float] | None = None) -> Capture:  # fmt: skip
    positions = [int(f) for f in step.fingers if int(f) not in missing] if step.modality is Modality.FINGER else [0]
    notes = tuple(QualityNote(p, (scores or {}).get(p, score), "test") for p in positions)
    image = ImageRef(blob, 800, 750, 1, 8, 8, 500, "raw")
    device = CaptureDevice("simulated", "test", "test", "1", "1", "", "")
    return Capture(step.id, step.modality.value, int(step.position), int(step.impression), (image,), device, Source.SIMULATED, notes,
                   attempt, missing)  # fmt: skip


def enroll(book: DossierBook, procedure: str = "vn-60-2021", visit: str = "counter") -> str:
    """Take a dossier through all captures and signatures; return its id."""
    dossier = book.open_dossier(procedure, applicant=APPLICANT, visit=visit)
    book.look_up(dossier, "a", dict(APPLICANT), source="test")
    finish(book, dossier)
    return dossier


def finish(book: DossierBook, dossier: str) -> DossierState:
    while (step := book.state(dossier).next_step) is not None:
        book.record_attempt(dossier, step.id, 80.0, accepted=True)
        missing = tuple(int(f) for f in step.fingers if f in book.state(dossier).excepted)
        book.accept_capture(dossier, make_capture(step, missing=missing))
    book.review(dossier, dict.fromkeys(lines_to_review(book.state(dossier)), True))
    book.sign(dossier, "applicant", blob="cd" * 32)
    book.sign(dossier, "operator", signature=b"x")
    return book.state(dossier)

"""Three kits with real encrypted journals: begun on A, resumed on B, finished on A's replacement C."""

from __future__ import annotations

from pathlib import Path

from station.clock import ManualClock
from station.dossier.book import DossierBook
from station.dossier.events import check_chain
from station.dossier.life import Life
from station.dossier.readiness import lines_to_review
from station.files import RealFiles
from station.journal import Journal

from .builders import APPLICANT, FakeSession, make_capture


def test_one_dossier_over_three_kits(tmp_path: Path) -> None:
    clock = ManualClock()
    own = tmp_path / "own.toml"
    from importlib.resources import files

    own.write_bytes(
        files("station.dossier").joinpath("procedures", "vn-60-2021.toml").read_bytes().replace(b'"vn-60-2021"', b'"own-site"')
    )
    kits = [Journal.create(RealFiles(tmp_path / n), b"k" * 32, f"{i:016x}", clock) for i, n in enumerate("abc", 1)]
    try:
        blobs = {journal.put_blob(b"print" * 1000, "application/octet-stream") for journal in kits}
        (blob,) = blobs
        books = [DossierBook(j, clock, FakeSession(f"op-{i}"), sign=lambda _: b"s") for i, j in enumerate(kits, 1)]
        dossier = books[0].open_dossier(str(own), applicant=APPLICANT)
        own.unlink()  # the other kits never had this file
        books[0].look_up(dossier, "unanswered", None, source="offline")
        books[0].declare_exception(dossier, 10, "bandaged", "temporary")
        for number, book in enumerate(books):
            for _ in range(5):
                step = book.state(dossier).next_step
                if step is None:
                    break
                missing = tuple(int(f) for f in step.fingers if f in book.state(dossier).excepted)
                book.accept_capture(dossier, make_capture(step, blob=blob, missing=missing))
                clock.advance(20)
            if number < 2:
                Life(book).pause(dossier, "nghỉ")
                kits[number + 1].import_events(book.journal.events(dossier))
                Life(books[number + 1]).resume(dossier)
        last = books[2]
        last.review(dossier, dict.fromkeys(lines_to_review(last.state(dossier)), True))
        last.sign(dossier, "applicant", blob=blob)
        state = last.state(dossier)
        assert state.procedure.id == "own-site"
        assert state.captures_complete
        order = [s.id for s in state.procedure.steps]
        taken = sorted((s.accepted.at, order.index(s.step)) for s in state.captures.values() if s.accepted)
        assert [place for _, place in taken] == sorted(place for _, place in taken)
        assert {s.accepted.operator for s in state.captures.values() if s.accepted} == {"op-1", "op-2", "op-3"}
        for journal in kits:
            assert journal.check().sound
            check_chain([e for e in journal.events() if e.id.origin == journal.origin])
    finally:
        for journal in kits:
            journal.close()

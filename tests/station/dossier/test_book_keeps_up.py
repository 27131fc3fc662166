"""The book never shows an old state: whatever arrives in the journal, by whatever way, is in the next answer."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from station.clock import ManualClock
from station.dossier.book import DossierBook
from station.dossier.kinds import Kind
from station.dossier.memory import MemoryJournal
from station.dossier.state import replay
from station.errors import StationError

from .builders import APPLICANT, FakeSession, make_capture

ACTIONS = ("field", "capture", "exception", "queue", "other-book", "stick", "look", "forget")


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(ACTIONS), st.integers(0, 1)), max_size=25))
def test_a_kept_state_is_always_the_replayed_one(actions: list[tuple[str, int]]) -> None:
    clock = ManualClock()
    journal, away = MemoryJournal(clock, "00000000000000a1"), MemoryJournal(clock, "00000000000000b2")
    book = DossierBook(journal, clock, FakeSession())
    other, elsewhere = DossierBook(journal, clock, FakeSession("op-2")), DossierBook(away, clock, FakeSession("op-3"))
    dossiers = [book.open_dossier("test-short", applicant=APPLICANT) for _ in range(2)]
    for number, (action, which) in enumerate(actions):
        dossier = dossiers[which]
        clock.advance(1)
        try:
            match action:
                case "field":
                    book.set_field(dossier, "phone", f"0900000{number:03d}")
                case "capture":
                    if (step := book.state(dossier).next_step) is not None:
                        book.accept_capture(dossier, make_capture(step))
                case "exception":
                    book.declare_exception(dossier, 2, "worn")
                case "queue":
                    journal.append(Kind.SEALED, {"package": f"p{number}"}, dossier=dossier, operator="", desk="sending")
                case "other-book":
                    other.set_field(dossier, "occupation", f"nghề {number}")
                case "stick":
                    away.take(journal.events(dossier))
                    elsewhere.set_field(dossier, "other_name", f"tên {number}")
                    journal.take(away.events(dossier))
                case "forget":
                    book.forget()
                case _:
                    book.state(dossier)
        except StationError:
            pass  # refused: nothing was written
        for one in dossiers:
            expected = replay(journal.events(one))
            assert book.state(one) == expected
            assert other.state(one) == expected

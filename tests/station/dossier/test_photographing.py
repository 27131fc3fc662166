"""Photographed papers: every intent, what is wanted, and two kits' events in any order (property)."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from station.clock import ManualClock
from station.dossier.book import DossierBook
from station.dossier.events import Event, merge
from station.dossier.life import Life
from station.dossier.memory import MemoryJournal
from station.dossier.mending import Mending
from station.dossier.photographing import MAX_PHOTOS, Page, Photographing
from station.dossier.readiness import before_signing
from station.dossier.state import DossierState, replay
from station.dossier.wanted import open_papers, wanted_papers
from station.errors import InputError, ProcedureError
from station.vietnam.fields import field_rules
from station.vietnam.paper_kinds import kind_for, paper_kinds
from station.views.papers import papers_view
from station.views.review import review_view
from tests.station.dossier.builders import APPLICANT, FakeSession, enroll, finish, make_book


def page(flaws: tuple[str, ...] = (), name: str = "a") -> Page:
    return Page(name.encode(), "image/jpeg", 1654, 2339, 200, "simulated", None, flaws)


def papers(book: DossierBook) -> Photographing:
    return Photographing(book, lambda data, media: data.hex().ljust(64, "0")[:64])


def opened(book: DossierBook, procedure: str = "test-short") -> str:
    return book.open_dossier(procedure, applicant=APPLICANT)


def test_kept_retaken_and_removed_with_reasons_never_silently() -> None:
    book = make_book()
    dossier = opened(book)
    one = papers(book).add(dossier, page(), "birth-certificate", field="mother_name")
    with pytest.raises(ProcedureError, match="reason"):
        papers(book).add(dossier, page(), "birth-certificate", replaces=one.id)
    two = papers(book).add(dossier, page(name="b"), "birth-certificate", field="mother_name", replaces=one.id, reason="Mờ")
    view = papers_view(book.state(dossier))
    assert [r.id for r in view.rows] == [str(two.id)]
    assert [(r.id, r.struck, r.reason) for r in view.struck] == [(str(one.id), "retaken", "Mờ")]
    assert view.rows[0].simulated
    with pytest.raises(ProcedureError, match="already"):
        papers(book).remove(dossier, one.id, "x")
    with pytest.raises(ProcedureError, match="reason"):
        papers(book).remove(dossier, two.id, " ")
    papers(book).remove(dossier, two.id, "Giấy của người khác")
    assert not book.state(dossier).standing_photos
    assert len(book.state(dossier).photos) == 2


def test_what_cannot_be_kept_is_refused_and_writes_nothing() -> None:
    book = make_book()
    dossier = opened(book)
    before = book.state(dossier).events
    for kind, more in (("passport", {}), ("other", {}), ("birth-certificate", {"field": "shoe_size"})):
        with pytest.raises(InputError):
            papers(book).add(dossier, page(), kind, **more)
    with pytest.raises(ProcedureError, match="reason"):
        papers(book).add(dossier, page(("page-dark",)), "other", words="Bằng lái")
    assert book.state(dossier).events == before
    papers(book).add(dossier, page(("page-dark",)), "other", words="Bằng lái", reason="Giấy cũ đã ố")
    row = papers_view(book.state(dossier)).rows[0]
    assert (row.tone.value, row.name.say(), row.reason) == ("exception", "Bằng lái", "Giấy cũ đã ố")
    for _ in range(MAX_PHOTOS - 1):
        papers(book).add(dossier, page(), "residence-paper")
    with pytest.raises(InputError, match="40"):
        papers(book).add(dossier, page(), "residence-paper")


def test_a_sealed_dossier_takes_no_paper_and_loses_none() -> None:
    book = make_book()
    dossier = enroll(book, "test-short")
    kept = papers(book).add(dossier, page(), "old-identity-card")
    book.write("package.sealed", {"package": "p", "bytes": 1}, dossier)
    for act in (lambda: papers(book).add(dossier, page(), "old-identity-card"), lambda: papers(book).remove(dossier, kept.id, "x"),
                lambda: papers(book).not_brought(dossier, "old-identity-card", "x")):  # fmt: skip
        with pytest.raises(ProcedureError, match="sealed"):
            act()


def mended(book: DossierBook, dossier: str, field: str = "mother_name") -> None:
    book.write("defect.found", {"code": "S3", "field": field, "evidence": {}, "owner": "data-officer", "stops": False}, dossier)
    Mending(book).assign(dossier, book.state(dossier).open_defects[-1].id, "data-officer", "mend-register")


def test_a_row_mended_by_a_paper_wants_that_paper_and_one_page_serves_several_rows() -> None:
    book = make_book()
    dossier = opened(book)
    assert not open_papers(book.state(dossier))
    mended(book, dossier, "mother_name")
    mended(book, dossier, "full_name")
    assert not review_view(book.state(dossier)).papers_needed
    assert [(w.kinds[0], w.field, w.must) for w in open_papers(book.state(dossier))] == [
        ("birth-certificate", "mother_name", False), ("birth-certificate", "full_name", False)]  # fmt: skip
    assert papers_view(book.state(dossier)).left.values == {"count": 2}
    assert not any(
        i.code == "paper-missing" for i in before_signing(book.state(dossier), "applicant")
    )  # no public text orders it
    papers(book).add(dossier, page(), "birth-certificate", field="mother_name")
    assert not open_papers(book.state(dossier))
    assert all(w.here is not None for w in wanted_papers(book.state(dossier)))


def site(folder: Path) -> str:
    """A site's own procedure that makes the proof compulsory."""
    from importlib.resources import files

    text = files("station.dossier").joinpath("procedures", "test-short.toml").read_text("utf-8")
    path = folder / "site.toml"
    path.write_text(text.replace('when = "register-mended"', 'when = "register-mended"\nmust = true'), "utf-8")
    return str(path)


def test_a_compulsory_paper_holds_the_signature_until_it_is_here_or_explained(tmp_path: Path) -> None:
    book = make_book()
    dossier = opened(book, site(tmp_path))
    mended(book, dossier)
    with pytest.raises(ProcedureError) as refused:
        finish(book, dossier)
    assert refused.value.reason_code == "paper-missing"
    assert review_view(book.state(dossier)).papers_needed
    primary = review_view(book.state(dossier)).primary
    assert (primary.id, primary.arguments) == ("photograph", {"kind": "birth-certificate", "field": "mother_name"})
    papers(book).not_brought(dossier, "birth-certificate", "Mất giấy, mai mang bản sao", "mother_name")
    assert finish(book, dossier).signed_by("operator")
    assert [r.reason for r in papers_view(book.state(dossier)).explained] == ["Mất giấy, mai mang bản sao"]
    papers(book).add(dossier, page(), "birth-certificate", field="mother_name")
    assert not papers_view(book.state(dossier)).explained  # it came after all
    assert not book.state(dossier).absent_papers


def test_a_childs_birth_certificate_is_wanted() -> None:
    book = make_book()
    child = {**APPLICANT, "dob": f"1/5/{book.clock.now().year - 8}", "personal_no": ""}
    dossier = book.open_dossier("vn-2024", applicant=child)
    assert [w.kinds for w in open_papers(book.state(dossier))] == [("birth-certificate",)]
    assert not open_papers(book.state(opened(book, "vn-2024")))


def test_every_kind_speaks_of_known_fields_and_has_words() -> None:
    from station.words import catalogue

    for kind in paper_kinds().values():
        assert f"paper.{kind.code}" in catalogue()
        assert set(kind.proves) <= set(field_rules())
    assert kind_for("mother_name") == "birth-certificate"
    assert kind_for("addr_perm") == "residence-paper"
    assert kind_for("marks") == "population-form"


def test_an_event_of_an_older_program_is_a_page_too() -> None:
    book = make_book()
    dossier = opened(book)
    Life(book).proof(dossier, "birth-certificate", "ab" * 32, "dob")
    (row,) = papers_view(book.state(dossier)).rows
    assert (row.kind, row.field, row.flaws) == ("birth-certificate", "dob", ())


STEPS = st.lists(st.tuples(st.integers(0, 1), st.sampled_from(["add", "retake", "remove", "absent", "meet"]), st.integers(0, 30)),
                 max_size=24)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(STEPS, st.randoms(use_true_random=False))
def test_two_kits_events_make_the_same_papers_in_every_order_and_lose_none(
    steps: list[tuple[int, str, int]], order: random.Random
) -> None:
    clock = ManualClock()
    journals = [MemoryJournal(clock, "00000000000000a1"), MemoryJournal(clock, "00000000000000b2")]
    books = [DossierBook(j, clock, FakeSession()) for j in journals]
    dossier = books[0].open_dossier("test-short", applicant=APPLICANT)

    def meet() -> None:
        for mine, other in ((0, 1), (1, 0)):
            have = {e.id for e in journals[mine].events(dossier)}
            journals[mine].take([e for e in journals[other].events(dossier) if e.id not in have])
            books[mine].forget()

    meet()
    for at, what, which in steps:
        book = books[at]
        standing = book.state(dossier).standing_photos
        if what == "add":
            papers(book).add(dossier, page(name=str(which)), ["birth-certificate", "residence-paper"][which % 2])
        elif what == "absent":
            papers(book).not_brought(dossier, "residence-paper", "Quên mang")
        elif what == "meet":
            meet()
        elif standing:
            target = standing[which % len(standing)].id
            if what == "retake":
                papers(book).add(dossier, page(name=f"r{which}"), "birth-certificate", replaces=target, reason=f"Mờ {at}")
            else:
                papers(book).remove(dossier, target, f"Nhầm {at}")
    meet()
    events: list[Event] = list(journals[0].events(dossier))
    expected = replay(events)
    order.shuffle(events)
    assert told(replay(events)) == told(expected) == told(books[1].state(dossier))
    taken = [e for e in events if e.kind == "paper.photographed"]
    assert {p.id for p in expected.photos} == {e.id for e in taken}  # nothing is lost, nothing is there twice
    struck_by = {e.body["paper"] for e in events if e.kind == "paper.removed"} | {e.body["replaces"] for e in taken} - {""}
    first: dict[str, str] = {}  # the first strike in causal order is the one that is told
    for event in merge(events):
        if event.kind in {"paper.removed", "paper.photographed"} and (
            name := event.body.get("paper") or event.body.get("replaces")
        ):
            first.setdefault(name, str(event.body["reason"]))
    assert {str(p.id): p.struck.reason for p in expected.photos if p.struck is not None} == first
    for photo in expected.photos:
        assert (photo.struck is not None) == (str(photo.id) in struck_by)
        assert photo.struck is None or photo.struck.reason


def told(state: DossierState) -> object:
    return state.photos, state.absent_papers


def test_a_strange_event_changes_nothing_else() -> None:
    book = make_book()
    dossier = opened(book)
    kept = papers(book).add(dossier, page(), "fee-exemption")
    book.write("paper.removed", {"paper": "no such page", "reason": "x"}, dossier)
    assert [p.id for p in book.state(dossier).standing_photos] == [kept.id]

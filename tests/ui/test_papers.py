"""Papers by keys only: photographed at the look-up and at the form, flawed, unplugged, retaken, sealed, and read by the intake."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from devices.simulated.page import Lying, PageFault, SimulatedDocumentCamera
from station.package.papers import check_papers
from tests.e2e.running import opened_at_intake
from tests.ui.driver import Clerk
from ui.qt import Qt
from ui.screens.declaration import DeclarationScreen
from ui.screens.photographing import PhotographingScreen


@pytest.fixture
def clerk(qapp: object, tmp_path: Path) -> Iterator[Clerk]:
    clerk = Clerk(tmp_path / "demo", visitors=1)
    yield clerk
    clerk.close()


def settled(clerk: Clerk) -> None:
    clerk.until(lambda: not clerk.shell.jobs.pending)


def keep(clerk: Clerk, page: PhotographingScreen) -> None:
    """Wait for the picture, keep it, wait until the panel is gone."""
    clerk.until(lambda: page._hand is not None and clerk.primary())
    clerk.key("F12")
    clerk.until(lambda: not page.photographing)
    settled(clerk)


def test_papers_from_the_look_up_to_the_intake_by_keys(clerk: Clerk) -> None:
    clerk.key("F12")
    clerk.until(lambda: clerk.page == "LookupScreen" and clerk.lookup.view is not None and clerk.primary())
    page, camera = clerk.lookup, clerk.counter.documents
    assert isinstance(camera, SimulatedDocumentCamera)
    assert page.chosen is not None
    assert page.chosen.field == "mother_name"
    before = clerk.keys
    clerk.key("F6")
    assert page.panel.kind == "birth-certificate", "what the open row says"
    clerk.shoot("s02-paper-live")
    keep(clerk, page)
    assert clerk.keys - before == 2
    assert page._paper.isVisibleTo(page)
    assert page._paper.text().startswith("Giấy khai sinh, ảnh chụp ")

    # Three tries that are not clear: kept with a reason, marked as such.
    camera.lay(Lying(1, ((PageFault.DEFOCUS, 1e9),)))
    clerk.key("F6")
    clerk.key("3")
    for tried in range(3):
        clerk.until(lambda n=tried: page._hand is not None or page.attempts_seen > n)
        clerk.key("F12")
    clerk.until(lambda: page._hand is not None)
    clerk.key("F12")
    assert page.panel.reason.isVisible()
    clerk.key("2")
    clerk.key("F12")
    clerk.until(lambda: not page.photographing)
    settled(clerk)

    # The cable comes out: E28, and it goes on by itself.
    camera.lay(Lying(2))
    camera.unplug()
    clerk.key("F6")
    clerk.until(lambda: clerk.shell.trouble.isVisible())
    assert "máy ảnh" in clerk.shell.trouble.text()
    camera.plug_in()
    clerk.until(lambda: page._hand is not None)
    assert not clerk.shell.trouble.isVisible()
    clerk.key("Esc")
    settled(clerk)
    rows = clerk.counter.station.book.state(page.dossier).standing_photos
    assert [(p.kind, p.flaws, p.reason) for p in rows] == [
        ("birth-certificate", (), ""), ("residence-paper", ("page-blurred",), "Không chỉnh sáng hơn được")]  # fmt: skip

    clerk.through_lookup()
    clerk.key("F12", Qt.KeyboardModifier.ShiftModifier)
    clerk.until(lambda: clerk.page == "DeclarationScreen")
    settled(clerk)
    form = clerk.shell.page
    assert isinstance(form, DeclarationScreen)
    clerk.key("F7")
    keep(clerk, form)
    assert len(form._paper_list._lines) == 3
    clerk.key("F7")  # the second page, taken again
    settled(clerk)
    clerk.key("Up")
    clerk.key("F4")
    clerk.key("F12")
    clerk.until(lambda: not form.panel.reason.isVisible() and form._replaces != "")
    keep(clerk, form)
    clerk.key("F7")
    settled(clerk)
    clerk.key("Up")
    clerk.key("Up")
    clerk.key("Enter")
    settled(clerk)
    assert form._looking
    clerk.key("Esc")
    clerk.key("Del")
    clerk.key("2")
    clerk.key("F12")
    settled(clerk)
    clerk.key("Esc")
    settled(clerk)
    clerk.shoot("s03-papers")
    clerk.key("F12")
    clerk.until(lambda: clerk.page == "CaptureScreen")
    clerk.capture_all()
    clerk.until(lambda: clerk.page == "ReviewScreen" and clerk.review.answer is not None)
    assert clerk.review.answer is not None
    assert "ui.evidence.papers" in {f.words.code for f in clerk.review.answer.facts}
    clerk.review_and_seal()
    book = clerk.counter.station.book
    clerk.until(lambda: (clerk.counter.station.tell_journal(), book.states()[0].package_word.value)[1] == "acknowledged")
    (state,) = book.states()
    clerk.demo.intake.stop()
    opened = opened_at_intake(clerk.demo._folder / "intake", state.packages[-1].id)
    read = check_papers(opened.manifest.facts, opened.manifest.parts, opened.events, opened.part)
    assert [p.id for p in read] == [p.id for p in state.standing_photos]
    assert [p.struck.how for p in state.photos if p.struck] in (["retaken", "removed"], ["removed", "retaken"])
    assert all(len(opened.part(f"blob-{p.blob}")) <= 300_000 for p in read)
    assert not any(f"blob-{p.blob}" in opened.names for p in state.photos if p.struck and p.blob not in {q.blob for q in read})

"""S6 by keys only, with the simulated iris camera behind its SBI service: both eyes, one eye excepted, no camera at all."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import pytest

from biometrics.positions import Eye
from tests.ui.driver import Clerk
from tests.ui.measuring import clipped, nameless
from tests.ui.tour import drop_replaced
from ui.screens.iris import IrisScreen


def irises(folder: Path) -> str:
    """A site's own procedure: irises and the portrait, irises first (the order of S4 to S6 is a setting of the procedure)."""
    text = files("station.dossier").joinpath("procedures", "vn-2024.toml").read_text("utf-8")
    head = text[: text.index("[[capture]]")].replace('id = "vn-2024"', 'id = "site-iris"')
    head = head.replace('order = ["finger", "face", "iris"]', 'order = ["iris", "face"]')
    path = folder / "site-iris.toml"
    path.write_text(
        f'{head}[[capture]]\nid = "iris-both"\nmodality = "iris"\noptional = true\n[[capture]]\nid = "portrait"\nmodality = "face"\n',
        "utf-8",
    )
    return str(path)


@pytest.fixture
def clerk(qapp: object, tmp_path: Path):
    made = Clerk(tmp_path / "demo", procedure=irises(tmp_path))
    yield made
    made.close()


def to_irises(clerk: Clerk) -> str:
    clerk.key("F12")
    clerk.until(
        lambda: clerk.page == "LookupScreen" and clerk.lookup.view is not None and not clerk.lookup.reading and clerk.primary()
    )
    clerk.through_lookup()
    if clerk.page == "DeclarationScreen":
        clerk.key("F12")
    clerk.until(lambda: clerk.page == "IrisScreen")
    return clerk.shell.page.dossier


def test_both_irises_are_taken_by_themselves_and_the_dossier_goes_on_to_the_portrait(clerk: Clerk) -> None:
    dossier = to_irises(clerk)
    page = clerk.shell.page
    assert isinstance(page, IrisScreen)
    clerk.until(lambda: page.distance.distance is not None)
    clerk.shoot("s06-iris")
    clerk.until(lambda: clerk.page == "PortraitScreen")
    state = clerk.counter.station.book.state(dossier)
    accepted = state.captures["iris-both"].accepted
    assert accepted is not None
    assert [i.position for i in accepted.capture.images] == [int(Eye.RIGHT), int(Eye.LEFT)]
    assert {q.position: q.score for q in accepted.capture.quality} == {1: 80.0, 2: 80.0}
    assert accepted.capture.device.adapter == "sbi"
    assert len(accepted.capture.signed) == 2
    view = clerk.counter.irises(dossier)
    assert all(r.pixels is not None and r.score == 80.0 for r in view.rows)
    assert view.model.startswith("device ")


def test_an_eye_that_cannot_be_taken_is_signed_for_and_the_other_one_taken(clerk: Clerk) -> None:
    dossier = to_irises(clerk)
    page = clerk.shell.page
    assert isinstance(page, IrisScreen)
    clerk.until(lambda: page.running is not None)
    assert page.banner.text()  # whoever waits is told for what, before the first picture came
    clerk.key("Esc")
    for large in (False, True):
        clerk.shell.resize(1280, 720)
        clerk.shell.set_look(dark=False, large=large)
        for _ in range(4):
            clerk.until(lambda: not clerk.shell.jobs.pending)
            drop_replaced()
        assert clipped(clerk.shell) == []
        assert nameless(clerk.shell) == []
    clerk.shell.set_look(dark=False, large=False)
    clerk.key("2")
    clerk.until(page.exceptions.isVisible)
    clerk.sign_exception(photo=False)  # no eye: lasting, signed by the officer's PIN
    clerk.until(lambda: clerk.page == "PortraitScreen")
    state = clerk.counter.station.book.state(dossier)
    excepted = state.eye_exceptions[Eye.LEFT]
    assert (excepted.kind.value, excepted.permanence.value, excepted.operator) == ("missing", "lasting", "demo")
    assert excepted.signature
    assert excepted.by == "pin"
    accepted = state.captures["iris-both"].accepted
    assert accepted is not None
    assert [i.position for i in accepted.capture.images] == [int(Eye.RIGHT)]
    assert accepted.capture.missing == (int(Eye.LEFT),)


def test_without_the_camera_nothing_blocks_two_signed_exceptions_lead_on(clerk: Clerk) -> None:
    clerk.counter.station.takes_irises = True
    taken, clerk.counter.iris = clerk.counter.iris, None
    dossier = to_irises(clerk)
    page = clerk.shell.page
    assert isinstance(page, IrisScreen)
    clerk.until(clerk.shell.trouble.isVisible)
    for eye in ("1", "2"):
        clerk.until(lambda: not clerk.shell.jobs.pending)
        clerk.key(eye)
        clerk.until(page.exceptions.isVisible)
        for _ in range(4):
            clerk.key("Down")
        clerk.sign_exception(photo=False)
        clerk.until(lambda: not page.exceptions.isVisible())
    clerk.until(lambda: clerk.page == "PortraitScreen")
    state = clerk.counter.station.book.state(dossier)
    assert {e.kind.value for e in state.eye_exceptions.values()} == {"no-device"}
    assert state.captures["iris-both"].accepted is None
    clerk.counter.iris = taken

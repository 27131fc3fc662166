"""The draft of F7 and its desk: in few keys, one signature for all, nothing declared before PIN and picture are there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from biometrics.positions import FingerPosition
from devices.simulated.page import Lying, PageFault, SimulatedDocumentCamera
from devices.worker import DeviceWorker
from station.app import Station
from station.demo import open_demo_station
from station.demo_team import demo_pin_of
from station.desk.excepting import ExceptionDesk
from station.dossier.parts import ExceptionKind
from station.errors import AccessError, ProcedureError
from station.views.excepting import ExceptionDraft


def test_a_hand_is_lost_in_five_keys_and_a_wrong_finger_is_out_with_one() -> None:
    draft = ExceptionDraft(tuple(ExceptionKind), frozenset({ExceptionKind.BANDAGED}))
    assert not draft.complete
    draft.choose_kind("bandaged")
    for finger in (1, 2, 3, 4, 5):
        draft.press(finger)
    assert {(r.kind, r.permanence) for r in draft.rows} == {("bandaged", "temporary")}
    draft.press(5)
    draft.press(2)  # back to it
    draft.choose_kind("other")
    assert not draft.complete, "another kind wants words"
    draft.say(" vết bỏng ")
    assert draft.complete
    assert [(r.part, r.kind, r.words) for r in draft.rows] == [
        (1, "bandaged", ""), (2, "other", "vết bỏng"), (3, "bandaged", ""), (4, "bandaged", "")]  # fmt: skip


@given(st.lists(st.one_of(st.integers(1, 10), st.sampled_from([*ExceptionKind, "turn", "say"])), max_size=30))
def test_whatever_is_pressed_each_finger_stands_once_and_the_present_one_is_one_of_them(keys: list[int | str]) -> None:
    draft = ExceptionDraft(tuple(ExceptionKind), frozenset({ExceptionKind.BANDAGED}))
    for key in keys:
        if isinstance(key, int):
            draft.press(key)
        elif key in set(ExceptionKind):
            draft.choose_kind(key)
        elif key == "turn":
            draft.turn()
        else:
            draft.say("x")
        parts = [r.part for r in draft.rows]
        assert len(set(parts)) == len(parts)
        assert (draft.part in parts) if parts else draft.part is None
        assert draft.kind in set(ExceptionKind)


@pytest.fixture
def station(tmp_path: Path) -> Iterator[Station]:
    station = open_demo_station(tmp_path / "station", desk="all")
    yield station
    station.close()


def test_nothing_is_declared_without_a_picture_or_a_reason_and_the_own_pin(station: Station) -> None:
    worker, camera = DeviceWorker("documents"), SimulatedDocumentCamera(Lying(4, ((PageFault.HAND, 1e9),)))
    desk = ExceptionDesk(station, lambda: camera, lambda: worker)
    draft = ExceptionDraft(tuple(ExceptionKind), frozenset())
    draft.press(4)
    draft.press(5)
    dossier = station.book.open_dossier("test-short")
    signing = desk.signing()
    assert (signing.asked, signing.card) == (True, False)
    assert signing.demo_pin == demo_pin_of(station, signing.operator) != ""
    try:
        with pytest.raises(ProcedureError, match="no picture"):
            desk.sign(dossier, draft.rows, signing.demo_pin)
        future = desk.start(on_frame=lambda _: desk.press(), on_view=lambda *_: None)
        hand = future.result(60)
        assert hand is not None
        assert hand.page.flaws == ()
        assert max(hand.page.width, hand.page.height) == 1200
        with pytest.raises(AccessError):
            desk.sign(dossier, draft.rows, "wrong-pin")
        assert station.book.state(dossier).exceptions == {}
        assert desk.in_hand is hand, "a wrong PIN costs no second picture"
        desk.sign(dossier, draft.rows, signing.demo_pin)
        declared = station.book.state(dossier).exceptions
        assert {int(f): (e.by, e.photo is not None) for f, e in declared.items()} == {4: ("pin", True), 5: ("pin", True)}
        assert desk.in_hand is None
        # A site may leave the PIN to the sign-in; the picture's absence is still told.
        station.save_settings(station.settings.replaced("exception.pin", value=False))
        draft.clear()
        draft.press(9)
        desk.sign(dossier, draft.rows, no_photo="not-shown")
        ninth = station.book.state(dossier).exceptions[FingerPosition(9)]
        assert (ninth.by, ninth.photo, ninth.no_photo) == ("session", None, "not-shown")
    finally:
        desk.stop()
        worker.stop()
        camera.close()

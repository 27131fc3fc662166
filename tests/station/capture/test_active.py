"""The blink-and-turn check on the simulated camera's live pictures: it holds pictures back, ends, and is written down with what it is not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from biometrics.portrait import Tier, tools
from biometrics.portrait.active import TIME_PER_STEP_S, Challenge, Outcome
from biometrics.portrait.synthesis import Fault
from devices.contract import CaptureRequest
from devices.simulated.camera import SimulatedCamera, Sitting
from station.app import Station
from station.capture.active import ActiveAid
from station.capture.portrait import PortraitJudge
from station.capture.session import CaptureSession, StepRules
from station.clock import ManualClock
from station.demo import do_as_asked, open_demo_station
from station.desk.active import ActiveDesk
from station.sealing import content_of
from station.views.base import Tone
from station.views.portrait_active import active_view

EVERY = 3
"""Only each third frame is judged, as on a slow machine: 10 Hz."""


@pytest.fixture(scope="module")
def judge() -> PortraitJudge:
    return PortraitJudge()


@pytest.fixture(scope="module")
def camera() -> Iterator[SimulatedCamera]:
    camera = SimulatedCamera(Sitting(7), pacer=ManualClock())
    camera.open()
    yield camera
    camera.close()


@pytest.fixture(autouse=True)
def again(judge: PortraitJudge, camera: SimulatedCamera) -> None:
    judge.active = ActiveAid()
    camera.play(())


@pytest.fixture
def station(tmp_path: Path) -> Iterator[Station]:
    station = open_demo_station(tmp_path / "station", desk="all")
    yield station
    station.close()


def watched(judge: PortraitJudge, camera: SimulatedCamera, seconds: float, every: int = EVERY) -> tuple[bool, list[str]]:
    """Look at the live picture for so long, or until one is to be taken; return whether, and each new word that was said."""
    session = CaptureSession(CaptureRequest(), StepRules(needs_empty_platen=False), judge)
    said: list[str] = []
    preview = camera.preview()
    first = None
    for number, frame in enumerate(preview):
        first = frame.at_s if first is None else first
        if frame.at_s - first > seconds:
            break
        if number % every:
            continue
        if session.process(frame):
            return True, said
        word = session.view().instruction
        if word is not None and said[-1:] != [word.code]:
            said.append(word.code)
    return False, said


def asked(judge: PortraitJudge, camera: SimulatedCamera, challenges: Sequence[Challenge]) -> None:
    judge.active.heard = lambda challenge: do_as_asked(camera, challenge)
    judge.active.begin(challenges)


def test_who_does_what_is_asked_passes_and_then_the_picture_is_taken(judge: PortraitJudge, camera: SimulatedCamera) -> None:
    order = (Challenge.TURN_RIGHT, Challenge.BLINK, Challenge.TURN_LEFT)
    asked(judge, camera, order)
    taken, said = watched(judge, camera, 3 * TIME_PER_STEP_S)
    assert taken, "once it is over the picture is taken by itself"
    assert [s for s in said if s in set(order)] == list(order), "one at a time, in their order"
    (over,) = judge.active.taken()
    assert (over.outcome, over.done, over.challenges, over.tier) == (Outcome.PASSED, 3, order, 1)
    view = active_view(judge.active.progress, offered=True)
    assert (view.tone, view.running, view.number, view.asked) == (Tone.GOOD, False, 3, None)


def test_nothing_is_taken_while_it_runs_whatever_is_pressed(judge: PortraitJudge, camera: SimulatedCamera) -> None:
    assert watched(judge, camera, 2.0)[0], "this sitting is taken at once without a check"
    judge.active.begin((Challenge.BLINK,))
    session = CaptureSession(CaptureRequest(), StepRules(needs_empty_platen=False), judge)
    for number, frame in enumerate(camera.preview()):
        session.press()
        assert not (number % EVERY == 0 and session.process(frame))
        if number > 40:
            break
    view = active_view(judge.active.progress, offered=True)
    assert view.running
    assert view.asked is not None
    assert view.asked.say() == "Mời chớp mắt"
    assert "không phải phát hiện giả mạo" in view.note.say()
    judge.active.stop()
    assert watched(judge, camera, 2.0)[0]


def test_a_face_that_does_nothing_runs_out_of_time(judge: PortraitJudge, camera: SimulatedCamera) -> None:
    judge.active.begin((Challenge.TURN_LEFT,))
    taken, _ = watched(judge, camera, TIME_PER_STEP_S + 4, every=10)
    assert taken
    assert [o.outcome for o in judge.active.taken()] == [Outcome.TIMED_OUT]


def test_the_time_runs_from_the_first_face_and_two_faces_answer_for_nobody(judge: PortraitJudge, camera: SimulatedCamera) -> None:
    judge.active.begin((Challenge.BLINK,))
    camera.play(((Fault.NOBODY, TIME_PER_STEP_S + 1), (Fault.TWO_PEOPLE, 2.0)))
    taken, said = watched(judge, camera, TIME_PER_STEP_S + 2.5, every=10)
    assert not taken
    assert judge.active.running
    assert str(Challenge.BLINK) not in said, "the rule of one person is said, not the challenge"


def test_without_lids_and_pose_it_says_that_it_cannot(camera: SimulatedCamera) -> None:
    kit = tools(Tier.CASCADES)
    picture = next(iter(camera.preview())).image
    face = kit.landmarker.locate(picture, kit.detector.detect(picture)[0])
    aid = ActiveAid()
    aid.begin((Challenge.BLINK,))
    assert aid.feed(face, 0.0, 0) is None
    (over,) = aid.taken()
    assert (over.outcome, over.tier) == (Outcome.UNAVAILABLE, 0)
    assert "mô hình" in active_view(over, offered=True).outcome.say()


def test_the_order_is_another_each_time() -> None:
    aid, orders = ActiveAid(), set()
    for _ in range(30):
        aid.begin()
        assert aid.progress is not None
        orders.add(aid.progress.challenges)
    assert len(orders) > 3
    assert len(aid.taken()) == 29, "a check that another one takes the place of was stopped"


def test_what_was_asked_and_how_it_ended_stands_in_the_dossier_and_the_manifest(station: Station) -> None:
    dossier = station.book.open_dossier("test-short", kind="first", visit="counter")
    step = next(s.id for s in station.book.state(dossier).procedure.steps if s.modality == "face")
    assert "active_checks" not in content_of(station, station.book.state(dossier)).facts
    desk, aid = ActiveDesk(station), ActiveAid()
    assert not desk.view(dossier).shown
    desk.opened(dossier, step, aid)
    assert not aid.running, "offered: the officer asks"
    desk.begin()
    challenges = [str(c) for c in aid.progress.challenges] if aid.progress is not None else []
    desk.stop()
    view = desk.view(dossier)
    assert (view.shown, view.running, view.number, view.total) == (True, False, 0, 3)
    desk.note()
    (check,) = station.book.state(dossier).active_checks
    assert (check.step, list(check.challenges), check.done, check.outcome) == (step, challenges, 0, "stopped")
    facts = content_of(station, station.book.state(dossier)).facts["active_checks"]
    assert facts["claim"] == "aid-no-liveness-detection"
    assert [(c["outcome"], c["challenges"]) for c in facts["checks"]] == [("stopped", challenges)]


def test_the_setting_lets_it_begin_by_itself_or_takes_it_away(station: Station) -> None:
    dossier = station.book.open_dossier("test-short", kind="first", visit="counter")
    step = next(s.id for s in station.book.state(dossier).procedure.steps if s.modality == "face")
    desk, aid = ActiveDesk(station), ActiveAid()
    station.settings = station.settings.replaced("portrait.active", "required")
    desk.opened(dossier, step, aid)
    assert desk.running
    desk.opened(dossier, step, aid)  # left and entered anew: stopped is not gone through
    assert desk.running
    aid.feed(None, 0.0, 1)
    station.settings = station.settings.replaced("portrait.active", "off")
    desk.opened(dossier, step, aid)
    desk.begin()
    assert not desk.running
    assert not desk.view(dossier).offered
    assert [c.outcome for c in station.book.state(dossier).active_checks] == ["stopped", "stopped"]

"""Judges are made once, and made ready before the first picture."""

from __future__ import annotations

from biometrics.portrait import Verdict, assess, tools
from biometrics.portrait.face import Image
from biometrics.portrait.live import LiveState
from biometrics.portrait.synthesis import FaceSettings, Fault, render_face, settings_with
from biometrics.positions import FingerPosition, Impression
from devices.contract import CaptureRequest, Frame
from station.capture.portrait import PortraitJudge, warming_face
from station.desk.judges import Judges
from station.dossier.procedure import Modality


def test_warm_makes_ready_what_the_first_pictures_need_and_only_once() -> None:
    judges = Judges(lambda: "vn-cccd")
    assert judges.portrait is None
    judges.warm(Modality.FINGER)
    judges.warm(Modality.FACE)
    judges.warm(Modality.FACE)
    judges.close()
    portrait = judges.portrait
    assert portrait is not None
    assert portrait.ready
    assert judges.of(Modality.FACE) is portrait
    assert judges.of(Modality.FINGER) is judges.of_fingers()
    assert judges.iris is None


def test_what_cannot_be_made_ready_is_told_by_its_capture_not_by_the_warming() -> None:
    judges = Judges(lambda: "no-such-profile")
    judges.warm(Modality.FACE)
    judges.close()
    assert judges.portrait is None


def test_the_warming_judges_a_whole_face_and_leaves_nothing_of_it_behind() -> None:
    judge = PortraitJudge()
    seen = assess(warming_face(), judge.profile, kit=tools())
    assert seen.face is not None, "without a face most measures are not run, and the first citizen waits for them"
    assert any(r.verdict is not Verdict.UNKNOWN for r in seen.rules)
    live = judge._assessor()  # its networks are the ones to be made ready
    update, judged = live.update, list[bool]()

    def noted(picture: Image, at_s: float) -> LiveState:
        state = update(picture, at_s)
        judged.append(state.quality is not None and state.quality.face is not None)
        return state

    live.update = noted  # the real one still judges; what it judged is noted
    judge.warm()
    assert judge.ready
    assert judge.latest is None
    assert len(judged) >= 2, "the second picture runs what only follows a first one"
    assert judged[-1]


def test_a_live_portrait_that_fails_always_says_why_in_words_of_the_portrait() -> None:
    judge = PortraitJudge()
    request = CaptureRequest(FingerPosition.UNKNOWN, Impression.LIVE_PLAIN)
    for number, fault in enumerate((None, None, Fault.BACKGROUND_SHADOW, Fault.MOUTH_OPEN, Fault.TURNED_LEFT)):
        settings = settings_with(fault) if fault is not None else FaceSettings()
        verdict = judge.live(Frame(render_face(7, settings).image, number, 10 + 0.12 * number), request, {})
        if not verdict.passed:
            assert verdict.parts[0].reasons, f"{fault}: the gate would speak of prints"
            assert verdict.parts[0].reasons[0].startswith("portrait-")
